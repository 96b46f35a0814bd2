from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from .machine import MOST_LEADS, Machine, apt, people, some, which

# What nobody writes but the steps, and the ways somebody may try it.
FORBIDDEN = (
    {"intake_state": "approved"},
    {"intake_state": False},
    {"intake_grade_id": 1},
    {"won_status": "won"},
    {"intake_review_ids": [[0, 0, {"state": "approved"}]]},
    {"intake_review_ids": [[5, 0, 0]]},
    {"intake_deadline_ids": [[5, 0, 0]]},
    {"intake_hold_until": "2030-01-01"},
    {"intake_date_due": False},
)
CHEATS = ("write", "mass", "partner", "load")


class Around(Machine):
    """What Odoo lets people do with a lead besides, who tries what isn't theirs, and time."""

    @some(lambda lead: lead.is_open)
    @rule(number=which, who=people, apt=apt)
    def change_team(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: not lead.is_held and lead.is_seen_by(person),
            among=lambda lead: lead.is_open,
        )
        team = self.case.plain_team if lead.is_held else self.case.team
        allowed = lead.may_leave(who) if lead.is_held else lead.is_seen_by(who)
        if self._do(allowed, who, lead_id, "write", {"team_id": team.id}):
            (lead.leave if lead.is_held else lead.come_back)()

    @some(lambda lead: not lead.is_converted)
    @rule(number=which, who=people, apt=apt)
    def convert(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: not lead.is_converted and lead.may_convert(person),
        )
        if self._do(lead.may_convert(who), who, lead_id, "convert_opportunity", False):
            if lead.is_open and lead.owner and not lead.is_held:
                # Odoo writes the type, be it the same, and looks for its owner's team anew.
                lead.come_back()
            lead.convert()

    @precondition(lambda self: len(self.leads) > 1)
    @rule(first=which, second=which, who=people)
    def merge(self, first, second, who):
        chosen = {self._pick(first)[0]: 0, self._pick(second)[0]: 0}
        merged = [(lead_id, lead) for lead_id, lead in self.leads if lead_id in chosen]
        if len(merged) < 2:
            return
        ids = [lead_id for lead_id, _lead in merged]
        if not self._attempt(None, "merge", who, lambda: self._call(who, "merge_opportunity", ids)):
            return
        [left] = self.env["crm.lead"].browse(ids).exists()
        lead = dict(merged)[left.id]
        if left.use_intake and not lead.is_held:
            # Odoo takes what it merges into its owner's team.
            lead.come_back()
        assert left.intake_state != "approved" or any(
            other.state == "approved" for _id, other in merged
        ), "merging approved a lead"
        assert (left.intake_state or None) == lead.state, "merging changed the survivor's state"
        rounds = left.intake_review_ids.sorted("round")
        passed = rounds.filtered(lambda row: row.state in ("approved", "on_hold"))
        lead.passed = [self._name(row.submitted_by_id) for row in passed]
        lead.is_contacted = any(other.is_contacted for _id, other in merged)
        lead.is_complete = not left._get_intake_missing()[left]
        lead.owner = self._name(left.user_id)
        lead.is_converted = left.type == "opportunity"
        self.leads = [(i, other) for i, other in self.leads if i == left.id or i not in ids]

    @rule(hours=st.sampled_from([1, 12, 30, 100]))
    def time_passes(self, hours):
        self.hours += hours
        self.case.at(self.hours)
        self.case._run_cron()

    @precondition(lambda self: len(self._get_open()) < MOST_LEADS)
    @rule(number=which, who=people)
    def duplicate(self, number, who):
        """A copy begins at the beginning, whatever became of the original."""
        lead_id, lead = self._pick(number)
        if self._do(lead.is_seen_by(who), who, lead_id, "copy"):
            self._add_found(self.env["crm.lead"].browse(self.result[0]))

    @precondition(lambda self: len(self._get_open()) < MOST_LEADS)
    @rule(is_known=st.booleans())
    def mail_comes_in(self, is_known):
        """By the mail gateway, for the team's alias."""
        sender = self.case.rep.email_formatted if is_known else "Mr Liu <liu@mail.example>"
        mail = {"subject": "Presses", "email_from": sender, "from": sender, "body": "Two, please."}
        values = {"team_id": self.case.team.id}
        root = self.env(user=self.case.env.ref("base.user_root").id)["crm.lead"]
        self._attempt(True, "message_new", sender, lambda: root.message_new(mail, values))
        new = self.env["crm.lead"].browse(self.result[0].id)
        vals = self.case._complete_vals()
        new.write({name: vals[name] for name in ("partner_name", "contact_name", "source_id")})
        self._add_found(new)

    def _add_found(self, new):
        """What somebody gets by another path than registering it begins as any other."""
        assert (new.intake_state or None) == ("draft" if new.use_intake else None)
        # Odoo copies what is lost as lost.
        assert new.won_status != "won" and not new.intake_review_ids
        self._add(
            new.id,
            self._name(new.user_id),
            state=new.intake_state or None,
            outcome="lost" if new.won_status == "lost" else "open",
            is_held=new.use_intake,
            is_complete=not new._get_intake_missing()[new],
            is_converted=new.type == "opportunity",
        )

    @rule(number=which, who=people, vals=st.sampled_from(FORBIDDEN), how=st.sampled_from(CHEATS))
    def cheat(self, number, who, vals, how):
        """Write what only the steps write, by this path and that."""
        lead_id, lead = self._pick(number)
        if vals.get("won_status") and (lead.outcome == "won" or not lead.is_held):
            return
        partner = self.case.customer
        ways = {
            "write": lambda: self._call(who, "write", [lead_id], vals, lead_intake_pass=True),
            # As a list does with all that is selected.
            "mass": lambda: self._call(who, "write", self.every_seen(lead_id), vals),
            "partner": lambda: call_kw(
                self.env(user=self._user(who).id)["res.partner"],
                "write",
                [[partner.id], {"opportunity_ids": [[1, lead_id, vals]]}],
                {},
            ),
            "load": lambda: self._load(who, [".id", *vals], [lead_id, *vals.values()]),
        }
        if how == "load" and any(isinstance(value, list) for value in vals.values()):
            how = "mass"
        self._attempt(False, "cheat", f"{who}: {how} {vals}", ways[how])

    def every_seen(self, lead_id):
        return [lead_id, *(other for other, _lead in self.leads if other != lead_id)]

    def _load(self, who, columns, row):
        """Import a line; what an import refuses it says, instead of raising it."""
        done = self._call(who, "load", columns, [[str(value or "") for value in row]])
        if not done["ids"]:
            raise UserError(done["messages"][0]["message"])
