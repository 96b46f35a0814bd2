from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """CRM settings: which teams work by the procedure."""

    _inherit = "res.config.settings"

    intake_team_ids = fields.Many2many(
        "crm.team",
        string="Teams Using Lead Intake",
        compute="_compute_intake_team_ids",
        help="Teams are switched on and set up in their own form.",
    )

    @api.depends("company_id")
    def _compute_intake_team_ids(self):
        self.intake_team_ids = self.env["crm.team"].search([("use_intake", "=", True)])
