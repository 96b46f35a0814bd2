"""A slow answer to compare with: working time looked up minute by minute.

It shares nothing with `tools`: no interval, no sum, no bisection, no conversion from local
time. It knows what the clock on the wall shows at every minute of UTC, marks the minutes that
are worked, and counts them.
"""

from datetime import datetime, timedelta
from functools import cache

import pytz

MINUTE = timedelta(minutes=1)
# The wall clocks are cached per window, so a window is chosen wide enough for every test.
MARGIN = timedelta(days=3)
WINDOW_DAYS = 24


class Wall:
    """What the clock on the wall of one zone shows, for every minute of a window."""

    def __init__(self, zone, first):
        tz = pytz.timezone(zone)
        self.start = datetime(first.year, first.month, first.day) - MARGIN
        moments = (
            self.start + MINUTE * i for i in range((WINDOW_DAYS + 2 * MARGIN.days) * 24 * 60)
        )
        self.shows = [
            pytz.utc.localize(moment).astimezone(tz).replace(tzinfo=None) for moment in moments
        ]
        self._found = {}

    def last_minute_of(self, local):
        """Return the index of the last minute at which the clock shows `local`.

        An hour that the clock skips is where it would be, had it not been put forward.
        """
        if local not in self._found:
            index = len(self.shows) - 1
            while self.shows[index] > local:
                index -= 1
            self._found[local] = index + (local - self.shows[index]) // MINUTE
        return self._found[local]


@cache
def wall(zone, first):
    return Wall(zone, first)


class Oracle:
    """:param weeks: one or two lists of seven lists of (from, to) minutes
    :param days: {date: (is_working, weekday or None)}
    :param leaves: (from, to) in naive UTC
    """

    def __init__(self, zone, first, day_count, weeks, days, leaves):
        self.wall = wall(zone, first)
        self.worked = bytearray(len(self.wall.shows))
        for offset in range(day_count):
            day = first + timedelta(days=offset)
            base = datetime(day.year, day.month, day.day)
            for begin, end in self._hours(day, weeks, days):
                self._mark(
                    self.wall.last_minute_of(base + begin * MINUTE),
                    self.wall.last_minute_of(base + end * MINUTE),
                    b"\x01",
                )
        for begin, end in leaves:
            self._mark(self.index(begin), self.index(end), b"\x00")

    def _mark(self, begin, end, worked):
        # hours may be empty or reversed where the clock is put forward
        self.worked[begin : max(begin, end)] = worked * max(0, end - begin)

    @staticmethod
    def _hours(day, weeks, days):
        week = weeks[0]
        if len(weeks) == 2:
            monday = day - timedelta(days=day.weekday())
            week = weeks[(monday.toordinal() // 7) % 2]
        if day not in days:
            return week[day.weekday()]
        is_working, weekday = days[day]
        if not is_working:
            return []
        if weekday is not None and week[weekday]:
            return week[weekday]
        for hours in [*week, *weeks[0], *weeks[-1]]:
            if hours:
                return hours
        return []

    def index(self, moment):
        return (moment - self.wall.start) // MINUTE

    def due_at(self, start, minutes):
        if not minutes:
            return start
        for index in range(self.index(start), len(self.worked)):
            minutes -= self.worked[index]
            if not minutes:
                return self.wall.start + (index + 1) * MINUTE
        return None

    def minutes_between(self, start, stop):
        return sum(self.worked[self.index(start) : self.index(stop)])

    def minutes_by_day(self, start, stop):
        """Return {local date: minutes worked}, also of the days without any."""
        result = {}
        for index in range(self.index(start), self.index(stop)):
            day = self.wall.shows[index].date()
            result[day] = result.get(day, 0) + self.worked[index]
        return result
