from odoo import fields, models
from odoo.exceptions import UserError

LOSS_FIELDS = frozenset({"lost_reason_id", "lost_competitor_id"})


class CrmLead(models.Model):
    """Step 5 · Lost (流失): why, and to whom when the reason asks for it. That a lead is lost with
    a reason at all is refused in ``crm_lead_changes.py``; no gate ever stops losing.
    """

    _inherit = "crm.lead"

    lost_competitor_id = fields.Many2one(
        "lead.intake.competitor",
        string="Lost To",
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Who won this customer.",
    )

    def write(self, vals):
        res = super().write(vals)
        if LOSS_FIELDS.intersection(vals) and self.env["crm.team"]._has_intake_teams():
            # What a lead was lost with can be mended afterwards, and not taken away.
            lost = self.filtered(
                lambda lead: lead._is_under_intake() and lead._get_intake_outcome() == "lost"
            )
            lost._intake_check_closed()
        return res

    def _intake_check_closed(self):
        res = super()._intake_check_closed()
        for lead in self:
            if not lead._is_under_intake() or lead.active or lead.lost_competitor_id:
                continue
            if lead.lost_reason_id.asks_competitor:
                raise UserError(
                    self.env._(
                        "“%(lead)s” is lost for “%(reason)s”: say which competitor it is.",
                        lead=lead.display_name,
                        reason=lead.lost_reason_id.name,
                    )
                )
        return res

    def action_set_lost(self, **additional_values):
        # As with the reason: the rule looks at the whole.
        competitor = additional_values.get("lost_competitor_id")
        held = self.filtered(lambda lead: lead._is_under_intake()) if competitor else self.browse()
        if held:
            held.write({"lost_competitor_id": competitor})
        return super().action_set_lost(**additional_values)
