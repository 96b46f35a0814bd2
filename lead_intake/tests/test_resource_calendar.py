"""Working time read from Odoo's calendars: what counts, how fast, and for whom."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .calendar_common import CalendarCase


@tagged("post_install", "-at_install")
class TestResourceCalendar(CalendarCase):
    # -- what counts

    def test_a_weekend_does_not_keep_the_hour_of_day(self):
        """Frappe's trap: Saturday 20:00, one hour: Monday 10:00, not Tuesday."""
        saturday = datetime(2026, 9, 5, 12)  # 20:00 in Shanghai
        self.assertEqual(self._due(self.office, saturday, 1), datetime(2026, 9, 7, 2))

    def test_golden_week_is_skipped_and_its_make_up_day_counts(self):
        wednesday = datetime(2026, 9, 30, 9)  # 17:00 in Shanghai
        self.assertEqual(self._due(self.china, wednesday, 1), datetime(2026, 9, 30, 10))
        self.assertEqual(self._due(self.china, wednesday, 2), datetime(2026, 10, 8, 2))
        # Saturday 10 October is worked: 1 + 9 on Thursday + 9 on Friday + 1
        self.assertEqual(self._due(self.china, wednesday, 20), datetime(2026, 10, 10, 2))
        self.assertEqual(self._due(self.office, wednesday, 2), datetime(2026, 10, 1, 2))

    def test_lunch_break_and_half_day(self):
        calendar = self._calendar("Lunch", ((9, 12), (13, 18)), range(4))
        lunch = self._hours(0, 12, 13, day_period="lunch")
        calendar.attendance_ids = [
            Command.create(lunch),
            Command.create(self._hours(4, 9, 12.5)),
        ]
        # Thursday 11:00: one hour before lunch, five after, three and a half on Friday
        thursday = datetime(2026, 9, 10, 3)
        self.assertEqual(self._due(calendar, thursday, 2), datetime(2026, 9, 10, 6))
        self.assertEqual(self._due(calendar, thursday, 9.5), datetime(2026, 9, 11, 4, 30))
        self.assertEqual(self._due(calendar, thursday, 10), datetime(2026, 9, 14, 1, 30))

    def test_two_week_calendar(self):
        attendances = [
            self._hours(0, 0, 0, display_type="line_section", week_type="0", sequence=0),
            self._hours(0, 9, 10, week_type="0", sequence=1),
            self._hours(0, 0, 0, display_type="line_section", week_type="1", sequence=25),
            self._hours(4, 9, 11, week_type="1", sequence=26),
        ]
        calendar = self._calendar("Two weeks", weekdays=(), two_weeks_calendar=True)
        calendar.attendance_ids = [Command.create(values) for values in attendances]
        start = datetime(2026, 9, 6)
        for hours in (0.5, 1.5, 2.5, 3.5, 7):
            with self.subTest(hours=hours):
                self.assertEqual(
                    self._due(calendar, start, hours), calendar.plan_hours(hours, start)
                )
        self._day("2026-09-12", "working", calendar_id=calendar.id)
        saturday = datetime(2026, 9, 12)
        self.assertEqual(
            calendar._intake_elapsed([(saturday, saturday + timedelta(days=1))]),
            [1.0 if self.env["resource.calendar.attendance"].get_week_type(saturday) == 0 else 2.0],
        )

    def test_clock_change(self):
        """New York puts the clock forward on 8 March 2026: nine o'clock is an hour earlier."""
        calendar = self._calendar("New York", tz="America/New_York")
        friday = datetime(2026, 3, 6, 22)  # 17:00
        self.assertEqual(self._due(calendar, friday, 2), datetime(2026, 3, 9, 14))

    def test_leaves(self):
        company = self.env.company
        other = self.env["res.company"].create({"name": "Elsewhere"})
        monday = datetime(2026, 9, 7, 1)  # 9:00 in Shanghai
        morning = (monday, monday + timedelta(hours=3))
        day = (datetime(2026, 9, 6, 16), datetime(2026, 9, 7, 15, 59, 59))
        resource = self.env["resource.resource"].create({"name": "Somebody"})
        for expected, bounds, values in [
            (datetime(2026, 9, 7, 5), morning, {"calendar": self.office}),
            (datetime(2026, 9, 7, 5), morning, {"company_id": company.id}),
            (datetime(2026, 9, 8, 2), day, {"calendar": self.office}),
            (datetime(2026, 9, 7, 2), day, {"calendar": self.china}),
            (datetime(2026, 9, 7, 2), day, {"calendar": self.office, "time_type": "other"}),
            (
                datetime(2026, 9, 7, 2),
                day,
                {"calendar": self.office, "resource_id": resource.id},
            ),
        ]:
            with self.subTest(**values):
                leave = self._leave(*bounds, **values)
                self.assertEqual(self._due(self.office, monday, 1), expected)
                leave.unlink()
        # Odoo computes the company from whoever is logged in
        self._leave(*day).company_id = other
        self.assertEqual(self._due(self.office, monday, 1), datetime(2026, 9, 7, 2))
        self.office.company_id = False
        self.assertEqual(self._due(self.office, monday, 1), datetime(2026, 9, 7, 2))
        theirs = self.office.with_company(other)
        self.assertEqual(self._due(theirs, monday, 1), datetime(2026, 9, 8, 2))

    def test_last_second_of_a_day_is_off_too(self):
        night = self._calendar("Night", ((0, 24),), range(7), tz="UTC")
        self._leave("2026-09-07 00:00:00", "2026-09-07 23:59:59", night)
        start = datetime(2026, 9, 6, 23)
        self.assertEqual(self._due(night, start, 2), datetime(2026, 9, 8, 1))

    def test_who_wins(self):
        """Week < country's day < the calendar's own day < a time off of the company."""
        noon = datetime(2026, 10, 10, 4)
        span = (datetime(2026, 10, 9, 16), datetime(2026, 10, 10, 16))  # Saturday 10 October
        self.assertEqual(self.office._intake_elapsed([span]), [0])
        self.assertEqual(self.china._intake_elapsed([span]), [9])
        own = self._day("2026-10-10", "off", calendar_id=self.china.id)
        self.assertEqual(self.china._intake_elapsed([span]), [0])
        own.day_type = "working"
        self._day("2026-10-01", "working", calendar_id=self.china.id)
        holiday = (datetime(2026, 9, 30, 16), datetime(2026, 10, 1, 16))
        self.assertEqual(self.china._intake_elapsed([span, holiday]), [9, 9])
        self._leave(noon, span[1], self.china)
        self.assertEqual(self.china._intake_elapsed([span]), [3])
        own.action_archive()
        self.env.ref("lead_intake.calendar_day_cn_2026_10_10").action_archive()
        archived_too = self.china.with_context(active_test=False)
        self.assertEqual(archived_too._intake_elapsed([span]), [0])

    def test_make_up_day_takes_the_hours_of_its_weekday(self):
        self.office.attendance_ids.filtered(lambda a: a.dayofweek == "4").hour_to = 12
        day = self._day("2026-09-12", "working", calendar_id=self.office.id)
        span = (datetime(2026, 9, 12), datetime(2026, 9, 13))
        self.assertEqual(self.office._intake_elapsed([span]), [9])
        day.weekday = "4"
        self.assertEqual(self.office._intake_elapsed([span]), [3])

    def test_agrees_with_odoo_where_odoo_knows_the_days(self):
        calendars = [
            self.office,
            self._calendar("Lunch", ((8.5, 12), (13, 17.75)), range(6), tz="Europe/Berlin"),
            self._calendar("Night", ((0, 4), (22, 23.5)), range(7), tz="America/New_York"),
        ]
        for calendar in calendars:
            self._leave("2026-10-20 03:00:00", "2026-10-22 11:30:00", calendar)
            self._leave("2026-11-02 00:00:00", "2026-11-02 15:00:00", calendar)
            starts = [datetime(2026, 10, 12, 5) + timedelta(hours=7 * i) for i in range(90)]
            pairs = [(start, 0.5 + i % 31) for i, start in enumerate(starts)]
            for (start, hours), due in zip(pairs, calendar._intake_plan(pairs), strict=True):
                self.assertEqual(
                    due, calendar.plan_hours(hours, start, compute_leaves=True), calendar.name
                )

    # -- what is refused

    def test_flexible_and_empty_calendars_are_refused_with_the_reason(self):
        flexible = self._calendar("Anytime", schedule_type="flexible")
        empty = self._calendar("Never", weekdays=())
        empty.attendance_ids = [Command.create(self._hours(0, 12, 13, day_period="lunch"))]
        for calendar, reason in [(flexible, "flexible"), (empty, "no working hours")]:
            with self.subTest(calendar=calendar.name):
                self.assertIn(reason, calendar._intake_refuse_reason())
                for ask in (
                    calendar._intake_check_usable,
                    lambda calendar=calendar: self._due(calendar, datetime(2026, 9, 7), 1),
                ):
                    with self.assertRaisesRegex(UserError, reason):
                        ask()
        (self.office | self.china)._intake_check_usable()
        self.assertFalse(self.office._intake_refuse_reason())

    def test_more_hours_than_five_years_hold(self):
        start = datetime(2026, 9, 7, 1)
        years = self._due(self.office, start, 9 * 5 * 52 * 4)
        self.assertEqual(years.date().year, 2030)
        self._leave("2026-10-01 00:00:00", "2036-10-01 00:00:00", self.office)
        with self.assertRaisesRegex(UserError, "five years"):
            self._due(self.office, start, 1000)

    # -- how it is asked

    def test_no_calendar_is_round_the_clock(self):
        calendar = self.env["resource.calendar"]
        start = datetime(2026, 9, 5, 12)
        self.assertEqual(self._due(calendar, start, 24), datetime(2026, 9, 6, 12))
        self.assertEqual(calendar._intake_elapsed([(start, start + timedelta(hours=3))]), [3])
        self.assertFalse(calendar._intake_refuse_reason())
        self.assertEqual(
            calendar._intake_explain(start, datetime(2026, 9, 6, 12), 24),
            "24 hours from Sat, Sep 5, 08:00 PM → Sun, Sep 6, 08:00 PM",
        )

    def test_queries_do_not_grow_with_the_promises(self):
        def queries(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pairs = [(start + timedelta(minutes=i), 1 + i % 30) for i in range(count)]
            self.assertEqual(len(self.china._intake_plan(pairs)), count)
            return self.env.cr.sql_log_count - before

        start = datetime(2026, 9, 7, 1)
        queries(1)
        one = queries(1)
        self.assertEqual(queries(200), one)
        self.assertLessEqual(one, 6)

    def test_a_longer_horizon_is_only_built_when_needed(self):
        original = type(self.office)._intake_working_time
        with patch.object(
            type(self.office), "_intake_working_time", autospec=True, side_effect=original
        ) as built:
            self._due(self.office, datetime(2026, 9, 7, 1), 48)
            self.assertEqual(built.call_count, 1)
            self._leave("2026-09-01 00:00:00", "2027-08-31 00:00:00", self.office)
            due = self._due(self.office, datetime(2026, 9, 7, 1), 48)
            self.assertLessEqual(built.call_count, 5)
        self.assertEqual(due.date().isoformat(), "2027-09-07")

    def test_the_answer_does_not_depend_on_who_asks(self):
        """A portal user's lead, or a salesperson's, falls due when a manager's does."""
        start = datetime(2026, 9, 30, 9)
        due = self._due(self.china, start, 30)
        for group in ("base.group_portal", "base.group_user", "sales_team.group_sale_salesman"):
            user = new_test_user(self.env, f"asks.{group}", groups=group)
            self.assertEqual(self._due(self.china.with_user(user), start, 30), due)
