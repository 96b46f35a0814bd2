from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.lead_intake.tools.person import Person

from .common import IntakeCommon

PROFILE = {
    "founded_year": 1998,
    "employee_range": "100",
    "annual_revenue": 5000000,
    "main_business": "Valves",
    "main_products": "Ball valves DN 15 to DN 300",
}
PERSON = {"contact_role": "purchasing", "chat_account": "liu_1998", "chat_remark": "Presses-Liu"}


@tagged("post_install", "-at_install")
class TestCustomerProfile(IntakeCommon):
    """What is known of a company and its people, on the lead and on the partner."""

    def _partner(self, **vals):
        return self.env["res.partner"].create({"name": "Known Company", "is_company": True, **vals})

    def _convert(self, lead, **vals):
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
            .create({"name": "convert", "action": "create", **vals})
        )
        wizard.action_apply()

    def _contact(self, lead, name="Wang Li", user=None, **vals):
        return (
            self.env["lead.intake.contact"]
            .with_user(user or self.rep)
            .create({"lead_id": lead.id, "name": name, **vals})
            .sudo()
        )

    # --- the company -----------------------------------------------------------------------

    def test_form(self):
        lead = self._lead_in("approved")
        with Form(lead.with_user(self.rep)) as form:
            for name, value in {**PROFILE, **PERSON}.items():
                form[name] = value
        self.assertRecordValues(lead, [{**PROFILE, **PERSON}])
        self.assertEqual(lead.annual_revenue_currency_id, lead.company_id.currency_id)

    @freeze_time("2026-03-04")
    def test_age(self):
        lead = self._new_lead(founded_year=1998)
        self.assertEqual(lead.company_age, 28)
        self.assertEqual(self._new_lead(partner_name="Other").company_age, 0)
        lead.founded_year = 2026
        for year in (98, 2027, -1):
            with self.subTest(year=year), self.assertRaises(ValidationError):
                lead.founded_year = year

    def test_customer_proposes_and_replaces_nothing(self):
        partner = self._partner(**PROFILE)
        lead = self._new_lead(partner_id=partner.id, main_business="Presses")
        self.assertRecordValues(lead, [{**PROFILE, "main_business": "Presses"}])
        other = self._partner(name="Another", founded_year=2001, main_business="Pumps")
        lead.partner_id = other
        self.assertEqual(lead.founded_year, 1998)
        self.assertFalse(other.main_products)

    def test_customer_chosen_in_the_form_brings_its_own(self):
        """Whoever picks the wrong customer first doesn't keep its figures."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        steel, rice = (self.env.ref(f"lead_intake.industry_{code}") for code in ("31", "0111"))
        wrong = self._partner(**PROFILE, industry_id=rice.id)
        right = self._partner(
            name="Right",
            founded_year=2001,
            annual_revenue=70,
            annual_revenue_currency_id=euro.id,
            industry_id=steel.id,
        )
        own = self.env.ref("base.res_partner_industry_C")
        general = self._partner(name="General", industry_id=own.id)
        lead = self._lead_in("approved", partner_id=wrong.id)
        with Form(lead.with_user(self.rep)) as form:
            form.partner_id = right
            self.assertEqual(form.industry_id, steel)
            self.assertEqual(form.annual_revenue_currency_id, euro)
            form.partner_id = general
        # What a customer doesn't say it doesn't take away.
        self.assertRecordValues(
            lead,
            [
                {
                    "founded_year": 2001,
                    "annual_revenue": 70,
                    "annual_revenue_currency_id": euro.id,
                    "main_business": "Valves",
                    "industry_id": steel.id,
                }
            ],
        )

    def test_person_of_a_company_brings_both(self):
        company = self._partner(**PROFILE)
        person = company.child_ids.create({"name": "Liu", "parent_id": company.id, **PERSON})
        self.assertRecordValues(person, [PROFILE])
        lead = self._new_lead(partner_id=person.id)
        self.assertRecordValues(lead, [{**PROFILE, **PERSON}])

    def test_revenue_keeps_its_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        partner = self._partner(annual_revenue=10, annual_revenue_currency_id=euro.id)
        lead = self._new_lead(partner_id=partner.id)
        self.assertEqual(lead.annual_revenue_currency_id, euro)
        own = self._new_lead(partner_id=partner.id, annual_revenue=20)
        self.assertEqual(own.annual_revenue, 20)
        self.assertEqual(own.annual_revenue_currency_id, own.company_id.currency_id)

    def test_conversion_creates_the_customer_with_its_profile(self):
        lead = self._lead_in("approved", **PROFILE, **PERSON)
        self._convert(lead)
        company = lead.partner_id.parent_id
        self.assertRecordValues(company, [{**PROFILE, "name": "Hangzhou Presses Ltd"}])
        self.assertRecordValues(lead.partner_id, [{**PROFILE, **PERSON}])
        self.assertFalse(company.contact_role, "a company is no person")

    def test_conversion_tells_a_known_customer_only_what_it_lacks(self):
        partner = self._partner(founded_year=2001)
        lead = self._lead_in("approved", **PROFILE)
        self._convert(lead, action="exist", partner_id=partner.id)
        self.assertRecordValues(partner, [{**PROFILE, "founded_year": 2001}])

    def test_import_and_list_edit(self):
        lead = self._lead_in("approved")
        Lead = self.env["crm.lead"].with_user(self.rep)
        done = Lead.load(
            ["id", "employee_range", "founded_year"],
            [[lead.export_data(["id"])["datas"][0][0], "100 – 299", "1998"]],
        )
        self.assertFalse(done["messages"])
        (lead | self._new_lead(name="B")).with_user(self.rep).write({"main_business": "Valves"})
        self.assertRecordValues(
            lead, [{"employee_range": "100", "founded_year": 1998, "main_business": "Valves"}]
        )

    def test_merge(self):
        head = self._lead_in("approved", main_business="Valves")
        tail = self._new_lead(
            partner_name="Same", **{**PROFILE, "main_business": "Pumps"}, **PERSON
        )
        (head | tail).with_user(self.supervisor).merge_opportunity()
        self.assertRecordValues(head, [{**PROFILE, "main_business": "Valves"}])

    # --- who is the same person ------------------------------------------------------------

    def test_same_person(self):
        wang = Person.of("Wang Li", "wang@a.cn", "138 0000 1111")
        for same, *other in (
            (True, "W. Li", "WANG@a.cn", ""),
            (False, "Wang Li", "li@a.cn", "138 0000 1111"),
            (True, "wang　li", "", "+86 13800001111"),
            (True, "Wang Li", "", ""),
            (False, "Wang Li", "", "139 2222 3333"),
            (False, "Zhao", "", "138 0000 1111"),
            (False, "", "", ""),
        ):
            with self.subTest(other=other):
                self.assertEqual(wang.is_same(Person.of(*other)), same)
                self.assertEqual(Person.of(*other).is_same(wang), same)

    # --- further contacts ------------------------------------------------------------------

    def test_conversion_makes_each_person_once(self):
        lead = self._lead_in("approved")
        wang = self._contact(lead, email="wang@presses.cn", contact_role="technical")
        again = self._contact(lead, name="Wang L.", email="Wang@presses.cn", phone="123")
        own = self._contact(lead, name="Liu Wei")
        self._convert(lead)
        company = lead.partner_id.commercial_partner_id
        self.assertEqual(sorted(company.child_ids.mapped("name")), ["Liu Wei", "Wang Li"])
        self.assertEqual(own.partner_id, lead.partner_id)
        self.assertEqual(again.partner_id, wang.partner_id)
        self.assertRecordValues(
            wang.partner_id,
            [{"contact_role": "technical", "phone": "123", "parent_id": company.id}],
        )
        before = self.env["res.partner"].search_count([])
        lead.with_user(self.rep).action_intake_contacts_to_partner()
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_button_after_the_customer_is_known(self):
        lead = self._lead_in("approved")
        contact = self._contact(lead)
        lead.with_user(self.rep).action_intake_contacts_to_partner()
        self.assertFalse(contact.partner_id, "there is no customer yet")
        lead.partner_id = self._partner()
        self.assertTrue(lead.intake_has_new_contacts)
        lead.with_user(self.rep).action_intake_contacts_to_partner()
        self.assertEqual(contact.partner_id.parent_id, lead.partner_id)
        self.assertFalse(lead.intake_has_new_contacts)

    def test_merge_keeps_everybody_once(self):
        head = self._lead_in("approved")
        tail = self._new_lead(contact_name="Zhao Min", phone="+86 10 6552 0000", **PERSON)
        wang = self._contact(head, email="wang@presses.cn")
        self._contact(tail, name="Wang", email="wang@presses.cn", function="Head of technology")
        self._contact(tail, name="Liu Wei")
        chen = self._contact(tail, name="Chen")
        (head | tail).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(
            sorted(head.intake_contact_ids.mapped("name")), ["Chen", "Wang Li", "Zhao Min"]
        )
        self.assertEqual(chen.lead_id, head)
        self.assertEqual(wang.function, "Head of technology")
        zhao = head.intake_contact_ids.filtered(lambda contact: contact.name == "Zhao Min")
        self.assertRecordValues(zhao, [PERSON])

    def test_merge_into_a_lead_without_contact(self):
        head = self._lead_in("approved")
        head.contact_name = False
        tails = self._new_lead(contact_name="Zhao") | self._new_lead(contact_name="Qian")
        (head | tails).with_user(self.supervisor).merge_opportunity()
        names = {head.contact_name, *head.intake_contact_ids.mapped("name")}
        self.assertEqual(names, {"Zhao", "Qian"})
        self.assertEqual(len(head.intake_contact_ids), 1)

    # --- rights ----------------------------------------------------------------------------

    def test_contacts_follow_the_lead(self):
        lead = self._lead_in("approved")
        contact = self._contact(lead)
        for user in (self.rep2, self.other_rep, self.outsider):
            with self.subTest(user=user.login):
                self.assertFalse(contact.with_user(user).search([("lead_id", "=", lead.id)]))
                with self.assertRaises(AccessError):
                    contact.with_user(user).write({"name": "x"})
                with self.assertRaises(AccessError):
                    self._contact(lead, user=user)
        contact.with_user(self.supervisor).name = "Wang Lili"
        with self.assertRaises(AccessError):
            contact.with_user(self.other_supervisor).read(["name"])

    def test_collaborator_reads_only(self):
        lead = self._lead_in("approved")
        contact = self._contact(lead)
        lead.sudo().intake_collaborator_ids = self.rep2
        self.assertEqual(contact.with_user(self.rep2).name, "Wang Li")
        with self.assertRaises(AccessError):
            contact.with_user(self.rep2).name = "x"

    def test_contact_stays_with_its_lead(self):
        contact = self._contact(self._lead_in("approved"))
        mine = self._new_lead(name="Mine too")
        for context in ({}, {"lead_intake_pass": True}):
            with self.assertRaises(UserError):
                contact.with_user(self.rep).with_context(**context).lead_id = mine

    def test_partner_of_a_contact_cannot_be_typed(self):
        lead = self._lead_in("approved")
        partner = self._partner()
        self.assertFalse(self._contact(lead, partner_id=partner.id).partner_id)
        with self.assertRaises(UserError):
            self._contact(lead, name="B").with_user(self.rep).partner_id = partner

    def test_plain_conversion_costs_nothing_more(self):
        """One look at whether the procedure was ever used, and that is remembered."""
        lead = self._plain_lead()
        lead._handle_partner_assignment(create_missing=True)
        self.assertEqual(lead.partner_id.name, "Liu Wei")
