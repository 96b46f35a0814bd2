from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestRequirement(IntakeCommon):
    """What the customer needs, for how much, by when, and who decides on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead_in("approved")
        cls.lead.type = "opportunity"
        cls.template = cls.env.ref("lead_intake.chain_template_standard")
        cls.stage_proposal.write(
            {
                "intake_gate_field_ids": [
                    Command.link(cls.env["ir.model.fields"]._get("crm.lead", name).id)
                    for name in ("budget_from", "intake_step_ids")
                ],
                "intake_gate_steps": 2,
            }
        )

    def _steps(self, lead, *rows, user=None):
        return (
            self.env["lead.intake.decision.step"]
            .with_user(user or self.rep)
            .create(
                [
                    {"lead_id": lead.id, "name": name, "person": person, "sequence": number}
                    for number, (name, person) in enumerate(rows, start=1)
                ]
            )
            .sudo()
        )

    # --- budget ----------------------------------------------------------------------------

    def test_budget_goes_from_less_to_more(self):
        lead = self.lead.with_user(self.rep)
        lead.write({"budget_from": 100, "budget_to": 200})
        self.assertEqual(lead.budget_currency_id, lead.company_id.currency_id)
        lead.write({"budget_from": 300, "budget_to": 0})
        for low, high in ((300, 200), (-1, 10), (1, -10)):
            with self.subTest(low=low, high=high), self.assertRaises(ValidationError):
                lead.write({"budget_from": low, "budget_to": high})

    def test_competitors_are_shared_and_unique(self):
        with Form(self.lead.with_user(self.rep)) as form:
            form.competitor_ids.add(
                self.env["lead.intake.competitor"].with_user(self.rep).create({"name": "ACME"})
            )
        self.assertEqual(self.lead.competitor_ids.name, "ACME")
        with self.assertRaises(AccessError):
            self.lead.competitor_ids.with_user(self.rep).name = "x"
        self.lead.competitor_ids.with_user(self.supervisor).note = "Cheap, slow service"
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["lead.intake.competitor"].create({"name": "acme"})

    # --- the chain -------------------------------------------------------------------------

    def test_template_and_text_form(self):
        with Form(self.lead.with_user(self.rep)) as form:
            form.intake_chain_template_id = self.template
        self.assertEqual(
            self.lead.decision_chain,
            "Technical evaluation → Finance approval → Owner's final confirmation",
        )
        self.lead.intake_step_ids[0].sequence = 99
        self.assertTrue(self.lead.decision_chain.endswith("Technical evaluation"))

    def test_template_never_replaces_a_chain(self):
        self._steps(self.lead, ("Board", "Zhao"))
        form = Form(self.lead.with_user(self.rep))
        self.assertTrue(form._get_modifier("intake_chain_template_id", "invisible"))
        lead = self.lead.with_user(self.rep)
        lead.intake_chain_template_id = self.template
        lead._onchange_intake_chain_template_id()
        self.assertEqual(self.lead.decision_chain, "Board")

    def test_chain_tells_how_much_we_know(self):
        self.lead.decision_maker = "partly"
        first, last = self._steps(self.lead, ("Technical", False), ("Owner", False))
        self.assertEqual(self.lead.decision_maker, "unknown")
        first.person = "Wang"
        self.assertEqual(self.lead.decision_maker, "partly")
        last.person = "Zhao"
        self.assertEqual(self.lead.decision_maker, "known")
        (first | last).unlink()
        self.assertEqual(self.lead.decision_maker, "known", "what was said last stands")

    def test_known_chain_earns_its_points(self):
        self.env["lead.intake.criterion"].create(
            {"name": "Known", "domain": "[('decision_maker', '=', 'known')]", "points": 7}
        )
        self.assertNotIn("Known", self.lead._get_intake_suggestions()[self.lead]["text"])
        self._steps(self.lead, ("Owner", "Zhao"))
        self.assertIn("+7  Known", self.lead._get_intake_suggestions()[self.lead]["text"])

    def test_chain_waits_with_its_lead_for_the_review(self):
        lead = self._lead_in("draft", name="Waiting")
        step = self._steps(lead, ("Owner", False))
        lead.with_user(self.rep).intake_submit()
        for change in (
            lambda: step.with_user(self.rep).write({"person": "Zhao"}),
            lambda: step.with_user(self.rep).unlink(),
            lambda: self._steps(lead, ("Board", "Qian")),
            lambda: lead.with_user(self.rep).write(
                {"intake_step_ids": [Command.create({"name": "Board"})]}
            ),
        ):
            with self.assertRaises(UserError) as caught:
                change()
            self.assertIn("waits for its review", str(caught.exception))
        step.with_user(self.supervisor).person = "Zhao"
        self.assertEqual(lead.decision_maker, "known")

    def test_contact_of_another_lead(self):
        other = self._new_lead(name="Other")
        stranger = self.env["lead.intake.contact"].create({"lead_id": other.id, "name": "Zhao"})
        step = self._steps(self.lead, ("Owner", False))
        with self.assertRaises(ValidationError):
            step.contact_id = stranger
        own = self.env["lead.intake.contact"].create({"lead_id": self.lead.id, "name": "Qian"})
        step.contact_id = own
        self.assertEqual(step.person, "Qian")
        own.unlink()
        self.assertEqual(step.person, "Qian", "who it was stays known")

    def test_steps_follow_the_lead(self):
        step = self._steps(self.lead, ("Owner", False))
        for user in (self.rep2, self.other_rep, self.outsider):
            with self.subTest(user=user.login):
                self.assertFalse(step.with_user(user).search([("lead_id", "=", self.lead.id)]))
                with self.assertRaises(AccessError):
                    step.with_user(user).person = "x"
                with self.assertRaises(AccessError):
                    self._steps(self.lead, ("Board", "x"), user=user)
        with self.assertRaises(UserError):
            step.with_user(self.rep).lead_id = self._new_lead(name="Mine")

    # --- the gate --------------------------------------------------------------------------

    def test_gate_counts_the_steps(self):
        self.lead.budget_to = 1000
        self._steps(self.lead, ("Owner", False))
        with self.assertRaisesRegex(UserError, r"Decision Chain \(steps: 1 of 2\)"):
            self.lead.with_user(self.rep).stage_id = self.stage_proposal
        self._steps(self.lead, ("Finance", False))
        self.lead.with_user(self.rep).stage_id = self.stage_proposal
        self.assertEqual(self.lead.stage_id, self.stage_proposal)

    def test_gate_dialog_takes_the_chain(self):
        lead = self.lead.with_user(self.rep)
        action = lead.intake_get_stage_action(self.stage_proposal.id)
        lead = lead.with_context(**action["context"])
        with Form(lead, view="lead_intake.crm_lead_view_form_gate") as dialog:
            dialog.budget_to = 1000
            for name in ("Technical", "Owner"):
                with dialog.intake_step_ids.new() as step:
                    step.name = name
        lead.action_intake_pass_gate()
        self.assertEqual(self.lead.stage_id, self.stage_proposal)

    # --- merging ---------------------------------------------------------------------------

    def test_merge_keeps_the_requirement_together(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        acme, bolt = self.env["lead.intake.competitor"].create([{"name": "A1"}, {"name": "B1"}])
        self.lead.write({"need_description": "Ten presses", "competitor_ids": acme.ids})
        tail = self._new_lead(
            name="Tail",
            need_description="And a robot",
            budget_from=5,
            budget_to=9,
            budget_currency_id=euro.id,
            purchase_date="2026-09-01",
            competitor_ids=bolt.ids,
        )
        (self.lead | tail).with_user(self.supervisor).merge_opportunity()
        self.assertRecordValues(
            self.lead,
            [
                {
                    "need_description": "Ten presses\n\nAnd a robot",
                    "budget_from": 5,
                    "budget_to": 9,
                    "budget_currency_id": euro.id,
                    "competitor_ids": (acme | bolt).ids,
                }
            ],
        )
        self.assertEqual(str(self.lead.purchase_date), "2026-09-01")

    def test_merge_keeps_each_step_once(self):
        tail = self._new_lead(name="Tail", contact_name="Zhao Min")
        contact = self.env["lead.intake.contact"].create({"lead_id": tail.id, "name": "Qian"})
        self._steps(self.lead, ("Technical", "Wang"), ("Owner", False))
        steps = self._steps(tail, ("technical", "Wang"), ("Owner", "Zhao"), ("Finance", False))
        steps[0].stance = "against"
        steps[2].contact_id = contact
        (self.lead | tail).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(self.lead.decision_chain, "Technical → Owner → Finance")
        self.assertRecordValues(
            self.lead.intake_step_ids,
            [
                {"person": "Wang", "stance": "against"},
                {"person": "Zhao", "stance": "unknown"},
                {"person": "Qian", "stance": "unknown"},
            ],
        )
        self.assertEqual(self.lead.intake_step_ids[2].contact_id, contact)
        self.assertEqual(contact.lead_id, self.lead)

    def test_merge_keeps_a_step_once_that_only_one_lead_has_a_person_for(self):
        """Whichever of the two leads knows who it is."""
        tail = self._new_lead(name="Tail")
        self._steps(self.lead, ("Owner", "Zhao"), ("Finance", False))
        self._steps(tail, ("owner", False), ("Finance", "Song"), ("Finance", "Kong"))
        (self.lead | tail).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(
            [(step.name, step.person) for step in self.lead.intake_step_ids],
            [("Owner", "Zhao"), ("Finance", "Song"), ("Finance", "Kong")],
        )

    def test_plain_merge(self):
        leads = self._plain_lead() | self._plain_lead(name="Plain 2")
        leads.with_user(self.env.user).merge_opportunity()
        self.assertEqual(len(leads.exists()), 1)
