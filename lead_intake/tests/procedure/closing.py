from hypothesis import strategies as st
from hypothesis.stateful import rule

from odoo.service.model import call_kw

from .machine import Machine, apt, people, some, which


class Closing(Machine):
    """Step 5."""

    @some(lambda lead: lead.is_open)
    @rule(
        number=which,
        who=people,
        has_reason=st.booleans(),
        how=st.sampled_from(["action_set_lost", "action_archive", "write"]),
    )
    def lose(self, number, who, has_reason, how):
        lead_id, lead = self._pick(number, lambda lead: lead.is_open)
        reason = {"lost_reason_id": self.case.lost_reason.id} if has_reason else {}
        if how == "action_archive":
            reason, has_reason = {}, False
        allowed = lead.may_lose(who, has_reason)
        calls = {
            "action_set_lost": lambda: call_kw(
                self.env(user=self._user(who).id, context={})["crm.lead"],
                "action_set_lost",
                [[lead_id]],
                reason,
            ),
            "action_archive": lambda: self._call(who, "action_archive", [lead_id]),
            "write": lambda: self._call(
                who, "write", [lead_id], {"active": False, "probability": 0, **reason}
            ),
        }
        if self._attempt(allowed, how, f"{who}: {how} {reason}", calls[how]):
            lead.close("lost")

    @some(lambda lead: lead.outcome == "lost" and lead.is_held)
    @rule(number=which, who=people, apt=apt)
    def restore(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: lead.may_restore(person),
            among=lambda lead: lead.outcome == "lost" and lead.is_held,
        )
        if self._do(lead.may_restore(who), who, lead_id, "action_unarchive"):
            lead.restore()

    @some(lambda lead: not lead.is_open and lead.is_held)
    @rule(number=which, who=people, apt=apt)
    def undo_closing(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: not lead.is_open and lead.may_restore(person),
            among=lambda lead: lead.is_held,
        )
        allowed = not lead.is_open and lead.may_restore(who)
        if self._do(allowed, who, lead_id, "intake_undo_closing", "They called."):
            lead.restore()
