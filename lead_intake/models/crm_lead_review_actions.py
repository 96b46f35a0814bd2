from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """The buttons of the review, on form, card and list. One lead: a refusal is an error.
    Several: what can be done is done, and one summary says what could not be, and why.
    """

    _inherit = "crm.lead"

    def action_intake_submit(self):
        """Submit the selected leads for review."""
        return self._intake_act("submitted", lambda leads: leads.intake_submit())

    def action_intake_withdraw(self):
        """Take the selected leads back from review."""
        return self._intake_act("draft", lambda leads: leads.intake_withdraw())

    def action_intake_reopen(self):
        """Take the selected leads up again."""
        return self._intake_act(None, lambda leads: leads.intake_reopen())

    def action_intake_approve(self):
        """Open the dialog that approves the selected leads."""
        return self._action_intake_decide("approved")

    def action_intake_return(self):
        """Open the dialog that returns the selected leads."""
        return self._action_intake_decide("returned")

    def action_intake_hold(self):
        """Open the dialog that puts the selected leads on hold."""
        return self._action_intake_decide("on_hold")

    def _intake_partition(self, target):
        """Tell what can be done from what can't.

        :param str target: a value of ``intake_state``; None for where reopening leads to
        :return: the leads that may move, and ``{lead: reason}`` of the others
        :rtype: tuple[crm.lead, dict]
        """
        refused = {
            lead: reason
            for lead in self
            if (
                reason := lead._refuse_transition(
                    target or lead._intake_reopen_target(), again=not target
                )
            )
        }
        return self.filtered(lambda lead: lead not in refused), refused

    def _intake_act(self, target, step):
        allowed, refused = self._intake_partition(target)
        if not allowed and refused:
            raise UserError(self._intake_refusal_text(refused))
        step(allowed)
        return self._intake_summary(len(allowed), refused)

    def _intake_decide(self, decision, values):
        """Carry a decision out on leads it may be carried out on.

        :param str decision: the ``intake_state`` they move to
        :param dict values: what the step that makes it takes
        """
        steps = {
            "approved": self.intake_approve,
            "returned": self.intake_return,
            "on_hold": self.intake_hold,
        }
        steps[decision](**values)

    def _intake_summary(self, done, refused):
        """Return a notification that says what was done and what wasn't; for a single lead that
        went well there is nothing to say: the screen shows it.
        """
        refresh = {"type": "ir.actions.client", "tag": "soft_reload"}
        if not refused and done == 1:
            return refresh
        params = {
            "type": "warning" if refused else "success",
            "sticky": bool(refused),
            "title": self.env._("%(count)s leads done", count=done),
            "message": "",
            "next": refresh,
        }
        if refused:
            params["title"] = self.env._(
                "%(done)s leads done, %(refused)s not", done=done, refused=len(refused)
            )
            params["message"] = self._intake_refusal_text(refused)
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _action_intake_decide(self, decision):
        _allowed, refused = self._intake_partition(decision)
        if len(refused) == len(self):
            raise UserError(self._intake_refusal_text(refused))
        titles = {
            "approved": self.env._("Approve"),
            "returned": self.env._("Return"),
            "on_hold": self.env._("Put on Hold"),
        }
        leads = self.name if len(self) == 1 else self.env._("%(count)s leads", count=len(self))
        return {
            "type": "ir.actions.act_window",
            "name": f"{titles[decision]}: {leads}",
            "res_model": "lead.intake.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids, "default_decision": decision},
        }
