from odoo.tests import Form, TransactionCase, tagged

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestScreens(IntakeCommon, TransactionCase):
    """What the screens ask the models for."""

    def _queue(self, user):
        return self.env["crm.lead"].with_user(user).search([("can_review", "=", True)])

    def test_queue_is_what_the_user_can_review(self):
        lead = self._lead_in("submitted")
        self._lead_in("draft")
        self._lead_in("returned")
        self.assertEqual(self._queue(self.supervisor), lead)
        self.assertFalse(self._queue(self.rep))
        self.assertFalse(self._queue(self.operations))
        self.assertFalse(self._queue(self.other_supervisor))
        found = self.env["crm.lead"].with_user(self.supervisor).search([])
        self.assertEqual(found.filtered("can_review"), lead, "search and button agree")

    def test_own_submission_is_in_the_queue_where_the_team_allows_it(self):
        lead = self._new_lead()
        lead.with_user(self.supervisor).intake_submit()
        self.assertFalse(self._queue(self.supervisor))
        self.assertEqual(self._queue(self.supervisor2), lead)
        self.team.intake_self_review = True
        self.assertEqual(self._queue(self.supervisor), lead)

    def test_lost_lead_leaves_the_queue(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertFalse(self._queue(self.supervisor))

    def test_queue_is_counted_in_few_queries(self):
        self._lead_in("submitted")
        Lead = self.env["crm.lead"].with_user(self.supervisor)
        Lead.search_count([("can_review", "=", True)])
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            Lead.search_count([("can_review", "=", True)])

    def test_only_leads_to_take_up_offer_it(self):
        for state in ("draft", "returned", "submitted"):
            lead = self._lead_in(state)
            for user in (self.rep, self.supervisor):
                self.assertFalse(lead.with_user(user).can_reopen, (state, user.name))
        self.assertTrue(self._lead_in("on_hold").with_user(self.supervisor).can_reopen)

    def test_missing_fields_are_called_as_in_the_form(self):
        lead = self._new_lead(medium_id=False, source_id=False)
        self.assertEqual(lead.intake_missing, "Channel, Particular Source")
        names = self.env["ir.model.fields"].with_context(intake_labels=True)
        field = names._get("crm.lead", "medium_id").with_context(intake_labels=True)
        self.assertEqual(field.display_name, "Channel")
        self.assertIn(field.id, [row[0] for row in names.name_search("chann")])

    def test_old_amount_is_readable(self):
        lead = self._new_lead(estimated_budget=900000)
        self.assertRegex(lead._get_intake_value_text("estimated_budget"), r"900,000\.00")

    def test_new_record_shows_what_is_missing_while_it_is_typed(self):
        Lead = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .with_context(default_team_id=self.team.id, default_type="opportunity")
        )
        with Form(Lead, view="crm.crm_lead_view_form") as form:
            form.name = "Typed"
            self.assertIn("Company Name", form.intake_missing)
            form.partner_name = "Typed Ltd"
            self.assertNotIn("Company Name", form.intake_missing)
        self.assertEqual(form.record.intake_state, "draft")
