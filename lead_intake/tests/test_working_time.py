"""The arithmetic against a minute-by-minute oracle: random calendars, zones, holidays."""

from datetime import date, datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.lead_intake.tools.working_days import DatedDay, WeeklyHours, build
from odoo.addons.lead_intake.tools.working_time import (
    LEAVE,
    MAKE_UP,
    OFF,
    PARTIAL,
    REST,
    WORK,
    RoundTheClock,
    WorkingTime,
)

from .oracle import MINUTE, Oracle

DAYS = 18
# Zones with the first date of a window; each but the first three holds a change of the clock:
# an hour forward and back, half an hour, and at midnight in both directions.
WINDOWS = [
    ("UTC", date(2026, 6, 1)),
    ("Asia/Shanghai", date(2026, 9, 26)),
    ("Asia/Kathmandu", date(2026, 12, 24)),
    ("America/New_York", date(2026, 3, 1)),
    ("America/New_York", date(2026, 10, 25)),
    ("Europe/Berlin", date(2026, 3, 22)),
    ("Australia/Lord_Howe", date(2026, 3, 29)),
    ("Australia/Lord_Howe", date(2026, 9, 27)),
    ("America/Santiago", date(2026, 8, 30)),
    ("America/Havana", date(2026, 10, 25)),
]
PROPERTY = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.differing_executors],
}


@st.composite
def day_hours(draw):
    """Up to three disjoint pieces of one day, in minutes: lunch breaks, half and night shifts."""
    quarters = draw(st.sets(st.integers(0, 96), max_size=6))
    bounds = sorted(quarters)[: len(quarters) // 2 * 2]
    return [(15 * a, 15 * b) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


@st.composite
def cases(draw):
    """Return (working time, oracle, start, minutes)."""
    zone, first = draw(st.sampled_from(WINDOWS))
    week = st.lists(day_hours(), min_size=7, max_size=7)
    weeks = draw(st.lists(week, min_size=1, max_size=2))
    dated = draw(
        st.dictionaries(
            st.integers(0, DAYS - 1),
            st.tuples(st.booleans(), st.none() | st.integers(0, 6)),
            max_size=6,
        )
    )
    days = {first + timedelta(days=offset): day for offset, day in dated.items()}
    base = datetime(first.year, first.month, first.day)
    at = st.integers(0, (DAYS - 2) * 1440).map(lambda minute: base + minute * MINUTE)
    leaves = [
        (begin, begin + length * MINUTE)
        for begin, length in draw(st.lists(st.tuples(at, st.integers(1, 4000)), max_size=3))
    ]
    start = draw(at)
    minutes = draw(st.integers(0, 6000))
    # half a day inside, so that the horizon is first .. first + DAYS in every zone
    tz = pytz.timezone(zone)
    noon = base + timedelta(hours=12)
    begin, end = (
        tz.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
        for moment in (noon, noon + timedelta(days=DAYS - 1))
    )
    working_time = build(
        WeeklyHours(weeks),
        tz,
        begin,
        end,
        {day: DatedDay(f"day {day}", *fate) for day, fate in days.items()},
        [(begin, end, f"leave {i}") for i, (begin, end) in enumerate(leaves)],
    )
    start = min(max(start, working_time.start), working_time.stop)
    return working_time, Oracle(zone, first, DAYS, weeks, days, leaves), start, minutes


@tagged("at_install", "-post_install")
class TestWorkingTimeProperties(BaseCase):
    @settings(max_examples=1200, **PROPERTY)
    @given(cases())
    def test_agrees_with_the_minutes(self, case):
        working_time, oracle, start, minutes = case
        due = working_time.due_at(start, minutes / 60)
        self.assertEqual(due, oracle.due_at(start, minutes))
        if due:
            self.assertAlmostEqual(working_time.elapsed(start, due) * 60, minutes, 6)
            self.assertEqual(oracle.minutes_between(start, due), minutes)

    @settings(max_examples=300, **PROPERTY)
    @given(cases(), st.integers(0, 6000), st.integers(0, 6000))
    def test_later_and_longer_is_never_earlier(self, case, later, longer):
        working_time, _oracle, start, minutes = case
        due = working_time.due_at(start, minutes / 60)
        after = min(start + later * MINUTE, working_time.stop)
        for other in (
            working_time.due_at(after, minutes / 60),
            working_time.due_at(start, (minutes + longer) / 60),
        ):
            # None is later than every moment of the horizon
            self.assertTrue(other is None or (due is not None and other >= due))

    @settings(max_examples=300, **PROPERTY)
    @given(cases(), st.integers(0, 6000))
    def test_promises_add_up(self, case, more):
        working_time, _oracle, start, minutes = case
        halfway = working_time.due_at(start, minutes / 60)
        if halfway is None:
            return
        due = working_time.due_at(start, (minutes + more) / 60)
        self.assertEqual(working_time.due_at(halfway, more / 60), due if more else halfway)
        if due:
            self.assertAlmostEqual(
                working_time.elapsed(start, halfway) + working_time.elapsed(halfway, due),
                working_time.elapsed(start, due),
            )
            self.assertAlmostEqual(
                working_time.elapsed(due, start), -working_time.elapsed(start, due)
            )

    @settings(max_examples=500, **PROPERTY)
    @given(cases())
    def test_explanation_adds_up(self, case):
        working_time, oracle, start, minutes = case
        due = working_time.due_at(start, minutes / 60)
        if due is None:
            return
        segments = working_time.explain(start, due)
        self.assertAlmostEqual(sum(s.hours for s in segments) * 60, minutes, 6)
        for segment, following in zip(segments, segments[1:], strict=False):
            self.assertEqual(following.first - segment.last, timedelta(days=1))
            self.assertNotEqual(following[2:4], segment[2:4])
        by_day = oracle.minutes_by_day(start, due)
        if by_day:
            self.assertEqual(segments[0].first, min(by_day))
            self.assertEqual(segments[-1].last, max(by_day))
        for segment in segments:
            if segment.kind in (OFF, LEAVE, REST):
                self.assertFalse(segment.hours)
            if segment.kind in (OFF, MAKE_UP):
                self.assertEqual(segment.first, segment.last)
                self.assertEqual(segment.name, f"day {segment.first}")
            if segment.kind in (LEAVE, PARTIAL):
                self.assertIn("leave", segment.name)


@tagged("at_install", "-post_install")
class TestWorkingTime(BaseCase):
    """Cases worth a name. Office hours are 9 to 18, Monday to Friday, in UTC."""

    OFFICE = WeeklyHours([[[(540, 1080)]] * 5 + [[], []]])

    def _build(self, zone="UTC", weekly=None, **kwargs):
        return build(
            weekly or self.OFFICE,
            pytz.timezone(zone),
            datetime(2026, 9, 1),
            datetime(2026, 12, 1),
            **kwargs,
        )

    def test_a_weekend_does_not_keep_the_hour_of_day(self):
        """Frappe's trap: created on a Saturday evening, one hour is due Monday at 10."""
        working_time = self._build()
        for start in (datetime(2026, 9, 5, 15), datetime(2026, 9, 5, 20)):
            self.assertEqual(working_time.due_at(start, 1), datetime(2026, 9, 7, 10))

    def test_ends_with_the_day_and_not_on_the_next_morning(self):
        due = self._build().due_at(datetime(2026, 9, 7, 9), 9)
        self.assertEqual(due, datetime(2026, 9, 7, 18))

    def test_zero_hours_are_due_at_once(self):
        saturday = datetime(2026, 9, 5, 20)
        self.assertEqual(self._build().due_at(saturday, 0), saturday)

    def test_refuses_what_it_cannot_know(self):
        working_time = self._build()
        with self.assertRaises(ValueError):
            working_time.due_at(datetime(2026, 8, 1), 1)
        with self.assertRaises(ValueError):
            working_time.due_at(datetime(2026, 9, 7), -1)
        with self.assertRaises(ValueError):
            working_time.elapsed(datetime(2026, 9, 7), datetime(2027, 9, 7))
        self.assertIsNone(working_time.due_at(datetime(2026, 9, 7), 5000))
        self.assertIsNone(
            WorkingTime([], datetime(2026, 9, 1), datetime(2026, 9, 2)).due_at(
                datetime(2026, 9, 1), 1
            )
        )

    def test_make_up_day_never_lacks_hours(self):
        """A Sunday's hours are none: the first weekday with hours stands in."""
        working_time = self._build(days={date(2026, 9, 5): DatedDay("make-up", True, 6)})
        self.assertEqual(working_time.due_at(datetime(2026, 9, 5), 1), datetime(2026, 9, 5, 10))

    def test_two_weeks_alternate_by_odoo_parity(self):
        """2026-09-07 begins a week of type 0 in Odoo, the next one is of type 1."""
        weekly = WeeklyHours([[[(540, 600)]] + [[]] * 6, [[]] * 4 + [[(540, 660)]] + [[]] * 2])
        working_time = self._build(weekly=weekly)
        dues = [working_time.due_at(datetime(2026, 9, 6), hours) for hours in (1, 2, 3, 4)]
        parity = (date(2026, 9, 7).toordinal() - 1) // 7 % 2
        expected = {
            0: [(9, 7, 10), (9, 18, 10), (9, 18, 11), (9, 21, 10)],
            1: [(9, 11, 10), (9, 11, 11), (9, 14, 10), (9, 25, 10)],
        }[parity]
        self.assertEqual(dues, [datetime(2026, *moment) for moment in expected])

    def test_clock_put_back_at_night_counts_the_hour_twice(self):
        """New York, 1 November 2026: a shift from 0:00 to 8:00 lasts nine hours."""
        weekly = WeeklyHours([[[]] * 6 + [[(0, 480)]]])
        working_time = self._build("America/New_York", weekly)
        self.assertEqual(working_time.elapsed(datetime(2026, 11, 1), datetime(2026, 11, 2)), 9)

    def test_explains_a_golden_week(self):
        days = {date(2026, 10, d): DatedDay("National Day", False) for d in range(1, 8)}
        days[date(2026, 10, 10)] = DatedDay("Make-up day", True)
        leaves = [
            (datetime(2026, 10, 9, 1), datetime(2026, 10, 9, 5), "Fire drill"),
            (datetime(2026, 10, 12), datetime(2026, 10, 13), "Anniversary"),
        ]
        working_time = self._build("Asia/Shanghai", days=days, leaves=leaves)
        start = datetime(2026, 9, 30, 9)
        due = working_time.due_at(start, 30)
        self.assertEqual(due, datetime(2026, 10, 13, 7))
        self.assertEqual(
            [(s.first.day, s.last.day, s.kind, s.name, s.hours)
             for s in working_time.explain(start, due)],
            [
                (30, 30, WORK, "", 1),
                (1, 7, OFF, "National Day", 0),
                (8, 8, WORK, "", 9),
                (9, 9, PARTIAL, "Fire drill", 5),
                (10, 10, MAKE_UP, "Make-up day", 9),
                (11, 11, REST, "", 0),
                (12, 12, LEAVE, "Anniversary", 0),
                (13, 13, WORK, "", 6),
            ],
        )  # fmt: skip

    def test_explains_days_at_the_edges(self):
        """A due time at midnight ends its day; a day off begun after hours is still named."""
        leave = (datetime(2026, 9, 8), datetime(2026, 9, 9), "Anniversary")
        weekly = WeeklyHours([[[(0, 1440)]] * 7])
        working_time = self._build(weekly=weekly, leaves=[leave])
        start = datetime(2026, 9, 7)
        (segment,) = working_time.explain(start, working_time.due_at(start, 24))
        self.assertEqual((segment.first.day, segment.last.day), (7, 7))
        working_time = self._build(leaves=[leave])
        segments = working_time.explain(datetime(2026, 9, 8, 20), datetime(2026, 9, 9, 10))
        self.assertEqual([s.kind for s in segments], [LEAVE, WORK])
        self.assertEqual(segments[0].name, "Anniversary")

    def test_round_the_clock(self):
        clock = RoundTheClock(pytz.timezone("Asia/Shanghai"))
        start, due = datetime(2026, 9, 4, 20), datetime(2026, 9, 5, 20)
        self.assertEqual(clock.due_at(start, 24), due)
        self.assertEqual(clock.elapsed(start, due), 24)
        (segment,) = clock.explain(start, due)
        self.assertEqual((segment.first.day, segment.last.day, segment.hours), (5, 6, 24))
