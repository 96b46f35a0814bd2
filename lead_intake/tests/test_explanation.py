"""A due time in words: whole sentences, in the reader's language and time zone."""

import re
from datetime import datetime

from odoo.tests import freeze_time, tagged

from .calendar_common import CalendarCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 00:00:00")
class TestExplanation(CalendarCase):
    def _explain(self, calendar, start, hours, **context):
        calendar = calendar.with_context(**context)
        text = calendar._intake_explain(start, self._due(calendar, start, hours), hours)
        return re.sub(r"\s", " ", text)  # locales write thin spaces

    def test_explanation(self):
        wednesday = datetime(2026, 9, 30, 9)
        self.assertEqual(
            self._explain(self.china, wednesday, 30),
            "30 working hours from Wed, Sep 30, 05:00 PM: skipped Oct 1 – 7 (National Day) and "
            "1 weekly day off; counted Sat, Oct 10 (Make-up day for National Day) → "
            "Mon, Oct 12, 11:00 AM",
        )
        self.assertEqual(
            self._explain(self.china, wednesday, 1),
            "1 working hour from Wed, Sep 30, 05:00 PM → Wed, Sep 30, 06:00 PM",
        )
        self.assertEqual(
            self._explain(self.office, datetime(2026, 9, 4, 9), 10.5),
            "10.5 working hours from Fri, Sep 4, 05:00 PM: skipped 2 weekly days off → "
            "Tue, Sep 8, 09:30 AM",
        )
        self.assertEqual(
            self._explain(self.china, datetime(2026, 10, 9, 9), 2),
            "2 working hours from Fri, Oct 9, 05:00 PM: counted Sat, Oct 10 "
            "(Make-up day for National Day) → Sat, Oct 10, 10:00 AM",
        )

    def test_explanation_names_times_off_and_years(self):
        self._leave(
            datetime(2026, 12, 31, 1), datetime(2026, 12, 31, 4), self.office, name="Stocktaking"
        )
        self._leave(
            datetime(2026, 12, 31, 16), datetime(2027, 1, 1, 15, 59, 59), self.office, name=False
        )
        self.assertEqual(
            self._explain(self.office, datetime(2026, 12, 31, 1), 7),
            "7 working hours from Thu, Dec 31, 2026, 09:00 AM: skipped a part of "
            "Thu, Dec 31, 2026 (Stocktaking), Fri, Jan 1, 2027 (time off), and "
            "2 weekly days off → Mon, Jan 4, 2027, 10:00 AM",
        )

    def test_explanation_of_another_year(self):
        """Nobody takes a Saturday of last year for the coming one."""
        self.assertEqual(
            self._explain(self.office, datetime(2025, 9, 4, 9), 2),
            "2 working hours from Thu, Sep 4, 2025, 05:00 PM → Fri, Sep 5, 2025, 10:00 AM",
        )

    def test_explanation_in_the_reader_language_and_zone(self):
        start = datetime(2026, 9, 30, 9)
        away = self._explain(self.china, start, 2, tz="America/New_York")
        self.assertTrue(
            away.startswith("2 working hours (Asia/Shanghai) from Wed, Sep 30, 05:00 AM:"), away
        )
        self.assertTrue(away.endswith("Wed, Oct 7, 10:00 PM"), away)
        self.env["res.lang"]._activate_lang("zh_CN")
        for day in self.env["lead.intake.calendar.day"].search([("name", "=", "National Day")]):
            day.with_context(lang="zh_CN").name = "国庆节"
        chinese = self._explain(self.china, start, 2, lang="zh_CN")
        for words in ("9月30日周三 17:00", "10月1日至7日", "国庆节", "10月8日周四 10:00"):
            self.assertIn(words, chinese)

    def test_explanation_says_when_it_no_longer_adds_up(self):
        start = datetime(2026, 9, 7, 1)
        due = self._due(self.office, start, 9)
        self._leave(start, datetime(2026, 9, 7, 4), self.office, name="Fire drill")
        self.assertEqual(
            re.sub(r"\s", " ", self.office._intake_explain(start, due, 9)),
            "9 working hours from Mon, Sep 7, 09:00 AM: skipped a part of Mon, Sep 7 (Fire drill) "
            "→ Mon, Sep 7, 06:00 PM (working time has changed since: today it would count "
            "6 working hours)",
        )
        self.office.schedule_type = "flexible"
        self.assertIn("9 hours", self.office._intake_explain(start, due, 9))
