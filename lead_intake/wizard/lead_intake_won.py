from odoo import api, fields, models

from ..models.crm_lead_closing import CLOSING_PARTS

COPIED = (*sorted(CLOSING_PARTS), "contract_currency_id")


class LeadIntakeWon(models.TransientModel):
    """The one dialog in which a lead is won: the contract, what won it, what to learn from it."""

    _name = "lead.intake.won"
    _inherit = "lead.intake.dialog"
    _description = "Win a Lead"

    lead_id = fields.Many2one("crm.lead", required=True)
    stage_id = fields.Many2one("crm.stage")
    required_names = fields.Char(compute="_compute_required_names")
    hours = fields.Char(compute="_compute_required_names")
    contract_number = fields.Char(
        help="As it stands on the contract. No two leads of a company have the same."
    )
    contract_amount = fields.Monetary(
        currency_field="contract_currency_id",
        help="What was signed. Reports count it in place of the expected revenue.",
    )
    contract_currency_id = fields.Many2one("res.currency")
    contract_date = fields.Date(string="Signed On")
    payment_period = fields.Char(
        help="When the customer pays, e.g. 30 % on order, the rest on delivery."
    )
    service_from = fields.Date()
    service_to = fields.Date()
    success_factor_ids = fields.Many2many(
        "lead.intake.success.factor",
        string="Key Success Factors",
        help="What made the customer choose us.",
    )
    retrospective = fields.Text(
        help="What went well, what didn't, and what to do differently next time."
    )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        lead = self.env["crm.lead"].browse(defaults.get("lead_id", [])).exists()
        if lead:
            for name in COPIED:
                field = lead._fields[name]
                if name in fields and lead[name]:
                    defaults.setdefault(name, field.convert_to_write(lead[name], lead))
            defaults.setdefault("contract_amount", lead.expected_revenue)
            defaults.setdefault("contract_currency_id", lead.company_currency.id)
        return {name: value for name, value in defaults.items() if name in fields}

    @api.depends("lead_id")
    def _compute_required_names(self):
        for wizard in self:
            lead = wizard.lead_id
            required = lead._get_intake_closing_asked("won", required_only=True)
            wizard.required_names = ",".join(sorted(required))
            rest = lead._get_intake_closing_asked("won") - required
            # A setting of the team, nobody's data.
            hours = lead.team_id.sudo().intake_closing_hours if rest else 0
            wizard.hours = f"{hours:g}" if hours else False

    def action_win(self):
        """Win the lead with what was filled in.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: if the team requires more, or the user may not win it
        """
        self.ensure_one()
        lead = self.lead_id
        stage = self.stage_id if self.stage_id.is_won else lead._get_intake_won_stage()
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in COPIED}
        lead.write({**values, "stage_id": stage.id})
        action = {"type": "ir.actions.act_window_close"}
        if self.env.context.get("intake_rainbow") and (message := lead._get_rainbowman_message()):
            action["effect"] = {
                "fadeout": "slow",
                "message": message,
                "img_url": "/web/static/img/smile.svg",
                "type": "rainbow_man",
            }
        return action
