import random
from collections import Counter
from datetime import date, datetime, timedelta
from statistics import median

from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.tools import guard
from odoo.addons.lead_intake.tools.funnel import FUNNEL, STATUS_FIELDS

from .common import IntakeCommon
from .follow_up_common import FollowUpCommon

MONTH = date(2026, 3, 1)
# The edges of March 2026 in Shanghai, in UTC.
START, STOP = datetime(2026, 2, 28, 16), datetime(2026, 3, 31, 16)
EDGES = [
    START - timedelta(seconds=1),
    START,
    START + timedelta(seconds=1),
    STOP - timedelta(seconds=1),
    STOP,
]


@tagged("post_install", "-at_install")
class TestStatus(FollowUpCommon, TransactionCase):
    """A lead remembers when it first reached each status."""

    def test_on_its_way(self):
        self.env["crm.stage"].search([]).intake_gate_field_ids = False
        lead = self.lead
        self.assertEqual(lead.intake_registered_on, self.NOW)
        self.assertEqual(lead.intake_approved_on, self.NOW)
        self.at(3)
        self._log(contacted_on=self._in(2))
        self.assertEqual(lead.intake_contacted_on, self._in(2))
        self.at(4)
        lead.with_user(self.rep).stage_id = self.stage_proposal
        self.at(5)
        lead.with_user(self.rep).stage_id = self.stage_follow
        self.at(6)
        lead.with_user(self.rep).stage_id = self.stage_proposal
        self.assertEqual(lead.intake_proposal_on, self._in(4), "the first time counts")
        self.at(7)
        lead.with_user(self.rep).action_set_won()
        self.assertEqual(lead.intake_won_on, self._in(7))
        self.at(8)
        lead.with_user(self.supervisor).stage_id = self.stage_proposal
        self.assertFalse(lead.intake_won_on)
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(lead.intake_lost_on, self._in(8))
        lead.with_user(self.rep).action_restore()
        self.assertFalse(lead.intake_lost_on)

    def test_merge_keeps_the_first_time(self):
        self._log()
        self.at(5)
        other = self._lead_in("approved")
        merged = (self.lead | other).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(merged.intake_approved_on, self.NOW)
        self.assertEqual(merged.intake_contacted_on, self.NOW)

    def test_plain_leads_note_nothing(self):
        plain = self._plain_lead()
        plain.with_user(self.outsider).action_set_won()
        self.assertFalse(any(plain[name] for name in STATUS_FIELDS.values()))


@tagged("post_install", "-at_install")
class TestFigures(IntakeCommon, TransactionCase):
    """Each figure against a slow count in Python, over random histories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).company_id = cls.company2
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.figures = cls.env["lead.intake.figures"]
        industry = cls.env["res.partner.industry"]
        cls.industries = [
            industry.search([("full_code", "=", code)], limit=1).id
            for code in ("C39", "C391", "I65")
        ]
        cls.sources = cls.env["utm.source"].create([{"name": f"Figures {n}"} for n in range(3)])

    def _moment(self, rng):
        if rng.random() < 0.2:
            return rng.choice(EDGES)
        return datetime(2026, 1, 15) + timedelta(minutes=rng.randrange(60 * 24 * 100))

    def _make_leads(self, rng, count=25):
        leads = self.env["crm.lead"]
        for number in range(count):
            lead = self._new_lead(
                self.supervisor,
                name=f"Lead {number}",
                user_id=rng.choice([self.rep.id, self.rep2.id]),
                medium_id=rng.choice([self.medium.id, False]),
                source_id=rng.choice([*self.sources.ids, False]),
                industry_id=rng.choice([*self.industries, False]),
            )
            moments = sorted(self._moment(rng) for _status in range(8))
            values = {"date_acquired": moments[0], "expected_revenue": rng.randrange(1000)}
            steps = rng.randrange(len(FUNNEL) + 1)
            for status, moment in zip(FUNNEL[:steps], moments[1:], strict=False):
                if status == "registered" or rng.random() < 0.8:
                    values[STATUS_FIELDS[status]] = moment
            if steps > 1:
                values["intake_grade_id"] = rng.choice([self.grade_a.id, self.grade_b.id])
            if not values.get("intake_won_on") and rng.random() < 0.4:
                values["intake_lost_on"] = moments[-1]
                values["lost_reason_id"] = self.lost_reason.id
                values["active"] = False
            guard.opened(lead).write(values)
            leads |= lead
        return leads

    @staticmethod
    def _in_month(moment):
        return bool(moment) and START <= moment < STOP

    def _count(self, leads):
        acquired = leads.filtered(lambda lead: self._in_month(lead.date_acquired))
        cohort = {"acquired": len(acquired)}
        for index, status in enumerate(FUNNEL):
            cohort[status] = sum(
                any(lead[STATUS_FIELDS[later]] for later in FUNNEL[index:]) for lead in acquired
            )
        return {
            "happened": {
                status: sum(self._in_month(lead[name]) for lead in leads)
                for status, name in STATUS_FIELDS.items()
            },
            "cohort": cohort,
        }

    def test_random_histories(self):
        for seed in range(6):
            rng = random.Random(seed)
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                leads = self._make_leads(rng)
                figures = self.figures._compute_month(self.company, MONTH)
                self._check_funnel(figures["funnel"], leads)
                self._check_sources(figures["sources"], leads)
                self._check_losses(figures["losses"], leads)
                self._check_durations(figures["durations"], leads)
                won = leads.filtered(lambda lead: self._in_month(lead.intake_won_on))
                self.assertEqual(figures["trend"][-1]["month"], "2026-03")
                self.assertEqual(figures["trend"][-1]["won"], len(won))
                self.assertEqual(
                    figures["trend"][-1]["amount"], sum(won.mapped("expected_revenue"))
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def _check_funnel(self, funnel, leads):
        expected = self._count(leads)
        self.assertEqual(funnel["happened"], expected["happened"])
        self.assertEqual(funnel["cohort"], expected["cohort"])
        for dimension, key in (
            ("team", lambda lead: lead.team_id.id),
            ("user", lambda lead: lead.user_id.id),
            ("grade", lambda lead: lead.intake_grade_id.id or None),
            ("industry", lambda lead: self._section(lead.industry_id).id or None),
        ):
            lines = {line["id"]: line for line in funnel["by"][dimension]}
            for value, group in leads.grouped(key).items():
                expected = self._count(group)
                if value in lines:
                    self.assertEqual(lines[value]["happened"], expected["happened"])
                    self.assertEqual(lines[value]["cohort"], expected["cohort"])
                else:
                    self.assertFalse(any(expected["happened"].values()))
        for status in ("acquired", *FUNNEL):
            domain = self.figures._get_domain(self.company, status, START, STOP, cohort=True)
            found = self.env["crm.lead"].with_context(active_test=False).search_count(domain)
            self.assertEqual(found, funnel["cohort"][status])
        for status in STATUS_FIELDS:
            domain = self.figures._get_domain(self.company, status, START, STOP)
            found = self.env["crm.lead"].with_context(active_test=False).search_count(domain)
            self.assertEqual(found, funnel["happened"][status])

    def _section(self, industry):
        while industry.parent_id:
            industry = industry.parent_id
        return industry

    def _check_sources(self, sources, leads):
        acquired = leads.filtered(lambda lead: self._in_month(lead.date_acquired))
        lines = {line["id"]: line for line in sources["source"]}
        groups = acquired.grouped(lambda lead: lead.source_id.id or None)
        self.assertEqual(set(lines), set(groups))
        for value, group in groups.items():
            line = lines[value]
            won = group.filtered("intake_won_on")
            self.assertEqual(line["leads"], len(group))
            self.assertEqual(line["won"], len(won))
            self.assertEqual(line["amount"], sum(won.mapped("expected_revenue")))
            names = Counter(lead.intake_grade_id.name for lead in group if lead.intake_grade_id)
            self.assertEqual(line["grades"], dict(names))

    def _check_losses(self, losses, leads):
        lost = leads.filtered(lambda lead: self._in_month(lead.intake_lost_on))
        self.assertEqual(losses["total"], len(lost))
        self.assertEqual(sum(line["leads"] for line in losses["stages"]), len(lost))
        self.assertEqual(sum(line["leads"] for line in losses["grades"]), len(lost))

    def _check_durations(self, durations, leads):
        line = next(line for line in durations if line["to"] == "approved")
        took = [
            (lead.intake_approved_on - lead.intake_registered_on).total_seconds() / 3600
            for lead in leads
            if self._in_month(lead.intake_approved_on) and lead.intake_registered_on
        ]
        self.assertEqual(line["count"], len(took))
        self.assertAlmostEqual(line["median"], median(took) if took else 0, places=1)

    def test_empty_month(self):
        figures = self.figures._compute_month(self.company, date(2020, 1, 1))
        self.assertEqual(set(figures["funnel"]["happened"].values()), {0})
        self.assertEqual(figures["sources"]["channel"], [])
        self.assertEqual(figures["losses"]["total"], 0)
        self.assertEqual(len(figures["trend"]), 12)

    def test_companies_and_their_time_zones(self):
        self.company2.partner_id.tz = "America/New_York"
        moment = datetime(2026, 2, 28, 16, 30)  # March in Shanghai, February in New York
        mine = self._new_lead()
        other = self._new_lead(self.other_rep, team_id=self.other_team.id)
        (mine | other).write({"date_acquired": moment})
        for company, month, count in (
            (self.company, MONTH, 1),
            (self.company2, MONTH, 0),
            (self.company2, date(2026, 2, 1), 1),
        ):
            figures = self.figures._compute_month(company, month)
            self.assertEqual(figures["funnel"]["cohort"]["acquired"], count)

    def test_queries_do_not_grow_with_the_leads(self):
        costs = []
        for count in (20, 40):
            self._make_leads(random.Random(count), count)
            self.env.flush_all()
            self.env.invalidate_all()
            self.figures._compute_month(self.company, MONTH)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.figures._compute_month(self.company, MONTH)
            costs.append(self.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], costs[0] + 4)
