"""Holidays and make-up days as records: what ships, who may change it, how a year is loaded."""

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import file_open, mute_logger


@tagged("post_install", "-at_install")
class TestCalendarDay(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Day = cls.env["lead.intake.calendar.day"]
        cls.china = cls.env.ref("base.cn")
        cls.calendar = cls.env["resource.calendar"].create({"name": "Office"})

    def _values(self, **values):
        return {"name": "Day", "date": "2031-05-01", "country_id": self.china.id, **values}

    def test_published_days_of_china(self):
        """The State Council's notices for 2025 and 2026, as ranges, not as the file spells them."""

        def month_days(year, *ranges):
            return {
                f"{year}-{month:02}-{day:02}"
                for month, first, last in ranges
                for day in range(first, last + 1)
            }

        published = {
            2025: (
                month_days(
                    2025, (1, 1, 1), (1, 28, 31), (2, 1, 4), (4, 4, 6), (5, 1, 5), (5, 31, 31),
                    (6, 1, 2), (10, 1, 8),
                ),
                {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"},
            ),
            2026: (
                month_days(
                    2026, (1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21),
                    (9, 25, 27), (10, 1, 7),
                ),
                {
                    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20",
                    "2026-10-10",
                },
            ),
        }  # fmt: skip
        for year, (off, working) in published.items():
            days = self.Day.search(
                [
                    ("country_id", "=", self.china.id),
                    ("date", ">=", f"{year}-01-01"),
                    ("date", "<=", f"{year}-12-31"),
                ]
            ).grouped("day_type")
            self.assertEqual({str(day.date) for day in days["off"]}, off)
            self.assertEqual({str(day.date) for day in days["working"]}, working)
            # a make-up day is a weekend, else somebody mistyped it
            self.assertTrue(all(day.date.weekday() > 4 for day in days["working"]))

    def test_one_day_per_date_and_place(self):
        first = self.Day.create(self._values(name="Labour Day"))
        with self.assertRaisesRegex(ValidationError, "China already has .*Labour Day"):
            self.Day.create(self._values())
        other = self.Day.create(self._values(date="2031-05-02"))
        with self.assertRaisesRegex(ValidationError, "China already has"):
            other.date = first.date
        with self.assertRaisesRegex(ValidationError, "already has"):
            self.Day.create([self._values(date="2031-05-03"), self._values(date="2031-05-03")])
        # elsewhere, or once archived, the date is free
        self.Day.create(self._values(country_id=False, calendar_id=self.calendar.id))
        first.action_archive()
        self.Day.create(self._values())
        with self.assertRaisesRegex(ValidationError, "already has"):
            first.action_unarchive()

    def test_one_day_per_date_in_the_database_too(self):
        first, other = self.Day.create([self._values(), self._values(date="2031-05-02")])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE lead_intake_calendar_day SET date = %s WHERE id = %s",
                [first.date, other.id],
            )

    def test_applies_to_a_country_or_to_a_calendar(self):
        for place in (
            {"country_id": False},
            {"calendar_id": self.calendar.id},
        ):
            with self.assertRaisesRegex(ValidationError, "either"):
                self.Day.create(self._values(**place))

    def test_rights(self):
        day = self.Day.create(self._values())
        for group, rights in [
            ("base.group_portal", "----"),
            ("base.group_user", "r---"),
            ("sales_team.group_sale_salesman", "r---"),
            ("sales_team.group_sale_manager", "rwcu"),
        ]:
            user = new_test_user(self.env, f"day.{group}", groups=group)
            for operation, flag in zip(("read", "write", "create", "unlink"), rights, strict=True):
                with self.subTest(group=group, operation=operation):
                    self.assertEqual(day.with_user(user).has_access(operation), flag != "-")

    def test_days_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        calendar = self.env["resource.calendar"].create({"name": "Theirs", "company_id": other.id})
        theirs = self.Day.create(self._values(country_id=False, calendar_id=calendar.id))
        shared = self.Day.create(self._values())
        self.assertEqual(theirs.company_id, other)
        manager = new_test_user(self.env, "day.manager", groups="sales_team.group_sale_manager")
        self.assertFalse(theirs.with_user(manager).has_access("read"))
        self.assertTrue(shared.with_user(manager).has_access("write"))

    def _load(self, *rows):
        manager = new_test_user(self.env, "day.import", groups="sales_team.group_sale_manager")
        header = ["name", "date", "day_type", "weekday", "country_id", "calendar_id"]
        return self.Day.with_user(manager).with_context(import_file=True).load(header, rows)

    def test_a_later_year_is_imported(self):
        """The columns of the template, by label or by value, country by name or by code."""
        result = self._load(
            ["National Day", "2031-10-01", "Day off", "", "China", ""],
            ["Make-up day", "2031-10-11", "Working day", "Friday", "CN", ""],
            ["Anniversary", "2031-05-20", "off", "", "", "Office"],
        )
        self.assertFalse(result["messages"])
        days = self.Day.browse(result["ids"])
        self.assertEqual(days.mapped("day_type"), ["off", "working", "off"])
        self.assertEqual(days.mapped("weekday"), [False, "4", False])
        self.assertEqual(days.country_id, self.china)
        self.assertEqual(days.calendar_id, self.calendar)

    def test_import_says_what_is_wrong(self):
        result = self._load(["National Day", "2026-10-01", "Day off", "", "China", ""])
        self.assertFalse(result["ids"])
        self.assertIn("already has", result["messages"][0]["message"])

    def test_import_template_is_served(self):
        (template,) = self.Day.get_import_templates()
        path = template["template"].removeprefix("/")
        with file_open(path) as template_file:
            header, *rows = template_file.read().splitlines()
        self.assertTrue(set(header.split(",")) <= set(self.Day._fields))
        self.assertEqual(len(rows), 3)

    def test_a_release_adopts_the_year_a_company_typed_before(self):
        typed = self.Day.create(self._values(name="Our words"))
        records = self.Day._load_records(
            [
                {
                    "xml_id": f"lead_intake.calendar_day_cn_{date}",
                    "noupdate": True,
                    "values": self._values(name="Published", date=date),
                }
                for date in ("2031-05-01", "2031-05-02")
            ],
            update=True,
        )
        self.assertEqual(records[0], typed)
        self.assertEqual(records.mapped("name"), ["Our words", "Published"])
        self.assertEqual(self.env.ref("lead_intake.calendar_day_cn_2031-05-01"), typed)
