from odoo import models

from ..tools import guard


class CrmLead(models.Model):
    """What other applications write on a lead for people who have nothing to do with it: an
    attendee who corrects a number at an event's desk, a visitor of the website. They are not
    refused, and don't change what waits for its review; the lead's history says what was meant.
    """

    _inherit = "crm.lead"

    def write(self, vals):
        if not self._intake_is_from_elsewhere() or guard.is_open(self.env):
            return super().write(vals)
        names = set(self._get_intake_locked_names()).intersection(vals)
        waiting = self.filtered(
            lambda lead: (
                names
                and lead._is_intake_locked()
                and any(lead._intake_differs(name, vals[name]) for name in names)
            )
        )
        if not waiting:
            return super().write(vals)
        waiting._intake_note_from_elsewhere({name: vals[name] for name in names})
        others = self - waiting
        if others:
            super(CrmLead, others).write(vals)
        return super(CrmLead, waiting).write(
            {name: value for name, value in vals.items() if name not in names}
        )

    def _intake_is_from_elsewhere(self):
        """Tell whether an application writes for somebody who isn't in sales."""
        env = self.env
        return env.su and not env.user.has_group("sales_team.group_sale_salesman")

    def _intake_note_from_elsewhere(self, vals):
        labels = self._get_intake_labels(vals)
        bodies = {}
        for lead in self:
            meant = lead.new(vals)
            lines = [
                self.env._(
                    "%(field)s: %(value)s", field=labels[name], value=meant._get_intake_text(name)
                )
                for name in vals
                if lead._intake_differs(name, vals[name])
            ]
            bodies[lead.id] = self.env._(
                "Another application has other information. The lead waits for its review and "
                "stays as it was submitted. %(values)s",
                values="; ".join(lines),
            )
        self._message_log_batch(bodies=bodies)
