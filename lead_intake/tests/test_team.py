from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.lead_intake.models.crm_team import DEFAULT_REQUIRED_FIELDS
from odoo.addons.lead_intake.tests.common import IntakeCommon
from odoo.addons.lead_intake.wizard import lead_intake_bring_in


@tagged("post_install", "-at_install")
class TestTeam(IntakeCommon):
    """A team chooses to work by the procedure, and may choose otherwise again."""

    # --- switching on ----------------------------------------------------------------------

    def test_off_by_default(self):
        self.assertFalse(self.env["crm.team"].create({"name": "New"}).use_intake)

    def test_switching_on_leaves_existing_leads_alone(self):
        lead = self._plain_lead()
        before = lead.read(["write_date", "stage_id", "intake_state", "registrant_id"])
        self.plain_team.with_user(self.manager).use_intake = True
        self.env.flush_all()
        lead.invalidate_recordset()
        after = lead.read(["write_date", "stage_id", "intake_state", "registrant_id"])
        self.assertEqual(after, before)
        lead.with_user(self.outsider).action_set_won()
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(self._plain_lead().intake_state, "draft")

    def test_switching_on_gives_the_shipped_requirements(self):
        team = self.env["crm.team"].create({"name": "On from the start", "use_intake": True})
        self.plain_team.use_intake = True
        for one in team | self.plain_team:
            self.assertEqual(
                set(one.intake_required_field_ids.mapped("name")), set(DEFAULT_REQUIRED_FIELDS)
            )

    def test_switching_on_again_keeps_ones_own_requirements(self):
        phone = self.env["ir.model.fields"]._get("crm.lead", "phone")
        self.team.intake_required_field_ids = [Command.set(phone.ids)]
        self.team.write({"use_intake": False})
        self.team.write({"use_intake": True})
        self.assertEqual(self.team.intake_required_field_ids, phone)

    # --- bringing leads in -----------------------------------------------------------------

    def _bring_in(self):
        wizard = self.env["lead.intake.bring.in"].with_user(self.manager)
        return wizard.create({"team_id": self.team.id})

    def test_bring_in_says_how_many_and_does_it_in_batches(self):
        old = self.env["crm.lead"].concat(*(self._old_lead(name=f"Old {n}") for n in range(5)))
        old[0].stage_id = self.stage_proposal
        lost, won = self._old_lead(name="Lost"), self._old_lead(name="Won")
        lost.action_set_lost()
        won.action_set_won()
        wizard = self._bring_in()
        self.assertEqual(wizard.lead_count, 5)
        with patch.object(lead_intake_bring_in, "BATCH", 2):
            done = wizard.action_bring_in()
        self.assertIn("5 leads", done["params"]["message"])
        self.assertEqual(set(old.mapped("intake_state")), {"draft"})
        self.assertEqual(old[0].stage_id, self.stage_proposal, "stays in the stage it is in")
        self.assertFalse((lost | won).filtered("intake_state"))
        self.assertEqual(wizard.lead_count, 0)
        for lead in old:
            self.assertEqual(self._todos(lead, "complete").user_id, self.rep)

    def test_brought_in_lead_is_held(self):
        lead = self._old_lead()
        lead.stage_id = self.stage_proposal
        self._bring_in().action_bring_in()
        with self.assertRaisesRegex(UserError, "not approved yet"), self.cr.savepoint():
            lead.with_user(self.rep).action_set_won()
        lead.with_user(self.rep).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(lead.stage_id, self.stage_proposal, "the approval moves none back")

    def test_nothing_is_brought_into_a_team_without_the_procedure(self):
        lead = self._plain_lead()
        wizard = self.env["lead.intake.bring.in"].create({"team_id": self.plain_team.id})
        self.assertEqual(wizard.lead_count, 0)
        wizard.action_bring_in()
        self.assertFalse(lead.intake_state)

    # --- switching off, and on again -------------------------------------------------------

    def test_switching_off_warns_in_the_form(self):
        self._lead_in("draft")
        self._lead_in("submitted")
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            with Form(self.team.with_user(self.manager)) as form:
                form.use_intake = False
        self.assertIn("2 open leads are under the procedure, 1 of them wait", logs.output[0])

    def test_switching_off_says_so_in_the_chatter(self):
        self._lead_in("submitted")
        self.team.with_user(self.manager).write({"use_intake": False})
        note = self.team.message_ids.filtered(lambda m: "open leads are under" in str(m.body))
        self.assertEqual(len(note), 1)
        self.assertIn("1 of them wait", str(note.body))
        self.assertEqual(note.author_id, self.manager.partner_id)

    def test_switched_off_leads_are_free_and_go_on_when_switched_on(self):
        leads = {state: self._lead_in(state) for state in ("draft", "submitted", "returned")}
        self.team.use_intake = False
        leads["draft"].with_user(self.rep).stage_id = self.stage_proposal
        leads["submitted"].with_user(self.rep).phone = "-"
        leads["returned"].with_user(self.rep).action_archive()
        self.assertFalse(leads["draft"].with_user(self.rep).can_review)
        for state, lead in leads.items():
            self.assertEqual(lead.intake_state, state, "nothing is lost")
        leads["submitted"].phone = self._complete_vals()["phone"]
        self.team.use_intake = True
        leads["submitted"].with_user(self.supervisor).intake_approve()
        self.assertEqual(leads["submitted"].intake_state, "approved")
        with self.assertRaisesRegex(UserError, "not approved yet"):
            leads["draft"].with_user(self.rep).action_set_won()

    # --- reviewers -------------------------------------------------------------------------

    def test_reviewers_are_the_leader_and_members_who_are_supervisors(self):
        self.assertEqual(self.team._get_intake_reviewers(), self.supervisor | self.supervisor2)

    def test_named_reviewers_come_first(self):
        self.team.intake_reviewer_ids = self.supervisor2 | self.rep
        self.assertEqual(self.team._get_intake_reviewers(), self.supervisor2)

    def test_without_any_it_is_every_supervisor_of_the_company(self):
        self.team.write({"user_id": False, "member_ids": [Command.set(self.rep.ids)]})
        reviewers = self.team._get_intake_reviewers()
        self.assertLessEqual(self.supervisor | self.supervisor2, reviewers)
        self.assertNotIn(self.other_supervisor, reviewers)
        self.assertNotIn(self.manager, reviewers)

    def test_inactive_or_demoted_reviewers_do_not_count(self):
        self.team.intake_reviewer_ids = self.supervisor | self.supervisor2
        self.supervisor.active = False
        self.assertEqual(self.team._get_intake_reviewers(), self.supervisor2)
        group = self.env.ref("lead_intake.group_intake_supervisor")
        self.supervisor2.group_ids = [Command.unlink(group.id)]
        self.assertFalse(self.team._can_review_intake(self.supervisor2))
        self.assertNotIn(self.supervisor2, self.team._get_intake_reviewers())

    def test_counts(self):
        self._lead_in("draft")
        self._lead_in("submitted")
        self._lead_in("approved").action_set_won()
        self._old_lead()
        self.assertEqual(self.team.intake_open_count, 2)
        self.assertEqual(self.team.intake_review_count, 1)
        self.assertEqual(self.team.intake_outside_count, 1)

    def test_settings_name_the_teams(self):
        settings = self.env["res.config.settings"].create({})
        self.assertIn(self.team, settings.intake_team_ids)
        self.assertNotIn(self.plain_team, settings.intake_team_ids)


@tagged("post_install", "-at_install")
class TestTeamLeads(TestTeam):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True
