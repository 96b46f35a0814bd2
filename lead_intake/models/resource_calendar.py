"""Working time of a calendar for the promises of the procedure.

The arithmetic is in `tools`; this file only loads what it needs, once per question and
calendar, however many promises are asked about. An *empty* calendar means round the clock,
so callers need no second path: ``team.intake_calendar_id._intake_plan(...)``.
"""

from datetime import timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.working_days import DatedDay, WeeklyHours, build
from ..tools.working_time import RoundTheClock
from ..tools.working_time_text import explain_working_time

# Beyond this nobody means the hours they typed; it also bounds the search for working time.
HORIZON_LIMIT = timedelta(days=5 * 366)
FIRST_HORIZON = timedelta(days=30)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    intake_holiday_country_id = fields.Many2one(
        "res.country",
        "Follows Public Holidays of",
        help="Deadlines of the lead intake skip this country's published days off and count "
        "its make-up working days (CRM ▸ Configuration ▸ Lead Intake ▸ Holidays and make-up days). "
        "A time off of the whole company is skipped as well, and wins over a make-up day. "
        "Nothing else in Odoo uses this.",
    )

    def _intake_refuse_reason(self):
        """Return why deadlines can't follow this calendar, or False."""
        if not self:
            return False
        self.ensure_one()
        # sudo: whoever registers a lead may not read calendars, a visitor of the website for one
        calendar = self.sudo()
        if calendar.flexible_hours:
            return self.env._(
                "“%(calendar)s” is flexible: it says how many hours are worked, not when, so "
                "no due time can be told from it. Choose a working schedule with fixed hours.",
                calendar=calendar.display_name,
            )
        if not any(a.hour_to > a.hour_from for a in calendar._get_global_attendances()):
            return self.env._(
                "“%(calendar)s” has no working hours, so nothing would ever fall due. "
                "Add hours to it or choose another working schedule.",
                calendar=calendar.display_name,
            )
        return False

    def _intake_check_usable(self):
        """Raise a `UserError` saying why deadlines can't follow one of these calendars."""
        for calendar in self:
            if reason := calendar._intake_refuse_reason():
                raise UserError(reason)

    def _intake_working_time(self, start, stop):
        """Return the working time between two moments, as an object to ask many times.

        A calendar shared by all companies takes the times off of `self.env.company`: use
        ``with_company``.

        :param start: naive UTC datetime
        :param stop: naive UTC datetime
        :return: a `WorkingTime`, or `RoundTheClock` for the empty calendar
        :raise UserError: when the calendar is flexible or has no hours
        """
        if not self:
            return RoundTheClock(self.env.tz)
        self._intake_check_usable()
        # sudo: a due time must not depend on who asks for it
        calendar = self.sudo()
        # one day more on both sides: the local date is not the UTC date
        margin = timedelta(days=1)
        return build(
            calendar._intake_weekly_hours(),
            pytz.timezone(calendar.tz),
            start,
            stop,
            calendar._intake_dated_days((start - margin).date(), (stop + margin).date()),
            calendar._intake_leaves(start - margin, stop + margin),
        )

    def _intake_plan(self, starts_hours):
        """Return when each promise falls due; one search per calendar, not per promise.

        :param starts_hours: list of (start, hours): naive UTC datetime, working hours
        :return: list of naive UTC datetimes, in the same order
        :raise UserError: when the calendar is unusable, or five years hold too few hours
        """
        starts_hours = list(starts_hours)
        if not starts_hours:
            return []
        first = min(start for start, _hours in starts_hours)
        last = max(start for start, _hours in starts_hours)
        # a guess that usually fits at once: a working hour per four of the clock, doubled
        horizon = FIRST_HORIZON + timedelta(hours=8 * max(hours for _start, hours in starts_hours))
        while True:
            horizon = min(horizon, HORIZON_LIMIT)
            working_time = self._intake_working_time(first, last + horizon)
            dues = [working_time.due_at(start, hours) for start, hours in starts_hours]
            if all(dues):
                return dues
            if horizon == HORIZON_LIMIT:
                raise UserError(
                    self.env._(
                        "“%(calendar)s” has less than %(hours)s working hours in five years.",
                        calendar=self.display_name,
                        hours=max(hours for _start, hours in starts_hours),
                    )
                )
            horizon *= 3

    def _intake_elapsed(self, spans):
        """Return the working hours between the two moments of each span.

        :param spans: list of (start, stop), naive UTC datetimes; negative hours when a stop is
            before its start
        :return: list of hours, in the same order
        """
        spans = list(spans)
        if not spans:
            return []
        moments = [moment for span in spans for moment in span]
        working_time = self._intake_working_time(min(moments), max(moments))
        return [working_time.elapsed(start, stop) for start, stop in spans]

    def _intake_explain(self, start, due, hours=None):
        """Return a sentence that says how `due` follows from `start`, for the reader.

        Language and time zone are those of the environment. An explanation never fails: a
        calendar that has become unusable is told as round the clock, and whatever no longer
        adds up, because hours or days changed after the promise was made, is said.

        :param start: naive UTC datetime
        :param due: naive UTC datetime
        :param hours: the hours promised; what elapses between the two when not given
        """
        calendar = self.browse() if self._intake_refuse_reason() else self
        working_time = calendar._intake_working_time(min(start, due), max(start, due))
        return explain_working_time(self.env, working_time, start, due, hours)

    def _intake_weekly_hours(self):
        """Return the `WeeklyHours` of the attendances; breaks are the gaps between them."""
        weeks = [[[] for _day in range(7)] for _week in range(2 if self.two_weeks_calendar else 1)]
        for attendance in self._get_global_attendances():
            week = weeks[int(attendance.week_type or 0) if self.two_weeks_calendar else 0]
            week[int(attendance.dayofweek)].append(
                # Odoo's hours are minutes written as a fraction of an hour
                (round(attendance.hour_from * 60), round(attendance.hour_to * 60))
            )
        return WeeklyHours(weeks)

    def _intake_dated_days(self, first, last):
        """Return {date: `DatedDay`} of the calendar and of the country it follows."""
        place = Domain("calendar_id", "=", self.id)
        if self.intake_holiday_country_id:
            place |= Domain("country_id", "=", self.intake_holiday_country_id.id)
        # a client may send active_test; an archived day never counts
        Day = self.env["lead.intake.calendar.day"].with_context(active_test=True)
        days = Day.search(place & Domain("date", ">=", first) & Domain("date", "<=", last))
        # the calendar's own days last, so that they win over the country's
        return {
            day.date: DatedDay(
                day.name, day.day_type == "working", int(day.weekday) if day.weekday else None
            )
            for day in days.sorted(lambda day: bool(day.calendar_id))
        }

    def _intake_leaves(self, start, stop):
        """Return (from, to, name) of the times off everybody on this calendar has.

        Odoo writes the last second of a day for its end; taken by the letter, a night shift
        would find one second of work there.
        """
        company = self.company_id or self.env.company
        everybody = Domain("calendar_id", "=", False) & Domain("company_id", "=", company.id)
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("date_from", "<", stop)
            & Domain("date_to", ">", start)
            & (everybody | Domain("calendar_id", "=", self.id))
        )
        unnamed = self.env._("time off")
        return [
            (
                leave.date_from,
                leave.date_to + timedelta(seconds=leave.date_to.second == 59),
                leave.name or unnamed,
            )
            for leave in leaves
        ]
