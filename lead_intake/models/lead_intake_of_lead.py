from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import guard


class LeadIntakeOfLead(models.AbstractModel):
    """Rows that are a part of one lead: written by who may write the lead, and never moved to
    another one except by a merge.
    """

    _name = "lead.intake.of.lead"
    _description = "Part of a Lead"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_lead()
        return records

    def write(self, vals):
        if "lead_id" in vals and not guard.is_open(self.env):
            moved = self.filtered(lambda record: record.lead_id.id != vals["lead_id"])
            if moved:
                raise UserError(
                    self.env._(
                        "“%(name)s” belongs to “%(lead)s” and can't be moved to another lead.",
                        name=moved[0].display_name,
                        lead=moved[0].lead_id.display_name,
                    )
                )
        self._check_lead()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_check_lead(self):
        self._check_lead()

    def _check_lead(self):
        """Hook: refuse a change that the lead doesn't allow now.

        :raise AccessError: if the user may not write the lead
        """
        if not guard.is_open(self.env):
            self.lead_id.check_access("write")
