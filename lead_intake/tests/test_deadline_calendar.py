"""Clocks that count the hours of a calendar: due times, warnings, the escalation, what moves them."""

from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.lead_intake.tests.deadline_common import ClockCommon


@tagged("post_install", "-at_install")
class TestWorkingHours(ClockCommon):
    """A team with a calendar: only its hours count, for the due time and all that follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office in China",
                "tz": "Asia/Shanghai",
                "company_id": False,
                "intake_holiday_country_id": cls.env.ref("base.cn").id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {"name": str(day), "dayofweek": str(day), "hour_from": 9, "hour_to": 17}
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.team.intake_calendar_id = cls.calendar

    def test_due_time_and_explanation(self):
        """24 working hours from Wednesday 09:00 are three days; Thursday's half is skipped."""
        lead = self._lead_in("draft", date_acquired=self.NOW)
        clock = self._clock(lead, "registration")
        self.assertEqual(clock.calendar_id, self.calendar)
        self.assertEqual(clock.date_due, datetime(2026, 3, 6, 9, 0))  # Friday, 17:00 in Shanghai
        text = lead.with_user(self.rep).with_context(tz="Asia/Shanghai").intake_explain_due()
        self.assertIn("17:00", text.replace("5:00 PM", "17:00").replace("5:00\u202fPM", "17:00"))
        other = lead.with_user(self.rep).with_context(tz="Europe/Berlin").intake_explain_due()
        self.assertNotEqual(text, other)

    def test_national_day_and_its_make_up_day(self):
        """From Wednesday 30 Sep on: 1–7 Oct are off, Saturday 10 Oct is worked."""
        with freeze_time("2026-09-30 01:00:00"):
            self.team.intake_registration_hours = 24
            lead = self._lead_in("draft", date_acquired=datetime(2026, 9, 30, 1, 0))
            clock = self._clock(lead, "registration")
        # 30 Sep, Thu 8 Oct and Fri 9 Oct have 8 hours each.
        self.assertEqual(clock.date_due, datetime(2026, 10, 9, 9, 0))
        with freeze_time("2026-09-30 01:00:00"):
            self.team.intake_registration_hours = 32
            lead = self._lead_in("draft", date_acquired=datetime(2026, 9, 30, 1, 0))
        self.assertEqual(self._clock(lead, "registration").date_due, datetime(2026, 10, 10, 9, 0))

    def test_elapsed_and_what_is_left_are_working_hours(self):
        lead = self._lead_in("approved")
        plan = self._clock(lead, "plan")
        self.assertEqual(plan.date_due, datetime(2026, 3, 5, 5, 0))  # 8 h and 4 h
        self.at(24)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        self.assertEqual((plan.state, plan.hours_left), ("paused", 4))
        self.at(24 * 8)
        lead.with_user(self.supervisor).intake_reopen()
        self.at(24 * 8 + 2)
        lead.with_user(self.rep).intake_plan(self._in(24 * 9), "phone")
        self.assertEqual((plan.state, plan.elapsed_hours), ("met", 10))

    def test_company_days_off_are_those_of_the_leads_company(self):
        """Whoever asks, in whatever company they are."""
        self._off(self.company2, 4)
        self.other_team.intake_calendar_id = self.calendar
        lead = self._new_lead(self.other_rep, team_id=self.other_team.id, date_acquired=self.NOW)
        self.assertEqual(lead.company_id, self.company2)
        clock = self._clock(lead, "registration")
        self.assertEqual(clock.date_due, datetime(2026, 3, 9, 9, 0))
        clock.team_id.with_company(self.company).action_intake_replan()
        self.assertEqual(clock.date_due, datetime(2026, 3, 9, 9, 0))
        mine = self._lead_in("draft", date_acquired=self.NOW)
        self.assertEqual(self._clock(mine, "registration").date_due, datetime(2026, 3, 6, 9, 0))

    def test_a_calendar_that_lost_its_hours_stops_nobodys_work(self):
        self.calendar.attendance_ids.unlink()
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.assertEqual(self._clock(lead, "registration").date_due, self._in(24))
        with self.assertRaisesRegex(UserError, "no working hours"):
            self.plain_team.intake_calendar_id = self.calendar

    # --- warnings and the escalation -------------------------------------------------------

    def test_it_warns_in_working_time(self):
        """Of 24 hours from Thursday noon 18 pass on Monday at noon; of the clock's it would warn
        on Sunday night.
        """
        with freeze_time("2026-03-05 04:00:00"):
            clock = self._clock(
                self._lead_in("draft", date_acquired=datetime(2026, 3, 5, 4)), "registration"
            )
            self.assertEqual(clock.date_due, datetime(2026, 3, 10, 4))  # Tuesday, 12:00
            self.assertEqual(clock.date_warning, datetime(2026, 3, 9, 6))  # Monday, 14:00
            self.team.intake_warning_hours = 5
            clock._replan()
            # Five working hours before: three on Tuesday, two on Monday.
            self.assertEqual(clock.date_warning, datetime(2026, 3, 9, 7))

    def test_it_escalates_in_working_time(self):
        """Missed on Friday evening: nobody is told of it on Sunday."""
        self.team.write({"intake_supervisor_delay": 8, "intake_leader_delay": 12})
        clock = self._clock(self._lead_in("draft", date_acquired=self.NOW), "registration")
        self.assertEqual(clock.date_due, datetime(2026, 3, 6, 9))  # Friday, 17:00
        for moment, level, after in (
            (datetime(2026, 3, 6, 9), 1, datetime(2026, 3, 9, 9)),  # Monday, 17:00
            (datetime(2026, 3, 8, 12), 1, datetime(2026, 3, 9, 9)),
            (datetime(2026, 3, 9, 9), 2, datetime(2026, 3, 10, 5)),  # Tuesday, 13:00
            (datetime(2026, 3, 10, 5), 3, False),
        ):
            self.frozen.move_to(moment)
            self._run_cron()
            self.assertEqual((clock.escalation_level, clock.date_next), (level, after))

    def test_a_planned_contact_escalates_in_working_time_too(self):
        """Its due time is a given; who is told when it is missed is still the team's affair."""
        self.team.write({"intake_supervisor_delay": 1, "intake_leader_delay": 2})
        lead = self._lead_in("approved")
        lead.with_user(self.rep).intake_log("reached", "They want ten presses by June.")
        saturday = datetime(2026, 3, 7, 2)
        lead.with_user(self.rep).intake_plan(saturday, "phone")
        clock = self._clocks(lead, "follow_up")[-1]
        self.assertEqual(clock.date_due, datetime(2026, 3, 7, 6))
        self.frozen.move_to(clock.date_due)
        self._run_cron()
        self.assertEqual(clock.date_next, datetime(2026, 3, 9, 2))  # Monday, 10:00

    # --- what moves clocks -----------------------------------------------------------------

    def _off(self, company, day):
        """Give everybody of ``company`` that day of March off."""
        leave = (
            self.env["resource.calendar.leaves"]
            .with_company(company)
            .create(
                {
                    "name": "Anniversary",
                    "calendar_id": False,
                    "date_from": datetime(2026, 3, day - 1, 16, 0),
                    "date_to": datetime(2026, 3, day, 15, 59, 59),
                }
            )
        )
        self.assertEqual(leave.company_id, company)
        self.env.flush_all()

    def test_change_of_company_plans_anew(self):
        """A lead that moves to another company has that company's days off, and its clock is
        that company's to see.
        """
        self._off(self.company2, 5)
        self.team.company_id = False
        self.rep.company_ids += self.company2
        lead = self._lead_in("draft", date_acquired=self.NOW)
        clock = self._clock(lead, "registration")
        self.assertEqual(clock.date_due, datetime(2026, 3, 6, 9))
        for company, due in (
            (self.company2, datetime(2026, 3, 9, 9)),
            (self.company, datetime(2026, 3, 6, 9)),
        ):
            with self.subTest(company.name):
                lead.company_id = company
                self.assertRecordValues(clock, [{"company_id": company.id, "date_due": due}])
                self.assertEqual(lead.intake_date_due, due)

    def test_an_owner_of_another_company_takes_the_clocks_along(self):
        self._off(self.company2, 5)
        self.team.write({"company_id": False, "member_ids": [Command.link(self.other_rep.id)]})
        lead = self._lead_in("draft", date_acquired=self.NOW)
        companies = (self.company | self.company2).ids
        lead.with_context(allowed_company_ids=companies).user_id = self.other_rep
        self.assertEqual(lead.company_id, self.company2)
        clock = self._clock(lead, "registration")
        self.assertRecordValues(
            clock,
            [
                {
                    "company_id": self.company2.id,
                    "responsible_id": self.other_rep.id,
                    "date_due": datetime(2026, 3, 9, 9),
                }
            ],
        )

    def test_change_of_team_while_on_hold(self):
        """What is left of a promise goes on in the hours of the team that has the lead now."""
        team = self.team.copy(
            {"name": "Round the Clock", "use_intake": True, "intake_calendar_id": False}
        )
        team.intake_plan_hours = 20
        lead = self._lead_in("approved")
        self.at(4)
        lead.with_user(self.supervisor).intake_hold("2026-04-04")
        clock = self._clock(lead, "plan")
        self.assertEqual(clock.hours_left, 8)
        lead.with_user(self.supervisor).team_id = team
        # Four of its twenty hours were used up.
        self.assertRecordValues(
            clock, [{"state": "paused", "hours": 20, "hours_left": 16, "calendar_id": False}]
        )
        self.at(100)
        lead.with_user(self.supervisor).intake_reopen()
        self.assertEqual(clock.date_due, self._in(116))
        self.at(110)
        lead.with_user(self.rep).intake_plan(self._in(120), "phone")
        self.assertRecordValues(clock, [{"state": "met", "elapsed_hours": 14}])

    def test_days_published_later_count_once_planned_anew(self):
        lead = self._lead_in("draft", date_acquired=self.NOW)
        clock = self._clock(lead, "registration")
        due = clock.date_due
        self.env["lead.intake.calendar.day"].create(
            {"name": "Snow", "date": "2026-03-05", "country_id": self.env.ref("base.cn").id}
        )
        self.assertEqual(clock.date_due, due)
        action = self.team.with_user(self.manager).action_intake_replan()
        self.assertIn("1 of 1", action["params"]["message"])
        self.assertEqual(clock.date_due, datetime(2026, 3, 9, 9))
        self.assertIn("Snow", clock.explanation)

    # --- nothing stops people's work -------------------------------------------------------

    def test_beyond_the_calendars_horizon(self):
        """A calendar whose hours end, here with a time off of six years, stops nobody's work."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed down",
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 5),
                "date_to": datetime(2032, 3, 5),
            }
        )
        with self.assertRaises(UserError):
            self.calendar._intake_plan([(self.NOW, 24)])
        # What fits is still counted by the calendar, the rest by the clock.
        self.team.intake_review_hours = 4
        lead = self._lead_in("submitted", date_acquired=self.NOW)
        self.assertEqual(self._clock(lead, "registration").date_due, self._in(24))
        self.assertEqual(self._clock(lead, "review").date_due, self._in(4))
        self.assertTrue(self._clock(lead, "registration").explanation)
        self.at(1000)
        self._run_cron()
        self.assertEqual(self._clock(lead, "review").escalation_level, 3)

    def test_acquired_years_ago(self):
        """Twenty years of days are looked through once for the batch, and explained."""
        old = datetime(2006, 2, 28, 1)
        leads = self.env["crm.lead"].concat(
            self._new_lead(date_acquired=old), self._new_lead(date_acquired=self.NOW)
        )
        clocks = leads.intake_deadline_ids.sorted("date_due")
        self.assertEqual(
            clocks.mapped("date_due"), [datetime(2006, 3, 2, 9), datetime(2026, 3, 6, 9)]
        )
        self.assertIn("2006", clocks[0].with_context(tz="Asia/Shanghai").explanation)
        self._run_cron()
        self.assertEqual(clocks[0].escalation_level, 3)
        leads.with_user(self.rep).intake_submit()
        self.assertEqual(clocks.mapped("state"), ["late", "met"])
        self.assertGreater(clocks[0].elapsed_hours, 40000)
