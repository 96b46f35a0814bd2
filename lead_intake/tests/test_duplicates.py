from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.lead_intake.models.crm_lead_duplicate import LOOKUPS
from odoo.addons.lead_intake.tests.common import PHONE, IntakeCommon

SECRET = "Secret Forging Line"
FIELDS = ["intake_duplicate_text", "intake_duplicate_count", "intake_duplicate_blocks"]


@tagged("post_install", "-at_install")
class TestDuplicates(IntakeCommon):
    """Step 1: who knows this customer already, and nothing more than whom to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep2.name = "Zhao Lei"
        cls.theirs = cls._new_lead(
            cls.rep2,
            name=SECRET,
            partner_name="杭州压力机（集团）有限公司",
            contact_name="Secret Person",
            phone="+86 571 8888 1234",
            email_from="buyer@secret.example.com",
            initial_need="Secret need",
            estimated_budget=123456,
        )

    def _vals(self, **vals):
        return {
            "name": "New lead",
            "team_id": self.team.id,
            "user_id": self.rep.id,
            "type": self.lead_type,
            **vals,
        }

    def _mine(self, user=None, **vals):
        return self.env["crm.lead"].with_user(user or self.rep).create(self._vals(**vals))

    def _policy(self, policy):
        self.team.intake_duplicate_policy = policy

    @contextmanager
    def _refused(self):
        """Whatever way the ORM says that a field can't be searched, sorted or grouped by."""
        try:
            with self.cr.savepoint():
                yield
        except (ValueError, UserError):
            return
        self.fail("Nothing refused it.")

    # --- what is found -------------------------------------------------------------------------

    def test_found_by(self):
        for vals, words in (
            ({"phone": "+86 571-8888-1234"}, "Same phone number"),
            ({"email_from": "Buyer <BUYER@secret.example.com>"}, "Same e-mail address"),
            ({"partner_name": "杭州压力机集团"}, "Same company name"),
        ):
            with self.subTest(vals=vals):
                lead = self._mine(**vals)
                self.assertEqual(lead.intake_duplicate_count, 1)
                self.assertIn(words, lead.intake_duplicate_text)

    def test_a_long_list_is_cut(self):
        for number in range(4):
            self._new_lead(self.rep2, name=f"{number} 苏州轴承" * 20, phone="+86 571 8888 1234")
        lines = self._mine(self.supervisor, phone="+86 571 8888 1234").intake_duplicate_text
        first, second, more = lines.split("\n")
        self.assertIn("…”", first)
        self.assertLess(len(first), 100)
        self.assertLess(len(second), 100)
        self.assertEqual(more, "… and 3 more.")

    def test_of_nobody(self):
        self.theirs.sudo().user_id = False
        mine = self._mine(phone="+86 571 8888 1234")
        self.assertIn("Intake Team, not assigned yet.", mine.intake_duplicate_text)
        self.assertIn(
            "not assigned yet: ask your supervisor.",
            self.theirs.sudo()._get_intake_mask(False, {"phone_sanitized"}),
        )

    def test_mask_says_whom_to_ask(self):
        text = self._mine(phone="+86 571 8888 1234").intake_duplicate_text
        self.assertIn("Intake Team", text)
        self.assertIn("Zhao*", text)
        for hidden in (SECRET, "Lei", "杭州", "Secret", "buyer", "8888", "123456"):
            self.assertNotIn(hidden, text)
        theirs = self.theirs
        theirs.with_user(self.rep2).intake_submit()
        theirs.with_user(self.supervisor).intake_approve()
        theirs.with_user(self.rep2).intake_log("reached", "Talked about presses")
        self.assertIn(
            "last contact 0 days ago", self._mine(phone="+86 571 8888 1234").intake_duplicate_text
        )

    def test_what_one_may_read_is_named(self):
        lead = self._mine(phone="+86 571 8888 1234")
        self.assertIn(SECRET, lead.with_user(self.supervisor).intake_duplicate_text)
        self.assertNotIn(SECRET, lead.with_user(self.rep).intake_duplicate_text)

    def test_partners(self):
        partner = self.env["res.partner"].create(
            {"name": "Suzhou Bearings Co., Ltd.", "is_company": True, "phone": "+86 512 6666 1111"}
        )
        lead = self._mine(partner_name="suzhou BEARINGS")
        self.assertIn("Suzhou Bearings", lead.intake_duplicate_text)
        lead.partner_id = partner
        self.assertFalse(lead.intake_duplicate_text)

    def test_other_company_is_none_of_ours(self):
        self._new_lead(
            self.other_rep,
            team_id=self.other_team.id,
            company_id=self.company2.id,
            partner_name="Far Away Inc",
            phone="+86 571 8888 9999",
        )
        self.env["res.partner"].create(
            {
                "name": "Far Away Inc",
                "is_company": True,
                "company_id": self.company2.id,
                "phone": "+86 571 8888 9999",
            }
        )
        lead = self._mine(phone="+86 571 8888 9999", partner_name="Far Away Inc")
        self.assertFalse(lead.intake_duplicate_text)
        self.assertEqual(lead.intake_duplicate_count, 0)

    def test_lost_leads_are_no_duplicates(self):
        self.theirs.action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertFalse(self._mine(phone="+86 571 8888 1234").intake_duplicate_text)

    def test_names_that_say_nothing(self):
        self._new_lead(self.rep2, partner_name="---", phone=False)
        self.assertFalse(self._mine(partner_name="***").intake_duplicate_text)

    # --- while typing --------------------------------------------------------------------------

    def test_form_warns_while_typing(self):
        Lead = self.env["crm.lead"].with_user(self.rep).with_context(default_team_id=self.team.id)
        with Form(Lead) as form:
            form.name = "Typed"
            self.assertFalse(form.intake_duplicate_text)
            form.phone = "+86 571 8888 1234"
            self.assertIn("Zhao*", form.intake_duplicate_text)
            form.phone = "+86 571 8888 5555"
            self.assertFalse(form.intake_duplicate_text)

    def test_quick_create_warns(self):
        Lead = self.env["crm.lead"].with_user(self.rep).with_context(default_team_id=self.team.id)
        form = Form(Lead, view="crm.quick_create_opportunity_form")
        form.phone = "+86 571 8888 1234"
        self.assertIn("Zhao*", form.intake_duplicate_text)

    # --- an own-documents representative learns nothing more ---------------------------------------

    def test_no_method_tells_more(self):
        lead = self._mine(phone="+86 571 8888 1234", partner_name="杭州压力机集团")
        self.rep.group_ids += self.env.ref("base.group_allow_export")
        Lead = self.env["crm.lead"].with_user(self.rep)
        theirs = self.theirs.with_user(self.rep)
        hidden = [SECRET, "Zhao Lei", "buyer@secret", "Secret Person", str(self.theirs.name)]
        self.env.invalidate_all()
        answers = [
            lead.read(FIELDS),
            lead.export_data([*FIELDS, "intake_duplicate_reason"]),
            lead.web_read({name: {} for name in FIELDS}),
            Lead.search_read([("id", "=", lead.id)], FIELDS),
            Lead.name_search(SECRET),
            Lead.name_search("buyer@secret.example.com"),
            Lead.search([("intake_company_key", "=", self.theirs.intake_company_key)]).ids,
            Lead.formatted_read_group([], ["intake_company_key"], ["__count"]),
            Lead.with_context(active_test=False, intake=True, sudo=True)
            .search([("phone_sanitized", "=", self.theirs.phone_sanitized)])
            .mapped("name"),
            lead.onchange(
                {"phone": "+86 571 8888 1234"},
                ["phone"],
                {
                    "phone": {},
                    "intake_duplicate_text": {},
                    "intake_duplicate_count": {},
                },
            ),
        ]
        for answer in answers:
            for word in hidden:
                self.assertNotIn(word, str(answer))
        for step in (
            lambda: theirs.read(FIELDS),
            lambda: theirs.export_data(FIELDS),
            lambda: theirs.read(["intake_duplicate_text"]),
        ):
            with self.assertRaises(AccessError):
                step()
        for name in FIELDS:
            for step in (
                lambda name=name: Lead.search([(name, "!=", False)]),
                lambda name=name: Lead.search([], order=name),
                lambda name=name: Lead.formatted_read_group([], [name], ["__count"]),
                lambda name=name: Lead.formatted_read_group([], [], [f"{name}:max"]),
            ):
                with self.subTest(name=name), self._refused():
                    step()

    def test_parts_of_a_value_tell_nothing(self):
        """A number or a name can be confirmed by who has it, never found out piece by piece."""
        for vals in (
            {"phone": "+86 571 8888 123"},
            {"phone": "+86 571 8888 123%"},
            {"phone": "%"},
            {"email_from": "%@secret.example.com"},
            {"email_from": "buyer@secret.example"},
            {"partner_name": "杭州压力"},
            {"partner_name": "%"},
            {"partner_name": "杭_压力机"},
        ):
            with self.subTest(vals=vals):
                self.assertFalse(self._mine(**vals).intake_duplicate_text)

    def test_lookups_are_limited(self):
        numbers = [f"+86 571 7777 {n:04d}" for n in range(LOOKUPS + 5)]
        self.env["crm.lead"].with_user(self.rep2).create(
            [self._vals(name="T", phone=number, user_id=self.rep2.id) for number in numbers]
        )
        lead = self._mine()
        masks = refusals = 0
        for number in numbers:
            lead.phone = number
            text = lead.intake_duplicate_text
            masks += "Zhao*" in text
            refusals += "very many" in text and "Zhao" not in text
        self.assertEqual((masks, refusals), (LOOKUPS, 5))
        # What was asked before is answered again; a supervisor reads it anyway.
        lead.phone = numbers[0]
        self.assertIn("Zhao*", lead.intake_duplicate_text)
        lead.phone = numbers[-1]
        self.assertIn("Zhao Lei", lead.with_user(self.supervisor).intake_duplicate_text)

    def _use_up_lookups(self):
        """Let the representative learn as much as anybody may within an hour."""
        numbers = [f"+86 571 7777 {n:04d}" for n in range(LOOKUPS)]
        self.env["crm.lead"].with_user(self.rep2).create(
            [self._vals(name="T", phone=number, user_id=self.rep2.id) for number in numbers]
        )
        leads = self.env["crm.lead"].with_user(self.rep)
        for number in numbers:
            leads |= leads.new(self._vals(phone=number))
        self.assertTrue(all("Zhao*" in text for text in leads.mapped("intake_duplicate_text")))
        return numbers

    def _ask(self, **vals):
        """Return all that the form tells while it is typed in."""
        names = ["intake_duplicate_text", "intake_duplicate_count", "intake_duplicate_blocks"]
        answer = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .onchange(self._vals(**vals), list(vals), dict.fromkeys(names, {}))
        )
        return [answer["value"].get(name) for name in names]

    def test_beyond_the_limit_hits_and_misses_look_the_same(self):
        self._use_up_lookups()
        hit, miss = {"phone": "+86 571 8888 1234"}, {"phone": "+86 571 8888 0000"}
        self.assertEqual(self._ask(**hit), self._ask(**miss))
        self.assertIn("very many", str(self._ask(**miss)))
        self.assertFalse(self._ask(**hit)[1])
        mine = [self._mine(**vals) for vals in (hit, miss)]
        for name in FIELDS:
            self.assertEqual(*[lead[name] for lead in mine], name)
        # What one may read is told as before, and nobody else pays for it.
        self.assertIn("Ten presses", self._mine(name="Ten presses", phone=PHONE).name)
        self.assertIn("Ten presses", self._mine(phone=PHONE).intake_duplicate_text)
        other = self._mine(self.supervisor, phone="+86 571 8888 0001")
        self.assertFalse(other.intake_duplicate_text)

    def test_beyond_the_limit_refusals_look_the_same(self):
        """Registrations that fail leave no trace: they would be the cheapest way to ask."""
        self._use_up_lookups()
        self._policy("block")
        refusals = []
        for phone in ("+86 571 8888 1234", "+86 571 8888 0000"):
            with self.assertRaises(UserError) as refusal, self.cr.savepoint():
                self._mine(phone=phone)
            refusals.append(str(refusal.exception))
        self.assertEqual(*refusals)
        self.assertIn("very many", refusals[0])
        self.assertTrue(self._mine(name="Nothing to look up"))

    # --- policy ----------------------------------------------------------------------------------

    def test_none(self):
        self._policy("none")
        self.assertFalse(self._mine(phone="+86 571 8888 1234").intake_duplicate_text)

    def test_warn_refuses_nothing(self):
        lead = self._mine(**self._complete_vals(phone="+86 571 8888 1234"))
        lead.intake_submit()
        self.assertEqual(lead.intake_state, "submitted")

    def test_block_refuses_on_every_path(self):
        self._policy("block")
        phone = "+86 571 8888 1234"
        Lead = self.env["crm.lead"].with_user(self.rep).with_context(default_team_id=self.team.id)

        def form():
            with Form(Lead) as typed:
                typed.name = "Typed"
                typed.phone = phone

        def load():
            result = Lead.load(["name", "phone", "team_id/.id"], [["I", phone, str(self.team.id)]])
            self.assertFalse(result["ids"])
            raise UserError(result["messages"][0]["message"])

        for step in (
            lambda: self._mine(phone=phone),
            lambda: Lead.with_context(import_file=True, sudo=True).create(self._vals(phone=phone)),
            lambda: self._mine(phone=phone, user=self.supervisor),
            lambda: self.theirs.with_user(self.rep2).copy(),
            lambda: Lead.create([self._vals(), self._vals(phone=phone)]),
            form,
            load,
        ):
            with self.assertRaisesRegex(UserError, "worked on already"), self.cr.savepoint():
                step()
        with self.assertRaises(UserError) as refusal, self.cr.savepoint():
            self._mine(phone=phone)
        self.assertNotIn(SECRET, str(refusal.exception))
        self.assertIn("Zhao*", str(refusal.exception))

    def test_block_within_a_batch(self):
        self._policy("block")
        with self.assertRaises(UserError):
            self.env["crm.lead"].with_user(self.rep).create(
                [self._vals(phone=PHONE), self._vals(phone=PHONE)]
            )

    def test_block_on_submit(self):
        lead = self._mine(**self._complete_vals())
        self._policy("block")
        lead.phone = "+86 571 8888 1234"
        with self.assertRaisesRegex(UserError, "worked on already"):
            lead.intake_submit()
        with self.assertRaises(UserError):
            lead.intake_duplicate_reason = "Another plant"
        lead.with_user(self.supervisor).intake_duplicate_reason = "Another plant"
        lead.intake_submit()
        self.assertEqual(lead.intake_state, "submitted")
        self.assertIn("Another plant", self._chatter(lead))

    def test_only_a_reviewer_lets_pass(self):
        self._policy("block")
        for user in (self.rep, self.manager, self.operations):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._mine(user, phone="+86 571 8888 1234", intake_duplicate_reason="Another plant")
        with self.assertRaises(UserError), self.cr.savepoint():
            self._mine(self.supervisor, phone="+86 571 8888 1234", intake_duplicate_reason=" - ")
        lead = self._mine(
            self.supervisor, phone="+86 571 8888 1234", intake_duplicate_reason="Another plant"
        )
        self.assertFalse(lead.intake_duplicate_blocks)
        Lead = self.env["crm.lead"].with_user(self.rep)
        with self.assertRaises(AccessError), self.cr.savepoint():
            Lead.with_context(default_intake_duplicate_reason="Another plant").create(
                self._vals(phone="+86 571 8888 1234")
            )

    def test_customers_who_come_back_are_welcome(self):
        self._policy("block")
        self.env["res.partner"].create(
            {"name": "Old Customer Ltd", "is_company": True, "phone": "+86 512 6666 1111"}
        )
        lead = self._mine(partner_name="Old Customer", phone="+86 512 6666 1111")
        self.assertIn("customer", lead.intake_duplicate_text)
        self.assertFalse(lead.intake_duplicate_blocks)

    def test_what_comes_by_itself_is_not_lost(self):
        """The mail gateway and websites create with the superuser's rights."""
        self._policy("block")
        lead = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .sudo()
            .create(self._vals(**self._complete_vals(phone="+86 571 8888 1234")))
        )
        with self.assertRaises(UserError):
            lead.with_user(self.rep).intake_submit()

    def test_plain_team_looks_for_nothing(self):
        plain = self._plain_lead(phone="+86 571 8888 1234")
        self.assertFalse(plain.intake_duplicate_text)
        plain.with_user(self.outsider).intake_duplicate_reason = "Whatever"

    def test_reviewer_sees_it(self):
        lead = self._mine(**self._complete_vals(phone="+86 571 8888 1234"))
        lead.intake_submit()
        wizard = (
            self.env["lead.intake.decision"]
            .with_user(self.supervisor)
            .create({"lead_ids": [Command.set(lead.ids)], "decision": "approved"})
        )
        self.assertIn(SECRET, wizard.duplicate_text)
        arch = self.env.ref("lead_intake.crm_lead_view_list_to_review")
        self.assertIn("intake_duplicate_count", arch.get_combined_arch())

    # --- cost --------------------------------------------------------------------------------------

    @contextmanager
    def _count(self):
        self.env.flush_all()
        self.env.invalidate_all()
        counted = []
        start = self.cr.sql_log_count
        yield counted
        self.env.flush_all()
        counted.append(self.cr.sql_log_count - start)

    def test_cost_of_create(self):
        """Looking for duplicates costs a batch the same whatever its size."""
        Lead = self.env["crm.lead"].with_user(self.rep)

        def create(count, series):
            with self._count() as counted:
                Lead.create(
                    [
                        self._vals(phone=f"+86 571 {series} {n:04d}", partner_name=f"C {series}{n}")
                        for n in range(count)
                    ]
                )
            return counted[0]

        create(2, 1000)
        extra = []
        for number, count in enumerate((1, 50)):
            self._policy("none")
            create(count, 2000 + number)
            without = create(count, 3000 + number)
            self._policy("block")
            create(count, 4000 + number)
            extra.append(create(count, 5000 + number) - without)
        self.assertLessEqual(max(extra), 8, extra)
        self.assertLessEqual(extra[1] - extra[0], 2, extra)

    def test_cost_of_reading(self):
        leads = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create([self._vals(phone=f"+86 571 8888 {1234 + n % 3}") for n in range(50)])
        )
        costs = []
        for batch in (leads[:1], leads):
            with self._count() as counted:
                batch.mapped("intake_duplicate_text")
            costs.append(counted[0])
        self.assertLessEqual(costs[1], costs[0] + 6, costs)

    # --- existing customers --------------------------------------------------------------------------

    def test_existing_companies_get_their_key(self):
        partner = self.env["res.partner"].create({"name": "Old Forge Ltd", "is_company": True})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET intake_company_key = NULL WHERE id = %s", (partner.id,)
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("lead_intake.ir_cron_partner_company_keys").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(partner.intake_company_key, "oldforge")
