"""Calendars and dated days for the tests of working time."""

from odoo.fields import Command
from odoo.tests import TransactionCase


class CalendarCase(TransactionCase):
    """Office hours are Monday to Friday, 9 to 18; calendars are in Shanghai unless they say so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US", tz="Asia/Shanghai"))
        cls.office = cls._calendar("Office")
        cls.china = cls._calendar("China", intake_holiday_country_id=cls.env.ref("base.cn").id)

    @classmethod
    def _calendar(cls, name, hours=((9, 18),), weekdays=range(5), **values):
        attendances = [cls._hours(day, *pair) for day in weekdays for pair in hours]
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": "Asia/Shanghai",
                "attendance_ids": [Command.clear(), *map(Command.create, attendances)],
                "global_leave_ids": [Command.clear()],
                **values,
            }
        )

    @staticmethod
    def _hours(weekday, hour_from, hour_to, **values):
        return {
            "name": f"{weekday} {hour_from}",
            "dayofweek": str(weekday),
            "hour_from": hour_from,
            "hour_to": hour_to,
            **values,
        }

    def _leave(self, date_from, date_to, calendar=None, **values):
        """Record a time off of everybody, from and to in UTC: where Odoo's time off is installed,
        it takes them for the hours of whoever records it and moves them to the calendar's zone.
        """
        self.env.user.tz = (calendar or self.office).tz
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Time off",
                "date_from": date_from,
                "date_to": date_to,
                "calendar_id": calendar and calendar.id,
                **values,
            }
        )

    def _day(self, day, day_type, **values):
        return self.env["lead.intake.calendar.day"].create(
            {"name": "Dated day", "date": day, "day_type": day_type, **values}
        )

    def _due(self, calendar, start, hours):
        (due,) = calendar._intake_plan([(start, hours)])
        return due
