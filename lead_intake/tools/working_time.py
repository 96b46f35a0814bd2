"""The arithmetic of promised hours: plain Python, no database, no "now".

Every moment in and out is a naive UTC datetime, every duration a number of hours.
A `WorkingTime` is built once per calendar (see `working_days`) and then asked as often
as there are promises: each question is a bisection, never a walk over the days.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import pytz

HOUR = timedelta(hours=1)

# What became of one local day, as `explain` tells it.
WORK = "work"  # the weekly hours counted
MAKE_UP = "make_up"  # a dated working day: it counts although the week says otherwise
OFF = "off"  # a dated day off
LEAVE = "leave"  # a time off of the whole company took the whole day
PARTIAL = "partial"  # ... took a part of the day, the rest counts
REST = "rest"  # the weekly pattern has no hours on it


class Segment(NamedTuple):
    """Consecutive local days that share one fate.

    `first` and `last` are dates (inclusive), `kind` is one of the constants above, `name`
    says why in the words of whoever recorded the day, `hours` is what was counted there.
    """

    first: object
    last: object
    kind: str
    name: str
    hours: float


def localize(tz, moment):
    """Return the naive UTC datetime of the naive local `moment` in `tz`.

    `pytz` is asked as Odoo asks it (standard time when the clock shows an hour twice), so
    that one calendar never has two answers.
    """
    return tz.localize(moment, is_dst=False).astimezone(pytz.utc).replace(tzinfo=None)


def local_date(tz, moment):
    """Return the date the naive UTC `moment` has in `tz`."""
    return pytz.utc.localize(moment).astimezone(tz).date()


def midnight(tz, day):
    """Return the naive UTC datetime at which the local `day` begins in `tz`."""
    return localize(tz, datetime(day.year, day.month, day.day))


class WorkingTime:
    """Working time between two moments, the horizon.

    :param intervals: sorted, disjoint pairs of naive UTC datetimes
    :param start: where the horizon begins
    :param stop: where it ends; nothing is known after it
    :param tz: the pytz time zone in which days begin and end
    :param days: {date: (OFF or MAKE_UP, name)}, only for `explain`
    :param lost: sorted, disjoint (start, stop, name): what would have counted but for a
        time off, only for `explain`
    """

    def __init__(self, intervals, start, stop, tz=pytz.utc, days=None, lost=()):
        self.start = start
        self.stop = stop
        self.tz = tz
        self._starts = [begin for begin, _end in intervals]
        self._ends = [end for _begin, end in intervals]
        # _before[i] is the working time before interval i; the last one is the total
        self._before = list(
            accumulate((end - begin for begin, end in intervals), initial=timedelta())
        )
        self._days = days or {}
        self._lost = list(lost)
        self._lost_ends = [piece[1] for piece in self._lost]

    def _worked(self, moment):
        """Return the working time between the beginning of the horizon and `moment`."""
        if not self.start <= moment <= self.stop:
            raise ValueError(f"{moment} is outside {self.start} .. {self.stop}")
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return timedelta()
        return self._before[index] + min(moment, self._ends[index]) - self._starts[index]

    def due_at(self, start, hours):
        """Return the earliest moment with `hours` of working time since `start`.

        :param start: naive UTC datetime within the horizon
        :param hours: working hours, zero or more; zero is due at once
        :return: naive UTC datetime, or None when the horizon ends before: build a longer one
        :raise ValueError: when `start` is outside the horizon, or `hours` negative
        """
        target = self._worked(start) + _duration(hours)
        if not hours:
            return start
        if target > self._before[-1]:
            return None
        index = bisect_left(self._before, target) - 1
        return self._starts[index] + (target - self._before[index])

    def elapsed(self, start, stop):
        """Return the working hours from `start` to `stop`, negative when `stop` is earlier.

        :raise ValueError: when one of them is outside the horizon
        """
        return (self._worked(stop) - self._worked(start)) / HOUR

    def explain(self, start, due):
        """Return the `Segment`s of the local days from `start` to `due`, in order."""
        day = local_date(self.tz, start)
        # a due time at midnight belongs to the day that ends there
        last = max(day, local_date(self.tz, due - timedelta(microseconds=1)))
        segments = []
        while day <= last:
            tomorrow = day + timedelta(days=1)
            stop = due if day == last else min(max(start, midnight(self.tz, tomorrow)), due)
            segment = self._explain_day(day, start, stop)
            if segments and segments[-1][2:4] == segment[2:4]:
                previous = segments.pop()
                segment = segment._replace(
                    first=previous.first, hours=previous.hours + segment.hours
                )
            segments.append(segment)
            day, start = tomorrow, stop
        return segments

    def _explain_day(self, day, start, stop):
        """Return the segment of one day, of which the promise saw `start` to `stop`."""
        kind, name = self._days.get(day, (WORK, ""))
        if kind != OFF:
            # whether the day is free is asked of the whole day, also when the promise began
            # after hours; a part of it matters only where the promise would have used it
            begin = max(midnight(self.tz, day), self.start)
            end = min(midnight(self.tz, day + timedelta(days=1)), self.stop)
            if self._worked(end) > self._worked(begin):
                fate, lost = PARTIAL, self._names_lost(start, stop)
            else:
                fate, lost = LEAVE, self._names_lost(begin, end)
                kind = REST
            if lost:
                kind, name = fate, ", ".join(lost)
        return Segment(day, day, kind, name, self.elapsed(start, stop))

    def _names_lost(self, start, stop):
        """Return the names of the times off that took working time between two moments."""
        names = {}
        for begin, _end, name in self._lost[bisect_right(self._lost_ends, start) :]:
            if begin >= stop:
                break
            names[name] = True
        return list(names)


class RoundTheClock:
    """The same questions when every hour counts: no calendar, no horizon."""

    def __init__(self, tz=pytz.utc):
        self.tz = tz

    def due_at(self, start, hours):
        """Return `start` plus `hours`."""
        return start + _duration(hours)

    def elapsed(self, start, stop):
        """Return the hours from `start` to `stop`."""
        return (stop - start) / HOUR

    def explain(self, start, due):
        """Return the one `Segment` there is."""
        first, last = local_date(self.tz, start), local_date(self.tz, due)
        return [Segment(first, last, WORK, "", self.elapsed(start, due))]


def _duration(hours):
    if hours < 0:
        raise ValueError(f"Hours can't be negative: {hours}")
    return timedelta(hours=hours)
