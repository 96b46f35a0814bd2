"""From a weekly pattern and dated exceptions to a `WorkingTime`: plain Python as well.

Who wins, from the weakest: the weekly hours; a published day of a country; a dated day of
the calendar itself; a time off of the company. Each was typed by somebody who knew of the
ones before it. (The caller passes the first of the two dated days that applies.)
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from .working_time import MAKE_UP, OFF, WorkingTime, local_date, localize, midnight


class DatedDay(NamedTuple):
    """One date that differs from its week.

    `weekday` (0 Monday .. 6 Sunday) says whose hours a working day takes; None leaves it to
    the first weekday that has hours.
    """

    name: str
    is_working: bool
    weekday: int | None = None


class WeeklyHours:
    """The hours of each weekday, of one week or of two that alternate.

    :param weeks: one or two sequences of seven lists of (from, to), in minutes since
        midnight; 1440 is the end of the day
    """

    def __init__(self, weeks):
        self.weeks = [[sorted(hours) for hours in week] for week in weeks]

    def hours_on(self, day):
        """Return the (from, to) pairs the week gives to the date `day`."""
        return self._week_of(day)[day.weekday()]

    def hours_of_make_up(self, day, weekday=None):
        """Return the hours of a dated working day: never empty while the pattern has any.

        A working day without hours would promise time that does not exist, so a weekday
        without hours (or none given) falls back to the first weekday that has some, in the
        week of the date before the other one.
        """
        week = self._week_of(day)
        if weekday is not None and week[weekday]:
            return week[weekday]
        return next((hours for days in (week, *self.weeks) for hours in days if hours), [])

    def _week_of(self, day):
        # Odoo's parity of weeks: counted from the first Monday of the calendar
        return self.weeks[(day.toordinal() - 1) // 7 % 2 if len(self.weeks) == 2 else 0]


def build(weekly, tz, start, stop, days=None, leaves=()):
    """Return the `WorkingTime` of the local days that hold `start` to `stop`.

    :param weekly: `WeeklyHours`
    :param tz: pytz time zone of the hours and dates
    :param start: naive UTC datetime
    :param stop: naive UTC datetime
    :param days: {date: `DatedDay`}
    :param leaves: (from, to, name) in naive UTC; what they cover never counts
    """
    days = days or {}
    first, last = local_date(tz, start), local_date(tz, stop)
    pieces, notes = [], {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        dated = days.get(day)
        if not dated:
            hours = weekly.hours_on(day)
        elif dated.is_working:
            hours = weekly.hours_of_make_up(day, dated.weekday)
        else:
            hours = []
        if dated:
            notes[day] = (MAKE_UP if dated.is_working else OFF, dated.name)
        base = datetime(day.year, day.month, day.day)
        for begin, end in hours:
            pieces.append(
                (
                    localize(tz, base + timedelta(minutes=begin)),
                    localize(tz, base + timedelta(minutes=end)),
                )
            )
    kept, lost = _subtract(_disjoint(pieces), _disjoint(leaves))
    return WorkingTime(
        kept,
        min(start, midnight(tz, first)),
        max(stop, midnight(tz, last + timedelta(days=1))),
        tz,
        notes,
        lost,
    )


def _disjoint(spans):
    """Return the spans sorted and without overlap: the earlier one keeps a shared part.

    Hours on a night in which the clock is put forward may overlap or be empty.
    """
    result = []
    reach = None
    for start, stop, *rest in sorted(spans, key=lambda span: span[:2]):
        if reach is not None and start < reach:
            start = reach
        if start < stop:
            result.append((start, stop, *rest))
            reach = stop
    return result


def _subtract(work, leaves):
    """Return what the leaves left of the work, and what they took: (kept, lost)."""
    kept, lost = [], []
    first = 0
    for start, stop in work:
        while first < len(leaves) and leaves[first][1] <= start:
            first += 1
        for begin, end, name in leaves[first:]:
            if begin >= stop:
                break
            if start < begin:
                kept.append((start, begin))
            lost.append((max(start, begin), min(stop, end), name))
            start = end
        if start < stop:
            kept.append((start, stop))
    return kept, lost
