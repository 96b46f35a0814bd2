from odoo import fields, models

from ..tools import guard

# What belongs to one closing, and is asked anew at the next.
OF_ONE_CLOSING = ("retrospective", "lost_competitor_id")


class CrmLead(models.Model):
    """Step 5 · The closing review (转化复盘): every closing is a row of history, what it doesn't
    say at once has a clock, and a lead that is opened again goes on where it was.
    """

    _inherit = "crm.lead"

    intake_closing_ids = fields.One2many(
        "lead.intake.closing", "lead_id", string="Closings", copy=False, readonly=True
    )

    def _intake_before(self, vals):
        before = super()._intake_before(vals)
        for lead, was in before.items():
            was["outcome"] = lead._get_intake_outcome()
        return before

    def _intake_after(self, before):
        res = super()._intake_after(before)
        changed = self.browse().concat(
            *(
                lead
                for lead, was in before.items()
                if was["held"]
                and lead._is_under_intake()
                and lead._get_intake_outcome() != was["outcome"]
            )
        )
        reopened = changed.filtered(lambda lead: before[lead]["outcome"])
        if reopened:
            reopened._intake_check_reopen(before)
            reopened._intake_closing_undone(before)
        closed = changed.filtered(lambda lead: lead._get_intake_outcome())
        if closed:
            # Odoo archives and writes the reason later, or the other way round.
            closed._intake_check_closed()
            closed._intake_check_closing()
            closed._intake_closing_done(before)
        return res

    def _intake_closing_done(self, before):
        """Keep who closed the leads and where they stood, and let the review's time run."""
        now = fields.Datetime.now()
        # sudo and key: history is written by the step, which was just checked.
        guard.opened(self.env["lead.intake.closing"].sudo()).create(
            [
                {
                    "lead_id": lead.id,
                    "company_id": lead.company_id.id,
                    "outcome": lead._get_intake_outcome(),
                    "stage_id": before[lead]["stage"].id,
                    "closed_by_id": self.env.user.id,
                    "closed_on": now,
                }
                for lead in self
            ]
        )
        # What never got through its review teaches nothing about selling.
        reviewed = self.filtered(
            lambda lead: (
                lead.intake_state == "approved"
                and lead._get_intake_closing_asked(lead._get_intake_outcome())
            )
        )
        self.env["lead.intake.deadline"]._start(reviewed, "closing")
        reviewed._intake_review_closing()
        reviewed.filtered(lambda lead: lead._get_intake_closing_gaps())._intake_todo_start_once(
            "closing"
        )

    def _intake_review_closing(self):
        """The review of leads whose closing says all that is asked is done."""
        done = self.filtered(lambda lead: not lead._get_intake_closing_gaps())
        if done:
            self.env["lead.intake.deadline"]._reach(done, "closing")
            done._intake_todo_done("closing")
