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
        period = self._get_period(company, month)
        rows = self._count_by_source(company, *period, now)
        grade_ids = sorted({grade for *_key, grade, _counts in rows if grade})
        grade_names = {
            grade.id: grade.name for grade in self.env["lead.intake.grade"].browse(grade_ids)
        }
        result = {}
        for key, name in SOURCE_FIELDS.items():
            mine = [row[1:] for row in rows if row[0] == key]
            lines = {
                value: self._prepare_source_line(company, value, *counts)
                for value, is_total, _grade, counts in mine
                if is_total
            }
            for value, is_total, grade, (count, *_rest) in mine:
                if not is_total and grade:
                    counts = lines[value]["grades"]
                    counts[grade_names[grade]] = counts.get(grade_names[grade], 0) + count
            result[key] = list(lines.values())
            self._add_names(result[key], name)
            result[key].sort(key=lambda line: (-line["leads"], line["name"] or ""))
        result["campaign"] = [line for line in result["campaign"] if line["id"]]
        return {**result, "grades": {name: grade for grade, name in grade_names.items()}}

    def _count_by_source(self, company, start, stop, now):
        """Count by channel, source and campaign in one pass over the leads.

        :return: ``[(which of SOURCE_FIELDS, its value, whether of all grades, the grade, counts)]``
        :rtype: list
        """
        columns = [SQL.identifier(name) for name in SOURCE_FIELDS.values()]
        won, lost = (SQL.identifier(f"intake_{outcome}_on") for outcome in ("won", "lost"))
        rows = self.env.execute_query(
            SQL(
                """
                WITH cells AS (
                    SELECT %(columns)s, intake_grade_id, COUNT(*) AS leads,
                           COUNT(*) FILTER (WHERE %(approved)s) AS approved,
                           COUNT(*) FILTER (WHERE %(won)s <= %(now)s) AS won,
                           COUNT(*) FILTER (WHERE %(lost)s <= %(now)s) AS lost,
                           SUM(amount) FILTER (WHERE %(won)s <= %(now)s) AS amount,
                           SUM(EXTRACT(EPOCH FROM %(won)s - date_acquired))
                               FILTER (WHERE %(won)s <= %(now)s) AS seconds
                      FROM %(leads)s
                  GROUP BY %(columns)s, intake_grade_id
                )
                SELECT %(groupings)s, %(columns)s, GROUPING(intake_grade_id) = 1, intake_grade_id,
                       SUM(leads)::int, SUM(approved)::int, SUM(won)::int, SUM(lost)::int,
                       SUM(amount), SUM(seconds) / NULLIF(SUM(won), 0) / 86400,
                       SUM(share * leads), SUM(leads) FILTER (WHERE share IS NOT NULL)::int
                  FROM cells
             LEFT JOIN %(shares)s ON costed_id = campaign_id
              GROUP BY GROUPING SETS (%(sets)s)
                """,
                columns=SQL(", ").join(columns),
                groupings=SQL(", ").join(SQL("GROUPING(%s)", column) for column in columns),
                sets=SQL(", ").join(SQL("(%s), (%s, intake_grade_id)", c, c) for c in columns),
                approved=self._got_to("approved", now),
                won=won,
                lost=lost,
                now=now,
                leads=self._leads(company, self._any_within(["date_acquired"], start, stop)),
                shares=self._get_cost_shares(company, start, stop),
            )
        )
        width, keys = len(columns), list(SOURCE_FIELDS)
        found = []
        for row in rows:
            which = row[:width].index(0)
            is_total, grade, *counts = row[2 * width :]
            found.append((keys[which], row[width + which], is_total, grade, counts))
        return found

    def _prepare_source_line(
        self, company, key, count, approved, won, lost, amount, days, cost, costed
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
            "costed": costed or 0,
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
