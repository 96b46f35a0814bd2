from hypothesis import strategies as st
from hypothesis.stateful import rule

from .machine import Machine, apt, is_in, people, some, which
from .model import PEOPLE


class AssignmentAndFollowUp(Machine):
    """Steps 3 and 4."""

    @is_in("approved")
    @rule(number=which, who=people, apt=apt, to=people)
    def assign(self, number, who, apt, to):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_assign(person, to)
        )
        user_id = self._user(to).id
        if self._do(lead.may_assign(who, to), who, lead_id, "intake_assign", user_id, "Note."):
            lead.owner = to

    @some(lambda lead: lead.is_open)
    @rule(number=which, who=people, apt=apt, to=st.sampled_from([*PEOPLE, None]))
    def hand_over(self, number, who, apt, to):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: lead.may_hand_over(person, to),
            among=lambda lead: lead.is_open or (to and lead.is_held),
        )
        user_id = self._user(to).id if to else False
        if self._do(lead.may_hand_over(who, to), who, lead_id, "write", {"user_id": user_id}):
            # Odoo takes a lead into its owner's team whenever one is written, the same one too.
            if not lead.is_held and to:
                lead.come_back()
            lead.owner = to

    @is_in("approved")
    @rule(number=which, who=people, apt=apt, hours=st.integers(1, 100))
    def plan(self, number, who, apt, hours):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.is_worked and lead.may_follow_up(person)
        )
        when = self.case._in(self.hours + hours).strftime("%Y-%m-%d %H:%M:%S")
        allowed = lead.may_follow_up(who) and (lead.is_held or None)
        self._do(allowed, who, lead_id, "intake_plan", when, "phone", "Goal")

    @is_in("approved")
    @rule(number=which, who=people, apt=apt, outcome=st.sampled_from(["reached", "no_answer"]))
    def log(self, number, who, apt, outcome):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.is_worked and lead.may_follow_up(person)
        )
        allowed = lead.may_follow_up(who) and (lead.is_held or None)
        said = "They want two presses of 400 t by spring."
        if self._do(allowed, who, lead_id, "intake_log", outcome, said):
            lead.is_contacted = lead.is_contacted or outcome == "reached"

    @some(lambda lead: lead.is_open and lead.is_held)
    @rule(
        number=which,
        who=people,
        to=st.sampled_from(["new", "follow", "proposal", "won"]),
        how=st.sampled_from(["write", "web_save"]),
    )
    def drag(self, number, who, to, how):
        """A card is dragged to another column."""
        lead_id, lead = self._pick(number, lambda lead: lead.is_open and lead.is_held)
        record = self.env["crm.lead"].browse(lead_id)
        stage = getattr(self.case, f"stage_{to}")
        stays = record.stage_id == stage
        if to == "won":
            allowed = lead.may_win(who)
        else:
            allowed = lead.is_seen_by(who) and (stays or to == "new" or lead.state == "approved")
        args = [{"stage_id": stage.id}, *([{}] if how == "web_save" else [])]
        if self._do(allowed, who, lead_id, how, *args) and to == "won":
            lead.close("won")
