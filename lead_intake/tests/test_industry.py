from collections import Counter
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tests.common import warmup
from odoo.tools import convert_file, mute_logger
from odoo.tools.translate import TranslationModuleReader

from ..hooks import uninstall_hook

DATA = ("data/res.partner.industry-gbt4754.csv", "data/res_partner_industry_data.xml")


class IndustryCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms(["lead_intake"], ["zh_CN"])
        cls.Industry = cls.env["res.partner.industry"].with_context(lang="en_US")
        cls.Chinese = cls.Industry.with_context(lang="zh_CN")
        cls.own = cls.Industry.create({"name": "Widgets for 汽车"})

    def industry(self, code):
        return self.env.ref(f"lead_intake.industry_{code}").with_env(self.Industry.env)

    def found(self, text, model=None, **kwargs):
        return [
            name
            for _id, name in (self.Industry if model is None else model).name_search(text, **kwargs)
        ]


@tagged("post_install", "-at_install")
class TestIndustryData(IndustryCase):
    def test_checks_of_other_addons_are_for_the_company_s_own(self):
        """One record at a time, as many of them are written for; and by name."""
        checked = []

        @api.constrains("name")
        def check(industry):
            industry.ensure_one()
            checked.append(industry.name)

        section = self.industry("C")
        with patch.object(
            self.env.registry["res.partner.industry"], "_constraint_methods", [check]
        ):
            made = self.Industry.create(
                [
                    {"name": "Mine"},
                    {
                        "name": section.name,
                        "level": "division",
                        "code": "C1",
                        "parent_id": section.id,
                    },
                    {"name": "Mine as well"},
                ]
            )
            made.write({"name": "Ours"})
        self.assertEqual(checked, ["Mine", "Mine as well", "Ours", "Ours"])

    def test_counts(self):
        levels = Counter(self.Industry.search([("level", "!=", False)]).mapped("level"))
        self.assertEqual(levels, {"section": 20, "division": 97, "group": 473, "class": 1382})

    def test_every_parent_is_one_level_up_and_starts_the_code(self):
        above = {"division": "section", "group": "division", "class": "group"}
        for industry in self.Industry.search([("level", "!=", False)]):
            parent = industry.parent_id
            self.assertEqual(parent.level, above.get(industry.level, False), industry.full_code)
            self.assertTrue(
                industry.full_code.startswith(parent.full_code or ""), industry.full_code
            )
            self.assertEqual(industry.section_id.code, industry.full_code[0])
            self.assertEqual(industry.full_name.split(" - ")[0], industry.full_code)

    def test_codes_are_text(self):
        rice = self.industry("0111")
        self.assertEqual((rice.code, rice.full_code, rice.name), ("0111", "A0111", "稻谷种植"))
        self.assertEqual(rice.parent_id, self.industry("011"))
        self.assertEqual(self.industry("01").parent_id, self.industry("A"))

    def test_amendment_of_2019(self):
        self.assertEqual(self.industry("9231").name, "监察委员会")
        self.assertEqual(self.industry("9233").name, "人民检察院")

    def test_both_languages(self):
        section = self.industry("C")
        self.assertEqual(section.display_name, "C Manufacturing")
        self.assertEqual(section.with_context(lang="zh_CN").display_name, "C 制造业")
        self.assertEqual(section.full_name, "C - Manufacturing (制造业)")
        for lang in ("en_US", "zh_CN"):
            peripheral = self.industry("3913").with_context(lang=lang)
            self.assertEqual(peripheral.display_name, "C3913 计算机外围设备制造")

    def test_own_english_name_leaves_the_chinese_one(self):
        peripheral = self.industry("3913")
        peripheral.name = "Computer peripherals"
        self.assertEqual(peripheral.with_context(lang="zh_CN").name, "计算机外围设备制造")

    def test_mapping_to_odoo(self):
        for code, target in {
            "C": "C",
            "3913": "C",
            "L": "N",
            "7221": "M",
            "4610": "E",
            "8111": "G",
            "8211": "S",
            "9700": "U",
        }.items():
            expected = self.env.ref(f"base.res_partner_industry_{target}")
            self.assertEqual(self.industry(code).odoo_industry_id, expected, code)

    def test_default_industries_are_untouched(self):
        for letter in "ABCDEFGHIJKLMNOPQRSTU":
            industry = self.env.ref(f"base.res_partner_industry_{letter}")
            self.assertTrue(industry.active)
            self.assertFalse(industry.level or industry.code or industry.parent_id)
            self.assertEqual(industry.parent_path, f"{industry.id}/")
            self.assertEqual(industry.display_name, industry.name)

    def test_update_keeps_what_the_company_changed(self):
        rice, wheat = self.industry("0111"), self.industry("0112")
        rice.write({"name": "Rice", "active": False, "odoo_industry_id": False})
        before = self.Industry.with_context(active_test=False).search([])
        for path in DATA:
            convert_file(self.env, "lead_intake", path, {}, "update", noupdate=False)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.Industry.with_context(active_test=False).search([]), before)
        self.assertEqual(rice.name, "Rice")
        self.assertFalse(rice.active or rice.odoo_industry_id)
        self.assertTrue(wheat.odoo_industry_id)

    def test_uninstalling_leaves_customers_the_closest_industry(self):
        customers = self.env["res.partner"].create(
            [
                {"name": "Rice", "industry_id": self.industry("0111").id, "active": False},
                {"name": "Printers", "industry_id": self.industry("3913").id},
                {"name": "Own", "industry_id": self.own.id},
            ]
        )
        uninstall_hook(self.env)
        refs = ("base.res_partner_industry_A", "base.res_partner_industry_C")
        expected = [*(self.env.ref(ref) for ref in refs), self.own]
        self.assertEqual(customers.mapped("industry_id"), self.Industry.concat(*expected))

    def test_entries_stay_out_of_the_translation_template(self):
        """Their translations are in the data file."""
        terms = TranslationModuleReader(self.env.cr, modules=["lead_intake"])
        self.assertFalse([term for term in terms if "res.partner.industry,name" in term[2]])


@tagged("post_install", "-at_install")
class TestIndustrySearch(IndustryCase):
    def test_by_code(self):
        self.assertEqual(self.found("3913"), ["C3913 计算机外围设备制造"])
        self.assertEqual(self.found("C3913"), ["C3913 计算机外围设备制造"])
        for text in ("C39", "c39", "39", " Ｃ３９ "):
            names = self.found(text, limit=8)
            self.assertEqual([name.split()[0] for name in names[:3]], ["C39", "C391", "C392"], text)
        self.assertEqual(self.found("0111"), ["A0111 稻谷种植"])

    def test_all_of_a_division_comes_by_level(self):
        codes = [name.split()[0] for name in self.found("C39", limit=None)]
        lengths = [len(code) for code in codes]
        self.assertEqual(lengths, sorted(lengths))
        self.assertEqual(len(codes), len(self.industry("39")._get_intake_descendants()))

    def test_by_words_in_either_language(self):
        for model in (self.Industry, self.Chinese):
            first = self.found("汽车制造业", model)[0]
            self.assertTrue(first.startswith("C36 "), first)
            self.assertIn("C361 汽车整车制造", self.found("汽车", model))
            self.assertTrue(self.found("manufacturing", model)[0].startswith("C "))
            self.assertEqual(self.found("汽车 修理", model)[-1], "O8111 汽车修理与维护")

    def test_chinese_is_found_where_chinese_is_not_installed(self):
        division = self.industry("36")
        # as a database without zh_CN has it
        self.env.cr.execute(
            "UPDATE res_partner_industry SET name = name - 'zh_CN', full_name = full_name - 'zh_CN'"
        )
        self.env.invalidate_all()
        self.assertEqual(self.found("汽车制造业", limit=1), [division.display_name])

    def test_words_before_codes_of_others(self):
        """A number in the middle of a code is no match, and a wildcard is a character."""
        self.assertTrue(all(name.split()[0][1:].startswith("13") for name in self.found("13")))
        self.assertFalse(self.found("100%"))
        self.assertFalse(self.found("_"))

    def test_own_industry_is_found_and_stands_after_sections(self):
        names = self.found("汽车", limit=None)
        divisions = [index for index, name in enumerate(names) if name.startswith("C36 ")]
        self.assertLess(names.index(self.own.name), divisions[0])
        self.assertEqual(self.found("manufacturing"), ["C Manufacturing", "Manufacturing"])

    def test_empty_search_offers_the_sections(self):
        codes = [name.split()[0] for name in self.found("", limit=20)]
        self.assertEqual(codes, list("ABCDEFGHIJKLMNOPQRST"))

    def test_restriction_limit_and_negation(self):
        focus = [("section_id", "=", self.industry("F").id)]
        self.assertTrue(all(name[0] == "F" for name in self.found("汽车", domain=focus)))
        self.assertEqual(len(self.found("C", limit=5)), 5)
        cars = self.Industry.search([("display_name", "ilike", "汽车")])
        others = self.Industry.search([("display_name", "not ilike", "汽车")])
        self.assertEqual(len(cars | others), len(cars) + len(others))
        self.assertEqual(cars | others, self.Industry.search([]))

    def test_import_finds_one_by_code_name_or_both(self):
        for text in ("3913", "C3913", "计算机外围设备制造", "C3913 计算机外围设备制造"):
            result = self.env["crm.lead"].load(["name", "industry_id"], [["Imported", text]])
            self.assertFalse(result["messages"], text)
            lead = self.env["crm.lead"].browse(result["ids"])
            self.assertEqual(lead.industry_id, self.industry("3913"))

    @warmup
    def test_query_count(self):
        for text, queries in (("汽车", 1), ("C39", 2), ("3913", 3)):
            self.env.invalidate_all()
            with self.assertQueryCount(queries):
                self.found(text, limit=8)


@tagged("post_install", "-at_install")
class TestIndustryTree(IndustryCase):
    def test_child_of(self):
        division, peripheral = self.industry("39"), self.industry("3913")
        lead = self.env["crm.lead"].create({"name": "Printers", "industry_id": peripheral.id})
        self.env["crm.lead"].create({"name": "Rice", "industry_id": self.industry("0111").id})
        for value in (division.id, "C39"):
            leads = self.env["crm.lead"].search([("industry_id", "child_of", value)])
            self.assertEqual(leads & lead, lead)
            self.assertEqual(set(leads.mapped("industry_id.section_id.code")), {"C"})
        self.assertEqual(
            peripheral._get_intake_ancestors().sorted("full_code").mapped("full_code"),
            ["C", "C39", "C391", "C3913"],
        )
        self.assertIn(peripheral, division._get_intake_descendants())

    def test_descendants_have_the_archived_ones(self):
        peripheral = self.industry("3913")
        peripheral.action_archive()
        self.assertIn(peripheral, self.industry("C")._get_intake_descendants())
        self.assertFalse(self.found("3913"))

    def test_no_cycles(self):
        with self.assertRaises(UserError):
            self.industry("C").parent_id = self.industry("3913")

    def test_entry_of_the_standard_needs_a_code_of_its_own(self):
        for vals in ({"code": "3913"}, {"code": False}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.Industry.create({"name": "Twice", "level": "class", **vals})
        self.Industry.create({"name": "Our own numbering", "code": "3913"})

    def test_copy_becomes_an_own_industry(self):
        copied = self.industry("3913").copy()
        self.assertFalse(copied.level or copied.code)

    def test_own_industry_below_the_standard(self):
        lasers = self.Industry.create(
            {"name": "Lasers", "code": "3913-1", "parent_id": self.industry("3913").id}
        )
        self.assertEqual(lasers.display_name, "C3913-1 Lasers")
        self.assertEqual(lasers.odoo_industry_id, self.industry("3913").odoo_industry_id)
        self.assertEqual(self.found("3913-1"), ["C3913-1 Lasers"])

    def test_mapping_is_followed_below_unless_there_is_an_own_one(self):
        section, other = self.industry("L"), self.env.ref("base.res_partner_industry_A")
        own = self.industry("72").odoo_industry_id
        section.odoo_industry_id = other
        self.assertEqual(self.industry("7111").odoo_industry_id, other)
        self.assertEqual(self.industry("7221").odoo_industry_id, own)

    def test_who_may_edit(self):
        manager = new_test_user(
            self.env, "industry_manager", groups="sales_team.group_sale_manager"
        )
        salesman = new_test_user(self.env, "industry_rep", groups="sales_team.group_sale_salesman")
        rice = self.industry("0111")
        rice.with_user(manager).name = "Rice"
        with self.assertRaises(AccessError):
            rice.with_user(salesman).name = "Paddy"
        with self.assertRaises(AccessError):
            rice.with_user(manager).unlink()
        self.assertTrue(self.found("0111", rice.with_user(salesman).browse()))
