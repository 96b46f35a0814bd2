from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_won import ClosingCommon


@tagged("post_install", "-at_install")
class TestMaintenance(ClosingCommon):
    """Won customers keep current key facts, and a repeat sale starts from them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Hangzhou Presses Ltd", "is_company": True}
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Liu Wei",
                "parent_id": cls.customer.id,
                "phone": "+86 10 6552 9988",
                "email": "liu@presses.example.com",
            }
        )
        cls.grade_a.refresh_days = 90

    def _customer(self, **vals):
        """Win a lead of the customer; it is of grade A."""
        lead = self._approved(partner_id=self.person.id, **vals)
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET intake_grade_id = %s WHERE id = %s", (self.grade_a.id, lead.id)
        )
        lead.invalidate_recordset()
        return self._win(lead)

    def _run(self, **kwargs):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr, user=self.env.ref("base.user_root").id)[
                "res.partner"
            ]._cron_intake_refresh(**kwargs)
        self.env.invalidate_all()

    def _asked(self):
        kind = self.env.ref("lead_intake.mail_activity_type_refresh")
        return self.customer.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_rhythm_of_the_grade(self):
        lead = self._customer()
        self.assertEqual(self.customer.intake_won_lead_id, lead)
        self.assertEqual(self.customer.intake_contact_id, self.person)
        self.assertEqual(self.customer.intake_refresh_on, date(2026, 3, 4) + timedelta(days=90))

    def test_rhythm_of_the_customer(self):
        self.customer.intake_refresh_days = 30
        self._customer()
        self.assertEqual(self.customer.intake_refresh_on, date(2026, 3, 4) + timedelta(days=30))

    def test_lost_and_plain_customers_are_nobodys_task(self):
        lead = self._approved(partner_id=self.person.id)
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        plain = self._plain_lead(partner_id=self.person.id)
        plain.with_user(self.outsider).action_set_won()
        self.assertFalse(self.customer.intake_refresh_on or self.customer.intake_won_lead_id)

    def test_cron_asks_the_owner_once(self):
        self._customer()
        self._run()
        self.assertFalse(self._asked())
        self.at(24 * 90)
        self._run()
        self.assertEqual(self._asked().user_id, self.rep)
        planned = self.customer.intake_refresh_on
        self.assertEqual(planned, date(2026, 3, 4) + timedelta(days=180))
        self.at(24 * 180)
        self._run()
        self.assertEqual(len(self._asked()), 1, "the to-do that is still open is enough")

    def test_cron_goes_on_after_a_batch(self):
        self._customer()
        others = self.env["res.partner"].create(
            [{"name": f"Customer {n}", "intake_refresh_on": "2026-03-01"} for n in range(5)]
        )
        self._run(limit=2)
        self.assertFalse(any(others.mapped("intake_refresh_on")), "no rhythm, nothing more to ask")

    def test_leavers_customer_goes_to_the_leader(self):
        self._customer()
        self.rep.active = False
        self.at(24 * 90)
        self._run()
        self.assertEqual(self._asked().user_id, self.supervisor)

    # --- the form --------------------------------------------------------------------------

    def _form(self, user=None):
        action = self.customer.with_user(user or self.rep).action_intake_refresh()
        wizard = self.env[action["res_model"]].with_user(user or self.rep)
        return Form(wizard.with_context(**action["context"]))

    def test_ages(self):
        self._customer()
        self.customer.with_user(self.rep).intake_refresh(["phone"])
        self.at(24 * 7)
        form = self._form()
        ages = {}
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                ages[line.name] = line.age
        self.assertEqual(ages["phone"], "7 days ago")
        self.assertEqual(ages["email"], "never confirmed")

    def test_confirm_and_change(self):
        self._customer()
        self.at(24 * 90)
        self._run()
        with self._form() as form:
            for index in range(len(form.line_ids)):
                with form.line_ids.edit(index) as line:
                    if line.name == "email":
                        self.assertEqual(line.value, "liu@presses.example.com")
                        line.is_confirmed = True
                    elif line.name == "phone":
                        line.new_value = "+86 10 6552 7777"
                    elif line.name == "needs":
                        line.new_value = "A second press in autumn"
        form.record.action_refresh()
        self.assertEqual(self.person.phone, "+86 10 6552 7777")
        self.assertEqual(self.customer.intake_needs, "A second press in autumn")
        self.assertFalse(self._asked())
        self.assertEqual(self.customer.intake_refresh_on, date(2026, 3, 4) + timedelta(days=180))
        facts = {fact.name: fact for fact in self.customer.intake_fact_ids}
        self.assertEqual(set(facts), {"email", "phone", "needs"})
        self.assertEqual(facts["phone"].old_value, "+86 10 6552 9988")
        self.assertFalse(facts["email"].is_changed)
        self.assertEqual(facts["email"].confirmed_by_id, self.rep)
        self.assertIn("+86 10 6552 9988 → +86 10 6552 7777", self._chatter(self.customer))

    def test_new_contact_person(self):
        self._customer()
        self.customer.with_user(self.rep).intake_refresh(
            changes={"contact": "Chen Jie", "phone": "+86 10 6552 1111"}
        )
        new = self.customer.intake_contact_id
        self.assertEqual((new.name, new.parent_id), ("Chen Jie", self.customer))
        self.assertEqual(new.phone, "+86 10 6552 1111")
        self.assertEqual(self.person.phone, "+86 10 6552 9988", "who left keeps their own")

    def test_nothing_confirmed(self):
        self._customer()
        with self._form() as form:
            pass
        with self.assertRaises(UserError):
            form.record.action_refresh()

    def test_hostile_values(self):
        self._customer()
        mine = self.customer.with_user(self.rep)
        mine.intake_refresh(["name", "active", "phone"], {"active": "", "company_id": "1"})
        self.assertEqual(self.customer.intake_fact_ids.mapped("name"), ["phone"])
        self.assertTrue(self.customer.active)
        for records in (self.customer.intake_fact_ids.with_user(self.manager),
                        self.customer.intake_fact_ids.sudo()):  # fmt: skip
            with self.assertRaises(AccessError):
                records.write({"value": "x"})

    def test_other_company(self):
        self.customer.company_id = self.company
        self._customer()
        with self.assertRaises(AccessError):
            self.customer.with_user(self.other_rep).intake_refresh(["phone"])
        with self.assertRaises(AccessError):
            self.customer.with_user(self.other_rep).action_intake_new_need()

    # --- a new need ------------------------------------------------------------------------

    def test_no_lead_is_named_as_the_one_they_were_won_with(self):
        """It would tell the name of any lead, and make a new need of what stands in it."""
        secret = self._new_lead(user=self.rep2, contact_name="Somebody else's")
        lost = self._approved(partner_id=self.person.id)
        lost.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        customers = self.env["res.partner"].with_user(self.rep)
        for lead in (secret, lost):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.customer.with_user(self.rep).write({"intake_won_lead_id": lead.id})
            with self.assertRaises(ValidationError), self.cr.savepoint():
                customers.create({"name": "Mine", "intake_won_lead_id": lead.id})
            with self.assertRaises(ValidationError), self.cr.savepoint():
                customers.with_context(default_intake_won_lead_id=lead.id).create({"name": "Mine"})
        self._customer()
        # Odoo merges customers by the database and by writing what the survivor lacks.
        twin = self.env["res.partner"].create({"name": "Presses", "is_company": True})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer | twin).ids, twin
        )
        self.assertEqual(twin.intake_won_lead_id.partner_id, self.person)

    def test_new_need(self):
        last = self._customer()
        self.customer.intake_needs = "A second press in autumn"
        action = self.customer.with_user(self.rep).action_intake_new_need()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual((lead.user_id, lead.team_id), (self.rep, self.team))
        self.assertEqual(lead.intake_state, "draft")
        self.assertEqual(lead.lead_type_id, self.env.ref("lead_intake.lead_type_repeat"))
        self.assertEqual(lead.partner_id, self.person)
        self.assertEqual(lead.initial_need, "A second press in autumn")
        self.assertEqual(lead.phone, self.person.phone)
        self.assertFalse(lead.contract_number or lead.retrospective)
        self.assertFalse(lead._get_intake_missing()[lead], "everything known is filled in")
        self.assertNotEqual(lead, last)

    def test_new_need_goes_to_who_knows_the_customer(self):
        self._customer()
        action = self.customer.with_user(self.rep2).action_intake_new_need()
        self.assertEqual(action["tag"], "display_notification")
        lead = self.env["crm.lead"].search([("partner_id", "=", self.person.id)], limit=1)
        self.assertEqual((lead.user_id, lead.registrant_id), (self.rep, self.rep2))

    def test_new_need_of_a_leavers_customer(self):
        self._customer()
        self.rep.active = False
        action = self.customer.with_user(self.rep2).action_intake_new_need()
        self.assertEqual(self.env["crm.lead"].browse(action["res_id"]).user_id, self.rep2)
