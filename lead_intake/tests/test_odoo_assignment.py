from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.tools import guard

from .common import IntakeCommon


@tagged("post_install", "-at_install", "lead_assign")
class TestOdooAssignment(IntakeCommon, TransactionCase):
    """Odoo's own automatic assignment keeps away from what isn't approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        cls.env["crm.lead"].search([]).active = False
        # The engine draws teams by lot, a team whose members are all paused among them: only
        # the teams that a test is about are in the draw.
        ours = cls.team | cls.plain_team
        (cls.env["crm.team"].search([]) - ours).assignment_optout = True
        cls.env["crm.team.member"].search([]).assignment_optout = True
        ours.crm_team_member_ids.write({"assignment_optout": False, "assignment_max": 300})

    def _assign(self):
        self.env.flush_all()
        self.env["crm.team"]._cron_assign_leads()
        self.env.invalidate_all()

    def _waiting(self, state, **vals):
        lead = self._new_lead(user_id=False, **vals)
        if state != "draft":
            guard.opened(lead).write({"intake_state": state, "intake_grade_id": self.grade_b.id})
        return lead

    def test_takes_no_lead_before_its_approval(self):
        states = ("draft", "submitted", "returned", "on_hold")
        leads = self.env["crm.lead"].concat(*(self._waiting(state) for state in states))
        self._assign()
        self.assertFalse(leads.user_id)
        self.assertEqual(leads.mapped("intake_state"), list(states))

    def test_approved_leads_are_assigned_and_logged(self):
        lead = self._waiting("approved")
        with self.mock_mail_gateway():
            self._assign()
            self.flush_tracking()
            subjects = [mail["subject"] for mail in self._mails]
        self.assertIn(lead.user_id, self.team.member_ids)
        row = lead.intake_assignment_ids
        self.assertEqual(row.how, "engine")
        self.assertEqual({each["user"] for each in row.scores}, set(self.team.member_ids.ids))
        self.assertIn("Test Rep2", row.explanation)
        self.assertIn("plan", lead.intake_deadline_ids.mapped("milestone"))
        self.assertEqual(subjects, ["Leads given to you: 1"])

    def test_a_manager_may_start_the_engine(self):
        lead = self._waiting("approved")
        self.team.with_user(self.manager).action_assign_leads()
        self.assertTrue(lead.user_id)

    def test_leads_the_team_had_before_go_on_as_ever(self):
        old = self._old_lead()
        guard.opened(old).write({"user_id": False})
        self._assign()
        self.assertTrue(old.user_id)

    def test_duplicates_under_the_procedure_are_neither_merged_nor_deleted(self):
        same = {"email_from": "liu@presses.example"}
        held = self._waiting("draft", **same)
        approved = self._waiting("approved", **same)
        plain = self.env["crm.lead"].create(
            [{"name": f"Free {n}", "team_id": False, "user_id": False, **same} for n in range(2)]
        )
        plain.team_id = False
        self._assign()
        self.assertTrue(held.exists() and approved.exists())
        self.assertEqual(held.intake_state, "draft")
        self.assertFalse(held.user_id)

    def test_a_team_of_the_procedure_gets_duplicates_to_review(self):
        self.plain_team.assignment_optout = True
        same = {"email_from": "liu@presses.example", "user_id": False, "team_id": False}
        free = self.env["crm.lead"].create([{"name": f"Free {n}", **same} for n in range(2)])
        free.team_id = False
        self._assign()
        self.assertEqual(len(free.exists()), 2)
        self.assertEqual(free.team_id, self.team)
        self.assertEqual(set(free.mapped("intake_state")), {"draft"})

    def test_plain_teams_merge_as_ever(self):
        self.team.crm_team_member_ids.assignment_max = 0
        same = {"email_from": "liu@presses.example", "user_id": False, "team_id": False}
        free = self.env["crm.lead"].create([{"name": f"Free {n}", **same} for n in range(2)])
        free.team_id = False
        self._assign()
        self.assertEqual(len(free.exists()), 1)


@tagged("post_install", "-at_install", "lead_assign")
class TestOdooAssignmentLeads(TestOdooAssignment):
    """The same for a team that uses Odoo's leads; the engine makes opportunities of them."""

    USE_LEADS = True
