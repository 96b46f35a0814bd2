from datetime import timedelta

from odoo import models
from odoo.tools import SQL

# Whose names can stand in a source analysis, and the column each is counted by.
SOURCE_FIELDS = {"channel": "medium_id", "source": "source_id", "campaign": "campaign_id"}


class LeadIntakeFigures(models.AbstractModel):
    """Where the leads acquired in the month came from, what became of them, what they cost.

    ::

        sources     {"channel", "source", "campaign": lines, the most leads first,
                     "grades": {name: id},
                     "trend": {"months": ["2026-10", …],
                               "channels": [{"id", "name", "leads": [of each month]}]}}
        a line      {"id", "name", "leads", "approved", "grades": {name: leads}, "won", "lost",
                     "win_rate", "amount", "days_to_win", "cost", "costed", "cost_per_lead"}

    A campaign's cost is shared evenly by all leads it has brought by the end of the month, those
    of other months and companies too: so ``cost`` is what the month's leads of a line cost, and
    ``cost_per_lead`` is that by the ``costed`` ones of them, whose campaign has a cost. Both are
    None where no cost is known. Of campaigns only those are told that leads came from.
    """

    _inherit = "lead.intake.figures"

    def _count_sources(self, company, month, now):
        start, stop = self._get_period(company, month)
        shares = self._get_cost_shares(company, start, stop)
        grades = {}
        lines = {
            key: self._count_source_lines(company, start, stop, name, now, shares, grades)
            for key, name in SOURCE_FIELDS.items()
        }
        lines["campaign"] = [line for line in lines["campaign"] if line["id"]]
        return {**lines, "grades": grades}

    def _count_source_lines(self, company, start, stop, name, now, shares, names):
        leads = self._leads(company, self._any_within(["date_acquired"], start, stop))
        won, lost = (SQL.identifier(f"intake_{outcome}_on") for outcome in ("won", "lost"))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(column)s, GROUPING(intake_grade_id), intake_grade_id, COUNT(*),
                       COUNT(*) FILTER (WHERE %(approved)s),
                       COUNT(*) FILTER (WHERE %(won)s <= %(now)s),
                       COUNT(*) FILTER (WHERE %(lost)s <= %(now)s),
                       SUM(amount) FILTER (WHERE %(won)s <= %(now)s),
                       AVG(EXTRACT(EPOCH FROM %(won)s - date_acquired) / 86400)
                           FILTER (WHERE %(won)s <= %(now)s),
                       SUM(share), COUNT(share)
                  FROM %(leads)s
             LEFT JOIN %(shares)s ON costed_id = campaign_id
              GROUP BY GROUPING SETS ((%(column)s), (%(column)s, intake_grade_id))
                """,
                column=SQL.identifier(name),
                approved=self._got_to("approved", now),
                won=won,
                lost=lost,
                now=now,
                leads=leads,
                shares=shares,
            )
        )
        grade_ids = sorted({row[2] for row in rows if not row[1] and row[2]})
        grade_names = {
            grade.id: grade.name for grade in self.env["lead.intake.grade"].browse(grade_ids)
        }
        names.update((label, grade) for grade, label in grade_names.items())
        lines = {row[0]: self._prepare_source_line(company, *row) for row in rows if row[1]}
        for key, is_total, grade, count, *_rest in rows:
            if not is_total and grade:
                counts = lines[key]["grades"]
                counts[grade_names[grade]] = counts.get(grade_names[grade], 0) + count
        result = list(lines.values())
        self._add_names(result, name)
        return sorted(result, key=lambda line: (-line["leads"], line["name"] or ""))

    def _prepare_source_line(
        self, company, key, _total, _grade, count, approved, won, lost, amount, days, cost, costed
    ):
        currency = company.currency_id
        return {
            "id": key,
            "leads": count,
            "approved": approved,
            "won": won,
            "lost": lost,
            "win_rate": round(100 * won / (won + lost), 1) if won + lost else None,
            "amount": float(amount or 0),
            "days_to_win": round(float(days), 1) if days is not None else None,
            "cost": currency.round(float(cost)) if costed else None,
            "costed": costed,
            "cost_per_lead": currency.round(float(cost) / costed) if costed else None,
            "grades": {},
        }

    def _get_cost_shares(self, company, start, stop):
        """Return what each lead of a campaign with a cost has cost, in the company's currency.

        :rtype: SQL
        """
        leads = self._leads(company, self._any_within(["date_acquired"], start, stop))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.intake_cost, c.intake_currency_id,
                       (SELECT COUNT(*) FROM crm_lead b
                         WHERE b.campaign_id = c.id AND b.intake_state IS NOT NULL
                           AND b.date_acquired < %(stop)s)
                  FROM utm_campaign c
                 WHERE c.intake_cost > 0 AND c.id IN (SELECT campaign_id FROM %(leads)s)
                """,
                stop=stop,
                leads=leads,
            )
        )
        day = (stop - timedelta(seconds=1)).date()
        shares = []
        for campaign_id, cost, currency_id, count in rows:
            currency = self.env["res.currency"].browse(currency_id or company.currency_id.id)
            cost = currency._convert(float(cost), company.currency_id, company, day, round=False)
            shares.append((campaign_id, cost / count))
        values = SQL(", ").join(SQL("(%s, %s::numeric)", *share) for share in shares)
        return SQL(
            "(VALUES %s) AS costs (costed_id, share)",
            values if shares else SQL("(0, NULL::numeric)"),
        )
