from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.lead_intake.tests.common import IntakeCommon


@tagged("post_install", "-at_install")
class TestDecisionWizard(IntakeCommon):
    """The dialog in which a reviewer decides on one lead or on many."""

    def _form(self, leads, decision, user=None):
        action = getattr(
            leads.with_user(user or self.supervisor),
            {
                "approved": "action_intake_approve",
                "returned": "action_intake_return",
                "on_hold": "action_intake_hold",
            }[decision],
        )()
        Wizard = self.env["lead.intake.decision"].with_user(user or self.supervisor)
        return Form(Wizard.with_context(**action["context"]))

    def _submitted(self, count, **vals):
        leads = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create(
                [
                    self._complete_vals(
                        name=f"Lead {n}", team_id=self.team.id, type=self.lead_type, **vals
                    )
                    for n in range(count)
                ]
            )
        )
        leads.intake_submit()
        return leads.sudo(False).with_env(self.env)

    # --- one lead --------------------------------------------------------------------------

    def test_approve_one(self):
        lead = self._submitted(1, need_fit="high", purchase_horizon="1")
        form = self._form(lead, "approved")
        self.assertEqual(form.grade_id, self.grade_b, "the suggestion is filled in")
        self.assertEqual(form.score, 45)
        self.assertIn("+25  Their need fits", form.score_reasons)
        form.comment = "Assigned to Wang."
        done = form.save().action_apply()
        self.assertEqual(done["type"], "ir.actions.act_window_close")
        self.assertRecordValues(
            lead, [{"intake_state": "approved", "intake_grade_id": self.grade_b.id}]
        )
        self.assertEqual(lead.intake_review_ids.comment, "Assigned to Wang.")

    def test_another_grade_asks_for_the_reason(self):
        lead = self._submitted(1)
        form = self._form(lead, "approved")
        self.assertFalse(form.is_override)
        form.grade_id = self.grade_a
        self.assertTrue(form.is_override)
        with self.assertRaisesRegex(AssertionError, "override_reason"):
            form.save()
        form.override_reason = "The CEO called."
        form.save().action_apply()
        self.assertEqual(lead.intake_review_ids.override_reason, "The CEO called.")

    def test_return_one(self):
        lead = self._submitted(1)
        form = self._form(lead, "returned")
        with form.line_ids.new() as line:
            line.field_id = self.env["ir.model.fields"]._get("crm.lead", "phone")
            self.assertEqual(line.current_value, "+86 10 6552 9988")
            line.reason = "Nobody answers."
        form.save().action_apply()
        self.assertEqual(lead.intake_state, "returned")
        self.assertEqual(lead.intake_review_ids.rejection_ids.reason, "Nobody answers.")

    @freeze_time("2026-03-04 01:00:00")
    def test_hold_one(self):
        lead = self._submitted(1)
        form = self._form(lead, "on_hold")
        self.assertEqual(form.hold_until, date(2026, 4, 4), "a month from today")
        form.hold_until = "2026-05-01"
        form.save().action_apply()
        self.assertRecordValues(
            lead, [{"intake_state": "on_hold", "intake_hold_until": date(2026, 5, 1)}]
        )

    def test_nothing_typed_is_lost_by_a_refusal(self):
        lead = self._submitted(1)
        wizard = self._form(lead, "approved").save()
        wizard.comment = "A long comment."
        lead.with_user(self.supervisor2).intake_approve()
        with self.assertRaisesRegex(UserError, "It is “Approved”"), self.cr.savepoint():
            wizard.action_apply()
        self.assertEqual(wizard.comment, "A long comment.")
        self.assertEqual(lead.intake_review_ids.decided_by_id, self.supervisor2)

    # --- many ------------------------------------------------------------------------------

    def test_approve_a_hundred(self):
        leads = self._submitted(100)
        leads[0].with_user(self.supervisor).write({"need_fit": "high", "decision_maker": "known"})
        form = self._form(leads, "approved")
        self.assertEqual(form.lead_count, 100)
        self.assertFalse(form.grade_id, "each gets its own")
        done = form.save().action_apply()
        self.assertEqual(set(leads.mapped("intake_state")), {"approved"})
        self.assertEqual(leads[0].intake_grade_id, self.grade_b)
        self.assertEqual(leads[1:].intake_grade_id, self.grade_c)
        self.assertEqual(set(leads.mapped("stage_id.name")), {"To Follow Up"})
        self.assertEqual(done["params"]["type"], "success")
        self.assertIn("100 leads", done["params"]["title"])

    def test_one_summary_of_what_could_not_be_done(self):
        leads = self._submitted(3)
        draft = self._new_lead(name="Never submitted")
        own = self._new_lead(user=self.supervisor, name="My own")
        own.with_user(self.supervisor).intake_submit()
        form = self._form(leads | draft | own, "approved")
        for words in ("Never submitted", "To Complete", "My own", "You submitted it yourself"):
            self.assertIn(words, form.refused_text)
        done = form.save().action_apply()
        self.assertEqual(set(leads.mapped("intake_state")), {"approved"})
        self.assertEqual((draft.intake_state, own.intake_state), ("draft", "submitted"))
        self.assertEqual(done["params"]["title"], "3 leads done, 2 not")
        self.assertEqual(done["params"]["type"], "warning")
        self.assertTrue(done["params"]["sticky"])
        self.assertIn("Never submitted", done["params"]["message"])
        self.assertIn("My own", done["params"]["message"])

    def test_nothing_to_decide_on(self):
        leads = self._new_lead() | self._new_lead()
        with self.assertRaisesRegex(UserError, "To Complete"):
            leads.with_user(self.supervisor).action_intake_approve()

    def test_one_grade_for_many(self):
        leads = self._submitted(3)
        form = self._form(leads, "approved")
        form.grade_id = self.grade_a
        self.assertTrue(form.is_override)
        form.override_reason = "From the CEO's list."
        form.save().action_apply()
        self.assertEqual(leads.intake_grade_id, self.grade_a)
        self.assertEqual(
            set(leads.intake_review_ids.mapped("override_reason")), {"From the CEO's list."}
        )

    def test_submit_many_from_the_list(self):
        leads = self._new_lead() | self._new_lead(name="Incomplete", phone=False)
        done = leads.with_user(self.rep).action_intake_submit()
        self.assertEqual(leads.mapped("intake_state"), ["submitted", "draft"])
        self.assertIn("Incomplete", done["params"]["message"])
        self.assertIn("Phone", done["params"]["message"])

    def test_single_submit_that_is_refused_is_an_error(self):
        with self.assertRaisesRegex(UserError, "Phone"):
            self._new_lead(phone=False).with_user(self.rep).action_intake_submit()

    def test_reopen_and_withdraw_many(self):
        leads = self._submitted(2)
        leads.with_user(self.rep).action_intake_withdraw()
        self.assertEqual(set(leads.mapped("intake_state")), {"draft"})
        held = self._lead_in("on_hold") | self._lead_in("on_hold")
        held.with_user(self.rep).action_intake_reopen()
        self.assertEqual(set(held.mapped("intake_state")), {"submitted"})

    def test_wizard_is_for_supervisors(self):
        lead = self._submitted(1)
        for user in (self.rep, self.operations, self.manager):
            with self.assertRaises(AccessError):
                self.env["lead.intake.decision"].with_user(user).create(
                    {"lead_ids": [Command.set(lead.ids)], "decision": "approved"}
                )


@tagged("post_install", "-at_install")
class TestDecisionWizardLeads(TestDecisionWizard):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True
