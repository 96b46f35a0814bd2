from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from .machine import MOST_LEADS, Machine, apt, is_in, people, which

# A lead's way to be worked on; each step by somebody who may take it.
OPENING = (
    ("submit", (True, "intake_submit")),
    ("approve", (True, "suggested")),
    ("hold", (True,)),
    ("reopen", (True,)),
)


class RegistrationAndReview(Machine):
    """Steps 1 and 2."""

    @initialize(reached=st.integers(0, len(OPENING)))
    def first_lead(self, reached):
        """Begin anywhere: what is approved or on hold is seldom come by in a few steps."""
        self.register("rep", True, "create")
        for step, args in OPENING[:reached]:
            getattr(self, step)(0, "supervisor", *args)

    @precondition(lambda self: len(self._get_open()) < MOST_LEADS)
    @rule(who=people, is_complete=st.booleans(), how=st.sampled_from(["create", "web", "load"]))
    def register(self, who, is_complete, how):
        case = self.case
        phone = "+86 10 6552 9988" if is_complete else False
        vals = case._complete_vals(team_id=case.team.id, phone=phone)
        if how == "load":
            columns = ["name", "partner_name", "contact_name", "phone", "team_id/.id"]
            row = ["Imported", "Hangzhou Ltd", "Liu Wei", phone or "", str(case.team.id)]
            columns += ["medium_id/.id", "source_id/.id"]
            row += [str(case.medium.id), str(case.source.id)]
            self._attempt(
                True, "load", who, lambda: self._call(who, "load", columns, [row], import_file=True)
            )
            assert self.result["ids"], self.result["messages"]
            self._add(self.result["ids"][0], None, is_complete=is_complete)
        elif how == "web":
            vals["user_id"] = self._user(who).id
            self._attempt(
                True, "web_save", who, lambda: self._call(who, "web_save", [], vals, {"id": {}})
            )
            self._add(self.result[0]["id"], who, is_complete=is_complete)
        else:
            vals.update(user_id=self._user(who).id, type="lead")
            self._attempt(True, "create", who, lambda: self._call(who, "create", vals))
            self._add(self.result, who, is_complete=is_complete, is_converted=False)

    @rule(number=which, who=people)
    def complete(self, number, who):
        lead_id, lead = self._pick(number)
        # While it waits only a reviewer may change what is under review.
        allowed = lead.is_seen_by(who) and (
            lead.is_complete or lead.state != "submitted" or who.startswith("supervisor")
        )
        if self._do(allowed, who, lead_id, "write", {"phone": "+86 10 6552 9988"}):
            lead.is_complete = True

    @is_in("draft", "returned")
    @rule(
        number=which,
        who=people,
        apt=apt,
        how=st.sampled_from(["intake_submit", "action_intake_submit"]),
    )
    def submit(self, number, who, apt, how):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_submit(person)
        )
        if self._do(lead.may_submit(who), who, lead_id, how):
            lead.submit(who)

    @is_in("submitted")
    @rule(number=which, who=people, apt=apt)
    def withdraw(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_withdraw(person)
        )
        if self._do(lead.may_withdraw(who), who, lead_id, "intake_withdraw"):
            lead.withdraw()

    @is_in("submitted")
    @rule(number=which, who=people, apt=apt, grade=st.sampled_from(["suggested", "a", "b", "c"]))
    def approve(self, number, who, apt, grade):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_approve(person)
        )
        grade_id = grade != "suggested" and getattr(self.case, f"grade_{grade}").id
        if self._do(
            lead.may_approve(who), who, lead_id, "intake_approve", grade_id, "Good.", "I know them."
        ):
            lead.approve()

    @is_in("submitted")
    @rule(number=which, who=people, apt=apt)
    def give_back(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_decide(person)
        )
        if self._do(
            lead.may_decide(who), who, lead_id, "intake_return", {"phone": "No answer."}, "Mend."
        ):
            lead.give_back()

    @is_in("submitted", "approved")
    @rule(number=which, who=people, apt=apt)
    def hold(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_hold(person)
        )
        if self._do(lead.may_hold(who), who, lead_id, "intake_hold", "2030-01-01", "Later."):
            lead.hold()

    @is_in("approved", "on_hold")
    @rule(number=which, who=people, apt=apt)
    def reopen(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_reopen(person)
        )
        if self._do(lead.may_reopen(who), who, lead_id, "intake_reopen", "Again."):
            lead.reopen(who)
