from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.lead_intake.models.crm_stage import INTAKE_STATUSES
from odoo.addons.lead_intake.tests.common import IntakeCommon

STATUSES = [status for status, _label in INTAKE_STATUSES]


@tagged("post_install", "-at_install")
class TestStages(IntakeCommon):
    """A company's own stages, and what the procedure makes of them."""

    def _pipeline(self, team):
        return self.env["crm.lead"]._stage_find(team_id=team.id, limit=None)

    # --- the button ------------------------------------------------------------------------

    def test_creates_what_is_missing_in_order(self):
        self.env["crm.stage"].search([("team_ids", "=", False)]).team_ids = self.plain_team
        before = self.env["crm.stage"].search([])
        done = self.team.with_user(self.manager).action_intake_create_stages()
        created = self.env["crm.stage"].search([]) - before
        own = self._pipeline(self.team).filtered(lambda s: self.team in s.team_ids)
        statuses = [s.intake_status for s in self._pipeline(self.team) if s.intake_status]
        self.assertEqual(set(statuses), set(STATUSES))
        self.assertEqual(statuses, sorted(statuses, key=STATUSES.index))
        self.assertEqual(own[0], self.stage_new)
        self.assertEqual(created.team_ids, self.team, "of this team only")
        for name in created.mapped("name"):
            self.assertIn(name, done["params"]["message"])
        order = self.env["crm.stage"].search([])
        self.assertEqual([s for s in order if s in before], list(before), "others keep their order")

    def test_created_stages_have_a_name_in_every_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        before = self.env["crm.stage"].search([])
        self.env["crm.stage"].search([("team_ids", "=", False)]).team_ids = self.plain_team
        self.team.action_intake_create_stages()
        created = self.env["crm.stage"].search([]) - before
        stage = created.filtered(lambda one: one.intake_status == "negotiating")
        self.assertEqual(stage.name, "Negotiating")
        self.assertEqual(stage.with_context(lang="zh_CN").name, "谈判中")

    def test_is_idempotent(self):
        self.team.action_intake_create_stages()
        stages = self.env["crm.stage"].search([])
        sequences = stages.mapped("sequence")
        done = self.team.action_intake_create_stages()
        self.assertEqual(self.env["crm.stage"].search([]), stages)
        self.assertEqual(stages.mapped("sequence"), sequences)
        self.assertIn("already has a stage", done["params"]["message"])

    def test_pipeline_without_odoos_stages(self):
        shared = self.env["crm.stage"].search([("team_ids", "=", False)])
        shared.write({"team_ids": [Command.set(self.plain_team.ids)], "intake_status": False})
        team = self.team.copy({"name": "Own pipeline", "alias_name": False})
        self.assertFalse(self._pipeline(team))
        team.action_intake_create_stages()
        pipeline = self._pipeline(team)
        self.assertEqual(pipeline.mapped("intake_status"), STATUSES)
        self.assertEqual(pipeline.filtered("is_won").intake_status, "won")

    def test_odoos_stages_are_mapped_not_doubled(self):
        """Odoo's own four: two of them and Won already stand for statuses."""
        odoo = self.env["crm.stage"].concat(
            *(self.env.ref(f"crm.stage_lead{n}") for n in (1, 2, 3, 4))
        )
        self.env["crm.stage"].search([("team_ids", "=", False)]).team_ids = self.other_team
        odoo.write({"team_ids": [Command.clear()], "intake_status": False})
        for number, stage in enumerate(odoo):
            stage.sequence = 100 + number
        team = self.team.copy({"name": "Odoo's pipeline", "alias_name": False})
        names = odoo.mapped("name")
        team.action_intake_create_stages()
        self.assertEqual(
            odoo.mapped("intake_status"), [False, "requirement_clear", "proposal", "won"]
        )
        self.assertEqual(odoo.mapped("name"), names)
        statuses = [s.intake_status for s in self._pipeline(team)]
        self.assertEqual(statuses, [False, *STATUSES])

    def test_is_for_those_who_may_write_the_team(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.rep).action_intake_create_stages()

    # --- where leads wait, and where they go -------------------------------------------------

    def test_approval_moves_to_follow_up(self):
        self.assertEqual(self._lead_in("submitted").stage_id, self.stage_new)
        self.assertEqual(self._lead_in("approved").stage_id, self.stage_follow)

    def test_return_and_hold_do_not_move(self):
        for state in ("returned", "on_hold"):
            self.assertEqual(self._lead_in(state).stage_id, self.stage_new)

    def test_approval_moves_none_back(self):
        lead = self._lead_in("approved")
        lead.with_user(self.rep).stage_id = self.stage_proposal
        lead.with_user(self.supervisor).intake_reopen()
        lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(lead.stage_id, self.stage_proposal)

    def test_approval_without_such_a_stage_leaves_the_lead(self):
        self.env["crm.stage"].search([("intake_status", "=", "to_follow_up")]).intake_status = False
        lead = self._lead_in("approved")
        self.assertEqual((lead.intake_state, lead.stage_id), ("approved", self.stage_new))

    def test_own_stage_before_a_shared_one(self):
        self.env["crm.stage"].create(
            {"name": "Shared", "sequence": 0, "intake_status": "to_follow_up"}
        )
        self.assertEqual(self.team._get_intake_stage("to_follow_up"), self.stage_follow)

    def test_won_stage_is_no_place_to_wait(self):
        self.stage_won.sequence = -1
        self.assertEqual(self.team._get_intake_first_stage(), self.stage_new)


@tagged("post_install", "-at_install")
class TestStagesLeads(TestStages):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True
