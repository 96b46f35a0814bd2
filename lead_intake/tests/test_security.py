from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.lead_intake.tests.common import IntakeCommon

# Who may take which step on a lead of the representative in a state that allows it.
STEPS = {
    "submit": {"rep", "supervisor", "operations", "manager"},
    "withdraw": {"rep"},
    "return": {"supervisor"},
    "approve": {"supervisor"},
    "hold": {"supervisor"},
    "reopen": {"rep", "supervisor"},
}


@tagged("post_install", "-at_install")
class TestSecurity(IntakeCommon):
    """Rights as data, records that follow their lead, and two companies."""

    def test_administrator_is_no_supervisor(self):
        self.assertFalse(self.manager.has_group("lead_intake.group_intake_supervisor"))

    def test_roles_see_all_documents(self):
        for user in (self.supervisor, self.operations):
            self.assertTrue(user.has_group("sales_team.group_sale_salesman_all_leads"))
            self.assertFalse(user.has_group("sales_team.group_sale_manager"))

    @freeze_time("2026-03-04 01:00:00")
    def test_steps_matrix(self):
        states = {"submit": "draft", "reopen": "on_hold"}
        steps = {
            "submit": lambda lead: lead.intake_submit(),
            "withdraw": lambda lead: lead.intake_withdraw(),
            "return": lambda lead: lead.intake_return(comment="Mend it."),
            "approve": lambda lead: lead.intake_approve(),
            "hold": lambda lead: lead.intake_hold("2026-04-04"),
            "reopen": lambda lead: lead.intake_reopen(),
        }
        for step, allowed in STEPS.items():
            for role, user in self.users.items():
                lead = self._lead_in(states.get(step, "submitted")).with_user(user)
                with self.subTest(step=step, role=role):
                    if role in allowed:
                        steps[step](lead)
                    else:
                        with self.assertRaises(UserError), self.cr.savepoint():
                            steps[step](lead)

    # --- records follow their lead -----------------------------------------------------------

    def test_history_is_seen_by_who_sees_the_lead(self):
        mine = self._lead_in("returned")
        unowned = self._lead_in("returned")
        unowned.with_user(self.supervisor).user_id = False
        for lead in mine | unowned:
            rows = lead.intake_review_ids
            for user in (self.rep, self.rep2, self.supervisor, self.operations, self.manager):
                sees = bool(self.env["crm.lead"].with_user(user).search([("id", "=", lead.id)]))
                for records in (rows, rows.rejection_ids):
                    found = records.with_user(user).search([("id", "in", records.ids)])
                    with self.subTest(user=user.login, model=records._name, sees=sees):
                        self.assertEqual(bool(found), sees)
        self.assertFalse(mine.intake_review_ids.with_user(self.rep2).has_access("read"))

    def test_reviewing_configuration_needs_no_technical_rights(self):
        """The administrator of CRM and the supervisor aren't administrators of the database."""
        self.team.with_user(self.manager).read(["intake_required_field_ids"])
        field = self.env["ir.model.fields"]._get("crm.lead", "phone")
        for user in (self.supervisor, self.manager):
            self.assertFalse(user.has_group("base.group_erp_manager"))
            self.assertTrue(field.with_user(user).has_access("read"))
            self.assertFalse(field.with_user(user).has_access("write"))
        self.assertFalse(field.with_user(self.rep).has_access("read"))

    # --- companies -------------------------------------------------------------------------

    def _other_lead(self):
        lead = self._new_lead(
            user=self.other_rep, team_id=self.other_team.id, name="Abroad", type="opportunity"
        )
        lead.with_user(self.other_rep).intake_submit()
        return lead

    def test_companies_are_apart(self):
        lead = self._other_lead()
        self.assertEqual(lead.company_id, self.company2)
        self.assertEqual(lead.intake_review_ids.company_id, self.company2)
        for step in ("intake_approve", "action_intake_approve"):
            with self.assertRaises(UserError), self.cr.savepoint():
                getattr(lead.with_user(self.supervisor), step)()
        rows = self.env["lead.intake.review"].with_user(self.supervisor)
        self.assertNotIn(lead, rows.search([]).lead_id)
        lead.with_user(self.other_supervisor).intake_approve()
        self.assertEqual(lead.intake_state, "approved")

    def test_working_in_both_companies_makes_no_reviewer_of_both(self):
        self.supervisor.company_ids = self.company | self.company2
        lead = self._other_lead()
        both = lead.with_user(self.supervisor).with_context(
            allowed_company_ids=(self.company | self.company2).ids
        )
        with self.assertRaisesRegex(UserError, "Only a reviewer"), self.cr.savepoint():
            both.intake_approve()
        one = lead.with_user(self.supervisor).with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError), self.cr.savepoint():
            one.intake_approve()

    def test_no_reviewer_of_another_company_by_default(self):
        self.other_team.write({"user_id": False, "member_ids": [Command.clear()]})
        reviewers = self.other_team._get_intake_reviewers()
        self.assertIn(self.other_supervisor, reviewers)
        self.assertNotIn(self.supervisor, reviewers)

    def test_history_follows_a_lead_to_another_company(self):
        lead = self._lead_in("approved")
        lead.write({"user_id": self.other_rep.id, "team_id": self.other_team.id})
        self.assertEqual(lead.company_id, self.company2)
        row = lead.intake_review_ids
        self.assertEqual(row.company_id, self.company, "where it happened")
        self.assertTrue(row.with_user(self.other_supervisor).has_access("read"))
        self.assertFalse(row.with_user(self.supervisor).has_access("read"))

    def test_criteria_of_another_company_are_not_seen(self):
        criterion = self.env["lead.intake.criterion"].create(
            {"name": "Abroad", "company_id": self.company2.id}
        )
        found = self.env["lead.intake.criterion"].with_user(self.supervisor).search([])
        self.assertNotIn(criterion, found)
