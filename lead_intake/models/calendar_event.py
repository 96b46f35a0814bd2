from odoo import models


class CalendarEvent(models.Model):
    """A planned visit or call that is moved or cancelled in the calendar."""

    _inherit = "calendar.event"

    def _get_intake_plans(self):
        if not self.env["crm.team"]._has_intake_history():
            return self.env["lead.intake.follow.up"]
        return (
            self.env["lead.intake.follow.up"]
            .sudo()  # whoever may move the meeting moves the contact planned for it
            .search([("activity_id.calendar_event_id", "in", self.ids), ("state", "=", "planned")])
        )

    def write(self, vals):
        res = super().write(vals)
        if "start" in vals:
            for plan in self._get_intake_plans():
                start = plan.activity_id.calendar_event_id.start
                if start != plan.planned_on:
                    plan.lead_id._intake_move_plan(start)
        return res

    def unlink(self):
        # The database deletes the to-do with its event, unseen by the ORM.
        leads = self._get_intake_plans().lead_id
        res = super().unlink()
        leads.exists()._intake_unplanned()
        return res
