import logging

from odoo import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.lead_intake.tools import guard

from .test_month import MonthCommon

# What may stand anywhere: nobody else's data has these in it.
PERSON, CHAT, ADDRESS, PHONE = "Quentin Quix", "quix_chat", "quix@quix.example", "+86 10 6552 7331"
WORDS = ("quix", "Quix", "65527331", "6552 7331")


class PrivacyCommon(MonthCommon):
    """A lead that says something of a person wherever one can be written about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead_in("approved", name=f"Presses for {PERSON}", partner_name="Works Ltd")
        lead = cls.lead.with_user(cls.rep)
        lead.write(
            {
                "type": "opportunity",
                "contact_name": PERSON,
                "email_from": ADDRESS,
                "phone": PHONE,
                "function": "Head of Quix",
                "chat_account": CHAT,
                "chat_remark": "Works-Quix",
                "need_description": f"{PERSON} wants ten",
                "initial_need": f"{PERSON} called",
                "description": f"<p>{PERSON} called</p>",
                "intake_contact_ids": [
                    Command.create({"name": PERSON, "email": ADDRESS, "note": "Quix"})
                ],
            }
        )
        lead.write(
            {
                "intake_step_ids": [
                    Command.create(
                        {"name": "Owner", "contact_id": lead.intake_contact_ids.id, "note": "Quix"}
                    ),
                    Command.create({"name": "Finance", "person": PERSON}),
                ]
            }
        )
        lead.intake_confirm_phone_by_call(f"{PERSON} answered")
        cls.env["lead.intake.verification"]._open(lead, "email", ADDRESS, "link", None)._confirm()
        paper = (
            cls.env["ir.attachment"]
            .with_user(cls.rep)
            .create(
                {"name": "quix.txt", "raw": b"Quix", "res_model": "crm.lead", "res_id": lead.id}
            )
        )
        lead.intake_log("reached", f"{PERSON} agreed", feedback="Quix", attachments=paper)
        lead.intake_plan(cls.NOW.replace(year=2027), "phone", goal=f"Get {PERSON} to a demo")
        cls.env.flush_all()

    def _archive(self):
        """Win the lead and close its month."""
        guard.opened(self.lead).write(
            {"intake_won_on": "2026-03-15", "stage_id": self.stage_won.id}
        )
        month = self._close()
        self.assertEqual(self.lead.intake_month_id, month)
        return month

    def _tables(self):
        names = [
            model._table
            for name, model in self.env.items()
            if name.startswith("lead.intake.") and model._auto and not model._abstract
        ]
        return sorted({*names, "crm_lead", "mail_message", "mail_tracking_value", "ir_attachment"})

    def _tables_that_tell(self):
        """Return the tables in which any of the words stands, whatever the column."""
        self.env.flush_all()
        found = set()
        for table in self._tables():
            rows = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s t WHERE t::text ~ %s LIMIT 1",
                    SQL.identifier(table),
                    "|".join(WORDS),
                )
            )
            if rows:
                found.add(table)
        return found


@tagged("post_install", "-at_install")
class TestPrivacy(PrivacyCommon, TransactionCase):
    """What is stored about a person can be erased: with its lead, or from it."""

    TELLING = {
        "crm_lead",
        "ir_attachment",
        "lead_intake_contact",
        "lead_intake_decision_step",
        "lead_intake_follow_up",
        "lead_intake_verification",
        "mail_message",
    }

    def test_where_people_are_written_about(self):
        self.assertLessEqual(self.TELLING, self._tables_that_tell())

    def test_deleting_a_lead_deletes_all_of_it(self):
        self.lead.unlink()
        self.assertFalse(self._tables_that_tell())

    def test_lead_of_a_closed_month_forgets_the_person(self):
        month = self._archive()
        counted = self.lead.read(["company_id", "user_id", "source_id", "stage_id", "won_status"])
        self.lead._intake_forget_person()
        self.env.invalidate_all()
        self.assertFalse(self._tables_that_tell())
        self.assertEqual(self.lead.name, "Presses for *")
        self.assertEqual(self.lead.partner_name, "Works Ltd")
        self.assertEqual(self.lead.decision_chain, "Owner → Finance")
        self.assertEqual(len(self.lead.intake_follow_up_ids), 2)
        self.assertEqual(
            self.lead.read(["company_id", "user_id", "source_id", "stage_id", "won_status"]),
            counted,
        )
        self.assertTrue(month.is_intact)
        self.assertIn("erased", self._chatter(self.lead))

    def test_lookup_finds_who_is_only_named(self):
        self.lead.with_user(self.rep).email_from = "other@works.example"
        self.env.flush_all()
        query = self.env["lead.intake.privacy"]._get_lookup_query(PERSON.lower(), ADDRESS.upper())
        rows = {(model, record) for model, record, _active in self.env.execute_query(query)}
        get_id = self.env["ir.model"]._get_id
        verification = self.lead.intake_verification_ids.filtered(lambda row: row.kind == "email")
        expected = {
            (get_id("crm.lead"), self.lead.id),
            (get_id("lead.intake.verification"), verification.id),
            *((get_id("lead.intake.decision.step"), step.id) for step in self.lead.intake_step_ids),
        }
        self.assertEqual(rows, expected)
        for name in ("%", "Quentin%", "Quentin _uix", "Quentin"):
            query = self.env["lead.intake.privacy"]._get_lookup_query(name, "no@body.example")
            self.assertFalse(self.env.execute_query(query), name)

    def test_log_tells_nothing(self):
        """Assert it of every line, whatever else logs meanwhile."""
        with self.assertLogs("odoo", logging.INFO) as logs:
            logging.getLogger("odoo").info("at least one line")
            self.lead.with_user(self.rep).intake_log("reached", f"{PERSON} agreed again")
            self.lead._intake_forget_person()
        for word in WORDS:
            self.assertNotIn(word, "\n".join(logs.output))
