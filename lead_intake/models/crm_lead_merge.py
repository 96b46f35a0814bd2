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
        # so that what survives is what a reviewer has seen. A lead of the procedure is ahead of
        # one outside, or merging would be a way around the review.
        leads = super()._sort_by_confidence_level(reverse=reverse)
        if not any(lead.intake_state for lead in leads):
            return leads
        return leads.sorted(lambda lead: lead._intake_merge_rank(), reverse=reverse)

    def _intake_merge_rank(self):
        if not self.active:
            return 0
        return 2 if self.intake_state == "approved" else int(self._is_under_intake())

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        # What merging writes only adds to what was submitted: the surviving lead's own values
        # come first. So it isn't held up by the lock on a lead that waits for review.
        # Named twice it would be merged into itself: Odoo would delete it.
        leads = guard.merging(self.union())
        head = super(CrmLead, leads)._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
        )
        return head.with_env(self.env)

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), *MERGED_FIELDS]

    def _merge_get_fields_specific(self):
        specific = super()._merge_get_fields_specific()
        merge_type, merge_reason = specific["type"], specific["lost_reason_id"]
        return {
            **specific,
            # Only an approval makes an opportunity of a lead of the procedure.
            "type": lambda fname, leads: (
                merge_type(fname, leads)
                if leads[0].intake_state == "approved" or not leads[0]._is_under_intake()
                else leads[0].type
            ),
            # An open lead isn't lost for the reason of another; it would be archived with it.
            "lost_reason_id": lambda fname, leads: (
                merge_reason(fname, leads)
                if leads[0]._refuse_closed() or not leads[0]._is_under_intake()
                else leads[0].lost_reason_id
            ),
            # The customer came to us once: when we first heard of them.
            "date_acquired": lambda fname, leads: min(
                leads.filtered("date_acquired").mapped("date_acquired"), default=False
            ),
            "initial_need": lambda fname, leads: "\n\n".join(
                dict.fromkeys(leads.filtered("initial_need").mapped("initial_need"))
            ),
        }

    def _merge_dependences(self, opportunities):
        if not self.env["crm.team"]._has_intake_history():
            return super()._merge_dependences(opportunities)
        # Before Odoo moves the activities: the surviving lead has its own to-dos.
        opportunities._intake_todo_done(
            "review", "complete", "look_again", "assign", "plan", "closing"
        )
        res = super()._merge_dependences(opportunities)
        self.env["lead.intake.deadline"]._merge(self, opportunities)
        # Two plans for one customer: the surviving lead's stands, if it has one.
        planned = (self | opportunities).filtered("intake_plan_id")
        (planned[1:] if self not in planned else planned - self)._intake_drop_plan()
        if planned:
            self._intake_todo_done("plan")
        # Only one may be planned: the one that makes room reaches the database first.
        self.env["lead.intake.follow.up"].flush_model()
        opportunities._intake_stop_waiting()
        # sudo: rows that nobody may write move along with their lead.
        guard.opened(opportunities.sudo().intake_follow_up_ids).write({"lead_id": self.id})
        self._intake_clocks_merged()
        opportunities._intake_move_verifications(self)
        assignments = opportunities.sudo().intake_assignment_ids
        guard.opened(assignments).write({"lead_id": self.id})
        reviews = guard.opened(opportunities.sudo().intake_review_ids)
        reviews.write({"lead_id": self.id})
        if reviews:
            rounds = guard.opened(self.sudo()).intake_review_ids.sorted("submitted_on")
            for number, review in enumerate(rounds, start=1):
                review.round = number
        return res
