from odoo import api, fields, models


class LeadIntakeDecision(models.TransientModel):
    """The reviewer sees who else knows the customer."""

    _inherit = "lead.intake.decision"

    duplicate_text = fields.Text(compute="_compute_duplicate_text")

    @api.depends("lead_ids")
    def _compute_duplicate_text(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            known = leads.filtered("intake_duplicate_text")
            if len(leads) == 1:
                wizard.duplicate_text = known.intake_duplicate_text
                continue
            wizard.duplicate_text = "\n".join(
                f"{lead.name}: {lead.intake_duplicate_text}" for lead in known
            )
