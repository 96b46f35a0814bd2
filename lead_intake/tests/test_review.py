from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from odoo.addons.lead_intake.models.crm_lead_review import INTAKE_STATES, TRANSITIONS
from odoo.addons.lead_intake.tests.common import IntakeCommon
from odoo.addons.lead_intake.tools import guard
from odoo.addons.mail.tools.discuss import Store

STATES = [state for state, _label in INTAKE_STATES]
HOLD_UNTIL = "2026-04-04"


@tagged("post_install", "-at_install")
class TestReview(IntakeCommon):
    """Step 2: the states of a lead, who moves it between them, and what is kept of it."""

    def _step(self, lead, target):
        """Take the step that leads to ``target``."""
        return {
            "draft": lead.intake_withdraw,
            "submitted": lead.intake_submit,
            "returned": lambda: lead.intake_return({"phone": "Wrong number."}),
            "approved": lead.intake_approve,
            "on_hold": lambda: lead.intake_hold(HOLD_UNTIL),
        }[target]()

    def _refused(self, pattern, step, *args):
        with self.assertRaisesRegex(UserError, pattern), self.cr.savepoint():
            step(*args)

    # --- the table -------------------------------------------------------------------------

    @freeze_time("2026-03-04 01:00:00")
    def test_every_transition(self):
        """From every state to every other: what the table lists works, the rest is refused."""
        reopened = {("approved", "submitted"), ("on_hold", "submitted"), ("on_hold", "approved")}
        for state in STATES:
            for target in STATES:
                with self.subTest(state=state, target=target):
                    lead = self._lead_in(state)
                    who = self.rep if target in ("draft", "submitted") else self.supervisor
                    if state in ("approved", "on_hold") and target == "submitted":
                        who = self.supervisor
                    lead = lead.with_user(who)
                    if (state, target) in reopened:
                        self._refused(r"", self._step, lead, "draft")
                        self._refused("on hold|approved already", self._step, lead, target)
                        self.assertEqual(lead.intake_state, state)
                        if target == "submitted":
                            lead.intake_reopen()
                            self.assertEqual(lead.intake_state, "submitted")
                    elif (state, target) in TRANSITIONS:
                        self._step(lead, target)
                        self.assertEqual(lead.intake_state, target)
                    else:
                        self._refused("can't become|“", self._step, lead, target)
                        self.assertEqual(lead.intake_state, state)

    def test_refusal_says_where_the_lead_is(self):
        lead = self._lead_in("draft").with_user(self.supervisor)
        with self.assertRaises(UserError) as refused:
            lead.intake_approve()
        for words in (lead.name, "To Complete", "Approved"):
            self.assertIn(words, str(refused.exception))

    @freeze_time("2026-03-04 01:00:00")
    def test_nothing_moves_a_lead_that_is_not_under_the_procedure(self):
        lead = self._plain_lead()
        for target in STATES:
            self._refused(
                "isn't under the lead procedure",
                self._step,
                lead.with_user(self.supervisor),
                target,
            )

    def test_nothing_moves_a_closed_lead(self):
        lead = self._lead_in("draft")
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self._refused("It is closed", lead.with_user(self.rep).intake_submit)

    def test_buttons_agree_with_the_guard(self):
        """``can_…`` of every state and person is what the step then allows."""
        steps = {
            "can_review": "returned",
            "can_withdraw": "draft",
            "can_hold": "on_hold",
        }
        for state in STATES:
            for user in (self.rep, self.supervisor, self.operations, self.manager):
                lead = self._lead_in(state).with_user(user)
                for name, target in steps.items():
                    with self.subTest(state=state, user=user.login, button=name):
                        self.assertEqual(
                            bool(lead[name]), not lead._refuse_transition(target), name
                        )
                with self.subTest(state=state, user=user.login, button="can_submit"):
                    self.assertEqual(bool(lead.can_submit), state in ("draft", "returned"))

    def test_submit_is_offered_while_incomplete(self):
        """The button says what is missing; a hidden one would say nothing."""
        self.assertTrue(self._new_lead(phone=False).with_user(self.rep).can_submit)

    # --- submitting ------------------------------------------------------------------------

    def test_submit(self):
        lead = self._new_lead()
        with freeze_time(self.NOW):
            lead.with_user(self.rep).intake_submit()
        self.assertRecordValues(lead, [{"intake_state": "submitted"}])
        self.assertEqual(lead.intake_submitted_on, self.NOW)
        self.assertRecordValues(
            lead.intake_review_ids,
            [
                {
                    "state": "waiting",
                    "round": 1,
                    "submitted_by_id": self.rep.id,
                    "submitted_on": self.NOW,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "decided_by_id": False,
                }
            ],
        )

    def test_submit_without_an_owner(self):
        lead = self._new_lead(user_id=False)
        lead.with_user(self.rep).intake_submit()
        self.assertEqual(lead.intake_state, "submitted")
        self.assertTrue(self._todos(lead, "review"))

    def test_a_to_do_says_in_the_chatter_what_it_is(self):
        """In the language of whoever reads it: it has no summary of its own."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["lead_intake"], ["zh_CN"])
        lead = self._new_lead()
        lead.with_user(self.rep).intake_submit()
        for lang, words in (("en_US", "Review Lead"), ("zh_CN", "审核线索")):
            self.env.invalidate_all()
            todo = self._todos(lead, "review").with_user(self.supervisor).with_context(lang=lang)
            [shown] = Store().add(todo).get_result()["mail.activity"]
            self.assertFalse(shown["summary"])
            self.assertEqual(shown["display_name"], words)

    def test_submit_is_all_or_nothing(self):
        leads = self._new_lead() | self._new_lead(name="Bare", phone=False)
        self._refused("Bare", leads.with_user(self.rep).intake_submit)
        self.assertEqual(set(leads.mapped("intake_state")), {"draft"})
        self.assertFalse(leads.intake_review_ids)

    def test_submit_needs_write_access(self):
        lead = self._new_lead()
        with self.assertRaises(AccessError):
            lead.with_user(self.rep2).intake_submit()

    def test_submit_twice(self):
        lead = self._lead_in("submitted")
        self._refused("can't become", lead.with_user(self.rep).intake_submit)
        self.assertEqual(len(lead.intake_review_ids), 1)

    @freeze_time("2026-03-04 01:00:00")
    def test_submit_takes_nothing_up_again(self):
        """What is on hold or approved is taken up again by a step of its own, by RPC as well."""
        said = {"on_hold": "It is on hold. Take it up again first.", "approved": "approved already"}
        for state, words in said.items():
            lead = self._lead_in(state)
            for user in (self.rep, self.supervisor):
                leads = self.env(user=user, context={})["crm.lead"]
                for method in ("intake_submit", "action_intake_submit"):
                    with self.subTest(state=state, user=user.login, method=method):
                        self._refused(words, call_kw, leads, method, [lead.ids], {})
                        self.assertEqual(lead.intake_state, state)
            self.assertEqual(len(lead.intake_review_ids), 1)
            leads = self.env(user=self.supervisor, context={})["crm.lead"]
            for method in ("intake_reopen", "intake_approve"):
                call_kw(leads, method, [lead.ids], {})
            self.assertEqual(lead.intake_state, "approved")

    def test_submit_of_many_says_what_is_on_hold(self):
        held, draft = self._lead_in("on_hold", name="Held back"), self._new_lead()
        summary = (held | draft).with_user(self.rep).action_intake_submit()
        self.assertIn("Held back", summary["params"]["message"])
        self.assertEqual((held.intake_state, draft.intake_state), ("on_hold", "submitted"))

    # --- withdrawing -----------------------------------------------------------------------

    def test_withdraw(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.rep).intake_withdraw()
        self.assertEqual(lead.intake_state, "draft")
        self.assertRecordValues(
            lead.intake_review_ids, [{"state": "withdrawn", "decided_by_id": self.rep.id}]
        )
        self.assertFalse(self._todos(lead, "review"))
        self.assertTrue(self._todos(lead, "complete"))

    def test_withdraw_is_for_the_submitter(self):
        lead = self._lead_in("submitted")
        for user in (self.supervisor, self.operations, self.manager):
            self._refused("Only the person who submitted", lead.with_user(user).intake_withdraw)

    # --- returning -------------------------------------------------------------------------

    def test_return_with_fields_reasons_and_old_values(self):
        lead = self._lead_in("submitted")
        with freeze_time(self.NOW):
            lead.with_user(self.supervisor).intake_return(
                {"phone": " Nobody answers. ", "source_id": "Which expo?"}, "Please mend."
            )
        self.assertEqual(lead.intake_state, "returned")
        review = lead.intake_review_ids
        self.assertRecordValues(
            review,
            [
                {
                    "state": "returned",
                    "decided_by_id": self.supervisor.id,
                    "decided_on": self.NOW,
                    "comment": "Please mend.",
                    "grade_id": False,
                }
            ],
        )
        self.assertRecordValues(
            review.rejection_ids,
            [
                {
                    "field_name": "phone",
                    "reason": "Nobody answers.",
                    "old_value": "+86 10 6552 9988",
                    "field_label": "Phone",
                },
                {
                    "field_name": "source_id",
                    "reason": "Which expo?",
                    "old_value": self.source.name,
                    "field_label": "Particular Source",
                },
            ],
        )

    def test_representative_sees_what_was_rejected_and_what_it_said(self):
        lead = self._lead_in("returned").with_user(self.rep)
        lead.phone = "+86 10 6552 0000"
        told = lead.intake_rejections
        self.assertEqual(told["reviewer"], self.supervisor.name)
        self.assertEqual(told["comment"], "Please mend.")
        self.assertEqual(
            told["fields"],
            [
                {
                    "name": "phone",
                    "label": "Phone",
                    "reason": "Nobody answers there.",
                    "old": "+86 10 6552 9988",
                }
            ],
        )
        lead.intake_submit()
        self.assertFalse(lead.intake_rejections)

    def test_return_keeps_values_of_every_kind_as_text(self):
        lead = self._new_lead(
            need_fit="high",
            estimated_budget=50000,
            date_acquired="2026-03-01 00:30:00",
            initial_need="Ten presses by June",
            lead_type_id=self.env.ref("lead_intake.lead_type_prospect").id,
        )
        lead.with_user(self.rep).intake_submit()
        names = ("need_fit", "estimated_budget", "date_acquired", "initial_need", "lead_type_id")
        lead.with_user(self.supervisor).intake_return(dict.fromkeys(names, "Sure?"))
        old = {row.field_name: row.old_value for row in lead.intake_review_ids.rejection_ids}
        self.assertEqual(old["need_fit"], "Good Fit")
        self.assertEqual(old["date_acquired"], "2026-03-01 08:30")
        self.assertEqual(old["initial_need"], "Ten presses by June")
        self.assertEqual(old["lead_type_id"], "Prospect")
        self.assertIn("50,000", old["estimated_budget"])

    def test_return_must_say_what_to_mend(self):
        lead = self._lead_in("submitted").with_user(self.supervisor)
        self._refused("Say what is to be mended", lead.intake_return)
        self._refused("Say what is to be mended", lead.intake_return, {}, "  ")
        self._refused("Say why “Phone”", lead.intake_return, {"phone": " "}, "Mend it")
        self._refused("isn't a field", lead.intake_return, {"probability": "No"})
        lead.intake_return(comment="A comment alone is enough.")
        self.assertEqual(lead.intake_state, "returned")

    def test_resubmitting_is_a_new_round(self):
        lead = self._lead_in("returned")
        lead.with_user(self.rep).intake_submit()
        rounds = lead.intake_review_ids.sorted("round")
        self.assertEqual(rounds.mapped("state"), ["returned", "waiting"])
        self.assertEqual(rounds.mapped("round"), [1, 2])
        self.assertEqual(rounds[0].rejection_ids.field_name, "phone")

    # --- approving -------------------------------------------------------------------------

    def test_approve_with_a_grade(self):
        lead = self._lead_in("submitted")
        with freeze_time(self.NOW):
            lead.with_user(self.supervisor).intake_approve(
                self.grade_a.id, "Assigned to Wang.", "An important customer."
            )
        self.assertEqual(lead.intake_state, "approved")
        self.assertEqual(lead.intake_grade_id, self.grade_a)
        self.assertRecordValues(
            lead.intake_review_ids,
            [
                {
                    "state": "approved",
                    "decided_by_id": self.supervisor.id,
                    "decided_on": self.NOW,
                    "comment": "Assigned to Wang.",
                    "grade_id": self.grade_a.id,
                    "override_reason": "An important customer.",
                }
            ],
        )

    def test_incomplete_lead_is_not_approved(self):
        """Anything missing → returned (process.md, step 2): also when it went missing since."""
        lead = self._lead_in("submitted").with_user(self.supervisor)
        lead.phone = "-"
        self._refused("Phone", lead.intake_approve)
        lead.intake_return({"phone": "It went missing."})

    def test_named_twice_is_meant_once(self):
        lead = self._new_lead(user_id=False)
        twice = self.env["crm.lead"].browse(lead.ids * 2)
        twice.with_user(self.rep).intake_submit()
        self.assertEqual(len(lead.intake_review_ids), 1)
        self.assertEqual(len(self._todos(lead, "review")), 1)
        twice.with_user(self.rep).intake_withdraw()
        twice.with_user(self.rep).action_intake_submit()
        twice.with_user(self.supervisor).intake_approve()
        self.assertEqual(sorted(lead.intake_review_ids.mapped("state")), ["approved", "withdrawn"])
        self.assertEqual(len(self._todos(lead, "assign")), 1)
        twice.with_user(self.supervisor).intake_assign(self.rep.id)
        self.assertEqual(len(lead.intake_assignment_ids), 1)
        twice.with_user(self.rep).intake_plan("2030-01-01 02:00:00", "phone")
        self.assertEqual(len(lead.intake_follow_up_ids), 1)

    def test_grade_that_is_gone(self):
        lead = self._lead_in("submitted").with_user(self.supervisor)
        gone = self.env["lead.intake.grade"].create({"name": "Z"})
        gone.unlink()
        self._refused("isn't used any more", lead.intake_approve, gone.id)
        self.grade_c.active = False
        self._refused("isn't used any more", lead.intake_approve, self.grade_c.id)

    @freeze_time("2026-03-04 01:00:00")
    def test_who_may_decide(self):
        """Reviewers of the team only: rank alone opens nothing."""
        for user in (self.rep, self.operations, self.manager, self.env.user):
            lead = self._lead_in("submitted").with_user(user)
            with self.subTest(user=user.login):
                self._refused("Only a reviewer", lead.intake_approve)
                self._refused("Only a reviewer", lead.intake_return, {"phone": "No"})
                self._refused("Only a reviewer", lead.intake_hold, HOLD_UNTIL)
        for user in (self.supervisor, self.supervisor2):
            lead = self._lead_in("submitted").with_user(user)
            lead.intake_approve()
            self.assertEqual(lead.intake_state, "approved")

    def test_sudo_does_not_make_a_reviewer(self):
        lead = self._lead_in("submitted").with_user(self.rep).sudo()
        self._refused("Only a reviewer", lead.intake_approve)

    def test_named_reviewers_only(self):
        self.team.intake_reviewer_ids = self.supervisor2
        lead = self._lead_in("draft")
        lead.with_user(self.rep).intake_submit()
        self._refused("Only a reviewer", lead.with_user(self.supervisor).intake_approve)
        lead.with_user(self.supervisor2).intake_approve()
        self.assertEqual(lead.intake_state, "approved")

    @freeze_time("2026-03-04 01:00:00")
    def test_own_submission(self):
        lead = self._new_lead(user=self.supervisor, user_id=self.rep.id)
        own = lead.with_user(self.supervisor)
        own.intake_submit()
        for step in (
            own.intake_approve,
            lambda: own.intake_return({"phone": "No"}),
            lambda: own.intake_hold(HOLD_UNTIL),
        ):
            self._refused("You submitted it yourself", step)
        self.assertFalse(own.can_review)
        self.team.intake_self_review = True
        own.intake_approve()
        self.assertEqual(lead.intake_state, "approved")

    def test_another_supervisor_decides_on_it(self):
        lead = self._new_lead(user=self.supervisor)
        lead.with_user(self.supervisor).intake_submit()
        self.assertEqual(self._todos(lead, "review").user_id, self.supervisor2)
        lead.with_user(self.supervisor2).intake_approve()
        self.assertEqual(lead.intake_state, "approved")

    def test_second_decision_gets_a_clear_message(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).intake_approve()
        self._refused(
            "It is “Approved”", lead.with_user(self.supervisor2).intake_return, {"phone": "No"}
        )
        self.assertEqual(len(lead.intake_review_ids), 1)
        self.assertEqual(lead.intake_review_ids.state, "approved")

    def test_decision_in_batch_is_all_or_nothing(self):
        leads = self._lead_in("submitted") | self._lead_in("draft", name="Not submitted")
        self._refused("Not submitted", leads.with_user(self.supervisor).intake_approve)
        self.assertEqual(leads.mapped("intake_state"), ["submitted", "draft"])

    def test_refusal_of_many_names_ten(self):
        leads = self.env["crm.lead"].concat(*(self._lead_in("draft") for _n in range(12)))
        with self.assertRaises(UserError) as refused:
            leads.with_user(self.supervisor).intake_approve()
        self.assertEqual(str(refused.exception).count("“Ten presses”"), 10)
        self.assertIn("2 more", str(refused.exception))

    # --- on hold, and reopening ------------------------------------------------------------

    @freeze_time("2026-03-04 01:00:00")
    def test_hold(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).intake_hold(HOLD_UNTIL, "Budget comes in April.")
        self.assertEqual(lead.intake_state, "on_hold")
        self.assertEqual(lead.intake_hold_until, date(2026, 4, 4))
        self.assertRecordValues(
            lead.intake_review_ids,
            [{"state": "on_hold", "hold_until": date(2026, 4, 4), "grade_id": False}],
        )
        todo = self._todos(lead, "look_again")
        self.assertEqual((todo.user_id, todo.date_deadline), (self.rep, date(2026, 4, 4)))

    @freeze_time("2026-03-04 01:00:00")
    def test_hold_needs_a_day_to_come(self):
        lead = self._lead_in("submitted").with_user(self.supervisor)
        for until in (False, "2026-03-04", "2026-03-03"):
            self._refused("Choose a day after today", lead.intake_hold, until)

    @freeze_time("2026-03-03 17:00:00")
    def test_today_is_the_users_today(self):
        """In Shanghai it is the 4th already."""
        lead = self._lead_in("submitted").with_user(self.supervisor)
        lead = lead.with_context(tz="Asia/Shanghai")
        self._refused("Choose a day after today", lead.intake_hold, "2026-03-04")

    def test_owner_takes_up_a_lead_on_hold_again(self):
        lead = self._lead_in("on_hold")
        lead.with_user(self.rep).intake_reopen("They called.")
        self.assertEqual(lead.intake_state, "submitted")
        self.assertFalse(lead.intake_hold_until)
        self.assertFalse(self._todos(lead, "look_again"))
        self.assertTrue(self._todos(lead, "review"))
        self.assertEqual(
            lead.intake_review_ids.sorted("round").mapped("state"), ["on_hold", "waiting"]
        )

    def test_strangers_do_not_reopen(self):
        lead = self._lead_in("on_hold")
        for user in (self.operations, self.manager):
            self._refused("Only a reviewer", lead.with_user(user).intake_reopen)

    def test_reopening_an_incomplete_lead_is_refused(self):
        lead = self._lead_in("on_hold").with_user(self.rep)
        lead.phone = "n/a"
        self._refused("Phone", lead.intake_reopen)

    def test_reviewer_who_reopens_can_decide(self):
        """Reopening is not submitting: with one supervisor the lead would be stuck."""
        for state in ("on_hold", "approved"):
            lead = self._lead_in(state).with_user(self.supervisor)
            lead.intake_reopen()
            self.assertEqual(lead.intake_state, "submitted")
            waiting = lead.sudo().intake_review_ids.filtered(lambda row: row.state == "waiting")
            self.assertEqual(waiting.submitted_by_id, self.rep)
            lead.intake_approve()
            self.assertEqual(lead.intake_state, "approved")

    @freeze_time("2026-03-04 01:00:00")
    def test_approved_lead_goes_on_hold_and_back(self):
        lead = self._lead_in("approved")
        decided = lead.with_user(self.supervisor)
        decided.intake_hold(HOLD_UNTIL)
        self.assertEqual(lead.intake_grade_id, self.grade_c)
        self._refused("not approved yet", lead.with_user(self.rep).action_set_won)
        decided.intake_reopen()
        self.assertEqual(lead.intake_state, "approved")
        self.assertFalse(lead.intake_hold_until)
        lead.with_user(self.rep).action_set_won()
        self.assertEqual(lead.won_status, "won")

    @freeze_time("2026-03-04 01:00:00")
    def test_owner_cannot_take_an_approval_back_from_hold(self):
        """The representative puts it up for review again; only a reviewer makes it approved."""
        lead = self._lead_in("approved")
        lead.with_user(self.supervisor).intake_hold(HOLD_UNTIL)
        lead.with_user(self.rep).intake_reopen()
        self.assertEqual(lead.intake_state, "submitted")
        self.assertFalse(lead.intake_grade_id)

    def test_approved_lead_under_review_again_stands_still(self):
        """It waits where it is: neither moved on, won nor sent back to the first stage."""
        lead = self._lead_in("approved")
        lead.with_user(self.rep).stage_id = self.stage_proposal
        lead.with_user(self.supervisor).intake_reopen("The budget was cut.")
        self.assertEqual(lead.intake_state, "submitted")
        self.assertFalse(lead.intake_grade_id)
        self.assertEqual(lead.stage_id, self.stage_proposal)
        for user in (self.rep, self.supervisor):
            mine = lead.with_user(user)
            self._refused("not approved yet", mine.write, {"stage_id": self.stage_follow.id})
            self._refused("not approved yet", mine.action_set_won)
        lead.with_user(self.supervisor2).intake_approve()
        self.assertEqual(lead.stage_id, self.stage_proposal)

    def test_rep_cannot_reopen_an_approved_lead(self):
        lead = self._lead_in("approved")
        self._refused("Only a reviewer", lead.with_user(self.rep).intake_reopen)

    # --- locked while it waits -------------------------------------------------------------

    def test_reviewed_fields_are_locked_for_the_representative(self):
        lead = self._lead_in("submitted").with_user(self.rep)
        changes = {
            "partner_name": "Other Ltd",
            "phone": "+86 10 6552 0000",
            "source_id": False,
            "date_acquired": "2026-01-01 10:00:00",
            "registrant_id": self.rep2.id,
            "estimated_budget": 1000000,
            "need_fit": "high",
            "referred": "Customer Li",
        }
        for name, value in changes.items():
            with self.subTest(field=name):
                self._refused("waits for its review", lead.write, {name: value})
        lead.write({"description": "<p>A remark.</p>", "priority": "2"})

    def test_same_values_are_no_change(self):
        lead = self._lead_in("submitted", estimated_budget=12.5, date_acquired=self.NOW)
        lead.with_user(self.rep).write(
            {
                **self._complete_vals(),
                "estimated_budget": 12.5,
                "date_acquired": "2026-03-04 01:00:00",
                "industry_id": False,
                "website": "",
            }
        )

    def test_another_customer_is_a_change(self):
        """Choosing a contact fills in what is under review."""
        partner = self.env["res.partner"].create(
            {"name": "Someone Else", "phone": "+86 10 6552 0000", "email": "x@y.example.com"}
        )
        lead = self._lead_in("submitted")
        self._refused(
            "waits for its review", lead.with_user(self.rep).write, {"partner_id": partner.id}
        )

    def test_reviewer_may_correct(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).partner_name = "Hangzhou Presses Co., Ltd"
        self.assertEqual(lead.partner_name, "Hangzhou Presses Co., Ltd")

    def test_open_again_once_decided_or_withdrawn(self):
        for state in ("draft", "returned", "approved"):
            lead = self._lead_in(state)
            lead.with_user(self.rep).partner_name = "Other Ltd"
            self.assertEqual(lead.partner_name, "Other Ltd")

    # --- history ---------------------------------------------------------------------------

    def test_rounds_are_append_only_for_everyone(self):
        lead = self._lead_in("returned")
        review = lead.intake_review_ids
        vals = {"lead_id": lead.id, "submitted_on": self.NOW, "state": "approved"}
        rejection_vals = {"review_id": review.id, "field_name": "phone", "reason": "x"}
        everyone = [self.rep, self.supervisor, self.operations, self.manager, self.env.user]
        forged = [None, True, 1, "object", [guard.CONTEXT_KEY], {"a": 1}]
        for user in [*everyone, self.env.ref("base.user_admin")]:
            for su in (False, True):
                for value in forged:
                    context = {} if value is None else {guard.CONTEXT_KEY: value}
                    with self.subTest(user=user.login, su=su, context=context):
                        rows = review.with_user(user).sudo(su).with_context(**context)
                        rejections = rows.rejection_ids
                        for step in (
                            lambda rows=rows: rows.write({"comment": "Never said."}),
                            lambda rows=rows: rows.unlink(),
                            lambda rows=rows: rows.create(vals),
                            lambda rows=rows: rows.copy(),
                            lambda rows=rejections: rows.write({"reason": "Never said."}),
                            lambda rows=rejections: rows.unlink(),
                            lambda rows=rejections: rows.create(rejection_vals),
                        ):
                            with self.assertRaises(AccessError), self.cr.savepoint():
                                step()
        self.assertEqual(review.comment, "Please mend.")

    def test_history_goes_with_a_deleted_lead(self):
        lead = self._lead_in("returned")
        review = lead.intake_review_ids
        lead.with_user(self.manager).unlink()
        self.assertFalse(review.exists())

    def test_user_with_history_is_archived_not_deleted(self):
        lead = self._lead_in("returned")
        self.supervisor.active = False
        self.assertEqual(lead.intake_review_ids.decided_by_id, self.supervisor)
        self.assertEqual(lead.with_user(self.rep).intake_rejections["reviewer"], "Test Supervisor")

    def test_round_keeps_team_and_company_of_its_time(self):
        lead = self._lead_in("approved")
        lead.with_user(self.supervisor).write({"team_id": self.plain_team.id, "user_id": False})
        self.assertEqual(lead.intake_review_ids.team_id, self.team)
        self.assertEqual(lead.intake_state, "approved")

    def test_waiting_time(self):
        lead = self._new_lead()
        with freeze_time(self.NOW):
            lead.with_user(self.rep).intake_submit()
        with freeze_time(self.NOW + timedelta(hours=30)):
            self.assertEqual(lead.intake_review_ids.waiting_hours, 30)
            lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(lead.intake_review_ids.waiting_hours, 30)

    # --- what people read, and what they are asked to do -----------------------------------

    def test_chatter_tells_the_story(self):
        lead = self._new_lead()
        self.flush_tracking()
        lead.with_user(self.rep).intake_submit()
        self.flush_tracking()
        lead.with_user(self.supervisor).intake_return({"phone": "Nobody answers."}, "Mend it.")
        self.flush_tracking()
        lead.with_user(self.rep).intake_submit()
        self.flush_tracking()
        lead.with_user(self.supervisor).intake_approve(comment="Meets the <b>conditions</b>.")
        text = self._chatter(lead)
        for words in (
            "To Complete → To Review",
            "To Review → Returned",
            "Phone: Nobody answers.",
            "Mend it.",
            "To Review → Approved",
            "Meets the &lt;b&gt;conditions",
        ):
            self.assertIn(words, text)

    @freeze_time("2026-03-04 01:00:00")
    def test_chatter_tells_until_when_it_is_on_hold(self):
        lead = self._lead_in("submitted")
        self.flush_tracking()
        lead.with_user(self.supervisor).intake_hold(HOLD_UNTIL, "Budget comes in April.")
        text = self._chatter(lead)
        self.assertIn("On hold until 04/04/2026", text)
        self.assertIn("Budget comes in April.", text)

    def test_to_dos_are_opened_and_closed(self):
        lead = self._new_lead()
        open_kinds = {"draft": {"complete"}, "submitted": {"review"}, "returned": {"complete"}}

        def check(state):
            found = {
                kind for kind in ("complete", "review", "look_again") if self._todos(lead, kind)
            }
            self.assertEqual(found, open_kinds.get(state, set()), state)
            self.assertLessEqual(len(lead.activity_ids), 1)

        check("draft")
        lead.with_user(self.rep).intake_submit()
        check("submitted")
        lead.with_user(self.supervisor).intake_return(comment="Mend it.")
        check("returned")
        lead.with_user(self.rep).intake_submit()
        check("submitted")
        lead.with_user(self.supervisor).intake_approve()
        check("approved")

    def test_review_to_do_is_the_leaders(self):
        lead = self._lead_in("submitted")
        self.assertEqual(self._todos(lead, "review").user_id, self.supervisor)

    def test_review_to_do_moves_with_the_team(self):
        team2 = self.team.copy(
            {"name": "Second Intake Team", "user_id": self.supervisor2.id, "alias_name": False}
        )
        self.stage_new.team_ids = [Command.link(team2.id)]
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).team_id = team2
        self.assertEqual(lead.intake_state, "submitted")
        self.assertEqual(self._todos(lead, "review").user_id, self.supervisor2)

    def test_deleting_the_to_do_decides_nothing(self):
        lead = self._lead_in("submitted")
        lead.activity_ids.with_user(self.supervisor).unlink()
        self.assertEqual(lead.intake_state, "submitted")
        lead.with_user(self.supervisor2).intake_approve()
        self.assertEqual(lead.intake_state, "approved")

    def test_finishing_the_to_do_by_hand_decides_nothing(self):
        lead = self._lead_in("submitted")
        self._todos(lead, "review").with_user(self.supervisor).action_feedback("Done!")
        self.assertEqual(lead.intake_state, "submitted")

    def test_to_do_of_someone_inactive_goes_to_the_leader(self):
        lead = self._lead_in("submitted")
        self.rep.active = False
        lead.with_user(self.supervisor).intake_return(comment="Mend it.")
        self.assertEqual(self._todos(lead, "complete").user_id, self.supervisor)

    def test_switching_activities_off_leaves_the_truth_alone(self):
        lead = self._new_lead()
        rep = lead.with_user(self.rep).with_context(mail_activity_automation_skip=True)
        rep.intake_submit()
        self.assertEqual(lead.intake_state, "submitted")
        self.assertEqual(lead.intake_review_ids.state, "waiting")


@tagged("post_install", "-at_install")
class TestReviewLeads(TestReview):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True


@tagged("post_install", "-at_install")
class TestReviewOfMany(IntakeCommon):
    """Five hundred leads at once."""

    def test_no_mail_storm(self):
        leads = (
            self.env["crm.lead"]
            .with_user(self.rep)
            # What is counted comes later.
            .with_context(tracking_disable=True)
            .create(
                [
                    self._complete_vals(name=f"Lead {n}", team_id=self.team.id, type=self.lead_type)
                    for n in range(500)
                ]
            )
        )
        self.flush_tracking()
        with self.mock_mail_gateway(), self.mock_mail_app():
            leads.with_context(tracking_disable=False).intake_submit()
            self.flush_tracking()
            self.env.flush_all()
        reviewers = len(self.team._get_intake_reviewers())
        self.assertLessEqual(len(self._new_mails), reviewers)
        self.assertLessEqual(len(self._mails), reviewers)
        self.assertEqual(
            self.env["mail.activity"].search_count(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", leads.ids),
                    ("user_id", "=", self.supervisor.id),
                ]
            ),
            500,
        )
