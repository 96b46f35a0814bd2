"""Odoo's privacy lookup with Lead Intake beside it."""

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.tests.test_privacy import ADDRESS, PERSON, PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyLookup(PrivacyCommon, TransactionCase):
    def _look_up(self, name=PERSON, email=ADDRESS):
        wizard = self.env["privacy.lookup.wizard"].create({"name": name, "email": email})
        wizard.action_lookup()
        return wizard

    def _found(self, wizard):
        return sorted(line.res_model for line in wizard.line_ids)

    def test_finds_each_thing_once(self):
        found = self._found(self._look_up())
        self.assertEqual(found.count("crm.lead"), 1)
        self.assertEqual(found.count("lead.intake.contact"), 1)
        self.assertEqual(found.count("lead.intake.decision.step"), 2)
        self.assertEqual(found.count("lead.intake.verification"), 1)

    def test_erases_everything(self):
        wizard = self._look_up()
        # As the administrator would: what belongs to the lead before the lead, and after it.
        for line in wizard.line_ids.sorted(lambda line: line.res_model == "crm.lead"):
            line.action_unlink()
            with self.assertRaises(UserError):
                line.action_unlink()
        self.assertFalse(self._tables_that_tell())
        self.assertFalse(self.lead.exists())
        self.assertFalse(self._look_up().line_ids)

    def test_erases_all_at_once(self):
        self._look_up().line_ids.action_unlink_all()
        self.assertFalse(self._tables_that_tell())

    def test_lead_of_a_closed_month_stays_as_it_was_counted(self):
        month = self._archive()
        self._look_up().line_ids.action_unlink_all()
        self.assertFalse(self._tables_that_tell())
        self.assertTrue(self.lead.exists())
        self.assertTrue(month.is_intact)
        self.assertFalse(self._look_up().line_ids)

    def test_log_of_the_lookup_names_nobody(self):
        wizard = self._look_up()
        wizard.line_ids.action_unlink_all()
        self.assertIn("Erased: Decision Step", wizard.execution_details)
        self.assertNotIn("Quix", wizard.log_id.anonymized_name + wizard.execution_details)
