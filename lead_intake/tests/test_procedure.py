import os
from collections import Counter
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import tagged

from .deadline_common import ClockCommon
from .procedure.around import Around
from .procedure.closing import Closing
from .procedure.follow_up import AssignmentAndFollowUp
from .procedure.invariants import Invariants
from .procedure.model import PEOPLE
from .procedure.review import RegistrationAndReview

# `make test-long` sets it: how many sequences are tried, each of them new.
EXAMPLES = int(os.environ.get("LEAD_INTAKE_EXAMPLES", 0))
STEPS = 50 if EXAMPLES else 30

INVARIANTS = (
    "the_screen_agrees",
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
    "convert_opportunity",
    "intake_assign",
    "intake_plan",
    "intake_log",
    "action_set_lost",
    "action_unarchive",
    "intake_undo_closing",
    "merge",
    "copy",
)

# A lead's way through the procedure with all its turns, the closing and what is undone.
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
    ("convert", (True,)),
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

# Rules, and by which step it shows that one isn't there.
BROKEN = {
    "_refuse_decide": (
        lambda lead: lead._refuse_reviewer(),
        *("approve", "supervisor", (False, "suggested")),
    ),
    "_refuse_withdraw": (lambda lead: False, "withdraw", "supervisor2", (False,)),
    "_intake_check_owner": (
        lambda lead, before: None,
        *("hand_over", "manager", (False, "operations")),
    ),
}


class Procedure(RegistrationAndReview, AssignmentAndFollowUp, Closing, Around, Invariants):
    """Everybody does everything to a few leads, in any order, by any path. The model says what
    is allowed and what comes of it; the database says what came of it.
    """


@tagged("post_install", "-at_install")
class TestProcedure(ClockCommon):
    """The procedure as a whole, against a model of it (``procedure/model.py``)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Shenyang Machine Tool"})
        for who in PEOPLE:
            # Who may change customers may try to change their leads that way.
            getattr(cls, who).group_ids += cls.env.ref("base.group_partner_manager")
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

    def _go_the_whole_way(self, taken, tried):
        """Take each kind of step, first by who doesn't see the lead, then by who may."""
        run = type("Run", (Procedure,), {"case": self, "taken": taken, "tried": tried})()
        try:
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
                run.duplicate(1, who)
                run.merge(0, 1, who)
        finally:
            run.teardown()

    def test_each_step(self):
        """Each kind of step is refused to who doesn't see the lead, and taken by who may."""
        taken, tried = Counter(), Counter()
        self._go_the_whole_way(taken, tried)
        for kind in STEPS_TAKEN:
            with self.subTest(step=kind):
                self.assertGreater(taken[kind], 0)
                self.assertGreater(tried[kind], taken[kind])

    def test_any_sequence(self):
        taken, tried = self._run(EXAMPLES or 150)
        # Else it would prove little: most kinds of steps were taken, and many were refused.
        self.assertGreater(tried.total(), 3000)
        self.assertGreater(taken.total(), 1500)
        self.assertGreater((tried - taken).total(), 1000)
        self.assertGreater(len(set(STEPS_TAKEN) & set(+taken)), len(STEPS_TAKEN) * 2 // 3, taken)

    def test_a_broken_rule_is_noticed(self):
        lead = self.registry["crm.lead"]
        for name, (rule, step, who, args) in BROKEN.items():
            run = type("Run", (Procedure,), {"case": self})()
            self.addCleanup(run.teardown)
            run.register("supervisor", True, "create")
            run.submit(0, "supervisor", False, "intake_submit")
            with self.subTest(rule=name):
                # As it is the rule refuses it, as the model says.
                getattr(run, step)(0, who, *args)
                with patch.object(lead, name, rule), self.assertRaises(AssertionError):
                    getattr(run, step)(0, who, *args)
