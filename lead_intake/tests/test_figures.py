import os
import random
import re
from collections import Counter
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.lead_intake.tools.funnel import FUNNEL, STATUS_FIELDS

from .common import IntakeCommon
from .follow_up_common import FollowUpCommon
from .month_oracle import MonthOracle

MONTH = date(2026, 3, 1)
NOW = datetime(2026, 4, 20, 5, 30)
# Midnight at the first of a month in Shanghai and in New York (which leaves its winter time in
# March), in UTC.
MIDNIGHTS = [
    datetime(2026, 1, 31, 16),
    datetime(2026, 2, 28, 16),
    datetime(2026, 3, 31, 16),
    datetime(2026, 2, 1, 5),
    datetime(2026, 3, 1, 5),
    datetime(2026, 4, 1, 4),
]
EDGES = [moment + timedelta(seconds=n) for moment in MIDNIGHTS for n in (-1, 0, 1)]
# The hours of a month, by which the month before is older.
HOURS = {
    "Asia/Shanghai": {2: 28 * 24, 3: 31 * 24},
    "America/New_York": {2: 28 * 24, 3: 31 * 24 - 1},
}
MONTH_ENDS = {(2026, 2): date(2026, 2, 28), (2026, 3): date(2026, 3, 31)}
MONTH_ENDS[2026, 4] = date(2026, 4, 30)
# Months to check; set it to thousands for a night.
HISTORIES = int(os.environ.get("LEAD_INTAKE_HISTORIES", "30"))


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

    def test_lost_before_approval_is_lost(self):
        for state in ("draft", "submitted"):
            lead = self._lead_in(state, name=state, partner_name=f"{state} Ltd")
            user = self.supervisor if state == "submitted" else self.rep
            lead.with_user(user).action_set_lost(lost_reason_id=self.lost_reason.id)
            self.assertEqual(lead.intake_lost_on, self.NOW, state)
            lead.with_user(user).action_restore()
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
    """Each figure against a slow count in Python (``month_oracle.py``), over random histories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_lead SET intake_state = NULL")
        cls.env.invalidate_all()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.company2.partner_id.tz = "America/New_York"
        cls.figures = cls.env["lead.intake.figures"]
        industry = cls.env["res.partner.industry"]
        cls.industries = industry.union(
            *(industry.search([("full_code", "=", code)]) for code in ("C39", "C391", "I65"))
        )
        cls.sources = cls.env["utm.source"].create([{"name": f"Figures {n}"} for n in range(3)])
        cls.competitors = cls.env["lead.intake.competitor"].create([{"name": "Acme (test)"}])
        cls.currency = cls._make_currency()
        costs = (900, 0, 70)
        cls.campaigns = cls.env["utm.campaign"].create(
            [
                {"title": f"Campaign {cost}", "intake_cost": cost, "intake_currency_id": c.id}
                for cost, c in zip(costs, (cls.company.currency_id, cls.currency) * 2, strict=False)
            ]
        )

    @classmethod
    def _make_currency(cls):
        currency = cls.env["res.currency"].create({"name": "XTS", "symbol": "¤", "rounding": 0.01})
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": day, "rate": rate, "company_id": company}
                for day, rate, company in (
                    ("2026-02-10", 7.1, False),
                    ("2026-03-01", 6.9, False),
                    ("2026-03-20", 7.35, False),
                    ("2026-03-05", 5.0, cls.company2.id),
                )
            ]
        )
        return currency

    # --- random histories ------------------------------------------------------------------------

    def _moment(self, rng):
        if rng.random() < 0.3:
            return rng.choice(EDGES)
        return datetime(2026, 1, 15) + timedelta(minutes=rng.randrange(60 * 24 * 100))

    def _history(self, rng):
        """Return what became of one lead, as the oracle reads it."""
        team = rng.choice([self.team, self.team, self.other_team, self.env["crm.team"]])
        user = rng.choice([self.rep, self.rep2, self.other_rep, self.env["res.users"]])
        # Company of its own, else its team's, its owner's, or the first.
        own = rng.choice([team.company_id, self.env["res.company"], self.company2])
        company = own or team.company_id or user.company_id or self.company
        industry = rng.choice([*self.industries, self.industries[:0]])
        moments = [self._moment(rng) for _step in range(9)]
        if rng.random() < 0.8:  # the others went back and forth
            moments.sort()
        lead = {
            "own_company": own.id,
            "company": company.id,
            "team": team.id or None,
            "user": user.id or None,
            "lead_industry": industry.id or None,
            "industry": (industry and self._section(industry).id) or None,
            "channel": rng.choice([self.medium.id, None]),
            "source": rng.choice([*self.sources.ids, None]),
            "campaign": rng.choice([*self.campaigns.ids, None, None]),
            "grade": rng.choice([self.grade_a.id, self.grade_b.id, None]),
            "reason": None,
            "competitor": None,
            "acquired": moments[0],
            "expected_revenue": rng.randrange(1000),
            "contract_amount": 0,
            "currency": None,
            **dict.fromkeys((*FUNNEL, "lost")),
        }
        for step, moment in zip(FUNNEL[: rng.randrange(8)], moments[1:], strict=False):
            if rng.random() < 0.8:
                lead[step] = moment
        if rng.random() < 0.2:  # won, whatever it came from
            lead["won"] = moments[7]
        if lead["won"] and rng.random() < 0.8:
            lead["contract_amount"] = rng.randrange(1, 10**6) / 100
            lead["currency"] = rng.choice([self.currency.id, self.company.currency_id.id, None])
        if not lead["won"] and rng.random() < 0.5:
            lead["lost"] = moments[8]
            lead["reason"] = rng.choice([self.lost_reason.id, None])
            lead["competitor"] = rng.choice([self.competitors.id, None])
        return lead

    def _insert(self, leads):
        """Write histories as the procedure leaves them; merged and deleted leads leave nothing."""
        names = {
            "company_id": "own_company",
            "team_id": "team",
            "user_id": "user",
            "industry_id": "lead_industry",
            "medium_id": "channel",
            "source_id": "source",
            "campaign_id": "campaign",
            "intake_grade_id": "grade",
            "lost_reason_id": "reason",
            "lost_competitor_id": "competitor",
            "date_acquired": "acquired",
            "expected_revenue": "expected_revenue",
            "contract_amount": "contract_amount",
            "contract_currency_id": "currency",
            **{name: step for step, name in STATUS_FIELDS.items()},
        }
        for lead in leads:
            values = {column: lead[key] or None for column, key in names.items()}
            values |= {
                "name": "Lead",
                "type": "opportunity",
                "active": not lead["lost"],
                "intake_state": "approved",
                "expected_revenue": lead["expected_revenue"],
            }
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_lead (%s) VALUES %s",
                    SQL(", ").join(map(SQL.identifier, values)),
                    tuple(values.values()),
                )
            )
        self.env.invalidate_all()

    def _section(self, industry):
        while industry.parent_id:
            industry = industry.parent_id
        return industry

    def test_random_histories(self):
        months = [date(2026, 2, 1), MONTH, date(2026, 4, 1)]
        for seed in range(HISTORIES):
            rng = random.Random(seed)
            with (
                self.subTest(seed=seed),
                freeze_time(NOW),
                self.env.cr.savepoint() as savepoint,
            ):
                leads = [self._history(rng) for _lead in range(rng.choice([0, 1, 5, 40]))]
                self._insert(leads)
                company = rng.choice([self.company, self.company2])
                self._check_month(company, rng.choice(months), leads)
                savepoint.rollback()
                self.env.invalidate_all()

    def _check_month(self, company, month, leads):
        mine = [lead for lead in leads if lead["company"] == company.id]
        zone = company.partner_id.tz

        def convert(amount, currency_id, day):
            currency = self.env["res.currency"].browse(currency_id or company.currency_id.id)
            return currency._convert(amount, company.currency_id, company, day)

        oracle = MonthOracle(mine, zone, NOW, convert)
        figures = self.figures._compute_month(company, month)
        key = (month.year, month.month)
        self._check_funnel(company, figures, oracle, key)
        self._check_times(figures, oracle, key)
        self._check_sources(company, figures["sources"], oracle, key, leads)
        self._check_losses(figures["losses"], oracle, key)
        self._check_drill_down(company, figures)

    def _check_funnel(self, company, figures, oracle, key):
        funnel = figures["funnel"]
        expected = oracle.funnel(oracle.leads, key)
        self.assertEqual(funnel["happened"], expected["happened"])
        self.assertEqual(funnel["cohort"], expected["cohort"])
        if key == (2026, 4):
            return  # it isn't over on the day it is counted
        last = key[0], key[1] - 1
        until = NOW - timedelta(hours=HOURS[company.partner_id.tz][key[1]])
        before = oracle.funnel(oracle.leads, last, until)
        self.assertEqual(funnel["previous"], before)
        for dimension in ("team", "user", "grade", "industry"):
            lines = {line["id"]: line for line in funnel["by"][dimension]}
            expected = oracle.by(dimension, key)
            self.assertEqual(set(lines), set(expected))
            earlier = oracle.by(dimension, last, until)
            for value, counted in expected.items():
                line = lines[value]
                self.assertEqual({k: line[k] for k in counted}, counted)
                was = earlier.get(value) or oracle.funnel([], last)
                self.assertEqual(line["previous"], was)

    def _check_times(self, figures, oracle, key):
        for line in figures["trend"][-3:]:
            month = tuple(map(int, line["month"].split("-")))
            expected = oracle.trend(month)
            self.assertAlmostEqual(line.pop("amount"), expected.pop("amount"), places=2)
            self.assertEqual({**line, "month": None}, {**expected, "month": None})
        for line in figures["durations"]:
            count, middle, most = oracle.durations(line["from"], line["to"], key)
            self.assertEqual(line["count"], count)
            self.assertAlmostEqual(line["median"], middle, delta=0.006)
            self.assertAlmostEqual(line["p90"], most, delta=0.006)

    def _check_sources(self, company, sources, oracle, key, leads):
        costs, last_day = {}, MONTH_ENDS[key]
        for campaign in self.campaigns.filtered("intake_cost"):
            brought = [
                lead
                for lead in leads
                if lead["campaign"] == campaign.id and oracle.month_of(lead["acquired"]) <= key
            ]
            cost = campaign.intake_currency_id._convert(
                campaign.intake_cost, company.currency_id, company, last_day, round=False
            )
            if brought:
                costs[campaign.id] = cost / len(brought)
        names = {grade.id: grade.name for grade in self.grade_a | self.grade_b}
        for dimension in ("channel", "source", "campaign"):
            expected = oracle.sources(dimension, key, costs)
            if dimension == "campaign":
                expected.pop(None, None)
            lines = {line["id"]: line for line in sources[dimension]}
            self.assertEqual(set(lines), set(expected))
            for value, counted in expected.items():
                line = lines[value]
                for name in ("leads", "approved", "won", "lost", "costed"):
                    self.assertEqual(line[name], counted[name])
                grades = {names[grade]: n for grade, n in counted["grades"].items()}
                self.assertEqual(line["grades"], grades)
                self.assertAlmostEqual(line["amount"], counted["amount"], places=2)
                for name, delta in (("days_to_win", 0.051), ("cost", 0.0051)):
                    if counted[name] is None:
                        self.assertIsNone(line[name])
                    else:
                        self.assertAlmostEqual(line[name], counted[name], delta=delta)
        trend = sources["trend"]
        shown = {
            (line["id"], month): count
            for line in trend["channels"]
            for month, count in zip(trend["months"], line["leads"], strict=True)
            if count
        }
        expected = Counter(
            (lead["channel"], "{}-{:02}".format(*oracle.month_of(lead["acquired"])))
            for lead in oracle.leads
            if oracle.month_of(lead["acquired"]) <= key
        )
        self.assertEqual(shown, expected)

    def _check_losses(self, losses, oracle, key):
        expected = oracle.losses(key)
        names = ("reason_id", "status", "grade_id", "competitor_id")
        cells = {tuple(cell[name] for name in names): cell["leads"] for cell in losses["cells"]}
        self.assertEqual(cells, expected)
        self.assertEqual(losses["total"], sum(expected.values()))
        for lines, place in ((losses["reasons"], 0), (losses["competitors"], 3)):
            totals = Counter()
            for cell, count in expected.items():
                if place == 0 or cell[place]:
                    totals[cell[place]] += count
            self.assertEqual({line["id"]: line["leads"] for line in lines}, totals)

    def _check_drill_down(self, company, figures):
        """The domain of a number finds as many leads as it counts."""
        start, stop = figures["date_from"], figures["date_to"]
        Lead = self.env["crm.lead"].with_context(active_test=False)
        for kind, cohort in (("happened", False), ("cohort", True)):
            for status, count in figures["funnel"][kind].items():
                domain = self.figures._get_domain(
                    company, status, start, stop, cohort=cohort, until=NOW if cohort else None
                )
                self.assertEqual(Lead.search_count(domain), count, (kind, status))

    def test_a_month_that_runs_is_compared_with_as_much_of_the_one_before(self):
        """On 20 April: March up to the 20th, and what had become of its leads by then."""
        counted = {}
        for day in (10, 19, 21, 31):
            lead = self._history(random.Random(day))
            lead |= {"own_company": self.company.id, **dict.fromkeys((*FUNNEL, "lost"))}
            lead |= {"acquired": datetime(2026, 3, day), "won": datetime(2026, 3, day, 1)}
            counted[day] = lead
        counted[10]["won"] = datetime(2026, 3, 25)
        self._insert(counted.values())
        with freeze_time(NOW):
            before = self.figures._compute_month(self.company, date(2026, 4, 1))["funnel"]
        before = before["previous"]
        self.assertEqual((before["cohort"]["acquired"], before["cohort"]["won"]), (2, 1))
        self.assertEqual(before["happened"]["won"], 1)

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
            rng = random.Random(count)
            self._insert([self._history(rng) for _lead in range(count)])
            self.figures._compute_month(self.company, MONTH)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.figures._compute_month(self.company, MONTH)
            costs.append(self.cr.sql_log_count - before)
        # Kinds of things that have names: a few more among more leads, not one a lead.
        self.assertLessEqual(costs[1], costs[0] + 12)

    def test_the_leads_are_read_twice(self):
        """Once to gather those of two months, once for the trend of a year; and their words."""
        read = []
        execute = type(self.cr).execute

        def watch(cursor, query, *args, **kwargs):
            read.append(query.code if isinstance(query, SQL) else query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.cr), "execute", watch):
            self.figures._compute_month(self.company, MONTH)
        tables = [re.findall(r'FROM "?(crm_lead|lead_intake_deadline)"? ', text) for text in read]
        counted = Counter(table for found in tables for table in found)
        # With the leads of campaigns that cost something, asked by campaign.
        self.assertEqual(counted, {"crm_lead": 4, "lead_intake_deadline": 1})
