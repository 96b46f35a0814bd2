from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.tests.common import IntakeCommon
from odoo.addons.lead_intake_queue_job.wizard.lead_intake_decision import MANY
from odoo.addons.queue_job.tests.common import trap_jobs


@tagged("post_install", "-at_install")
class TestQueueJob(IntakeCommon, TransactionCase):
    """Long work is a job of whoever asked for it; short work is done at once."""

    def _submitted(self, count):
        leads = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create([self._complete_vals(name=f"Lead {number}") for number in range(count)])
        )
        leads.intake_submit()
        return leads.with_user(self.supervisor)

    def _approve(self, leads):
        action = leads.action_intake_approve()
        wizard = self.env["lead.intake.decision"].with_user(self.supervisor)
        return wizard.with_context(**action["context"]).create({}).action_apply()

    def test_few_leads_are_decided_on_at_once(self):
        leads = self._submitted(2)
        with trap_jobs() as trap:
            self._approve(leads)
            trap.assert_jobs_count(0)
        self.assertEqual(set(leads.mapped("intake_state")), {"approved"})

    def test_many_leads_are_decided_on_in_jobs(self):
        leads = self._submitted(MANY + 1)
        with trap_jobs() as trap:
            said = self._approve(leads)
            trap.assert_jobs_count(2)
            self.assertEqual(set(leads.mapped("intake_state")), {"submitted"})
            self.assertIn("background", said["params"]["title"])
            # Somebody else is faster with one of them.
            leads[0].intake_return({}, "Who is it?")
            trap.perform_enqueued_jobs()
        self.assertEqual(leads[0].intake_state, "returned")
        self.assertEqual(set(leads[1:].mapped("intake_state")), {"approved"})
        decided = leads[1:].intake_review_ids
        self.assertEqual(decided.decided_by_id, self.supervisor)

    def test_nobody_approves_their_own_in_a_job(self):
        leads = self._submitted(2).with_user(self.rep)
        with self.assertRaises(UserError):
            leads.action_intake_approve()
        said = leads._intake_decide_in_job("approved", {"grade_id": False})
        self.assertIn("0 leads done", said)
        self.assertEqual(set(leads.mapped("intake_state")), {"submitted"})

    def test_month_is_closed_in_a_job(self):
        month = (
            self.env["lead.intake.month"]
            .with_user(self.operations)
            .create({"date": date(2025, 1, 1)})
        )
        with trap_jobs() as trap:
            month.action_close()
            trap.assert_jobs_count(1)
            self.assertNotEqual(month.state, "closed")
            trap.perform_enqueued_jobs()
        self.assertEqual(month.state, "closed")
        self.assertEqual(month.closed_by_id, self.operations)
        with self.assertRaises(UserError):
            month.action_close()
        with self.assertRaises(AccessError):
            month.with_user(self.supervisor).action_close()
