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
        "cohort": {"acquired": acquired, **numbers},
    }


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
    }


def figures(company, sources=3):
    """Return what ``lead.intake.figures`` says of a month with something in it."""
    funnel = counted(120, 118, 80, 71, 43, 31, 17, 9, lost=23)
    person = counted(60, 59, 40, 36, 22, 16, 8, 5, lost=11)
    lines = [source(n, f"Expo {n}", 40 - n % 30, n % 3, 1) for n in range(2, sources)]
    lines += [source(1, LONG, 44, 4, 2), source(None, None, 3, 0, 0)]
    lines.sort(key=lambda line: -line["leads"])
    return {
        "month": "2026-10",
        "timezone": "Asia/Shanghai",
        "currency": company.currency_id.name,
        "date_from": "2026-09-30 16:00:00",
        "date_to": "2026-10-31 16:00:00",
        "funnel": {
            **funnel,
            "previous": counted(100, 98, 60, 51, 33, 21, 11, 7, lost=13),
            "by": {
                "team": [{"id": 1, "name": "Industrial Accounts", **funnel}],
                "user": [
                    {"id": 7, "name": "Wang Fang", **person},
                    {"id": 8, "name": "李小明", **person},
                ],
                "grade": [{"id": None, "name": None, **person}],
                "industry": [{"id": 3, "name": "=HYPERLINK(1)", **person}],
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
        "on_time": [{"milestone": "review", "due": 80, "met": 61, "rate": 76.3}],
        "sources": {"channel": lines[:5], "source": lines},
        "losses": {
            "total": 23,
            "reasons": [
                {"id": 1, "name": "Budget too small", "leads": 16},
                {"id": None, "name": None, "leads": 7},
            ],
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
        "sources": {"channel": [], "source": []},
        "losses": {"total": 0, "reasons": [], "stages": [], "grades": [], "words": []},
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
            "80 (66.7 %)",
            "9 (7.5 %)",
            "Industrial Accounts",
            "Wang Fang",
            "61 of 80",
            "5.5 h",
            "2.5 days",
        ):
            self.assertIn(part, words)

    def test_both_ways_of_counting_stand_side_by_side(self):
        """approved: 81 in the month, 61 before, +20; 80 of the 120 acquired, 66.7 %; 60 %."""
        text, _pages = self._report(0)
        lines = [" ".join(line.split()) for line in text.splitlines()]
        self.assertIn("Approved 81 61 +20 80 66.7 % 60 %", lines)

    def test_sources(self):
        text, _pages = self._report(1, data=figures(self.company, sources=3000))
        words = " ".join(text.split())
        self.assertIn("Customer-Source Analysis", words)
        self.assertIn("2975 more", words)
        self.assertIn("66.7 %", words)
        self.assertIn("12.5", words)
        self.assertIn("第二十八届", "".join(text.split()))

    def test_losses(self):
        text, _pages = self._report(2)
        words = " ".join(text.split())
        for part in ("Loss Analysis", "16 (69.6 %)", "<b>Too dear</b>", "23 leads were lost"):
            self.assertIn(part, words)

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
        self.assertEqual(self._rows(book["On time"])[1], ["Review", 80, 61, 0.763])

    def test_workbook_holds_no_formulas(self):
        industries = self._workbook()["Industries"]
        self.assertEqual(industries["A2"].value, "=HYPERLINK(1)")
        self.assertEqual(industries["A2"].data_type, "s")

    def test_workbook_masked_and_empty(self):
        book = self._workbook(masked=True)
        self.assertEqual([row[0] for row in self._rows(book["People"])[1:]], ["Wang*", "李*"])
        self.assertIn("138****1234", book["Retrospectives"]["C2"].value)
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
