import base64
import io
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.lead_intake.tools.frozen import Frozen

from .print_common import PrintCommon

STATUSES = (
    "registered",
    "approved",
    "contacted",
    "requirement_clear",
    "proposal",
    "negotiating",
    "won",
)
REPORTS = (
    "action_report_lead_conversion",
    "action_report_lead_sources",
    "action_report_lead_losses",
)
LONG = "2026年第二十八届中国国际工业博览会数控机床与金属加工专题展区现场扫码登记"


def counted(acquired, *numbers, lost=0):
    numbers = dict(zip(STATUSES, numbers, strict=True))
    return {
        "happened": {**{k: v + 1 for k, v in numbers.items()}, "lost": lost},
        "cohort": {"acquired": acquired, **numbers, "lost": lost // 2},
    }


def part(number, name, now, before):
    return {"id": number, "name": name, **now, "previous": before}


def source(number, name, leads, won, lost):
    return {
        "id": number,
        "name": name,
        "leads": leads,
        "approved": leads // 2,
        "grades": {"A": leads // 4, "B": leads // 4},
        "won": won,
        "lost": lost,
        "win_rate": round(100 * won / (won + lost), 1) if won + lost else None,
        "amount": 125000.5 * won,
        "days_to_win": 12.5 if won else None,
        "cost": 1200.0 if number == 2 else None,
        "costed": 8 if number == 2 else 0,
        "cost_per_lead": 150.0 if number == 2 else None,
    }


def figures(company, sources=3):
    """Return what ``lead.intake.figures`` says of a month with something in it."""
    funnel = counted(120, 118, 80, 71, 43, 31, 17, 9, lost=23)
    person = counted(60, 59, 40, 36, 22, 16, 8, 5, lost=11)
    before = counted(100, 98, 60, 51, 33, 21, 11, 7, lost=13)
    lines = [source(n, f"Expo {n}", 40 - n % 30, n % 3, 1) for n in range(2, sources)]
    lines += [source(1, LONG, 44, 4, 2), source(None, None, 3, 0, 0)]
    lines.sort(key=lambda line: -line["leads"])
    return {
        "month": "2026-10",
        "timezone": "Asia/Shanghai",
        "currency": company.currency_id.name,
        "date_from": "2026-09-30 16:00:00",
        "date_to": "2026-10-31 16:00:00",
        "counted_on": "2026-11-01 01:30:00",
        "funnel": {
            **funnel,
            "previous": before,
            "by": {
                "team": [part(1, "Industrial Accounts", funnel, before)],
                "user": [
                    part(7, "Wang Fang", person, before),
                    part(8, "李小明", person, before),
                ],
                "grade": [part(None, None, person, before)],
                "industry": [part(3, "=HYPERLINK(1)", person, before)],
            },
        },
        "trend": [
            {
                "month": f"{2025 + (n + 10) // 12}-{(n + 10) % 12 + 1:02}",
                "acquired": 90 + n,
                "approved": 50 + n,
                "won": n,
                "lost": 12 - n,
                "amount": 1000.0 * n,
            }
            for n in range(12)
        ],
        "durations": [
            {"from": "acquired", "to": "registered", "count": 118, "median": 5.5, "p90": 23.25},
            {"from": "registered", "to": "approved", "count": 80, "median": 60.0, "p90": 96.0},
        ],
        "on_time": [
            {"milestone": "review", "due": 80, "met": 61, "rate": 76.3, "previous_rate": 70.1}
        ],
        "sources": {
            "channel": lines[:5],
            "source": lines,
            "campaign": [source(2, "Autumn fairs", 10, 3, 2)],
            "grades": {"A": 1, "B": 2},
            "trend": {
                "months": [f"2026-{n:02}" for n in range(1, 13)],
                "channels": [{"id": 1, "name": LONG, "leads": [100 * n for n in range(12)]}],
            },
        },
        "losses": {
            "total": 23,
            "previous": 13,
            "reasons": [
                {"id": 1, "name": "Budget too small", "leads": 16, "previous": 4},
                {"id": None, "name": None, "leads": 7, "previous": 9},
            ],
            "competitors": [
                {"id": 5, "name": "Acme Presses", "leads": 3, "previous": 1, "grades": {"1": 3}}
            ],
            "cells": [
                {
                    "reason_id": 1,
                    "status": "contacted",
                    "grade_id": 1,
                    "competitor_id": 5,
                    "leads": 3,
                }
            ],
            "names": {
                "reason": {"1": "Budget too small"},
                "grade": {"1": "A"},
                "competitor": {"5": "Acme Presses"},
            },
            "stages": [
                {"reason_id": 1, "status": "contacted", "leads": 16},
                {"reason_id": None, "status": "acquired", "leads": 7},
            ],
            "grades": [{"reason_id": 1, "grade_id": None, "leads": 16}],
            "words": [
                {
                    "lead_id": 1,
                    "name": "Ten presses",
                    "reason": "Budget too small",
                    "competitor": None,
                    "text": "<b>Too dear</b>; call 13812341234 again in spring.",
                }
            ],
        },
    }


def nothing(company):
    zero = counted(0, *[0] * 7)
    zero["happened"] = dict.fromkeys((*STATUSES, "lost"), 0)
    return {
        **figures(company),
        "funnel": {**zero, "previous": zero, "by": {}},
        "trend": [],
        "durations": [],
        "on_time": [],
        "sources": {
            **dict.fromkeys(("channel", "source", "campaign"), []),
            "grades": {},
            "trend": {"months": [], "channels": []},
        },
        "losses": {
            **dict.fromkeys(("reasons", "stages", "grades", "competitors", "cells", "words"), []),
            "total": 0,
            "previous": 0,
            "names": {"reason": {}, "grade": {}, "competitor": {}},
        },
    }


@tagged("post_install", "-at_install")
class TestMonthReports(PrintCommon):
    """The monthly reports say the figures, on paper, in the reader's language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.figures = figures(cls.company)

    def _dialog(self, user=None, **vals):
        values = {"month": "2026-10-01", "company_id": self.company.id, **vals}
        return self.env["lead.intake.print.month"].with_user(user or self.operations).create(values)

    def _report(self, number, user=None, lang=None, data=None, **vals):
        user = user or self.operations
        dialog = self._dialog(user, **vals)
        with self._frozen(data or self.figures):
            text, pages = self._print(REPORTS[number], dialog, user=user, lang=lang)
        self.assertNotIn("�", text)
        return text, pages

    def _said(self, number, data=None):
        """Return what a report says, without printing it."""
        name = REPORTS[number].removeprefix("action_report_")
        dialog = self._dialog()
        with self._frozen(data or self.figures):
            report = self.env[f"report.lead_intake.{name}"].with_user(self.operations)
            values = report._get_report_values(dialog.ids)
        said = [values["counted"]]
        for block in values["blocks"]:
            said += [block["title"], block["text"] or "", block["note"] or ""]
            table = block["table"] or {"head": [], "parts": []}
            rows = [row for part in table["parts"] for row in part]
            said += [" ".join(map(str, row)) for row in (table["head"], *rows)]
        return " ".join(" ".join(said).split())

    def _frozen(self, data):
        Dialog = type(self.env["lead.intake.print.month"])
        return patch.object(Dialog, "_get_figures", lambda dialog: data)

    def test_conversion(self):
        text, _pages = self._report(0)
        words = " ".join(text.split())
        for part in (
            "Lead Conversion-Rate Report",
            "October 2026",
            "In the month",
            "Of the leads acquired",
            "Asia/Shanghai",
            "80 (66.7%)",
            "9 (7.5%)",
            "Industrial Accounts",
            "Wang Fang",
            "Review 80 61 76.3% 70.1% +6.2",
            "120 leads were acquired; 9 of them (7.5%) are won so far.",
            "Counted on",
            "5.5 h",
            "2.5 days",
        ):
            self.assertIn(part, words)

    def test_both_ways_of_counting_stand_side_by_side(self):
        """approved: 81 in the month, 61 before, +20; 80 of the 120 acquired, 66.7%; 60% before."""
        text, _pages = self._report(0)
        lines = [" ".join(line.split()) for line in text.splitlines()]
        self.assertIn("Approved 81 61 +20 80 66.7% 60.0% +6.7", lines)

    def test_sources(self):
        text, _pages = self._report(1, data=figures(self.company, sources=3000))
        words = " ".join(text.split())
        self.assertIn("Customer-Source Analysis", words)
        self.assertIn("2,975 more", words)
        self.assertIn("66.7%", words)
        self.assertIn("12.5", words)
        self.assertIn("第二十八届", "".join(text.split()))

    def test_losses(self):
        text, _pages = self._report(2)
        words = " ".join(text.split())
        for part in (
            "Loss Analysis",
            "16 (69.6%)",
            "<b>Too dear</b>",
            "23 leads were lost in the month, 13 in the month before.",
            "Budget too small 16 69.6% 4 +12",
            "None 7 30.4% 9 −2",
            "Acme Presses 3 13.0% 3 0 1 +2",
        ):
            self.assertIn(part, words)

    def test_costs(self):
        words = self._said(1)
        self.assertIn("What campaigns cost", words)
        self.assertRegex(words, r"Autumn fairs 10 \$\s?1,200 \$\s?150 3 \$\s?400")
        free = figures(self.company)
        for lines in free["sources"].values():
            for line in lines if isinstance(lines, list) else []:
                line.update(cost=None, costed=0, cost_per_lead=None)
        words = self._said(1, free)
        self.assertNotIn("Cost per lead", words)

    def test_best_and_worst_need_something_to_compare(self):
        words = self._said(1)
        self.assertIn("too few to compare", words)
        data = figures(self.company)
        data["sources"]["source"] = [
            source(1, "Expo", 40, 9, 1),
            source(2, "Web", 20, 1, 9),
            source(3, "Lucky", 1, 1, 0),
        ]
        words = self._said(1, data)
        self.assertIn("Expo has the highest win rate (90.0%, 9 won) and Web the lowest", words)

    def test_a_month_that_runs_says_so(self):
        data = {**self.figures, "counted_on": "2026-10-20 01:30:00"}
        words = self._said(0, data)
        self.assertIn("the month isn't over", words)

    def test_masked(self):
        for setting in (False, True):
            self.company.intake_mask_prints = setting
            text, _pages = self._report(0, masked=not setting)
            self.assertNotIn("Wang Fang", text)
            self.assertIn("Wang*", text)
            self.assertIn("李*", text)
        text, _pages = self._report(2)
        self.assertIn("138****1234", text)

    def test_empty_month_says_so(self):
        for number, sentence in enumerate(
            (
                "In October 2026 no lead was acquired and none moved on.",
                "In October 2026 no lead was acquired.",
                "In October 2026 no lead was lost.",
            )
        ):
            text, pages = self._report(number, data=nothing(self.company))
            self.assertIn(sentence, " ".join(text.split()))
            self.assertEqual(pages, 1)

    def test_in_chinese(self):
        for number in range(3):
            text, _pages = self._report(number, lang="zh_CN")
            self.assertIn("2026年", "".join(text.split()))

    def _workbook(self, data=None, **vals):
        with self._frozen(data or self.figures):
            dialog = self._dialog(**vals)
            dialog.action_download_xlsx()
            content = dialog.with_context(bin_size=False).xlsx_file
        return openpyxl.load_workbook(io.BytesIO(base64.b64decode(content)))

    def _rows(self, sheet):
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    def test_workbook_holds_the_figures_as_numbers(self):
        book = self._workbook()
        self.assertEqual(
            self._rows(book["Funnel"])[3][:6], ["Approved", 81, 61, 80, 80 / 120, 60 / 100]
        )
        self.assertEqual(book["Funnel"]["E4"].number_format, "0.0%")
        self.assertEqual(book["Channels"]["I2"].value, 500002)
        for sheet in book:
            self.assertEqual(sheet.freeze_panes, "B2")
        self.assertTrue(book["Funnel"]._charts)
        self.assertEqual(self._rows(book["On time"])[1], ["Review", 80, 61, 0.763, 0.701])
        self.assertEqual(
            self._rows(book["Losses in detail"])[1],
            ["Budget too small", "Contacted", "A", "Acme Presses", 3],
        )
        self.assertEqual(
            [cell.value for cell in book["Campaigns"][2]][-3:],
            [1200, 8, 150],
        )

    def test_workbook_holds_no_formulas(self):
        industries = self._workbook()["Industries"]
        self.assertEqual(industries["A2"].value, "=HYPERLINK(1)")
        self.assertEqual(industries["A2"].data_type, "s")

    def test_workbook_masked_and_empty(self):
        book = self._workbook(masked=True)
        self.assertEqual([row[0] for row in self._rows(book["People"])[1:]], ["Wang*", "李*"])
        self.assertIn("138****1234", book["Retrospectives"]["D2"].value)
        self.assertEqual(len(self._rows(self._workbook(nothing(self.company))["Channels"])), 1)

    def test_workbook_in_chinese(self):
        self.operations.lang = "zh_CN"
        self.assertTrue(self._workbook().sheetnames)

    def test_rights(self):
        for user in (self.rep, self.outsider, self.other_supervisor):
            dialog = self._dialog()
            with self.assertRaises(AccessError):
                self._print(REPORTS[0], dialog, user=user)
        with self.assertRaises(AccessError):
            self._dialog(company_id=self.company2.id)._check_reader()
        self.assertTrue(self._dialog(self.supervisor).action_print_conversion()["report_name"])

    def test_client_sends_no_figures(self):
        sent = {"funnel": "forged"}
        dialog = self._dialog().with_context(intake_figures=sent)
        if "lead.intake.figures" in self.env:
            self.assertNotEqual(dialog._get_figures(), sent)
        frozen = dialog.with_context(intake_figures=Frozen(self.figures))
        self.assertEqual(frozen._get_figures(), self.figures)

    def test_live_figures_print(self):
        """What ``lead.intake.figures`` counts is what the reports read."""
        self._lead_in("approved")
        dialog = self._dialog(self.supervisor, month=fields.Date.today())
        for report in REPORTS:
            text, _pages = self._print(report, dialog, user=self.supervisor)
            self.assertIn(self.company.name, text)
        text, _pages = self._print(REPORTS[0], dialog, user=self.supervisor)
        self.assertIn("From acquired to won", text)
        dialog.action_download_xlsx()
        self.assertTrue(dialog.xlsx_file)
