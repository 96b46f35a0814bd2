from odoo import models

from ..tools import guard


class CrmLead(models.Model):
    """How leads come under the procedure, and leave it."""

    _inherit = "crm.lead"

    def _intake_enter(self):
        """Bring leads under the procedure: the start of step 1.

        A lost lead comes in as well, so that restoring it later is no way around the review;
        one that was won elsewhere has nothing left to be reviewed for.
        """
        entering = self.filtered(
            lambda lead: not lead.intake_state and lead.use_intake and lead.won_status != "won"
        )
        if not entering:
            return
        entering._intake_set_registrants()
        entering._intake_back_to_first_stage()
        entering._intake_bring_in({lead: lead.date_acquired for lead in entering})

    def _intake_bring_in(self, acquired=None):
        """Put leads under the procedure in the stage they are in.

        :param dict acquired: ``{lead: datetime}`` from which the time to register counts; now
            for leads that were worked without the procedure so far
        """
        quiet = guard.opened(self.with_context(mail_notrack=True))
        quiet.write({"intake_state": "draft"})
        running = self.filtered(lambda lead: not lead._refuse_closed())
        self.env["lead.intake.deadline"]._start(running, "registration", acquired)
        running._intake_todo_start("complete")

    def _intake_leave(self):
        """Let leads go that moved to a team without the procedure; what happened is kept."""
        self._intake_close_reviews("cancelled")
        self.env["lead.intake.deadline"]._cancel(
            self, self.env._("Moved to a team without the procedure")
        )
        self._intake_todo_done("review", "complete", "look_again", "plan")
        guard.opened(self).write(
            {
                "intake_state": False,
                # Should it come back it is reviewed anew, whatever was said of it before.
                "intake_grade_id": False,
                "intake_hold_until": False,
                "intake_submitted_on": False,
            }
        )

    def _intake_stop_waiting(self):
        """A lead that was lost or archived doesn't wait for a review any more."""
        waiting = self.filtered(lambda lead: lead.intake_state == "submitted")
        waiting._intake_close_reviews("cancelled")
        guard.opened(waiting.with_context(mail_notrack=True)).write({"intake_state": "draft"})
        self.env["lead.intake.deadline"]._cancel(self, self.env._("Won, lost or archived"))
        self._intake_todo_done("review", "complete", "look_again", "assign", "plan")
