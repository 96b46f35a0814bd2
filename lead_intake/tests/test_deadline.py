from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.tests.deadline_common import ClockCommon
from odoo.addons.lead_intake.tools import guard


@tagged("post_install", "-at_install")
class TestMilestones(ClockCommon):
    """Every promise: when its clock starts, how long it runs, what keeps it."""

    def test_registration_counts_from_the_acquisition(self):
        lead = self._new_lead(date_acquired=self._in(-5))
        clock = self._clock(lead, "registration")
        self.assertRecordValues(
            clock,
            [
                {
                    "state": "running",
                    "date_started": self._in(-5),
                    "date_due": self._in(19),
                    "responsible_id": self.rep.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "hours": 24,
                }
            ],
        )
        self.assertEqual(lead.intake_date_due, self._in(19))
        self.assertEqual(lead.intake_milestone, "registration")
        self.assertEqual(lead.intake_responsible_id, self.rep)

    def test_acquired_three_days_ago_is_overdue_at_birth(self):
        lead = self._new_lead(date_acquired=self._in(-72))
        clock = self._clock(lead, "registration")
        self.assertEqual(clock.date_due, self._in(-48))
        self._run_cron()
        self.assertEqual(clock.state, "overdue")
        lead.with_user(self.rep).intake_submit()
        self.assertEqual((clock.state, clock.on_time), ("late", 0))

    def test_registration_without_owner_is_the_registrants(self):
        lead = self._new_lead(user_id=False)
        self.assertEqual(self._clock(lead, "registration").responsible_id, self.rep)
        guard.opened(lead).write({"registrant_id": False})
        self.Deadline._hand_over(lead)
        self.assertEqual(self._clock(lead, "registration").responsible_id, self.supervisor)

    def test_registration_met(self):
        lead = self._new_lead(date_acquired=self.NOW)
        self.at(3)
        lead.with_user(self.rep).intake_submit()
        clock = self._clock(lead, "registration")
        self.assertRecordValues(
            clock,
            [
                {
                    "state": "met",
                    "date_closed": self._in(3),
                    "elapsed_hours": 3,
                    "on_time": 100,
                    "date_next": False,
                }
            ],
        )
        self._assert_open(lead, "review")

    def test_at_the_due_minute_it_is_met_a_second_later_it_is_late(self):
        for seconds, state in ((0, "met"), (1, "late")):
            with self.subTest(state=state):
                self.at(0)
                lead = self._new_lead(date_acquired=self.NOW)
                self.at(24 + seconds / 3600)
                lead.with_user(self.rep).intake_submit()
                self.assertEqual(self._clock(lead, "registration").state, state)

    def test_review_is_a_reviewers_and_each_round_has_its_clock(self):
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.at(1)
        lead.with_user(self.rep).intake_submit()
        first = self._clock(lead, "review")
        self.assertEqual(first.date_due, self._in(49))
        self.assertEqual(first.responsible_id, self.supervisor)
        self.at(5)
        lead.with_user(self.supervisor).intake_return({"phone": "Wrong."})
        self.assertEqual((first.state, first.elapsed_hours), ("met", 4))
        completion = self._clock(lead, "completion")
        self.assertEqual((completion.date_due, completion.responsible_id), (self._in(29), self.rep))
        self.at(31)
        lead.with_user(self.rep).intake_submit()
        self.assertEqual((completion.state, completion.on_time), ("late", 0))
        self.at(32)
        lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(self._clocks(lead, "review").mapped("state"), ["met", "met"])
        self.assertEqual(
            self._clocks(lead, "review").mapped("date_started"), [self._in(1), self._in(31)]
        )
        self._assert_open(lead, "plan", "first_contact")

    def test_a_promise_met_late_stays_missed(self):
        """Whether or not the cron has been by in between."""
        for cron in (False, True):
            with self.subTest(cron=cron):
                self.at(0)
                lead = self._lead_in("submitted")
                clock = self._clock(lead, "review")
                self.at(49)
                if cron:
                    self._run_cron()
                    self.assertEqual((clock.state, clock.date_overdue), ("overdue", self._in(49)))
                lead.with_user(self.supervisor).intake_approve()
                self.assertEqual((clock.state, clock.on_time), ("late", 0))
                self.at(60)
                self._run_cron()
                self.assertEqual(clock.state, "late")

    def test_marked_at_the_due_minute_stays_missed_in_that_minute(self):
        lead = self._lead_in("submitted")
        self.at(48)
        self._run_cron()
        lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(self._clock(lead, "review").state, "late")

    def test_backdating_a_contact_does_not_undo_a_missed_promise(self):
        lead = self._lead_in("approved")
        hours = lead.intake_grade_id.first_contact_hours
        self.at(hours + 1)
        self._run_cron()
        lead.with_user(self.rep).intake_log(
            "reached", "They want ten presses by June.", "phone", self._in(1)
        )
        self.assertEqual(self._clock(lead, "first_contact").state, "late")

    def test_first_contact_by_the_grade(self):
        for grade in self.grade_a | self.grade_b | self.grade_c:
            lead = self._lead_in("submitted")
            lead.with_user(self.supervisor).intake_approve(grade.id, override_reason="A test.")
            clock = self._clock(lead, "first_contact")
            self.assertEqual(clock.date_due, self._in(grade.first_contact_hours))
            self.assertEqual(clock.responsible_id, self.rep)
            self.assertEqual(self._clock(lead, "plan").date_due, self._in(12))

    def test_plan_and_contact_keep_their_promises(self):
        lead = self._lead_in("approved")
        self.at(2)
        lead.with_user(self.rep).intake_plan(self._in(4), "phone")
        self.assertEqual(self._clock(lead, "plan").state, "met")
        self.at(4)
        lead.with_user(self.rep).intake_log("reached", "They want ten presses by June.")
        self.assertEqual(self._clock(lead, "first_contact").state, "met")

    def test_approved_without_owner_starts_with_the_owner(self):
        lead = self._new_lead(user_id=False)
        lead.with_user(self.supervisor2).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        self._assert_open(lead)
        self.at(10)
        lead.with_user(self.supervisor).user_id = self.rep2
        self.assertEqual(self._clock(lead, "plan").date_due, self._in(22))
        self.assertEqual(self._clock(lead, "plan").responsible_id, self.rep2)

    def test_no_hours_no_clock(self):
        self.team.intake_registration_hours = 0
        lead = self._new_lead()
        self._assert_open(lead)
        lead.with_user(self.rep).intake_submit()
        self._assert_open(lead, "review")

    def test_plain_leads_have_no_clock(self):
        self.assertFalse(self._plain_lead().intake_deadline_ids)

    def test_bringing_in_starts_now(self):
        lead = self._old_lead(date_acquired=self._in(-500))
        self.Deadline._cancel(lead, "As if it had never been under the procedure.")
        lead._intake_bring_in()
        clock = self._clocks(lead, "registration")[-1]
        self.assertEqual((clock.date_started, clock.date_due), (self.NOW, self._in(24)))

    def test_one_open_clock_per_lead_and_promise(self):
        lead = self._new_lead()
        clock = self._clock(lead, "registration")
        self.assertFalse(self.Deadline._start(lead, "registration"))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            guard.opened(clock).copy()
        self.Deadline._reach(lead, "registration")
        self.assertTrue(self.Deadline._start(lead, "registration"))

    def test_creating_many_asks_no_more_than_creating_one_batch(self):
        def queries(count):
            before = self.cr.sql_log_count
            leads = (
                self.env["crm.lead"]
                .with_user(self.rep)
                .create(
                    [self._complete_vals(team_id=self.team.id, name=str(n)) for n in range(count)]
                )
            )
            self.env.flush_all()
            created = self.cr.sql_log_count - before
            self.Deadline._cancel(leads, "Once more, alone.")
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.Deadline._start(leads, "registration")
            self.env.flush_all()
            return created, self.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(20)[1], queries(50)[1])


@tagged("post_install", "-at_install")
class TestInterruptions(ClockCommon):
    """What stops a clock, and what lets it go on."""

    def test_hold_pauses_and_reopening_continues_what_is_left(self):
        lead = self._lead_in("approved")
        plan = self._clock(lead, "plan")
        self.at(5)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        self.assertRecordValues(plan, [{"state": "paused", "hours_left": 7, "date_next": False}])
        self.assertFalse(lead.intake_date_due)
        self.at(100)
        self._run_cron()
        self.assertEqual(plan.state, "paused")
        self.at(105)
        lead.with_user(self.supervisor).intake_reopen()
        self.assertRecordValues(plan, [{"state": "running", "date_due": self._in(112)}])
        self.assertEqual(lead.intake_date_due, self._in(112))
        self.at(106)
        lead.with_user(self.rep).intake_plan(self._in(110), "phone")
        # 5 hours before the hold and 1 after it.
        self.assertRecordValues(plan, [{"state": "met", "elapsed_hours": 6}])

    def test_a_warning_belongs_to_the_whole_promise(self):
        """Of the 12 hours for a plan 9 pass before it warns, however often they stand still."""
        early, late = self._lead_in("approved"), self._lead_in("approved")
        self.at(5)
        early.with_user(self.supervisor).intake_hold("2026-04-04")
        self.at(10)
        self._run_cron()
        late.with_user(self.supervisor).intake_hold("2026-04-04")
        self.at(100)
        (early | late).with_user(self.supervisor).intake_reopen()
        self.assertEqual(self._clock(early, "plan").date_warning, self._in(104))
        # It has warned already.
        self.assertFalse(self._clock(late, "plan").date_warning)
        self.assertEqual(self._clock(late, "plan").date_next, self._in(102))
        self.assertEqual(self._todos(early, "plan").date_deadline, self._in(107 + 8).date())

    def test_hold_of_a_waiting_lead_is_a_decision(self):
        lead = self._lead_in("submitted")
        self.at(5)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        self.assertEqual(self._clock(lead, "review").state, "met")
        self._assert_open(lead)
        self.at(500)
        lead.with_user(self.rep).intake_reopen()
        self.assertEqual(self._clocks(lead, "review").mapped("state"), ["met", "running"])
        self.assertEqual(self._clocks(lead, "review")[-1].date_due, self._in(548))

    def test_hold_does_not_undo_a_missed_promise(self):
        """Even if the cron hadn't been by: what is missed is missed."""
        lead = self._lead_in("approved")
        self.at(13)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        plan = self._clock(lead, "plan")
        self.assertEqual(plan.state, "overdue")
        self.at(20)
        lead.with_user(self.supervisor).intake_reopen()
        lead.with_user(self.rep).intake_plan(self._in(30), "phone")
        self.assertRecordValues(plan, [{"state": "late", "elapsed_hours": 13}])

    def test_escalation_waits_while_on_hold_and_goes_on_after(self):
        lead = self._lead_in("approved")
        plan = self._clock(lead, "plan")
        self.at(12)
        self._run_cron()
        self.assertEqual(plan.escalation_level, 1)
        self.at(22)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        self.at(200)
        self._run_cron()
        self.assertEqual(plan.escalation_level, 1)
        self.at(222)  # 200 hours later
        lead.with_user(self.supervisor).intake_reopen()
        self._run_cron()
        self.assertEqual((plan.escalation_level, plan.date_next), (1, self._in(12 + 200 + 24)))
        self.at(12 + 200 + 24)
        self._run_cron()
        self.assertEqual((plan.escalation_level, plan.date_next), (2, self._in(12 + 200 + 48)))

    def test_withdrawing(self):
        lead = self._lead_in("submitted")
        self.at(1)
        lead.with_user(self.rep).intake_withdraw()
        self.assertRecordValues(
            self._clock(lead, "review"),
            [{"state": "cancelled", "close_reason": "Taken back from review", "on_time": 0}],
        )
        self.assertEqual(self._clock(lead, "completion").date_due, self._in(25))
        lead.with_user(self.rep).intake_submit()
        self._assert_open(lead, "review")

    def test_up_for_review_once_more(self):
        """The owner can do nothing until it is decided, so their clocks wait."""
        lead = self._lead_in("approved")
        self.at(2)
        lead.with_user(self.supervisor).intake_reopen()
        self.assertEqual(self._clock(lead, "plan").state, "paused")
        self.assertEqual(self._clocks(lead, "review").mapped("state"), ["met", "running"])
        self.assertEqual(lead.intake_milestone, "review")
        self.at(30)
        lead.with_user(self.supervisor2).intake_approve()
        self.assertRecordValues(
            self._clock(lead, "plan"), [{"state": "running", "date_due": self._in(40)}]
        )

    def test_what_ends_a_lead_stops_its_clocks(self):
        ends = {
            "won": lambda lead: lead.with_user(self.rep).action_set_won(),
            "dragged to won": lambda lead: lead.with_user(self.rep).write(
                {"stage_id": self.stage_won.id}
            ),
            "lost": lambda lead: lead.with_user(self.rep).action_set_lost(
                lost_reason_id=self.lost_reason.id
            ),
            "archived": lambda lead: lead.with_user(self.rep).write(
                {"active": False, "lost_reason_id": self.lost_reason.id}
            ),
        }
        for name, end in ends.items():
            with self.subTest(name):
                lead = self._lead_in("approved")
                end(lead)
                self._assert_open(lead)
                self.assertEqual(self._clock(lead, "plan").state, "cancelled")
                self.assertFalse(lead.intake_date_due)

    def test_restoring(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).action_set_lost(lost_reason_id=self.lost_reason.id)
        self._assert_open(lead)
        self.at(1000)
        lead.with_user(self.supervisor).action_restore()
        self._assert_open(lead, "completion")
        self.assertEqual(self._clock(lead, "completion").date_due, self._in(1024))

    def test_another_owner_of_a_lost_lead_owes_nothing_until_it_is_restored(self):
        lead = self._lead_in("approved")
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        owed = self.Deadline._get_open(lead)
        lead.with_user(self.supervisor).user_id = self.rep2
        self.assertEqual(self.Deadline._get_open(lead), owed)
        lead.with_user(self.supervisor).action_restore()
        self._assert_open(lead, "plan", "first_contact")

    def test_restoring_an_approved_lead_starts_its_promises_anew(self):
        lead = self._lead_in("approved")
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.at(1000)
        lead.with_user(self.supervisor).action_restore()
        self._assert_open(lead, "plan", "first_contact")
        self.assertEqual(
            self._clocks(lead, "plan").mapped("date_due"), [self._in(12), self._in(1012)]
        )

    def test_change_of_owner(self):
        lead = self._lead_in("approved")
        contact = self._clock(lead, "first_contact")
        self.at(6)
        lead.with_user(self.supervisor).user_id = self.rep2
        old, new = self._clocks(lead, "plan")
        self.assertEqual((old.state, old.responsible_id), ("cancelled", self.rep))
        self.assertEqual((new.responsible_id, new.date_due), (self.rep2, self._in(18)))
        # The customer waits since the approval, whoever comes.
        self.assertEqual((contact.state, contact.responsible_id), ("running", self.rep2))
        self.assertEqual(contact.date_started, self.NOW)

    def test_change_of_team_plans_anew(self):
        team = self.team.copy({"name": "Slow Team", "intake_review_hours": 100, "use_intake": True})
        team.write({"user_id": self.supervisor2.id, "intake_reviewer_ids": self.supervisor2.ids})
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).team_id = team
        clock = self._clock(lead, "review")
        self.assertRecordValues(
            clock,
            [
                {
                    "date_due": self._in(100),
                    "team_id": team.id,
                    "responsible_id": self.supervisor2.id,
                    "hours": 100,
                }
            ],
        )

    def test_change_to_a_team_with_the_same_settings(self):
        """Whom to tell is the new team's business, even if no time changes."""
        team = self.team.copy({"name": "Same Team", "use_intake": True})
        lead = self._lead_in("draft")
        lead.with_user(self.supervisor).team_id = team
        self.assertEqual(self._clock(lead, "registration").team_id, team)

    def test_team_without_the_procedure_stops_the_clocks(self):
        for state in ("draft", "submitted", "returned", "approved"):
            with self.subTest(state):
                lead = self._lead_in(state)
                lead.with_user(self.supervisor).team_id = self.plain_team
                self._assert_open(lead)
                self.assertFalse(lead.intake_date_due)
        lead.with_user(self.supervisor).write({"team_id": self.team.id, "user_id": self.rep.id})
        self._assert_open(lead, "plan", "first_contact")

    def test_switching_the_procedure_off_and_on(self):
        draft, held = self._lead_in("draft"), self._lead_in("approved")
        held.with_user(self.supervisor).intake_hold("2026-04-04")
        self.at(4)
        self.team.use_intake = False
        self.at(1000)
        self._run_cron()
        self.assertEqual(self._clock(draft, "registration").state, "paused")
        self.team.use_intake = True
        self.assertRecordValues(
            self._clock(draft, "registration"), [{"state": "running", "date_due": self._in(1020)}]
        )
        self.assertEqual(self._clock(held, "plan").state, "paused")

    def test_deleting_a_lead_removes_its_rows(self):
        lead = self._lead_in("returned", date_acquired=self._in(-30))
        self._run_cron()
        rows = lead.intake_deadline_ids
        self.at(500)
        self._run_cron()
        notices = self.Notice.search([("deadline_id", "in", rows.ids)])
        self.assertTrue(rows and notices)
        lead.with_user(self.manager).unlink()
        self.assertFalse(rows.exists() | notices.exists().deadline_id)


@tagged("post_install", "-at_install")
class TestMerge(ClockCommon):
    """Of two clocks for one promise the one due first runs on; the history of both is kept."""

    def _merge(self, *leads):
        return self.env["crm.lead"].concat(*leads).with_user(self.supervisor).merge_opportunity()

    def test_both_directions(self):
        for first in (0, 1):
            with self.subTest(first=first):
                ages = [1, 1]
                ages[first] = 10
                leads = [self._lead_in("draft", date_acquired=self._in(-age)) for age in ages]
                clocks = [self._clock(lead, "registration") for lead in leads]
                head = self._merge(*leads)
                self.assertEqual((clocks[0] | clocks[1]).lead_id, head)
                self.assertEqual(clocks[first].state, "running")
                self.assertEqual(clocks[1 - first].state, "cancelled")
                self.assertEqual(head.intake_date_due, self._in(14))

    def test_history_of_both(self):
        one, two = self._lead_in("returned"), self._lead_in("returned")
        rows = one.intake_deadline_ids | two.intake_deadline_ids
        head = self._merge(one, two)
        self.assertEqual(head.intake_deadline_ids, rows.exists())
        self.assertEqual(len(rows), 6)
        self._assert_open(head, "completion")

    def test_what_the_survivor_does_not_owe_is_stopped(self):
        approved, draft = self._lead_in("approved"), self._lead_in("draft")
        head = self._merge(approved, draft)
        self.assertEqual(head, approved)
        self._assert_open(head, "plan", "first_contact")

    def test_a_paused_clock_goes_on_where_the_survivor_is_worked(self):
        held, approved = self._lead_in("approved"), self._lead_in("approved")
        self.at(1)
        held.with_user(self.supervisor).intake_hold("2026-04-04")
        head = self._merge(held, approved)
        self.assertEqual(head.intake_state, "approved")
        self._assert_open(head, "plan", "first_contact")
        self.assertEqual(set(self.Deadline._get_open(head).mapped("state")), {"running"})

    def test_a_won_lead_owes_no_contact(self):
        won, approved = self._lead_in("approved"), self._lead_in("approved")
        won.with_user(self.rep).action_set_won()
        head = self._merge(won, approved)
        self.assertEqual(head, won)
        self._assert_open(head)

    def test_what_was_done_on_one_is_done(self):
        for number in (0, 1):
            with self.subTest(number):
                self.at(0)
                one, two = leads = self._lead_in("approved"), self._lead_in("approved")
                lead = leads[number]
                self.at(1)
                lead.with_user(self.rep).intake_log("reached", "They want ten presses by June.")
                lead.with_user(self.rep).intake_plan(self._in(30), "phone")
                head = self._merge(one, two)
                self.assertTrue(head.intake_plan_id)
                self._assert_open(head, "follow_up")
                self.assertIn("met", self._clocks(head, "first_contact").mapped("state"))


@tagged("post_install", "-at_install")
class TestSettings(ClockCommon):
    """Hours and warnings are the team's and the grade's; what runs keeps what was promised."""

    def test_settings_change_later_clocks_only(self):
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.team.intake_registration_hours = 100
        self.assertEqual(self._clock(lead, "registration").date_due, self._in(24))
        later = self._lead_in("draft", date_acquired=self.NOW)
        self.assertEqual(self._clock(later, "registration").date_due, self._in(100))

    def test_grade_changes_later_clocks_only(self):
        lead = self._lead_in("approved")
        due = self._clock(lead, "first_contact").date_due
        lead.intake_grade_id.first_contact_hours = 5
        self.assertEqual(self._clock(lead, "first_contact").date_due, due)

    def test_replanning_says_how_many(self):
        lead = self._lead_in("draft", date_acquired=self.NOW)
        submitted = self._lead_in("submitted")
        self.team.intake_registration_hours = 100
        action = self.team.with_user(self.manager).action_intake_replan()
        self.assertIn("1 of 2", action["params"]["message"])
        self.assertEqual(self._clock(lead, "registration").date_due, self._in(100))
        self.assertEqual(self._clock(lead, "registration").date_warning, self._in(75))
        self.assertEqual(self._clock(submitted, "review").date_due, self._in(48))
        self.assertEqual(self._todos(lead, "complete").date_deadline, self._in(100 + 8).date())
        with self.assertRaises(AccessError):
            self.team.with_user(self.rep).action_intake_replan()

    def test_replanning_keeps_a_hold(self):
        lead = self._lead_in("approved")
        self.at(5)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        self.at(105)
        lead.with_user(self.supervisor).intake_reopen()
        self.team.intake_plan_hours = 20
        self.team.action_intake_replan()
        clock = self._clock(lead, "plan")
        # 5 of the 20 hours were used up before the hold.
        self.assertEqual((clock.date_due, clock.hours), (self._in(120), 20))

    def test_replanning_leaves_planned_contacts_and_corrections(self):
        lead = self._lead_in("approved")
        lead.with_user(self.rep).intake_log("reached", "They want ten presses by June.")
        self.at(1)
        lead.with_user(self.rep).intake_plan(self._in(50), "phone")
        contact = self._clocks(lead, "follow_up")[-1]
        corrected = self._clock(self._lead_in("draft"), "registration")
        corrected._correct(self._in(300), "The customer is on leave.")
        self.team.intake_registration_hours = 1
        self.team.action_intake_replan()
        self.assertEqual(contact.date_due, self._in(54))
        self.assertEqual(corrected.date_due, self._in(300))

    def test_replanning_follows_the_warning(self):
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.team.intake_warning_hours = 2
        self.team.action_intake_replan()
        self.assertEqual(self._clock(lead, "registration").date_warning, self._in(22))
        self.assertEqual(lead.intake_date_warning, self._in(22))

    def test_warnings(self):
        cases = (
            # share, hours, warning after so many hours
            (75, 0, 18),
            (50, 0, 12),
            (75, 6, 18),
            (75, 2, 22),
            (0, 0, None),
            (100, 0, None),
            (0, 24, None),
        )
        for share, hours, warns in cases:
            with self.subTest(share=share, hours=hours):
                self.team.write({"intake_warning_share": share, "intake_warning_hours": hours})
                lead = self._lead_in("draft", date_acquired=self.NOW)
                clock = self._clock(lead, "registration")
                warns_on = warns is not None and self._in(warns)
                self.assertEqual(clock.date_warning, warns_on)
                self.assertEqual(clock.date_next, warns_on or self._in(24))

    def test_settings_that_make_no_sense_are_refused(self):
        for values, error in (
            ({"intake_supervisor_delay": 10, "intake_leader_delay": 5}, ValidationError),
            ({"intake_review_hours": -1}, psycopg2.errors.CheckViolation),
            ({"intake_warning_share": 101}, psycopg2.errors.CheckViolation),
            ({"intake_closing_hours": 1e9}, psycopg2.errors.CheckViolation),
            ({"intake_record_hours": float("nan")}, psycopg2.errors.CheckViolation),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.cr.savepoint(),
            ):
                self.team.write(values)
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestCorrection(ClockCommon):
    """An administrator corrects a clock that runs wrongly, with a reason everybody reads."""

    def _correct(self, clock, user=None, **vals):
        wizard = (
            self.env["lead.intake.correction"]
            .with_user(user or self.manager)
            .create(
                {
                    "deadline_id": clock.id,
                    "action": "due",
                    "date_due": self._in(100),
                    "reason": "The customer is on leave.",
                    **vals,
                }
            )
        )
        return wizard.action_apply()

    def test_another_due_time(self):
        lead = self._lead_in("submitted")
        clock = self._clock(lead, "review")
        self._correct(clock)
        self.assertEqual(clock.date_due, self._in(100))
        self.assertEqual(lead.intake_date_due, self._in(100))
        self.assertIn("The customer is on leave.", self._chatter(lead))
        self.assertIn("The customer is on leave.", clock.explanation)
        self.assertEqual(self._todos(lead, "review").date_deadline, self._in(100).date())
        lead.with_user(self.supervisor).intake_approve()
        # Kept or not, it is still told why it was due then, and not as a reason to stop it.
        self.assertRecordValues(
            clock,
            [{"state": "met", "correction": "The customer is on leave.", "close_reason": False}],
        )
        self.assertIn("The customer is on leave.", clock.explanation)

    def test_stopping(self):
        lead = self._lead_in("submitted")
        clock = self._clock(lead, "review")
        self._correct(clock, action="cancel", date_due=False)
        self.assertRecordValues(
            clock, [{"state": "cancelled", "close_reason": "The customer is on leave."}]
        )
        self.assertIn("stopped", self._chatter(lead))

    def test_a_missed_promise_stays_missed_when_it_is_stopped(self):
        for mark in (True, False):
            lead = self._lead_in("submitted")
            clock = self._clock(lead, "review")
            clock_starts = clock.date_started
            self.frozen.move_to(clock.date_due + timedelta(hours=1))
            if mark:
                self._run_cron()
            lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
            self.assertEqual((clock.state, bool(clock.date_overdue)), ("cancelled", True))
            self.assertGreater(clock.date_overdue, clock_starts)

    def test_whoever_corrects_it_says_that_nothing_was_missed(self):
        lead = self._lead_in("submitted")
        clock = self._clock(lead, "review")
        self.at(50)
        self._run_cron()
        self._correct(clock, action="cancel", date_due=False)
        self.assertFalse(clock.date_overdue)

    def test_an_overdue_clock_escalates_anew_when_it_is_missed_again(self):
        lead = self._lead_in("submitted")
        clock = self._clock(lead, "review")
        self.at(48 + 24)
        self._run_cron()
        self.assertEqual(clock.escalation_level, 2)
        self._correct(clock)
        self.assertRecordValues(
            clock, [{"state": "running", "escalation_level": 0, "date_overdue": False}]
        )
        self.at(101)
        self._run_cron()
        self.assertEqual((clock.state, clock.escalation_level), ("overdue", 1))
        self.assertEqual(len(self._told(self.supervisor, "overdue")), 2)

    def test_what_happened_stays(self):
        lead = self._lead_in("approved")
        met = self._clock(lead, "review")
        with self.assertRaisesRegex(UserError, "what happened stays"):
            self._correct(met)
        self.at(5)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        with self.assertRaises(UserError):
            self._correct(self._clock(lead, "plan"))

    def test_it_needs_a_reason_and_a_time(self):
        clock = self._clock(self._lead_in("submitted"), "review")
        for vals in ({"reason": "  "}, {"date_due": False}):
            with self.assertRaises(UserError):
                self._correct(clock, **vals)

    def test_nobody_else_corrects(self):
        clock = self._clock(self._lead_in("submitted"), "review")
        for user in (self.rep, self.supervisor, self.operations):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._correct(clock, user)
        wizard = self.env["lead.intake.correction"].create(
            {"deadline_id": clock.id, "date_due": self._in(100), "reason": "Somebody else's."}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.supervisor).action_apply()
        self.assertEqual(clock.date_due, self._in(48))

    def test_another_companys_clock(self):
        lead = self._new_lead(self.other_rep, team_id=self.other_team.id)
        with self.assertRaises(AccessError):
            self._correct(self._clock(lead, "registration"))

    def test_a_time_left_is_counted_to_the_second(self):
        self.team.intake_registration_hours = 1 / 3
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.assertEqual(
            self._clock(lead, "registration").date_due, self.NOW + timedelta(minutes=20)
        )
