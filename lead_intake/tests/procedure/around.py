from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from .machine import Machine, apt, people, some, which


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

    @rule(
        number=which,
        who=people,
        vals=st.sampled_from(
            [
                {"intake_state": "approved"},
                {"intake_state": False},
                {"intake_grade_id": 1},
                {"won_status": "won"},
                {"intake_review_ids": [[0, 0, {"state": "approved"}]]},
                {"intake_review_ids": [[5, 0, 0]]},
                {"intake_deadline_ids": [[5, 0, 0]]},
                {"intake_hold_until": "2030-01-01"},
                {"intake_date_due": False},
            ]
        ),
    )
    def cheat(self, number, who, vals):
        lead_id, lead = self._pick(number)
        is_won = vals.get("won_status") and (lead.outcome == "won" or not lead.is_held)
        if not is_won:
            self._do(False, who, lead_id, "write", vals, lead_intake_pass=True)
