from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestPlan(FollowUpCommon, TransactionCase):
    """Step 3: within twelve hours of receiving a lead its owner plans the first contact."""

    def test_received_lead_asks_for_a_plan(self):
        todo = self._todos(self.lead, "plan")
        self.assertRecordValues(todo, [{"user_id": self.rep.id}])
        plan = self._plan(goal="Get the purchase schedule")
        self.assertFalse(self._todos(self.lead, "plan"))
        activity = plan.activity_id
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.rep.id,
                    "res_id": self.lead.id,
                    # 06:00 UTC is 14:00 in Shanghai
                    "summary": "14:00 Get the purchase schedule",
                    "date_deadline": (self.NOW + timedelta(hours=5)).date(),
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                }
            ],
        )
        self.assertEqual(self._clock(self.lead, "plan").state, "met")

    def test_one_hundred_leads_are_received_in_one_go(self):
        leads = self.env["crm.lead"].concat(*(self._lead_in("submitted") for _n in range(3)))
        leads.with_user(self.supervisor).intake_approve()
        for lead in leads:
            self.assertEqual(len(self._todos(lead, "plan")), 1)

    def test_method_goal_and_words_come_from_the_channel_and_its_template(self):
        template = self.env["lead.intake.plan.template"].create(
            {
                "name": "After a fair",
                "sequence": -1,
                "medium_ids": [(6, 0, self.medium.ids)],
                "grade_ids": [(6, 0, self.lead.intake_grade_id.ids)],
                "goal": "Get them to a demo",
                "talking_points": "The machine they saw",
            }
        )
        other = self.env["lead.intake.plan.template"].create(
            {
                "name": "Elsewhere",
                "sequence": -2,
                "medium_ids": [(6, 0, [self.env.ref("utm.utm_medium_website").id])],
            }
        )
        wizard = self.env["lead.intake.plan"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_id=self.lead.id)) as form:
            self.assertEqual(form.template_id, template)
            self.assertEqual(form.method, self.medium.first_contact_method)
            self.assertEqual(form.goal, "Get them to a demo")
            self.assertLessEqual(form.planned_on, self._contact_due())
            form.template_id = other
            self.assertFalse(form.goal)
            form.method = "visit"
        form.save().action_plan()
        self.assertRecordValues(self._planned(), [{"method": "visit", "goal": False}])

    def _contact_due(self):
        return self._clock(self.lead, "first_contact").date_due

    def test_dialog_warns_of_a_plan_behind_the_promise(self):
        wizard = self.env["lead.intake.plan"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_id=self.lead.id)) as form:
            self.assertFalse(form.is_late)
            form.planned_on = self._contact_due() + timedelta(minutes=1)
            self.assertTrue(form.is_late)
            self.assertIn("this plan is later", form.late_text)
        self.frozen.move_to(self._contact_due() + timedelta(hours=1))
        with Form(wizard.with_context(default_lead_id=self.lead.id)) as form:
            self.assertIn("as soon as you can", form.late_text)

    def test_planning_anew_replaces_and_keeps_the_history(self):
        first = self._plan()
        first_activity = first.activity_id
        second = self._plan(hours=7, method="email")
        self.assertEqual((first.state, second.state), ("cancelled", "planned"))
        self.assertFalse(first_activity.exists())
        self.assertEqual(self.lead.intake_plan_id, second)
        self.assertFalse(first.date_reminder)

    def test_refusals(self):
        for hours in (0, -1):
            with self.assertRaisesRegex(UserError, "a time to come"):
                self._plan(hours=hours)
        with self.assertRaisesRegex(UserError, "Choose how"):
            self._plan(method="pigeon")
        draft = self._new_lead()
        with self.assertRaisesRegex(UserError, "isn't approved yet"):
            self._plan(draft)
        self.lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        with self.assertRaisesRegex(UserError, "closed"):
            self._plan()
        self.assertFalse(self.lead.intake_follow_up_ids)

    def test_strangers_plan_nothing(self):
        for user in (self.rep2, self.outsider, self.other_rep):
            with self.assertRaises(AccessError):
                self._plan(user=user)

    def test_supervisor_plans_for_the_owner(self):
        plan = self._plan(user=self.supervisor)
        self.assertEqual(plan.user_id, self.rep)
        self.assertEqual(plan.activity_id.user_id, self.rep)

    def test_nobody_writes_a_plan_directly(self):
        plan = self._plan()
        values = {"lead_id": self.lead.id, "method": "phone"}
        for user in (self.rep, self.supervisor, self.manager, self.env.ref("base.user_admin")):
            rows = plan.with_user(user).with_context(lead_intake_pass=True)
            for attempt in (
                lambda rows=rows: rows.write({"planned_on": "2026-03-04 09:00:00"}),
                lambda rows=rows: rows.unlink(),
                lambda rows=rows: rows.create(values),
            ):
                with self.assertRaises(UserError), self.cr.savepoint():
                    attempt()
        with self.assertRaisesRegex(UserError, "follows the lead procedure"):
            self.lead.with_user(self.rep).write({"intake_follow_up_ids": [(0, 0, values)]})

    # --- calendar ----------------------------------------------------------------------------

    def test_visit_goes_into_the_calendar_with_an_alarm(self):
        plan = self._plan(method="visit", remind_before=45, event=True, goal="Show the line")
        event = plan.activity_id.calendar_event_id
        self.assertRecordValues(
            event,
            [
                {
                    "name": "Show the line",
                    "start": self._in(5),
                    "user_id": self.rep.id,
                    "opportunity_id": self.lead.id,
                }
            ],
        )
        self.assertEqual(event.partner_ids, self.rep.partner_id)
        self.assertEqual(event.alarm_ids.mapped("duration_minutes"), [45])
        self.assertFalse(plan.date_reminder, "the alarm reminds; twice would be a nuisance")
        alarm = event.alarm_ids
        again = self._plan(method="visit", remind_before=45, event=True)
        self.assertFalse(event.exists())
        self.assertEqual(again.activity_id.calendar_event_id.alarm_ids, alarm)

    def test_event_without_an_alarm(self):
        plan = self._plan(method="video", remind_before=False, event=True)
        self.assertFalse(plan.activity_id.calendar_event_id.alarm_ids)

    def test_event_is_nobody_elses_to_read(self):
        event = self._plan(method="visit", event=True).activity_id.calendar_event_id
        self.assertEqual(event.privacy, "private")

    def test_plan_moves_with_its_event(self):
        plan = self._plan(method="visit", event=True, goal="Show the line")
        event = plan.activity_id.calendar_event_id
        event.with_user(self.rep).write({"start": self._in(7), "stop": self._in(8)})
        self.assertEqual(plan.planned_on, self._in(7))
        self.assertEqual(plan.activity_id.summary, "16:00 Show the line")
        self.assertEqual(self.lead.intake_next_on, min(self._in(7), self.lead.intake_date_due))

    def test_deleting_the_event_cancels_the_plan(self):
        for delete in (
            lambda activity: activity.calendar_event_id.unlink(),
            lambda activity: activity.unlink_w_meeting(),
        ):
            lead = self._lead_in("approved")
            plan = self._plan(lead, method="visit", event=True)
            delete(plan.activity_id.with_user(self.rep))
            self.assertEqual(plan.state, "cancelled")
            self.assertEqual(self._clocks(lead, "plan")[-1].state, "running")

    # --- the to-do, found elsewhere ------------------------------------------------------------

    def test_cancelling_the_to_do_cancels_the_plan(self):
        plan = self._plan()
        plan.activity_id.with_user(self.rep).unlink()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(self._clocks(self.lead, "plan").mapped("state"), ["met", "running"])
        self.assertEqual(len(self._todos(self.lead, "plan")), 1)

    def test_deleting_a_lead_takes_its_plan_along(self):
        plan = self._plan()
        activity = plan.activity_id
        self.lead.with_user(self.manager).unlink()
        self.assertFalse(plan.exists() or activity.exists())

    # --- hand-over, merge --------------------------------------------------------------------

    def test_new_owner_plans_anew(self):
        plan = self._plan(goal="Mine")
        self.at(1)
        self.lead.with_user(self.rep).user_id = self.rep2
        self.assertEqual(plan.state, "cancelled")
        self.assertRecordValues(self._todos(self.lead, "plan"), [{"user_id": self.rep2.id}])
        clock = self._clocks(self.lead, "plan")[-1]
        self.assertRecordValues(
            clock,
            [{"state": "running", "responsible_id": self.rep2.id, "date_due": self._in(13)}],
        )
        self.assertIn("The contact Test Rep had planned", self._chatter(self.lead))

    def test_hand_over_without_a_plan_moves_the_to_do(self):
        self.lead.with_user(self.rep).user_id = self.rep2
        self.assertRecordValues(self._todos(self.lead, "plan"), [{"user_id": self.rep2.id}])

    def test_taken_from_its_owner_a_lead_is_to_be_assigned_not_planned(self):
        self.lead.with_user(self.supervisor).user_id = False
        self.assertFalse(self._todos(self.lead, "plan"))
        self.assertRecordValues(self._todos(self.lead, "assign"), [{"user_id": self.supervisor.id}])
        self.lead.with_user(self.supervisor).user_id = self.rep2
        self.assertFalse(self._todos(self.lead, "assign"))
        self.assertRecordValues(self._todos(self.lead, "plan"), [{"user_id": self.rep2.id}])

    def test_merge_keeps_one_plan(self):
        other = self._lead_in("approved")
        mine, theirs = self._plan(), self._plan(other, hours=3)
        merged = (self.lead | other).with_user(self.supervisor).merge_opportunity()
        planned = (mine | theirs).filtered(lambda row: row.state == "planned")
        self.assertEqual(merged.intake_plan_id, planned)
        self.assertEqual(merged.intake_follow_up_ids, mine | theirs)
        self.assertFalse(self._todos(merged, "plan"))

    def test_merge_with_a_lead_without_plan(self):
        other = self._lead_in("approved")
        plan = self._plan(other)
        merged = (self.lead | other).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(merged.intake_plan_id, plan)

    # --- suggestions ---------------------------------------------------------------------------

    def test_suggested_time_is_a_working_day_at_ten_where_the_user_is(self):
        self.frozen.move_to(datetime(2026, 3, 6, 9, 0))  # Friday evening in Shanghai
        lead = self._lead_in("approved")
        self.env["lead.intake.grade"].search([]).cadence_days = 2
        suggested = lead.with_user(self.rep)._get_intake_suggested_time(after_contact=True)
        self.assertEqual(suggested, datetime(2026, 3, 9, 2, 0))  # Monday, 10:00

    def test_suggested_time_is_within_the_promise_at_an_hour_people_work(self):
        lead = self.lead.with_user(self.rep)
        for hours, moment, suggested in (
            # Wednesday in Shanghai, eight hours ahead: by the next morning at ten …
            (26, (4, 1, 0), (5, 2, 0)),
            # … due at nine already: today, in an hour
            (24, (4, 1, 0), (4, 2, 0)),
            # from ten at night until ten in the morning: at nine
            (11.5, (4, 14, 0), (5, 1, 0)),
            # nobody works before it is due
            (6, (4, 14, 0), (4, 17, 0)),
        ):
            with self.subTest(hours=hours, moment=moment):
                self.frozen.move_to(datetime(2026, 3, *moment))
                due = datetime(2026, 3, *moment) + timedelta(hours=hours)
                with patch.object(type(lead), "_get_intake_contact_due", return_value=due):
                    self.assertEqual(
                        lead._get_intake_suggested_time(), datetime(2026, 3, *suggested)
                    )

    def test_plain_leads_plan_nothing_by_themselves(self):
        plain = self._plain_lead()
        self.assertFalse(plain.intake_next_on or plain.activity_ids)
