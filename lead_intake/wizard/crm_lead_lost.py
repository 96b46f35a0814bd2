from odoo import api, fields, models


class CrmLeadLost(models.TransientModel):
    """Step 5 · Lost (流失): the reason, and what there is to learn from it."""

    _inherit = "crm.lead.lost"

    is_intake = fields.Boolean(compute="_compute_intake")
    is_retrospective_required = fields.Boolean(compute="_compute_intake")
    asks_competitor = fields.Boolean(related="lost_reason_id.asks_competitor")
    lost_competitor_id = fields.Many2one(
        "lead.intake.competitor",
        string="Lost To",
        help="The competitor the customer chose, if it is known.",
    )
    retrospective = fields.Text(
        help="What went well, what didn't, and what to do differently next time."
    )

    @api.depends("lead_ids")
    def _compute_intake(self):
        for wizard in self:
            held = wizard._get_intake_leads()
            wizard.is_intake = bool(held)
            wizard.is_retrospective_required = any(
                "retrospective" in lead._get_intake_closing_asked("lost", required_only=True)
                for lead in held
            )

    def _get_intake_leads(self):
        if not self.env["crm.team"]._has_intake_teams():
            return self.env["crm.lead"]
        return self.lead_ids.filtered(lambda lead: lead._is_under_intake())

    def _prepare_intake_closing_values(self):
        values = {"retrospective": self.retrospective} if self.retrospective else {}
        if self.asks_competitor:
            values["lost_competitor_id"] = self.lost_competitor_id.id
        return values

    def action_lost_reason_apply(self):
        held = self._get_intake_leads()
        values = self._prepare_intake_closing_values()
        if held and values:
            # Before they are lost: the rule looks at the whole.
            held.write(values)
        return super().action_lost_reason_apply()
