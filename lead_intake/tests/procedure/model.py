"""process.md once more, in plain Python: who may do what with a lead, and what it then is.

Written from the procedure, not from the addon, which must agree with it
(``test_procedure.py``). Nothing of Odoo is imported here.
"""

from dataclasses import dataclass, field

REVIEWERS = {"supervisor", "supervisor2"}
MEMBERS = {"rep", "rep2", "supervisor", "supervisor2"}
SEE_ALL = {"supervisor", "supervisor2", "operations", "manager"}
PEOPLE = ("rep", "rep2", "supervisor", "supervisor2", "operations", "manager")


@dataclass
class Lead:
    """What the procedure knows of a lead."""

    owner: str | None
    is_complete: bool = True
    state: str | None = "draft"
    outcome: str = "open"
    is_held: bool = True  # of a team that works by the procedure
    is_graded: bool = False
    submitter: str | None = None
    # Who submitted what a reviewer let pass, the last one last.
    passed: list = field(default_factory=list)
    is_contacted: bool = False
    is_converted: bool = True  # an opportunity, as a lead is where a team has no leads

    @property
    def is_open(self):
        return self.outcome == "open"

    @property
    def is_worked(self):
        return self.is_held and self.state == "approved"

    # --- who may --------------------------------------------------------------------------

    def is_seen_by(self, who):
        return who in SEE_ALL or self.owner in (who, None)

    def may_step(self, who):
        return self.is_seen_by(who) and self.is_held and self.is_open

    def may_submit(self, who):
        return self.may_step(who) and self.state in ("draft", "returned") and self.is_complete

    def may_withdraw(self, who):
        return self.may_step(who) and self.state == "submitted" and self.submitter == who

    def may_decide(self, who):
        return (
            self.may_step(who)
            and self.state == "submitted"
            and who in REVIEWERS
            and who != self.submitter
        )

    def may_approve(self, who):
        return self.may_decide(who) and self.is_complete

    def may_hold(self, who):
        taken_back = self.may_step(who) and self.state == "approved" and who in REVIEWERS
        return self.may_decide(who) or taken_back

    def may_reopen(self, who):
        if not self.may_step(who):
            return False
        if self.state == "approved":
            return who in REVIEWERS
        if self.state != "on_hold":
            return False
        if self.is_graded and who in REVIEWERS:
            return True
        return (who in REVIEWERS or who == self.owner) and self.is_complete

    def may_assign(self, who, to):
        return (
            self.may_step(who) and self.state == "approved" and who in REVIEWERS and to in MEMBERS
        )

    def may_hand_over(self, who, to):
        if not self.is_seen_by(who):
            return False
        if to == self.owner or not self.is_held or who in REVIEWERS:
            return True
        if self.owner is None and self.state in ("approved", "on_hold"):
            return False
        return self.owner in (who, None) and to in MEMBERS

    def may_follow_up(self, who):
        return self.is_seen_by(who) and (
            not self.is_held or (self.state == "approved" and self.outcome != "lost")
        )

    def may_convert(self, who):
        may = not self.is_held or self.state == "approved"
        return self.is_seen_by(who) and (may or self.is_converted or not self.is_open)

    def may_close(self, who):
        return self.is_seen_by(who) and (not self.is_held or who in REVIEWERS or who == self.owner)

    def may_lose(self, who, has_reason):
        return self.may_close(who) and (has_reason or not self.is_held)

    def may_win(self, who):
        return self.may_close(who) and (not self.is_held or self.state == "approved")

    def may_restore(self, who):
        return self.is_seen_by(who) and (self.state != "approved" or self.may_close(who))

    def may_leave(self, who):
        return self.is_seen_by(who) and who in REVIEWERS

    # --- what then is ---------------------------------------------------------------------

    def submit(self, who):
        self.state, self.submitter = "submitted", who

    def withdraw(self):
        self.state, self.submitter = "draft", None

    def approve(self):
        self.passed.append(self.submitter)
        self.state, self.submitter, self.is_graded = "approved", None, True

    def give_back(self):
        self.state, self.submitter = "returned", None

    def hold(self):
        if self.state == "submitted":
            self.passed.append(self.submitter)
        self.state, self.submitter = "on_hold", None

    def reopen(self, who):
        if self.state == "on_hold" and self.is_graded and who in REVIEWERS:
            self.state = "approved"
            return
        is_own = who == self.owner or who in self.passed
        self.submit(who if is_own or not self.passed else self.passed[-1])
        self.is_graded = False

    def convert(self):
        # Odoo leaves alone what is closed.
        self.is_converted = self.is_converted or self.is_open

    def close(self, outcome):
        self.outcome = outcome
        if self.state == "submitted":
            self.withdraw()

    def restore(self):
        self.outcome = "open"

    def leave(self):
        self.is_held = False
        if self.state != "approved":
            self.state = self.submitter = None
            self.is_graded = False

    def come_back(self):
        self.is_held = True
        self.state = self.state or "draft"
