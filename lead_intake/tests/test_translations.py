import io
import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

I18N = Path(__file__).parent.parent / "i18n"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|%%")
MARKUP = re.compile(r"</?\w+")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """English and Chinese are both first-class: no text without a translation, none stale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chinese = polib.pofile(str(I18N / "zh_CN.po"))
        cls.template = polib.pofile(str(I18N / "lead_intake.pot"))

    def _get_exported_texts(self):
        buffer = io.BytesIO()
        trans_export(False, ["lead_intake"], buffer, "po", self.env)
        return {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}

    def test_template_is_current(self):
        exported = self._get_exported_texts()
        known = {entry.msgid for entry in self.template}
        self.assertFalse(exported - known, "Run `make pot`: these texts are new.")
        self.assertFalse(known - exported, "Run `make pot`: these texts are gone.")

    def test_every_text_is_translated(self):
        wanted = {entry.msgid for entry in self.template}
        present = {entry.msgid for entry in self.chinese if not entry.obsolete}
        self.assertFalse(wanted - present, "zh_CN.po lacks these texts.")
        self.assertFalse(present - wanted, "zh_CN.po has texts that are gone.")
        self.assertFalse([entry.msgid for entry in self.chinese.untranslated_entries()])
        self.assertFalse([entry.msgid for entry in self.chinese.fuzzy_entries()])

    def test_placeholders_and_markup_are_kept(self):
        for entry in self.chinese.translated_entries():
            for pattern in (PLACEHOLDER, MARKUP):
                with self.subTest(text=entry.msgid):
                    self.assertEqual(
                        sorted(pattern.findall(entry.msgid)),
                        sorted(pattern.findall(entry.msgstr)),
                    )

    def test_sentences_end_as_chinese_ones_do(self):
        for entry in self.chinese.translated_entries():
            if entry.msgid.endswith(".") and not entry.msgid.endswith("..."):
                with self.subTest(text=entry.msgid):
                    self.assertNotRegex(entry.msgstr, r"[.,;:!?]$")

    def test_a_month_is_archived_in_chinese(self):
        """The procedure calls it 归档; 关闭 is what happens to a lead."""
        for entry in self.chinese.translated_entries():
            if re.search(r"month", entry.msgid, re.I) and re.search(r"clos", entry.msgid, re.I):
                with self.subTest(text=entry.msgid):
                    self.assertNotRegex(entry.msgstr, "关闭|结账|月结之")
        months = self.env["lead.intake.month"].with_context(lang="zh_CN")
        states = dict(months._fields["state"]._description_selection(months.env))
        self.assertEqual(states["closed"], "已归档")

    def test_what_a_chinese_user_reads(self):
        """The terms of the written procedure, as process.md gives them."""
        lead = self.env["crm.lead"].with_context(lang="zh_CN")
        states = dict(lead._fields["intake_state"]._description_selection(lead.env))
        self.assertEqual(states["returned"], "已退回")
        self.assertEqual(states["on_hold"], "暂不跟进")
        self.assertEqual(lead.fields_get(["date_acquired"])["date_acquired"]["string"], "获取时间")
        self.assertEqual(lead.env.ref("lead_intake.channel_trade_show").display_name, "行业展会")
        statuses = self.env["crm.stage"].with_context(lang="zh_CN")._fields["intake_status"]
        self.assertEqual(
            [label for _value, label in statuses._description_selection(lead.env)],
            ["待跟进", "跟进中", "需求明确", "方案提交", "谈判中", "成交"],
        )
