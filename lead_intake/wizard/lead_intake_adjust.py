from odoo import api, fields, models

ADJUSTED = (
    "team_id",
    "user_id",
    "medium_id",
    "source_id",
    "campaign_id",
    "industry_id",
    "lead_type_id",
    "expected_revenue",
    "contract_amount",
    "contract_currency_id",
    "lost_reason_id",
    "lost_competitor_id",
)


class LeadIntakeAdjust(models.TransientModel):
    """Lead operations' change to a lead of a closed month, with its reason."""

    _name = "lead.intake.adjust"
    _inherit = "lead.intake.dialog"
    _description = "Adjust a Lead of a Closed Month"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    month_id = fields.Many2one(related="lead_id.intake_month_id")
    currency_id = fields.Many2one(related="lead_id.company_currency")
    team_id = fields.Many2one("crm.team", string="Sales Team")
    user_id = fields.Many2one("res.users", string="Salesperson")
    medium_id = fields.Many2one("utm.medium", string="Channel")
    source_id = fields.Many2one("utm.source", string="Particular Source")
    campaign_id = fields.Many2one("utm.campaign")
    industry_id = fields.Many2one("res.partner.industry")
    lead_type_id = fields.Many2one("lead.intake.type", string="Type")
    expected_revenue = fields.Monetary(currency_field="currency_id")
    contract_amount = fields.Monetary(
        currency_field="contract_currency_id",
        help="What was signed. Reports count it in place of the expected revenue.",
    )
    contract_currency_id = fields.Many2one("res.currency")
    lost_reason_id = fields.Many2one("crm.lost.reason")
    lost_competitor_id = fields.Many2one("lead.intake.competitor", string="Lost To")
    asks_competitor = fields.Boolean(related="lost_reason_id.asks_competitor")
    reopen = fields.Boolean(
        help="The lead goes on in the stage it was closed from, and is counted in the month it is "
        "closed in the next time."
    )
    is_lost = fields.Boolean(compute="_compute_is_lost")
    reason = fields.Char(required=True, help="Shown in the month beside what was changed.")

    @api.depends("lead_id")
    def _compute_is_lost(self):
        for wizard in self:
            wizard.is_lost = wizard.lead_id.won_status == "lost"

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        lead = self.env["crm.lead"].browse(defaults.get("lead_id") or []).exists()
        if lead:
            lead.check_access("read")
            for name in ADJUSTED:
                value = lead[name]
                defaults[name] = value.id if lead._fields[name].relational else value
        return defaults

    def action_apply(self):
        """Adjust the lead by what was changed; see ``intake_adjust`` of the lead.

        :return: an action that closes the dialog
        :rtype: dict
        """
        self.ensure_one()
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in ADJUSTED
            if self[name] != self.lead_id[name]
        }
        if self.reopen:
            values |= self.lead_id._prepare_intake_reopen()
        self.lead_id.intake_adjust(values, self.reason)
        return {"type": "ir.actions.act_window_close"}
