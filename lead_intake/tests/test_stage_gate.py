from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.lead_intake.models.crm_stage_gate import STATUS_GATES

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestStageGate(IntakeCommon):
    """A lead moves to a stage when it says what the stage asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_clear = cls.env["crm.stage"].create(
            {
                "name": "Requirement Clear",
                "sequence": 3,
                "team_ids": [Command.set((cls.team | cls.other_team).ids)],
                "intake_status": "requirement_clear",
            }
        )
        cls.stage_proposal.sequence = 4
        cls.stage_won.sequence = 5
        cls.lead = cls._lead_in("approved")
        cls.lead.type = "opportunity"

    def _filled(self):
        return {"need_description": "Ten presses of 400 t", "purchase_date": "2026-09-01"}

    def _ask(self, stage, lead=None, user=None):
        lead = lead or self.lead
        return lead.with_user(user or self.rep).intake_get_stage_action(stage.id)

    # --- what stages ask for ---------------------------------------------------------------

    def test_status_brings_its_fields(self):
        self.assertEqual(
            set(self.stage_clear._get_intake_gate_names()), {"need_description", "purchase_date"}
        )
        stage = self.env["crm.stage"].create({"name": "Plain"})
        self.assertFalse(stage.intake_gate_field_ids, "a company's own stages ask for nothing")
        stage.intake_status = "proposal"
        self.assertEqual(set(stage._get_intake_gate_names()), set(STATUS_GATES["proposal"]))

    def test_administrator_changes_what_a_stage_asks_for(self):
        city = self.env["ir.model.fields"]._get("crm.lead", "city")
        with Form(
            self.stage_clear.with_user(self.manager), view="crm.crm_stage_form"
        ) as stage_form:
            stage_form.intake_gate_field_ids.clear()
            stage_form.intake_gate_field_ids.add(city)
        self.assertEqual(self.stage_clear._get_intake_gate_names(), ["city"])
        with self.assertRaisesRegex(UserError, "“Requirement Clear” needs City"):
            self.lead.with_user(self.rep).stage_id = self.stage_clear
        self.stage_clear.name = "Clear"
        self.assertEqual(self.stage_clear._get_intake_gate_names(), ["city"])

    def test_other_fields_are_refused(self):
        for model, name in (("crm.lead", "message_ids"), ("res.partner", "name")):
            field = self.env["ir.model.fields"]._get(model, name)
            with self.subTest(model=model, name=name), self.assertRaises(ValidationError):
                self.stage_clear.intake_gate_field_ids = field

    def test_representative_changes_no_gate(self):
        with self.assertRaises(AccessError):
            self.stage_clear.with_user(self.rep).intake_gate_field_ids = False

    def test_dialog_knows_every_field(self):
        arch = etree.fromstring(self.env.ref("lead_intake.crm_lead_view_form_gate").arch)
        shown = set(arch.xpath("//field/@name"))
        self.assertLessEqual(set(self.env["crm.lead"]._get_intake_gate_names()), shown)

    # --- every path ------------------------------------------------------------------------

    def test_all_gaps_of_all_leads_at_once(self):
        other = self._lead_in("approved", name="Other", partner_name="Other Ltd")
        other.write({"type": "opportunity", "purchase_date": "2026-09-01"})
        with self.assertRaises(UserError) as caught:
            (self.lead | other).with_user(self.rep).write({"stage_id": self.stage_clear.id})
        text = str(caught.exception)
        self.assertIn("“Ten presses”: “Requirement Clear” needs Requirement, Purchase Date.", text)
        self.assertIn("“Other”: “Requirement Clear” needs Requirement.", text)
        self.assertEqual((self.lead | other).stage_id, self.stage_follow)

    def test_filled_lead_moves_in_the_same_write(self):
        self.lead.with_user(self.rep).write({"stage_id": self.stage_clear.id, **self._filled()})
        self.assertEqual(self.lead.stage_id, self.stage_clear)

    def test_placeholder_is_no_requirement(self):
        with self.assertRaises(UserError):
            self.lead.with_user(self.rep).write(
                {**self._filled(), "stage_id": self.stage_clear.id, "need_description": "无"}
            )

    def test_import(self):
        self.env["ir.model.data"].create(
            {
                "name": "gate_lead",
                "module": "__import__",
                "model": "crm.lead",
                "res_id": self.lead.id,
            }
        )
        Lead = self.env["crm.lead"].with_user(self.supervisor)
        header = ["id", "stage_id", "need_description", "purchase_date"]
        for need, moved in (("", False), ("Ten presses of 400 t", True)):
            row = ["__import__.gate_lead", "Requirement Clear", need, "2026-09-01"]
            done = Lead.with_context(import_file=True).load(header, [row])
            self.assertEqual(bool(done["ids"]), moved, done["messages"])
        self.assertEqual(self.lead.stage_id, self.stage_clear)

    def test_hostile_context_opens_nothing(self):
        for key in ("lead_intake_pass", "lead_intake_merge", "import_file", "install_mode"):
            lead = self.lead.with_user(self.rep).with_context(**{key: True})
            with self.subTest(key=key), self.assertRaises(UserError):
                lead.write({"stage_id": self.stage_clear.id})

    def _refuse_gate(self, step):
        with self.assertRaisesRegex(UserError, "“Requirement Clear” needs"), self.cr.savepoint():
            step()
        self.env.invalidate_all()

    def test_lost_lead_takes_no_way_around(self):
        lead = self.lead.with_user(self.rep)
        lead.action_set_lost(lost_reason_id=self.lost_reason.id)

        def moved_while_lost():
            lead.write({"stage_id": self.stage_clear.id})
            lead.action_restore()

        self._refuse_gate(moved_while_lost)
        self._refuse_gate(lambda: lead.write({"stage_id": self.stage_clear.id, "active": True}))

        def lost_and_moved_at_once():
            lead.write(
                {
                    "stage_id": self.stage_clear.id,
                    "active": False,
                    "lost_reason_id": self.lost_reason.id,
                }
            )
            lead.action_unarchive()

        lead.action_restore()
        self._refuse_gate(lost_and_moved_at_once)
        self.assertEqual(self.lead.stage_id, self.stage_follow)

    def test_other_team_is_no_way_around(self):
        """A stage that was entered while the procedure didn't hold is entered on coming back."""
        self.stage_clear.team_ids += self.plain_team
        self.stage_follow.team_ids += self.plain_team
        lead = self.lead.with_user(self.supervisor)

        def around():
            lead.team_id = self.plain_team
            lead.stage_id = self.stage_clear
            lead.team_id = self.team

        def around_at_once():
            lead.write({"team_id": self.plain_team.id, "stage_id": self.stage_clear.id})
            lead.team_id = self.team

        self._refuse_gate(around)
        self._refuse_gate(around_at_once)

    def test_jump_over_a_stage_meets_the_gate_it_enters(self):
        self.stage_proposal.intake_status = False
        self.stage_proposal.intake_status = "proposal"
        self.lead.write(self._filled())
        with self.assertRaisesRegex(UserError, "Budget"):
            self.lead.with_user(self.rep).stage_id = self.stage_proposal
        self.lead.budget_to = 90000

    # --- what gates never stop -------------------------------------------------------------

    def test_losing(self):
        self.lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(self.lead.won_status, "lost")

    def test_going_back(self):
        self.lead.write({"stage_id": self.stage_clear.id, **self._filled()})
        self.lead.with_user(self.rep).stage_id = self.stage_proposal
        self.lead.write({"need_description": False})
        self.lead.with_user(self.rep).stage_id = self.stage_clear
        self.assertEqual(self.lead.stage_id, self.stage_clear)

    def test_approval_itself(self):
        self.stage_follow.intake_gate_field_ids = self.stage_clear.intake_gate_field_ids
        lead = self._lead_in("approved", name="Fresh", partner_name="Fresh Ltd")
        self.assertEqual(lead.stage_id, self.stage_follow)

    def test_plain_team(self):
        self.stage_clear.team_ids = False
        lead = self._plain_lead()
        lead.with_user(self.outsider).stage_id = self.stage_clear
        self.assertEqual(lead.stage_id, self.stage_clear)
        self.assertFalse(self._ask(self.stage_clear, lead, self.outsider))

    def test_plain_database_pays_nothing(self):
        self.env["crm.team"].search([]).use_intake = False
        lead = self._plain_lead()
        lead.read()
        lead.env["crm.team"]._has_intake_teams()
        with self.assertQueryCount(0):
            lead.intake_get_stage_action(self.stage_clear.id)

    def test_merge(self):
        other = self._lead_in("approved", name="Other", partner_name="Other Ltd")
        other.type = "opportunity"
        (self.lead | other).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(len((self.lead | other).exists()), 1)

    # --- the dialog ------------------------------------------------------------------------

    def test_dialog_asks_for_what_is_missing(self):
        self.lead.purchase_date = "2026-09-01"
        action = self._ask(self.stage_clear)
        self.assertEqual(action["context"]["intake_gate_fields"], ["need_description"])
        self.assertEqual(action["target"], "new")
        lead = self.lead.with_user(self.rep).with_context(**action["context"])
        with Form(lead, view="lead_intake.crm_lead_view_form_gate") as dialog:
            self.assertTrue(dialog._get_modifier("city", "invisible"))
            dialog.need_description = "Ten presses of 400 t"
        lead.action_intake_pass_gate()
        self.assertEqual(self.lead.stage_id, self.stage_clear)

    def test_no_dialog_where_nothing_is_missing(self):
        self.lead.write(self._filled())
        self.assertFalse(self._ask(self.stage_clear))
        self.assertFalse(self._ask(self.stage_follow))
        self.assertFalse(self._ask(self.stage_new))

    def test_dialog_of_several_leads_leaves_it_to_the_write(self):
        other = self._lead_in("approved", name="Other", partner_name="Other Ltd")
        self.assertFalse(self._ask(self.stage_clear, self.lead | other))

    def test_dialog_is_no_way_around(self):
        lead = self.lead.with_user(self.rep).with_context(
            intake_gate_stage_id=self.stage_clear.id, intake_gate_fields=[]
        )
        with self.assertRaises(UserError):
            lead.action_intake_pass_gate()

    def test_hostile_stage(self):
        for stage_id in (0, -1, 10**9, False, None, "1; DROP", [1], {}):
            with self.subTest(stage=stage_id):
                lead = self.lead.with_user(self.rep)
                self.assertFalse(lead.intake_get_stage_action(stage_id))

    def test_other_peoples_leads(self):
        for user in (self.rep2, self.other_rep):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._ask(self.stage_clear, user=user)

    def test_won_button_asks_as_well(self):
        self.stage_won.intake_gate_field_ids = self.stage_clear.intake_gate_field_ids
        lead = self.lead.with_user(self.rep)
        action = lead.action_set_won_rainbowman()
        self.assertEqual(action["context"]["intake_gate_stage_id"], self.stage_won.id)
        self.assertEqual(self.lead.stage_id, self.stage_follow)
        with self.assertRaises(UserError):
            lead.action_set_won()
        self.lead.write(self._filled())
        lead.action_set_won_rainbowman()
        self.assertEqual(self.lead.won_status, "won")
