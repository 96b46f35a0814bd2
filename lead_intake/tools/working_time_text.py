"""A due time in words: the reader's language, the reader's time zone.

Whole sentences with named placeholders, so that every language can order them its way; dates
are formatted by the locale, so that no translator has to.
"""

import re

import pytz
from babel.dates import format_interval, format_skeleton, format_time, get_datetime_format

from odoo import fields
from odoo.tools import format_list
from odoo.tools.misc import babel_locale_parse, get_lang, posix_to_ldml

from .working_time import LEAVE, MAKE_UP, OFF, PARTIAL, REST, RoundTheClock

MINUTE = 1 / 60


def explain_working_time(env, working_time, start, due, hours=None):
    """Return how `due` follows from `start`, as one sentence for the reader of `env`.

    :param working_time: a `WorkingTime` whose horizon holds both, or `RoundTheClock`
    :param start: naive UTC datetime
    :param due: naive UTC datetime
    :param hours: the hours promised; what elapses between the two when not given
    """
    actual = working_time.elapsed(start, due)
    reader = _Reader(env, start, due)
    tz = None if isinstance(working_time, RoundTheClock) else working_time.tz
    segments = working_time.explain(start, due)
    text = _sentence(
        env,
        reader.skipped(segments),
        reader.counted(segments),
        {
            "hours": reader.hours(actual if hours is None else hours, tz),
            "start": reader.moment(start),
            "due": reader.moment(due),
        },
    )
    if hours is not None and abs(actual - hours) > MINUTE:
        return env._(
            "%(explanation)s (working time has changed since: today it would count %(hours)s)",
            explanation=text,
            hours=reader.hours(actual, tz),
        )
    return text


def _sentence(env, skipped, counted, parts):
    if skipped and counted:
        return env._(
            "%(hours)s from %(start)s: skipped %(skipped)s; counted %(counted)s → %(due)s",
            skipped=skipped,
            counted=counted,
            **parts,
        )
    if skipped:
        return env._(
            "%(hours)s from %(start)s: skipped %(skipped)s → %(due)s", skipped=skipped, **parts
        )
    if counted:
        return env._(
            "%(hours)s from %(start)s: counted %(counted)s → %(due)s", counted=counted, **parts
        )
    return env._("%(hours)s from %(start)s → %(due)s", **parts)


class _Reader:
    """The phrases of a sentence for one reader; `start` and `due` decide if years are told."""

    def __init__(self, env, start, due):
        self.env = env
        self.tz = env.tz
        self.start = start
        self.lang = get_lang(env)
        self.locale = babel_locale_parse(self.lang.code)
        # what isn't all of this year says of which year it is
        self.year = "y" if {start.year, due.year} != {fields.Datetime.now().year} else ""

    def moment(self, value):
        """Return date and time of a naive UTC datetime: "Wed, Sep 30, 17:00"."""
        local = pytz.utc.localize(value).astimezone(self.tz)
        # hours and minutes the way the language's own settings write them
        pattern = posix_to_ldml(re.sub(r"\W%S", "", self.lang.time_format), locale=self.locale)
        # the locale's "{1}, {0}"; quotes would mark literal words, as in babel itself
        both = get_datetime_format("medium", locale=self.locale).replace("'", "")
        return both.format(
            format_time(local.time(), pattern, locale=self.locale),
            format_skeleton(f"{self.year}MMMEd", local, locale=self.locale),
        )

    def days(self, segment):
        """Return the dates of a segment: "Sat, Oct 10" or "Oct 1 – 7"."""
        if segment.first == segment.last:
            return format_skeleton(f"{self.year}MMMEd", segment.first, locale=self.locale)
        return format_interval(segment.first, segment.last, f"{self.year}MMMd", locale=self.locale)

    def number(self, hours):
        """Return hours without a useless fraction: "48", "7.5"."""
        return f"{round(hours, 2):.10g}".replace(".", self.lang.decimal_point)

    def hours(self, hours, tz=None):
        """Return "24 hours", or with the zone of a calendar "48 working hours".

        The calendar's zone is named when the clocks there show another time than here.
        """
        number = self.number(hours)
        if tz is None:
            return (
                self.env._("1 hour")
                if number == "1"
                else self.env._("%(number)s hours", number=number)
            )
        start = pytz.utc.localize(self.start)
        if start.astimezone(self.tz).utcoffset() != start.astimezone(tz).utcoffset():
            return (
                self.env._("1 working hour (%(zone)s)", zone=str(tz))
                if number == "1"
                else self.env._("%(number)s working hours (%(zone)s)", number=number, zone=str(tz))
            )
        return (
            self.env._("1 working hour")
            if number == "1"
            else self.env._("%(number)s working hours", number=number)
        )

    def skipped(self, segments):
        """Return what was passed over, in order, or an empty string."""
        items = []
        for segment in segments:
            if segment.kind in (OFF, LEAVE):
                items.append(self._because(segment))
            elif segment.kind == PARTIAL:
                items.append(
                    self.env._(
                        "a part of %(days)s (%(reason)s)",
                        days=self.days(segment),
                        reason=segment.name,
                    )
                )
        # the weekly days off are no news, but without them the days would not add up
        rest = sum((s.last - s.first).days + 1 for s in segments if s.kind == REST)
        if rest == 1:
            items.append(self.env._("1 weekly day off"))
        elif rest:
            items.append(self.env._("%(number)s weekly days off", number=rest))
        return format_list(self.env, items) if items else ""

    def counted(self, segments):
        """Return the make-up days that were used, or an empty string."""
        items = [self._because(s) for s in segments if s.kind == MAKE_UP and s.hours]
        return format_list(self.env, items) if items else ""

    def _because(self, segment):
        return self.env._("%(days)s (%(reason)s)", days=self.days(segment), reason=segment.name)
