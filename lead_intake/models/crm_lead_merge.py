from odoo import models

from ..tools import guard

MERGED_FIELDS = (
    "date_acquired",
    "registrant_id",
    "lead_type_id",
    "industry_id",
    "initial_need",
    "need_fit",
    "estimated_budget",
    "purchase_horizon",
    "decision_maker",
)


class CrmLead(models.Model):
    """Merging loses nothing of the procedure, and approves nothing by the way."""

    _inherit = "crm.lead"

    def _sort_by_confidence_level(self, reverse=False):
        # The most advanced lead survives; one that was approved is ahead of one that wasn't,
        # so that what survives is what a reviewer has seen.
        leads = super()._sort_by_confidence_level(reverse=reverse)
        if not any(lead.intake_state for lead in leads):
            return leads
        return leads.sorted(lambda lead: lead.intake_state == "approved", reverse=reverse)

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), *MERGED_FIELDS]

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            # The customer came to us once: when we first heard of them.
            "date_acquired": lambda fname, leads: min(
                leads.filtered("date_acquired").mapped("date_acquired"), default=False
            ),
            "initial_need": lambda fname, leads: "\n\n".join(
                dict.fromkeys(leads.filtered("initial_need").mapped("initial_need"))
            ),
        }

    def _merge_dependences(self, opportunities):
        res = super()._merge_dependences(opportunities)
        self.env["lead.intake.deadline"]._merge(self, opportunities)
        opportunities._intake_close_reviews("cancelled")
        # Two plans for one customer: the surviving lead's stands, if it has one.
        if self.intake_plan_id:
            for lead in opportunities:
                lead._intake_drop_plan()
        for lead in opportunities.filtered("intake_plan_id")[1:]:
            lead._intake_drop_plan()
        # sudo: rows that nobody may write move along with their lead.
        guard.opened(opportunities.sudo().intake_follow_up_ids).write({"lead_id": self.id})
        reviews = opportunities.sudo().intake_review_ids
        guard.opened(reviews).write({"lead_id": self.id})
        return res
