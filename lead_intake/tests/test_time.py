"""What calendars and clocks of the world do to promises: summer time, time zones, leap days, the
turn of the year, a server whose clock jumps.
"""

from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.lead_intake.tests.deadline_common import ClockCommon


@tagged("post_install", "-at_install")
class TestTime(ClockCommon):
    def _calendar(self, tz, hour_from=9, hour_to=17, weekdays=range(5), **values):
        return self.env["resource.calendar"].create(
            {
                "name": f"Office in {tz}",
                "tz": tz,
                "company_id": False,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": hour_from,
                                "hour_to": hour_to,
                            }
                        )
                        for day in weekdays
                    ),
                ],
                **values,
            }
        )

    def _registered_at(self, moment, **vals):
        self.frozen.move_to(moment)
        lead = self._lead_in("draft", date_acquired=moment, **vals)
        return lead, self._clock(lead, "registration")

    def _text(self, clock, tz, lang="en_US"):
        text = clock.with_context(tz=tz, lang=lang).explanation
        return text.replace("\u202f", " ").replace("\xa0", " ")

    # --- summer time -----------------------------------------------------------------------

    def test_an_hour_is_an_hour_when_the_clock_is_put_forward(self):
        """24 hours from Saturday noon in Berlin end on Sunday at 13:00 on 29 March 2026, and at
        11:00 on 25 October.
        """
        for start, due, local in (
            (datetime(2026, 3, 28, 11), datetime(2026, 3, 29, 11), "01:00 PM"),
            (datetime(2026, 10, 24, 10), datetime(2026, 10, 25, 10), "11:00 AM"),
        ):
            _lead, clock = self._registered_at(start)
            self.assertEqual(clock.date_due, due)
            self.assertIn(local, self._text(clock, "Europe/Berlin"))

    def test_office_hours_follow_the_clock_on_the_wall(self):
        self.team.intake_calendar_id = self._calendar("Europe/Berlin")
        self.team.intake_registration_hours = 8
        for start, due in (
            # Friday 12:00 to Monday 12:00, local time, across the change.
            (datetime(2026, 3, 27, 11), datetime(2026, 3, 30, 10)),
            (datetime(2026, 10, 23, 10), datetime(2026, 10, 26, 11)),
        ):
            _lead, clock = self._registered_at(start)
            self.assertEqual(clock.date_due, due)

    def test_a_night_shift_on_the_short_night(self):
        """From midnight to 8:00 there are seven hours on 29 March, and nine on 25 October."""
        self.team.intake_calendar_id = self._calendar("Europe/Berlin", 0, 8, range(7))
        for start, hours in (
            (datetime(2026, 3, 28, 23), 7),
            (datetime(2026, 10, 24, 22), 9),
        ):
            self.team.intake_registration_hours = hours
            _lead, clock = self._registered_at(start)
            self.assertEqual(clock.date_due, start + timedelta(hours=hours))

    # --- time zones ------------------------------------------------------------------------

    def test_a_person_moves_to_another_time_zone(self):
        """No due time moves; days and texts are those of where the person is."""
        lead, clock = self._registered_at(datetime(2026, 3, 4, 14))
        due = clock.date_due
        self.assertEqual(due, datetime(2026, 3, 5, 14))  # 22:00 in Shanghai
        self.assertEqual(self._todos(lead, "complete").date_deadline, date(2026, 3, 5))
        self.rep.tz = "Pacific/Auckland"
        self.assertEqual((clock.date_due, lead.intake_date_due), (due, due))
        self.assertIn("03:00 AM", self._text(clock, self.rep.tz))
        # It is Friday there.
        lead.with_user(self.rep).intake_submit()
        lead.with_user(self.supervisor).intake_return({"phone": "Wrong."})
        self.assertEqual(self._todos(lead, "complete").date_deadline, date(2026, 3, 6))
        self.frozen.move_to(datetime(2026, 3, 5, 14))
        self._run_cron()
        (message,) = self._digests(self.rep)
        self.assertIn("3:00", message.body)

    def test_a_calendar_moves_to_another_time_zone(self):
        """What runs keeps what was promised, until it is planned anew."""
        calendar = self.team.intake_calendar_id = self._calendar("Asia/Shanghai")
        _lead, clock = self._registered_at(datetime(2026, 3, 4, 1))
        due = clock.date_due
        calendar.tz = "Europe/Berlin"
        self.assertEqual(clock.date_due, due)
        self.assertTrue(self._text(clock, "UTC"))
        self.team.action_intake_replan()
        self.assertEqual(clock.date_due, datetime(2026, 3, 6, 16))

    # --- the calendar ----------------------------------------------------------------------

    def test_29_february(self):
        lead, clock = self._registered_at(datetime(2028, 2, 28, 12))
        self.assertEqual(clock.date_due, datetime(2028, 2, 29, 12))
        lead.with_user(self.rep).intake_submit()
        lead.with_user(self.supervisor).intake_hold("2028-02-29")
        self.assertEqual(lead.intake_hold_until, date(2028, 2, 29))
        _lead, clock = self._registered_at(datetime(2027, 2, 28, 12))
        self.assertEqual(clock.date_due, datetime(2027, 3, 1, 12))
        self.team.intake_calendar_id = self._calendar("Asia/Shanghai")
        _lead, clock = self._registered_at(datetime(2028, 2, 28, 1))  # Monday, 9:00
        self.assertEqual(clock.date_due, datetime(2028, 3, 1, 9))

    def test_the_turn_of_the_year(self):
        """1 January is off in 2026, by the days published for it; of 2031 none are known."""
        self.team.intake_calendar_id = self._calendar(
            "Asia/Shanghai", intake_holiday_country_id=self.env.ref("base.cn").id
        )
        _lead, clock = self._registered_at(datetime(2025, 12, 31, 1))
        # Wednesday; Thursday to Saturday are off and Sunday is worked.
        self.assertEqual(clock.date_due, datetime(2026, 1, 5, 9))
        text = self._text(clock, "Asia/Shanghai")
        self.assertIn("2025", text)
        self.assertIn("2026", text)
        _lead, clock = self._registered_at(datetime(2030, 12, 31, 1))
        self.assertEqual(clock.date_due, datetime(2031, 1, 2, 9))

    def test_a_leap_second(self):
        """Python knows no second 60; a time is kept to the minute anyway."""
        self.frozen.move_to(datetime(2026, 3, 4, 1))
        lead = self._new_lead(date_acquired="2016-12-31 23:59:60")
        self.assertEqual(lead.date_acquired, datetime(2016, 12, 31, 23, 59))
        lead = self._lead_in("approved").with_user(self.rep)
        for call in (
            lambda: lead.intake_plan("2026-12-31 23:59:60", "phone"),
            lambda: lead.intake_log("reached", "They want ten.", False, "2016-12-31 23:59:60"),
            lambda: lead.intake_log("reached", "They want ten.", False, "yesterday"),
        ):
            with self.assertRaisesRegex(UserError, "isn't what is expected"):
                call()

    def test_years_typed_wrongly(self):
        """They are refused with the reason, and overflow nothing."""
        for moment in ("0001-01-01 00:00:00", "1926-03-04 01:00:00", "9999-12-31 23:59:59"):
            with self.assertRaisesRegex(ValidationError, "the year"):
                self._new_lead(date_acquired=moment)
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._new_lead(date_acquired="2026-12-31 23:59:59")
        lead = self._lead_in("approved").with_user(self.rep)
        with self.assertRaisesRegex(UserError, "five years"):
            lead.intake_plan("9999-12-31 23:59:59", "phone")
        # A plain team's lead may say anything; in the procedure its time starts at the earliest.
        self.team.intake_calendar_id = self._calendar("Asia/Shanghai")
        lead = self._plain_lead(date_acquired="0001-01-01 00:00:00")
        lead.write({"team_id": self.team.id, "user_id": self.rep.id})
        self.assertEqual(self._clock(lead, "registration").date_started, datetime(1970, 1, 1))
        self._run_cron()
        self.assertTrue(self._clock(lead, "registration").explanation)

    # --- a clock that jumps ----------------------------------------------------------------

    def test_the_servers_clock_jumps_forward_and_is_put_right(self):
        """A jump escalates what it finds; put right, nobody is told twice and nothing is lost."""
        lead = self._lead_in("submitted", date_acquired=self.NOW)
        clock = self._clock(lead, "review")
        self.at(24 * 365)
        self._run_cron()
        self.assertEqual((clock.state, clock.escalation_level), ("overdue", 3))
        told = len(self._told())
        self.at(1)
        self._run_cron()
        self.assertEqual(len(self._told()), told)
        lead.with_user(self.supervisor).intake_approve()
        # It was decided after an hour, and that is what counts.
        self.assertRecordValues(clock, [{"state": "met", "elapsed_hours": 1, "on_time": 100}])
        self.at(500)
        self._run_cron()
        self.assertFalse(self._told().filtered(lambda n: n.deadline_id == clock)[told:])

    def test_the_servers_clock_jumps_back(self):
        """What was started in what is now the future runs to its due time."""
        lead = self._lead_in("submitted", date_acquired=self.NOW)
        clock = self._clock(lead, "review")
        self.at(-100)
        self._run_cron()
        self.assertEqual(clock.state, "running")
        lead.with_user(self.supervisor).intake_approve()
        self.assertRecordValues(clock, [{"state": "met", "elapsed_hours": 0}])
        self._assert_open(lead, "plan", "first_contact")
