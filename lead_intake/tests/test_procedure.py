import os
from collections import Counter, defaultdict
from unittest.mock import patch

import psycopg2
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.lead_intake.tests.deadline_common import ClockCommon
from odoo.addons.lead_intake.tests.procedure_model import PEOPLE, Lead

# `make test-long` sets it: how many sequences are tried, each of them new.
EXAMPLES = int(os.environ.get("LEAD_INTAKE_EXAMPLES", 0))
STEPS = 50
MOST_LEADS = 4
# Rows of history, and what of them never changes once they are closed: everything but the lead,
# and a round's number, which counts on after a merge.
HISTORY = {
    "lead_intake_review": SQL("state != 'waiting'"),
    "lead_intake_deadline": SQL("date_closed IS NOT NULL"),
    "lead_intake_follow_up": SQL("state != 'planned'"),
    "lead_intake_assignment": SQL("TRUE"),
    "lead_intake_closing": SQL("reopened_on IS NOT NULL"),
}
CHANGEABLE = ("lead_id", "round", "write_date", "write_uid", "activity_id")

INVARIANTS = (
    "the_model_agrees",
    "screen_and_table_agree",
    "nobody_approved_their_own",
    "what_waits_has_one_round",
    "one_clock_for_a_promise",
    "nobody_is_forgotten",
    "history_only_grows",
)
STEPS_TAKEN = (
    "write",
    "web_save",
    "intake_submit",
    "intake_withdraw",
    "intake_approve",
    "intake_return",
    "intake_hold",
    "intake_reopen",
    "intake_assign",
    "intake_plan",
    "intake_log",
    "action_set_lost",
    "action_unarchive",
    "intake_undo_closing",
    "merge",
)

# A lead's way through the procedure; each step by somebody who may take it.
OPENING = (
    ("submit", (True, "intake_submit")),
    ("approve", (True, "suggested")),
    ("hold", (True,)),
    ("reopen", (True,)),
)
# The same with all its turns, the closing and what is undone.
WHOLE_WAY = (
    ("submit", (True, "intake_submit")),
    ("withdraw", (True,)),
    ("submit", (True, "intake_submit")),
    ("give_back", (True,)),
    ("submit", (True, "intake_submit")),
    ("hold", (True,)),
    ("reopen", (True,)),
    ("approve", (True, "suggested")),
    ("hold", (True,)),
    ("reopen", (True,)),
    ("assign", (True, "supervisor2")),
    ("plan", (True, 5)),
    ("log", (True, "reached")),
    ("drag", ("proposal", "write")),
    ("drag", ("follow", "web_save")),
    ("lose", (True, "action_set_lost")),
    ("restore", (True,)),
    ("lose", (True, "action_set_lost")),
    ("undo_closing", (True,)),
    ("drag", ("won", "write")),
    ("undo_closing", (True,)),
)

people = st.sampled_from(PEOPLE)
which = st.integers(0, 7)
apt = st.sampled_from([True, True, True, False])


class Procedure(RuleBasedStateMachine):
    """Everybody does everything to a few leads, in any order, by any path. The model says what
    is allowed and what comes of it; the database says what came of it.
    """

    case = None  # the test, in whose transaction all this happens
    taken = Counter()  # of each kind of step, how many were allowed
    tried = Counter()

    def __init__(self):
        super().__init__()
        case = self.case
        self.env = case.env
        self.savepoint = case.cr.savepoint()
        case.at(0)
        self.hours = 0
        self.leads = []  # (id, model), merged ones left out
        self.every_id = []
        self.known = {}

    def teardown(self):
        self.env.clear()
        self.case.cr.precommit.clear()
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.env.invalidate_all(flush=False)

    # --- how a step is taken ------------------------------------------------------------------

    def _user(self, who):
        return getattr(self.case, who)

    def _pick(self, number):
        return self.leads[number % len(self.leads)]

    def _choose(self, number, who, apt, may):
        """Choose a lead and who takes a step on it: most often somebody who may."""
        pairs = [
            (lead_id, lead, person)
            for lead_id, lead in self.leads
            for person in PEOPLE
            if apt and may(lead, person)
        ]
        if pairs:
            return pairs[(number * len(PEOPLE) + PEOPLE.index(who)) % len(pairs)]
        return (*self._pick(number), who)

    def _call(self, who, method, *args, **context):
        kwargs = {"context": context} if context else {}
        model = self.env(user=self._user(who).id, context={})["crm.lead"]
        return call_kw(model, method, list(args), kwargs)

    def _attempt(self, allowed, kind, what, step):
        """Take a step that is to be allowed, or refused in words; None: whichever.

        :return: whether it was taken
        """
        taken = True
        try:
            with self.case.cr.savepoint():
                self.result = step()
                self.env.flush_all()
        except UserError as error:
            taken, said = False, str(error)
        self.env.invalidate_all()
        self.tried[kind] += 1
        self.taken[kind] += taken
        if allowed is not None:
            assert taken == allowed, f"{what}: " + ("allowed" if taken else f"refused, {said}")
        return taken

    def _do(self, allowed, who, lead_id, method, *args, **context):
        return self._attempt(
            allowed,
            method,
            f"{who}: {method}{args}",
            lambda: self._call(who, method, [lead_id], *args, **context),
        )

    # --- step 1 -------------------------------------------------------------------------------

    def _add(self, lead_id, owner, is_complete=True):
        self.leads.append((lead_id, Lead(owner, is_complete)))
        self.every_id.append(lead_id)

    @initialize(reached=st.integers(0, len(OPENING)))
    def first_lead(self, reached):
        """Begin anywhere: what is approved or on hold is seldom come by in a few steps."""
        self.register("rep", True, "create")
        for step, args in OPENING[:reached]:
            getattr(self, step)(0, "supervisor", *args)

    @precondition(lambda self: len(self.leads) < MOST_LEADS)
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
            self._add(self.result["ids"][0], None, is_complete)
        elif how == "web":
            vals["user_id"] = self._user(who).id
            self._attempt(
                True, "web_save", who, lambda: self._call(who, "web_save", [], vals, {"id": {}})
            )
            self._add(self.result[0]["id"], who, is_complete)
        else:
            vals["user_id"] = self._user(who).id
            self._attempt(True, "create", who, lambda: self._call(who, "create", vals))
            self._add(self.result, who, is_complete)

    @rule(number=which, who=people)
    def complete(self, number, who):
        lead_id, lead = self._pick(number)
        # While it waits only a reviewer may change what is under review.
        allowed = lead.is_seen_by(who) and (
            lead.is_complete or lead.state != "submitted" or who.startswith("supervisor")
        )
        if self._do(allowed, who, lead_id, "write", {"phone": "+86 10 6552 9988"}):
            lead.is_complete = True

    # --- step 2 -------------------------------------------------------------------------------

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

    @rule(number=which, who=people, apt=apt)
    def withdraw(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_withdraw(person)
        )
        if self._do(lead.may_withdraw(who), who, lead_id, "intake_withdraw"):
            lead.withdraw()

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

    @rule(number=which, who=people, apt=apt)
    def give_back(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_decide(person)
        )
        if self._do(
            lead.may_decide(who), who, lead_id, "intake_return", {"phone": "No answer."}, "Mend."
        ):
            lead.give_back()

    @rule(number=which, who=people, apt=apt)
    def hold(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_hold(person)
        )
        if self._do(lead.may_hold(who), who, lead_id, "intake_hold", "2030-01-01", "Later."):
            lead.hold()

    @rule(number=which, who=people, apt=apt)
    def reopen(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_reopen(person)
        )
        if self._do(lead.may_reopen(who), who, lead_id, "intake_reopen", "Again."):
            lead.reopen(who)

    # --- step 3 -------------------------------------------------------------------------------

    @rule(number=which, who=people, apt=apt, to=people)
    def assign(self, number, who, apt, to):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_assign(person, to)
        )
        user_id = self._user(to).id
        if self._do(lead.may_assign(who, to), who, lead_id, "intake_assign", user_id, "Note."):
            lead.owner = to

    @rule(number=which, who=people, apt=apt, to=st.sampled_from([*PEOPLE, None]))
    def hand_over(self, number, who, apt, to):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.may_hand_over(person, to)
        )
        user_id = self._user(to).id if to else False
        if lead.outcome != "open" and not (to and lead.is_held):
            return
        if self._do(lead.may_hand_over(who, to), who, lead_id, "write", {"user_id": user_id}):
            # Odoo takes a lead into its new owner's team.
            if not lead.is_held and to not in (None, lead.owner):
                lead.come_back()
            lead.owner = to

    # --- steps 3 and 4 ------------------------------------------------------------------------

    @rule(number=which, who=people, apt=apt, hours=st.integers(1, 100))
    def plan(self, number, who, apt, hours):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.is_worked and lead.may_follow_up(person)
        )
        when = self.case._in(self.hours + hours).strftime("%Y-%m-%d %H:%M:%S")
        allowed = lead.may_follow_up(who) and (lead.is_held or None)
        self._do(allowed, who, lead_id, "intake_plan", when, "phone", "Goal")

    @rule(number=which, who=people, apt=apt, outcome=st.sampled_from(["reached", "no_answer"]))
    def log(self, number, who, apt, outcome):
        lead_id, lead, who = self._choose(
            number, who, apt, lambda lead, person: lead.is_worked and lead.may_follow_up(person)
        )
        allowed = lead.may_follow_up(who) and (lead.is_held or None)
        said = "They want two presses of 400 t by spring."
        if self._do(allowed, who, lead_id, "intake_log", outcome, said):
            lead.is_contacted = lead.is_contacted or outcome == "reached"

    @rule(
        number=which,
        who=people,
        to=st.sampled_from(["new", "follow", "proposal", "won"]),
        how=st.sampled_from(["write", "web_save"]),
    )
    def drag(self, number, who, to, how):
        """A card is dragged to another column."""
        lead_id, lead = self._pick(number)
        if not lead.is_open or not lead.is_held:
            return
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

    # --- step 5 -------------------------------------------------------------------------------

    @rule(
        number=which,
        who=people,
        has_reason=st.booleans(),
        how=st.sampled_from(["action_set_lost", "action_archive", "write"]),
    )
    def lose(self, number, who, has_reason, how):
        lead_id, lead = self._pick(number)
        if not lead.is_open:
            return
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

    @rule(number=which, who=people, apt=apt)
    def restore(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: (
                lead.outcome == "lost" and lead.is_held and lead.may_restore(person)
            ),
        )
        if lead.outcome != "lost" or not lead.is_held:
            return
        if self._do(lead.may_restore(who), who, lead_id, "action_unarchive"):
            lead.restore()

    @rule(number=which, who=people, apt=apt)
    def undo_closing(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: not lead.is_open and lead.is_held and lead.may_restore(person),
        )
        if not lead.is_held:
            return
        allowed = not lead.is_open and lead.may_restore(who)
        if self._do(allowed, who, lead_id, "intake_undo_closing", "They called."):
            lead.restore()

    # --- teams, merges, time --------------------------------------------------------------------

    @rule(number=which, who=people, apt=apt)
    def change_team(self, number, who, apt):
        lead_id, lead, who = self._choose(
            number,
            who,
            apt,
            lambda lead, person: lead.is_open and not lead.is_held and lead.is_seen_by(person),
        )
        if not lead.is_open:
            return
        team = self.case.plain_team if lead.is_held else self.case.team
        allowed = lead.may_leave(who) if lead.is_held else lead.is_seen_by(who)
        if self._do(allowed, who, lead_id, "write", {"team_id": team.id}):
            (lead.leave if lead.is_held else lead.come_back)()

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
        self.leads = [(i, other) for i, other in self.leads if i == left.id or i not in ids]

    def _name(self, user):
        return next((who for who in PEOPLE if self._user(who) == user), None)

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

    # --- what is always so ----------------------------------------------------------------------

    def _rows(self, query):
        return self.env.execute_query(query)

    @invariant()
    def the_model_agrees(self):
        self.env.flush_all()
        for lead_id, lead in self.leads:
            record = self.env["crm.lead"].browse(lead_id)
            is_ = (
                record.intake_state or None,
                self._name(record.user_id),
                record.won_status if record.active or record.won_status == "won" else "lost",
                bool(record.use_intake),
            )
            outcome = "pending" if lead.is_open else lead.outcome
            should = (lead.state, lead.owner, outcome, lead.is_held)
            assert is_ == should, f"it is {is_}, should be {should}"

    @invariant()
    def screen_and_table_agree(self):
        names = ["intake_state", "won_status", "active", "intake_date_due", "intake_milestone"]
        ids = [lead_id for lead_id, _lead in self.leads]
        shown = {
            row["id"]: tuple(row[name] or None for name in names)
            for row in self._call("manager", "read", ids, names)
        }
        stored = self._rows(
            SQL(
                "SELECT id, intake_state, won_status, active, intake_date_due, intake_milestone "
                "FROM crm_lead WHERE id IN %s",
                tuple(ids),
            )
        )
        assert shown == {row[0]: tuple(value or None for value in row[1:]) for row in stored}
        due = self._rows(
            SQL(
                "SELECT l.id FROM crm_lead l LEFT JOIN lead_intake_deadline d ON d.lead_id = l.id "
                "AND d.date_closed IS NULL AND d.date_paused IS NULL WHERE l.id IN %s "
                "GROUP BY l.id HAVING min(d.date_due) IS DISTINCT FROM l.intake_date_due",
                tuple(ids),
            )
        )
        assert not due, "the due time shown isn't that of the clock due first"

    @invariant()
    def nobody_approved_their_own(self):
        own = self._rows(
            SQL(
                "SELECT id FROM lead_intake_review WHERE lead_id IN %s AND state = 'approved' "
                "AND submitted_by_id = decided_by_id",
                tuple(self.every_id),
            )
        )
        assert not own, "somebody approved their own lead"

    @invariant()
    def what_waits_has_one_round(self):
        rows = self._rows(
            SQL(
                "SELECT l.id FROM crm_lead l LEFT JOIN lead_intake_review r ON r.lead_id = l.id "
                "AND r.state = 'waiting' WHERE l.id IN %s GROUP BY l.id "
                "HAVING count(r.id) != CASE l.intake_state WHEN 'submitted' THEN 1 ELSE 0 END",
                tuple(self.every_id),
            )
        )
        assert not rows, "a submitted lead without its one round, or a round without its lead"

    @invariant()
    def one_clock_for_a_promise(self):
        rows = self._rows(
            SQL(
                "SELECT lead_id, milestone, count(*) FROM lead_intake_deadline "
                "WHERE lead_id IN %s AND date_closed IS NULL GROUP BY 1, 2",
                tuple(self.every_id),
            )
        )
        assert all(row[2] == 1 for row in rows), "two clocks for one promise"
        running = defaultdict(set)
        for lead_id, milestone, _count in rows:
            running[lead_id].add(milestone)
        for lead_id, lead in self.leads:
            has = running[lead_id]
            if lead.outcome == "lost" or not lead.is_held:
                assert has <= {"closing"}, f"{has} run on a lead that is over or left"
            elif lead.is_open and lead.state in ("submitted", "returned"):
                owed = "review" if lead.state == "submitted" else "completion"
                assert owed in has, f"no clock for {owed}"
            elif lead.is_open and lead.state == "approved" and lead.owner:
                assert lead.is_contacted or "first_contact" in has, "no clock for the contact"

    @invariant()
    def nobody_is_forgotten(self):
        """What is open has an owner, or somebody has a to-do to see to it."""
        for lead_id, lead in self.leads:
            if lead.is_open and lead.is_held and not lead.owner:
                todos = self.env["mail.activity"].search(
                    [("res_model", "=", "crm.lead"), ("res_id", "=", lead_id)]
                )
                assert todos.user_id, f"nobody is told of a lead in {lead.state}"

    @invariant()
    def history_only_grows(self):
        for table, is_closed in HISTORY.items():
            rows = {
                (table, row[0]): (row[2] or None) and self._fixed(row[1])
                for row in self._rows(
                    SQL(
                        "SELECT id, to_jsonb(t), %s FROM %s t WHERE lead_id IN %s",
                        is_closed,
                        SQL.identifier(table),
                        tuple(self.every_id),
                    )
                )
            }
            for key, before in self.known.items():
                if key[0] == table:
                    assert key in rows, f"a row of {table} is gone"
                    assert before is None or rows[key] == before, f"{before} became {rows[key]}"
            self.known.update(rows)

    def _fixed(self, row):
        return {name: value for name, value in row.items() if name not in CHANGEABLE}


@tagged("post_install", "-at_install")
class TestProcedure(ClockCommon):
    """The procedure as a whole, against a model of it (``procedure_model.py``)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whom mails go to is not the question here.
        cls.classPatch(cls.registry["mail.thread"], "_notify_thread", lambda *a, **kw: [])

    def _run(self, examples):
        """Try sequences of steps; return how many of each kind were tried, and how many taken."""
        taken, tried = Counter(), Counter()
        run_state_machine_as_test(
            type("Run", (Procedure,), {"case": self, "taken": taken, "tried": tried}),
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                report_multiple_bugs=False,
                # In CI the same sequences every time: a failure is always somebody's change.
                derandomize=not EXAMPLES,
                phases=[Phase.generate, Phase.shrink] if EXAMPLES else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        return taken, tried

    def test_each_step(self):
        """Each kind of step is refused to who doesn't see the lead, and taken by who may."""
        taken, tried = Counter(), Counter()
        run = type("Run", (Procedure,), {"case": self, "taken": taken, "tried": tried})()
        self.addCleanup(run.teardown)
        run.register("rep", True, "create")
        for step, args in WHOLE_WAY:
            # Inapt is who takes the step, apt somebody who may.
            inapt = args if step in ("drag", "lose") else (False, *args[1:])
            for who, said in (("rep2", inapt), ("supervisor", args)):
                before = taken.total()
                getattr(run, step)(0, who, *said)
                self.assertEqual(taken.total() - before, who == "supervisor", (step, said))
                for name in INVARIANTS:
                    getattr(run, name)()
        run.register("rep", True, "web")
        for who in ("rep2", "supervisor"):
            run.merge(0, 1, who)
        for kind in STEPS_TAKEN:
            with self.subTest(step=kind):
                self.assertGreater(taken[kind], 0)
                self.assertGreater(tried[kind], taken[kind])

    def test_any_sequence(self):
        taken, tried = self._run(EXAMPLES or 25)
        # Else it would prove little: steps of most kinds were taken, and as many refused.
        self.assertGreater(tried.total(), 500)
        self.assertGreater(len(set(STEPS_TAKEN) & set(+taken)), len(STEPS_TAKEN) * 2 // 3, taken)
        self.assertGreater(len(+(tried - taken)), len(STEPS_TAKEN) * 2 // 3, tried - taken)

    def test_a_broken_rule_is_noticed(self):
        lead = self.registry["crm.lead"]
        broken = {
            "_refuse_decide": lambda lead: lead._refuse_reviewer(),
            "_refuse_withdraw": lambda lead: False,
            "_intake_check_owner": lambda lead, before: None,
        }
        for name, rule_ in broken.items():
            with self.subTest(rule=name), patch.object(lead, name, rule_):
                with self.assertRaises(Exception) as caught:
                    self._run(30)
                self.assertIsInstance(caught.exception, (AssertionError, psycopg2.Error))
