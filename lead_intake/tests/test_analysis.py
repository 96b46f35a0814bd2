from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.tools import guard

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestAnalysis(IntakeCommon, TransactionCase):
    """The live analysis counts what there is, and shows everyone what they may see."""

    def _past(self, lead, days=0, **moments):
        """Give a lead a past: ``won=3`` is a contract three days after acquisition."""
        values = {f"intake_{name}_on": self.NOW + timedelta(days=n) for name, n in moments.items()}
        guard.opened(lead).write({"date_acquired": self.NOW, **values})
        return lead

    def _count(self, leads, *aggregates, user=None):
        self.env.flush_all()
        report = self.env["lead.intake.analysis"].with_user(user or self.supervisor)
        [row] = report._read_group([("lead_id", "in", leads.ids)], [], aggregates)
        return row

    def test_ratios_count_archived_leads_too(self):
        won = self._past(self._new_lead(), registered=0, approved=1, contacted=2, won=10)
        lost = self._past(self._new_lead(), registered=0, approved=2, lost=4)
        waiting = self._past(self._new_lead(), registered=0)
        draft = self._past(self._new_lead())
        guard.opened(lost).write({"active": False, "lost_reason_id": self.lost_reason.id})
        leads = won | lost | waiting | draft
        for shown in (True, False):
            count, approval, contact, win, conversion = self._count(
                leads.with_context(active_test=shown),
                "__count",
                "approval_rate:avg",
                "contact_rate:avg",
                "win_rate:avg",
                "conversion_rate:avg",
            )
            self.assertEqual(count, 4)
            self.assertAlmostEqual(approval, 200 / 3, places=2)
            self.assertAlmostEqual(contact, 50)
            self.assertAlmostEqual(win, 50)
            self.assertAlmostEqual(conversion, 25)
        days, approved = self._count(leads, "days_to_win:avg", "approved:sum")
        self.assertAlmostEqual(days, 10)
        self.assertEqual(approved, 2)

    def test_status_is_how_far_it_got(self):
        lead = self._past(self._new_lead(), registered=0, proposal=4, lost=5)
        self.env.flush_all()
        row = self.env["lead.intake.analysis"].browse(lead.id)
        self.assertEqual((row.status, row.outcome), ("proposal", "lost"))

    def test_industry_levels(self):
        industry = self.env["res.partner.industry"].search([("full_code", "=", "C391")], limit=1)
        lead = self._new_lead(industry_id=industry.id)
        self.env.flush_all()
        row = self.env["lead.intake.analysis"].browse(lead.id)
        self.assertEqual(row.section_id, industry.section_id)
        self.assertEqual(row.division_id, industry.parent_id)

    def test_everyone_sees_their_leads(self):
        mine = self._new_lead()
        other = self._new_lead(self.rep2)
        leads = mine | other
        self.assertEqual(self._count(leads, "__count", user=self.rep), (1,))
        self.assertEqual(self._count(leads, "__count", user=self.operations), (2,))
        self.assertEqual(self._count(leads, "__count", user=self.other_supervisor), (0,))
        other.with_user(self.rep2).intake_collaborator_ids = self.rep
        self.assertEqual(self._count(leads, "__count", user=self.rep), (2,))

    def test_plain_leads_are_not_counted(self):
        self.assertEqual(self._count(self._plain_lead(), "__count"), (0,))

    def test_the_row_opens_its_lead(self):
        lead = self._new_lead()
        self.env.flush_all()
        action = (
            self.env["lead.intake.analysis"].with_user(self.rep).browse(lead.id).action_open_lead()
        )
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))
