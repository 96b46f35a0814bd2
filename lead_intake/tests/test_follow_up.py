import base64
from datetime import timedelta

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, TransactionCase, tagged

from .follow_up_common import SAID, FollowUpCommon


@tagged("post_install", "-at_install")
class TestFollowUp(FollowUpCommon, TransactionCase):
    """Step 4: after every contact a record; the first of substance keeps the promise."""

    def test_first_contact(self):
        self.stage_proposal.sequence = 9
        following = self.env["crm.stage"].create(
            {
                "name": "Following Up",
                "sequence": 3,
                "team_ids": [(6, 0, self.team.ids)],
                "intake_status": "following_up",
            }
        )
        plan = self._plan()
        self.at(6)
        record = self._log(feedback="Send a quotation.")
        self.assertEqual(record, plan, "the record fulfils the plan")
        self.assertRecordValues(
            record,
            [
                {
                    "state": "done",
                    "user_id": self.rep.id,
                    "method": "phone",
                    "contacted_on": self._in(6),
                    "counts_as_contact": True,
                    "date_reminder": False,
                }
            ],
        )
        self.assertFalse(plan.activity_id.active)
        self.assertEqual(self.lead.stage_id, following)
        self.assertEqual(self._clock(self.lead, "first_contact").state, "met")
        chatter = self._chatter(self.lead)
        self.assertIn(SAID, chatter)
        self.assertIn("Send a quotation.", chatter)

    def test_stage_change_is_no_contact(self):
        self.lead.with_user(self.rep).stage_id = self.stage_proposal
        self.assertEqual(self._clock(self.lead, "first_contact").state, "running")

    def test_substance(self):
        for outcome, summary, counts in (
            ("reached", SAID, True),
            ("meeting", SAID, True),
            ("declined", "No budget before next year.", True),
            ("no_answer", "Rang for two minutes, nobody there.", False),
            ("reached", "called", False),
            ("reached", "----------------", False),
            ("reached", "  ok        ", False),
        ):
            lead = self._lead_in("approved")
            with self.subTest(outcome=outcome, summary=summary):
                record = self._log(lead, outcome=outcome, summary=summary)
                self.assertEqual(record.counts_as_contact, counts)
                clock = self._clock(lead, "first_contact")
                self.assertEqual(clock.state, "met" if counts else "running")

    def test_team_sets_the_least_length(self):
        self.team.intake_summary_length = 100
        self.assertFalse(self._log().counts_as_contact)
        self.team.intake_summary_length = 0
        self.assertTrue(self._log(summary="Yes").counts_as_contact)

    def test_refusals(self):
        for kwargs, words in (
            ({"summary": "  "}, "in a sentence"),
            ({"outcome": "telepathy"}, "what came of"),
            ({"method": "pigeon"}, "Choose how"),
            ({"contacted_on": self._in(1)}, "before it took place"),
        ):
            with self.subTest(**kwargs), self.assertRaisesRegex(UserError, words):
                self._log(**kwargs)
        with self.assertRaisesRegex(UserError, "isn't approved yet"):
            self._log(self._new_lead())
        self.assertFalse(self.lead.intake_follow_up_ids)

    # --- when it counts --------------------------------------------------------------------

    def test_recorded_in_time_counts_from_when_it_took_place(self):
        due = self._clock(self.lead, "first_contact").date_due
        hours = (due - self.NOW).total_seconds() / 3600
        self.at(hours + 3)
        self._run_cron()
        self.assertEqual(self._clock(self.lead, "first_contact").state, "overdue")
        self._log(contacted_on=self._in(hours - 1))
        self.assertRecordValues(
            self._clock(self.lead, "first_contact"),
            [{"state": "met", "on_time": 100, "date_overdue": False}],
        )

    def test_recorded_late_counts_from_then(self):
        due = self._clock(self.lead, "first_contact").date_due
        hours = (due - self.NOW).total_seconds() / 3600
        self.at(hours + 30)
        record = self._log(contacted_on=self._in(hours - 1))
        self.assertTrue(record.is_recorded_late)
        self.assertTrue(record.counts_as_contact)
        self.assertRecordValues(
            self._clock(self.lead, "first_contact"),
            [{"state": "late", "date_closed": self._in(hours + 30)}],
        )
        self.assertIn("Recorded afterwards", self._chatter(self.lead))

    def test_what_was_said_before_the_approval_keeps_no_promise(self):
        self.at(2)
        record = self._log(contacted_on=self._in(-3))
        self.assertFalse(record.counts_as_contact)
        self.assertEqual(self._clock(self.lead, "first_contact").state, "running")

    # --- rhythm ------------------------------------------------------------------------------

    def test_cadence_of_the_grade_is_a_clock(self):
        self.lead.intake_grade_id.cadence_days = 2
        self._log()
        self.assertEqual(self._clock(self.lead, "follow_up").date_due, self._in(48))
        self.at(49)
        self._run_cron()
        self.assertEqual(self._clock(self.lead, "follow_up").state, "overdue")

    def test_a_lead_that_left_the_procedure_owes_nothing(self):
        """It is recorded and planned there as before; its grade's rhythm is the procedure's."""
        self.lead.intake_grade_id.cadence_days = 7
        self._log()
        self.lead.with_user(self.supervisor).team_id = self.plain_team
        self._assert_open(self.lead)
        self._log()
        self._plan()
        self._assert_open(self.lead)
        self.assertTrue(self._planned())

    def test_no_rhythm_no_clock(self):
        self.lead.intake_grade_id.cadence_days = 0
        self._log()
        self.assertFalse(self._clocks(self.lead, "follow_up"))

    def test_a_planned_contact_takes_the_place_of_the_rhythm(self):
        self.lead.intake_grade_id.cadence_days = 2
        self._log()
        self._plan(hours=100)
        rows = self._clocks(self.lead, "follow_up")
        self.assertEqual(rows.mapped("state"), ["cancelled", "running"])
        self.assertEqual(rows[1].date_due, self._in(100 + self.team.intake_follow_up_hours))
        self.at(101)
        self._log()
        self.assertEqual(rows[1].state, "met")

    # --- one form ------------------------------------------------------------------------------

    def test_record_move_and_plan_in_one_form(self):
        wizard = self.env["lead.intake.log"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_id=self.lead.id)) as form:
            form.outcome = "meeting"
            form.method = "visit"
            form.summary = SAID
            form.stage_id = self.stage_proposal
            form.next_on = self._in(72)
            form.next_method = "email"
            form.next_goal = "Send the quotation"
        form.save().action_log()
        self.assertEqual(self.lead.stage_id, self.stage_proposal)
        self.assertRecordValues(
            self.lead.intake_follow_up_ids.sorted("id"),
            [
                {"state": "done", "method": "visit", "outcome": "meeting", "goal": False},
                {
                    "state": "planned",
                    "method": "email",
                    "outcome": False,
                    "goal": "Send the quotation",
                },
            ],
        )

    def test_next_visit_goes_into_the_calendar(self):
        wizard = self.env["lead.intake.log"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_id=self.lead.id)) as form:
            form.summary = SAID
            form.next_on = self._in(72)
            form.next_method = "visit"
            form.next_event = True
        form.save().action_log()
        event = self._planned().activity_id.calendar_event_id
        self.assertRecordValues(event, [{"start": self._in(72), "user_id": self.rep.id}])
        self.assertEqual(event.alarm_ids.duration_minutes, 15)

    def test_form_asks_for_four_fields(self):
        view = self.env["lead.intake.log"].get_view(view_type="form")
        fields = view["models"]["lead.intake.log"]
        required = [
            name
            for name in fields
            if self.env["lead.intake.log"]._fields[name].required and name != "lead_id"
        ]
        self.assertLessEqual(len(required), 4, required)

    def test_all_or_nothing(self):
        wizard = (
            self.env["lead.intake.log"]
            .with_user(self.rep)
            .with_context(default_lead_id=self.lead.id)
            .create({"summary": SAID, "next_on": self._in(-1)})
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.action_log()
        self.assertFalse(self.lead.intake_follow_up_ids)

    # --- the to-do, marked done elsewhere ------------------------------------------------------

    def test_a_tick_leads_to_the_form(self):
        activity = self._plan().activity_id.with_user(self.rep)
        for tick in (
            activity.action_done,
            lambda: activity.action_feedback(feedback="  "),
            activity.action_done_schedule_next,
        ):
            with self.assertRaises(RedirectWarning) as caught, self.cr.savepoint():
                tick()
            self.assertEqual(caught.exception.args[1]["res_model"], "lead.intake.log")
        self.assertTrue(activity.active)
        self.assertEqual(self._planned().state, "planned")

    def test_feedback_becomes_the_record(self):
        plan = self._plan()
        plan.activity_id.with_user(self.rep).action_feedback(feedback=SAID)
        self.assertRecordValues(
            plan, [{"state": "done", "summary": SAID, "outcome": "reached", "user_id": self.rep.id}]
        )

    def test_several_ticked_at_once(self):
        other = self._lead_in("approved")
        plans = self._plan() | self._plan(other)
        plans.activity_id.with_user(self.rep).action_feedback(feedback=SAID)
        self.assertEqual(set(plans.mapped("state")), {"done"})

    def test_files_of_the_feedback_are_the_records(self):
        file = self._file(self.rep, res_model="mail.activity", res_id=0)
        plan = self._plan()
        plan.activity_id.with_user(self.rep).action_feedback(SAID, attachment_ids=file.ids)
        self.assertEqual(plan.attachment_ids, file)

    def test_plain_activities_are_ticked_as_ever(self):
        plain = self._plain_lead()
        activity = plain.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.outsider.id
        ).with_user(self.outsider)
        activity.action_done()
        self.assertFalse(activity.active)

    # --- attachments -----------------------------------------------------------------------------

    def _file(self, user, **vals):
        values = {"name": "list.pdf", "datas": base64.b64encode(b"%PDF-1.4"), **vals}
        return self.env["ir.attachment"].with_user(user).create(values)

    def test_uploaded_files_become_the_leads(self):
        file = self._file(self.rep, res_model="lead.intake.log", res_id=0)
        record = self._log(attachments=file)
        self.assertEqual(record.attachment_ids, file)
        self.assertEqual((file.res_model, file.res_id), ("crm.lead", self.lead.id))
        self.assertTrue(file.with_user(self.supervisor).has_access("read"))

    def test_nobody_attaches_what_they_can_not_read(self):
        secret = self._file(self.outsider, res_model="crm.lead", res_id=self._plain_lead().id)
        with self.assertRaises(AccessError):
            self._log(attachments=secret.with_user(self.rep))

    # --- corrections -----------------------------------------------------------------------------

    def test_author_corrects_within_a_day_and_adds_later(self):
        record = self._log(feedback="Next year.")
        self.at(23)
        record.with_user(self.rep).intake_correct("They want three presses of 400 t.")
        record.with_user(self.rep).intake_correct("They want four presses of 400 t.", "Soon")
        self.assertRecordValues(
            record,
            [
                {
                    "summary": "They want four presses of 400 t.",
                    "first_wording": SAID,
                    "feedback": "Soon",
                    "first_feedback": "Next year.",
                }
            ],
        )
        chatter = self._chatter(self.lead)
        for words in (SAID, "Corrected · Phone", "They want three", "They want four"):
            self.assertIn(words, chatter)
        self.at(25)
        with self.assertRaisesRegex(UserError, "within a day"):
            record.with_user(self.rep).intake_correct("They want none.")
        for text in ("By May.", "No, by June."):
            record.with_user(self.rep).intake_add(text)
        self.assertEqual(len(record.additions.splitlines()), 2)
        self.assertIn("Test Rep: No, by June.", record.additions)
        self.assertIn("No, by June.", self._chatter(self.lead))

    def test_the_same_words_are_no_correction(self):
        record = self._log()
        record.with_user(self.rep).intake_correct(SAID)
        self.assertFalse(record.first_wording)
        self.assertNotIn("Corrected", self._chatter(self.lead))

    def test_who_sees_the_lead_no_more_corrects_nothing(self):
        record = self._log()
        self.lead.with_user(self.supervisor).user_id = self.rep2
        self.assertFalse(self.lead.with_user(self.rep).has_access("read"))
        with self.assertRaises(AccessError):
            record.with_user(self.rep).intake_correct("They want none of ours.")

    def test_nobody_elses(self):
        record = self._log()
        for user in (self.supervisor, self.operations, self.manager):
            for change in (
                lambda user=user: record.with_user(user).intake_correct("Nothing."),
                lambda user=user: record.with_user(user).intake_add("Nothing."),
                lambda user=user: record.with_user(user).write({"summary": "Nothing."}),
            ):
                with self.assertRaises(UserError), self.cr.savepoint():
                    change()
        self.assertEqual(record.summary, SAID)

    def test_a_plan_is_not_corrected(self):
        with self.assertRaisesRegex(UserError, "only planned"):
            self._plan().with_user(self.rep).intake_add("Too early.")

    def test_amend_dialog(self):
        record = self._log()
        amend = self.env["lead.intake.amend"].with_user(self.rep)
        with Form(amend.with_context(default_follow_up_id=record.id)) as form:
            form.summary = "They want three presses of 400 t."
            form.addition = "By May."
        form.save().action_apply()
        self.assertEqual(record.first_wording, SAID)
        self.assertIn("By May.", record.additions)

    # --- who ----------------------------------------------------------------------------------

    def test_collaborator_records_and_plans_but_moves_nothing(self):
        with self.assertRaises(AccessError):
            self._log(user=self.rep2)
        self.lead.with_user(self.rep).intake_collaborator_ids = self.rep2
        record = self._log(user=self.rep2)
        self.assertEqual(record.user_id, self.rep2)
        self.assertEqual(self._clock(self.lead, "first_contact").state, "met")
        plan = self._plan(user=self.rep2)
        self.assertEqual(plan.user_id, self.rep, "the owner is the one who contacts")
        wizard = self.env["lead.intake.log"].with_user(self.rep2)
        with Form(wizard.with_context(default_lead_id=self.lead.id)) as form:
            self.assertFalse(form.can_move)
            form.summary = SAID
        form.save().action_log()
        hostile = wizard.create(
            {
                "lead_id": self.lead.id,
                "method": "phone",
                "summary": SAID,
                "stage_id": self.stage_proposal.id,
            }
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            hostile.action_log()
        self.assertNotEqual(self.lead.stage_id, self.stage_proposal)

    def test_other_company_sees_no_record(self):
        record = self._log()
        for user in (self.other_supervisor, self.other_rep, self.rep2):
            self.assertFalse(record.with_user(user).has_access("read"))
        for user in (self.rep, self.supervisor, self.operations, self.manager):
            self.assertTrue(record.with_user(user).has_access("read"))

    # --- other paths ---------------------------------------------------------------------------

    def test_merge_keeps_the_records_of_both_in_order(self):
        other = self._lead_in("approved")
        first = self._log()
        self.at(1)
        second = self._log(other)
        self.at(2)
        third = self._log()
        merged = (self.lead | other).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(merged.intake_follow_up_ids.sorted("date"), first | second | third)

    def test_copy_starts_without_records(self):
        self._log()
        self.assertFalse(self.lead.copy().intake_follow_up_ids)

    def test_import_without_salesperson_is_followed_up_once_assigned(self):
        lead = self._new_lead(user_id=False)
        lead.with_user(self.supervisor).intake_submit()
        lead.with_user(self.supervisor2).intake_approve()
        self.assertFalse(self._clocks(lead, "plan"))
        lead.with_user(self.supervisor).user_id = self.rep2
        self.assertEqual(self._clock(lead, "plan").responsible_id, self.rep2)
        self._log(lead, user=self.rep2)
        self.assertEqual(self._clock(lead, "plan").state, "met")

    def test_records_survive_the_conversion(self):
        lead = self._lead_in("approved", type="lead")
        record = self._log(lead)
        if lead.type == "lead":
            lead.with_user(self.rep).convert_opportunity(self.env["res.partner"])
        self.assertEqual(lead.intake_follow_up_ids, record)

    def test_next_on_is_the_plan_or_the_promise(self):
        due = self.lead.intake_date_due
        self.assertEqual(self.lead.intake_next_on, due)
        self._plan(hours=2)
        self.assertEqual(self.lead.intake_next_on, self._in(2))
        self._log()
        self.assertEqual(self.lead.intake_next_on, self.lead.intake_date_due)
        with self.assertRaisesRegex(UserError, "follows the lead procedure"):
            self.lead.with_user(self.rep).write({"intake_next_on": self.NOW + timedelta(days=9)})
