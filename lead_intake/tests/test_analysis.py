from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

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

    def test_time_in_each_status(self):
        """Until the next status that was reached, or the closing; until now if it is in it."""
        skipped = self._past(self._new_lead(), registered=1, approved=3, proposal=10, won=14)
        stopped = self._past(self._new_lead(), registered=0, approved=2, contacted=3, lost=9)
        back = self._past(self._new_lead(), registered=0, proposal=2, requirement_clear=6)
        names = ["acquired", "registered", "approved", "contacted", "proposal"]
        for lead, days in (
            (skipped, (1, 2, 7, 0, 4)),
            (stopped, (0, 2, 1, 6, 0)),
        ):
            row = self._count(lead, *(f"days_{name}:avg" for name in names))
            self.assertEqual([round(average, 4) for average in row], list(days))
        [waiting] = self._count(back, "days_requirement_clear:avg")
        # From a moment in 2026 until whenever this test runs.
        seconds = (self.env.cr.now() - self.NOW - timedelta(days=6)).total_seconds()
        self.assertAlmostEqual(waiting, seconds / 86400, places=2)

    def test_on_time_is_of_all_promises(self):
        """One of three and one of one: half of the promises, not two thirds."""
        leads = self._new_lead() | self._new_lead()
        deadlines = guard.opened(self.env["lead.intake.deadline"].sudo())
        deadlines.search([("lead_id", "in", leads.ids)]).unlink()
        for lead, states in zip(leads, (("met", "late", "overdue"), ("met",)), strict=True):
            for state in states:
                deadlines.create(
                    {
                        "lead_id": lead.id,
                        "milestone": "review",
                        "state": state,
                        "date_started": self.NOW,
                        "date_due": self.NOW,
                        "hours": 48,
                    }
                )
        row = self._count(leads, "promises_due:sum", "promises_met:sum", "on_time_rate:avg")
        self.assertEqual(row, (4, 2, 50))

    def _plan(self, aggregate):
        """Return how PostgreSQL counts an aggregate."""
        execute, queries = type(self.cr).execute, []

        def watch(cursor, query, *args, **kwargs):
            queries.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.cr), "execute", watch):
            self._count(self._new_lead(), "__count", aggregate)
        counting = [q for q in queries if isinstance(q, SQL) and "COUNT(*)" in q.code][-1]
        self.cr.execute(SQL("EXPLAIN %s", counting))
        return "\n".join(row[0] for row in self.cr.fetchall())

    def test_promises_are_read_of_the_leads_that_are_counted(self):
        """Not of all leads there are; and of none where they aren't asked for."""
        plans = {name: self._plan(name) for name in ("on_time_rate:avg", "conversion_rate:avg")}
        self.assertRegex(plans["on_time_rate:avg"], r"lead_id = l\.id")
        self.assertNotIn("lead_intake_deadline", plans["conversion_rate:avg"])

    def test_amount_is_the_contract_at_its_day_s_rate(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        for day, rate in (("2026-01-01", 2), ("2026-03-10", 4)):
            currency.rate_ids = [Command.create({"name": day, "rate": rate})]
        leads = self._new_lead()
        for amount, days, unit in ((100, 0, currency), (100, 8, currency), (100, 8, False)):
            lead = self._past(self._new_lead(expected_revenue=7), won=days)
            lead.write({"contract_amount": amount})
            if unit:
                lead.contract_currency_id = unit
            leads |= lead
        leads |= self._past(self._new_lead(expected_revenue=7), won=1)
        [amount] = self._count(leads, "won_revenue:sum")
        self.assertAlmostEqual(amount, 50 + 25 + 100 + 7)

    def test_conversion_between_all_statuses(self):
        leads = self._past(self._new_lead(), registered=0, approved=1, negotiating=3, won=4)
        leads |= self._past(self._new_lead(), registered=0, approved=1, negotiating=3, lost=4)
        leads |= self._past(self._new_lead())
        rates = ("registration", "contact", "proposal", "negotiation", "closing")
        row = self._count(leads, *(f"{name}_rate:avg" for name in rates))
        self.assertEqual([round(rate, 1) for rate in row], [66.7, 100, 100, 100, 50])

    def test_industry_levels(self):
        industry = self.env["res.partner.industry"].search([("full_code", "=", "C391")], limit=1)
        lead = self._new_lead(industry_id=industry.id)
        self.env.flush_all()
        row = self.env["lead.intake.analysis"].browse(lead.id)
        self.assertEqual(row.section_id, industry.section_id)
        self.assertEqual(row.division_id, industry.parent_id)
        self.assertEqual(row.group_id, industry)

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
