import io

import openpyxl

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.report.lead_intake_import_xlsx import KINDS
from odoo.addons.lead_intake.tests.import_common import ImportCommon
from odoo.addons.lead_intake.tools import import_headings

MODELS = {
    "registration": "crm.lead",
    "customer": "crm.lead",
    "follow_up": "lead.intake.follow.up",
}


@tagged("post_install", "-at_install")
class TestImportTemplates(ImportCommon):
    """The templates say what the model says, in both languages, and what they say is understood."""

    def _template(self, kind, lang="en_US"):
        Xlsx = self.env["lead.intake.import.xlsx"].with_user(self.operations)
        return Xlsx.with_context(lang=lang)._build_template(kind)

    def _sheet(self, kind, lang="en_US"):
        book = openpyxl.load_workbook(io.BytesIO(self._template(kind, lang)))
        return book, book.worksheets[0]

    def _list_of(self, book, sheet, column):
        """Return the choices of the list below a heading."""
        letter = sheet.cell(1, column).column_letter
        for rule in sheet.data_validations.dataValidation:
            if rule.type == "list" and f"{letter}2" in rule.sqref:
                name, cells = rule.formula1.split("!")
                return [cell.value for (cell,) in book[name.strip("'")][cells.replace("$", "")]]
        return None

    def test_each_column_has_a_label_of_its_own_and_is_found_by_it(self):
        for kind, model in KINDS.items():
            importer = self.env[model]
            for lang in ("en_US", "zh_CN"):
                labels = {
                    path: importer.with_context(lang=lang)._get_label(path)
                    for path in importer._get_columns(kind)
                }
                folded = [import_headings.fold(label) for label in labels.values()]
                self.assertEqual(len(set(folded)), len(folded), (kind, lang))
                for user_lang in ("en_US", "zh_CN"):
                    index = importer.with_context(lang=user_lang)._get_heading_index()
                    for path, label in labels.items():
                        self.assertEqual(index.get(import_headings.fold(label)), path, label)

    def test_chinese_headings_are_known_where_chinese_is_not_installed(self):
        # Not by the ORM: a website that speaks it would keep it.
        self.env["res.lang"].flush_model()
        self.cr.execute("UPDATE res_lang SET active = FALSE WHERE code = 'zh_CN'")
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")
        index = self.env["lead.intake.import.lead"]._get_heading_index()
        for heading, path in {
            "公司名称": "partner_name",
            "* 手机号": "phone",
            "获取时间": "date_acquired",
            "初步接触人": "registrant_id",
            "行业": "industry_id",
            "年营业额": "annual_revenue",
        }.items():
            self.assertEqual(index[import_headings.fold(heading)], path)

    def test_every_alias_names_a_field(self):
        for model, aliases in (
            ("lead.intake.import.lead", import_headings.LEAD),
            ("lead.intake.import.follow.up", import_headings.FOLLOW_UP),
        ):
            for path in aliases:
                self.assertTrue(self.env[model]._get_field(path), path)

    def test_columns_of_the_template(self):
        book, sheet = self._sheet("registration")
        head = {sheet.cell(1, n).value: n for n in range(1, sheet.max_column + 1)}
        self.assertIn("Channel *", head)
        self.assertIn("Company Name *", head)
        lists = {name.rstrip(" *"): self._list_of(book, sheet, n) for name, n in head.items()}
        self.assertIn("Trade Show", lists["Channel"])
        self.assertEqual(lists["Proposed Grade"][:3], ["A", "B", "C"])
        self.assertEqual(len(lists["Lead Type"]), self.env["lead.intake.type"].search_count([]))
        # Beside the OCA's partner_industry_secondary it is the main one.
        industry = self.env["crm.lead"]._get_intake_labels(["industry_id"])["industry_id"]
        self.assertTrue(any(text.startswith("C3422 ") for text in lists[industry]))
        self.assertIn(self.rep.name, lists["Salesperson"])
        self.assertIn(self.team.name, lists["Sales Team"])
        self.assertIsNone(lists["Phone"])
        acquired = sheet.cell(1, head["Acquired On"])
        self.assertIn("24 hours", acquired.comment.text)
        self.assertEqual(sheet.cell(2, acquired.column).number_format, "yyyy-mm-dd hh:mm")
        self.assertEqual(sheet.cell(2, head["Phone *"]).number_format, "@")
        self.assertEqual(book["Lists"].sheet_state, "hidden")

    def test_follow_up_template_in_chinese(self):
        book, sheet = self._sheet("follow_up", "zh_CN")
        importer = self.env["lead.intake.import.follow.up"].with_context(lang="zh_CN")
        head = [sheet.cell(1, n).value for n in range(1, sheet.max_column + 1)]
        place = head.index(importer._get_label("method")) + 1
        field = self.env["lead.intake.follow.up"]._fields["method"]
        labels = [label for _value, label in field._description_selection(importer.env)]
        self.assertEqual(self._list_of(book, sheet, place), labels)
        self.assertTrue(sheet.cell(2, 1).value.startswith("示例（不导入）"))

    def test_example_is_never_imported(self):
        for kind, model in MODELS.items():
            importer = self.env[KINDS[kind]]
            for lang in ("en_US", "zh_CN"):
                record = self._file(self._template(kind, lang), model=model)
                options = {"has_headers": True, "quoting": '"', "intake_team_id": self.team.id}
                self.assertIn("no row to import", record.parse_preview(dict(options))["error"])
                paths = list(importer._get_columns(kind))
                result = record.execute_import(paths, paths, dict(options))
                self.assertEqual(result["ids"], [])
                self.assertEqual(result["intake"]["counts"]["example"], 1)

    def test_what_the_lists_offer_is_understood(self):
        """A row of the first choice of every list, in both languages."""
        for number, lang in enumerate(("en_US", "zh_CN")):
            book, sheet = self._sheet("registration", lang)
            for column in range(1, sheet.max_column + 1):
                choices = self._list_of(book, sheet, column)
                sheet.cell(2, column).value = choices[0] if choices else None
            names = list(self.env["lead.intake.import.lead"]._get_columns("registration"))
            sheet.cell(2, names.index("partner_name") + 1).value = f"Choices {number} Ltd"
            # Whichever teams, and so people, a database has beside the test's.
            sheet.cell(2, names.index("team_id") + 1).value = self.team.name
            for name in ("user_id", "registrant_id"):
                sheet.cell(2, names.index(name) + 1).value = self.rep.name
            stream = io.BytesIO()
            book.save(stream)
            leads, counts, reasons = self._import(stream.getvalue())
            self.assertEqual((counts, reasons), ({"created": 1}, {}))
            for name in ("medium_id", "lead_type_id", "industry_id", "need_fit", "decision_maker"):
                self.assertTrue(leads[name], (lang, name))

    @freeze_time("2026-03-04 01:00:00")
    def test_round_trip(self):
        """Download, fill in, import, download what was rejected, correct it, import it again."""
        book, sheet = self._sheet("registration", "zh_CN")
        names = list(self.env["lead.intake.import.lead"]._get_columns("registration"))
        for line, (company, phone, channel) in enumerate(
            [
                ("往返一有限公司", "13800138001", "行业展会"),
                ("往返二有限公司", "1.38E+10", "不存在"),
                ("=往返三", "13800138003", "行业展会"),
            ],
            start=3,
        ):
            sheet.cell(line, names.index("partner_name") + 1).value = company
            sheet.cell(line, names.index("partner_name") + 1).data_type = "s"
            sheet.cell(line, names.index("phone") + 1).value = phone
            sheet.cell(line, names.index("medium_id") + 1).value = channel
        stream = io.BytesIO()
        book.save(stream)
        self.operations.lang = "zh_CN"
        _leads, counts, reasons = self._import(stream.getvalue())
        self.assertEqual(counts, {"created": 2, "rejected": 1, "example": 1})
        self.assertEqual(set(reasons), {4})
        Xlsx = self.env["lead.intake.import.xlsx"].with_user(self.operations)
        content = Xlsx.with_context(lang="zh_CN")._build_rejected(*self.file._get_intake_rejected())
        rows = self._rows_of(content)
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0][:2], ["未导入原因", "原文件行号"])
        self.assertEqual(rows[1][1], 4)
        self.assertIn("1.38E+10", rows[1][0])
        place = names.index("phone") + 2
        self.assertEqual(rows[1][place], "1.38E+10")
        rows[1][place], rows[1][names.index("medium_id") + 2] = "13800138002", "行业展会"
        leads, counts, reasons = self._import(self._xlsx(*rows))
        self.assertEqual((counts, reasons), ({"created": 1}, {}))
        self.assertEqual(leads.partner_name, "往返二有限公司")

    def test_offered_in_the_dialog(self):
        Lead = self.env["crm.lead"].with_user(self.rep)
        templates = Lead.get_import_templates()
        self.assertEqual(len(templates), 3)
        self.assertEqual(templates[0]["template"], "/lead_intake/import/template/registration")
        FollowUp = self.env["lead.intake.follow.up"].with_user(self.rep)
        self.assertEqual(len(FollowUp.get_import_templates()), 1)
        (self.team | self.other_team).use_intake = False
        self.env["crm.team"].search([("use_intake", "=", True)]).use_intake = False
        self.assertEqual(len(Lead.get_import_templates()), 1)
        self.assertFalse(self.env["base_import.import"].get_intake_options("crm.lead"))


@tagged("post_install", "-at_install")
class TestImportFiles(ImportCommon, HttpCase):
    """The files over HTTP: for who may import, and only one's own rejected rows."""

    def test_templates(self):
        self.authenticate(self.rep.login, self.rep.login)
        for kind in KINDS:
            answer = self.url_open(f"/lead_intake/import/template/{kind}")
            self.assertEqual(answer.status_code, 200)
            self.assertGreater(len(self._rows_of(answer.content)), 1)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/lead_intake/import/template/x").status_code, 404)

    def test_rejected_rows_are_the_importers(self):
        self._import(self._csv(["Company Name", "Acquired On"], ["A", "someday"]))
        url = f"/lead_intake/import/rejected/{self.file.id}"
        self.authenticate(self.operations.login, self.operations.login)
        self.assertEqual(len(self._rows_of(self.url_open(url).content)), 2)
        self.authenticate(self.manager.login, self.manager.login)
        with mute_logger("odoo.http"):
            self.assertIn(self.url_open(url).status_code, (403, 404))
