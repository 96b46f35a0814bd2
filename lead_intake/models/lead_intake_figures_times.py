from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.funnel import FUNNEL, STATUS_FIELDS

# Steps whose duration is told: from one status to the next that was reached.
STEPS = tuple(zip(("acquired", *FUNNEL), FUNNEL, strict=False))
TREND_MONTHS = 12


class LeadIntakeFigures(models.AbstractModel):
    """How the months went, how long the steps took, which promises were kept."""

    _inherit = "lead.intake.figures"

    def _count_trend(self, company, month):
        """Count the leads of each of the last months, in one pass over them.

        :return: acquired, approved, won and lost leads of each month, and how many of the
            acquired ones each channel brought
        :rtype: tuple[list, dict]
        """
        months = [month - relativedelta(months=back) for back in range(TREND_MONTHS - 1, -1, -1)]
        starts = [self._get_period(company, of_month)[0] for of_month in months]
        stop = self._get_period(company, month)[1]
        names = ("date_acquired", "intake_approved_on", "intake_won_on", "intake_lost_on")
        # Number 0 and the last one are the months outside.
        buckets = [
            SQL("width_bucket(%s, %s::timestamp[])", SQL.identifier(name), [*starts, stop])
            for name in names
        ]
        # The leads as they are: those of the month alone were gathered.
        leads = self.with_context(intake_gathered=None)._leads(
            company, self._any_within(names, starts[0], stop)
        )
        columns = [SQL.identifier(f"of_{name}") for name in names]
        first, rest = columns[0], columns[1:]
        # First by all at once, which leaves a thousand rows or so of half a million leads: to
        # count each lead four times would sort them three times.
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS (
                    SELECT %(buckets)s, medium_id, COUNT(*) AS leads, SUM(amount) AS amount
                      FROM %(leads)s GROUP BY %(columns)s, medium_id
                )
                SELECT %(groupings)s, %(columns)s, medium_id, SUM(leads)::int, SUM(amount)
                  FROM counted GROUP BY GROUPING SETS ((%(first)s, medium_id), %(rest)s)
                """,
                groupings=SQL(", ").join(SQL("GROUPING(%s)", column) for column in columns),
                columns=SQL(", ").join(columns),
                buckets=SQL(", ").join(
                    SQL("%s AS %s", bucket, column)
                    for bucket, column in zip(buckets, columns, strict=True)
                ),
                leads=leads,
                first=first,
                rest=SQL(", ").join(SQL("(%s)", column) for column in rest),
            )
        )
        keys = ("acquired", "approved", "won", "lost")
        lines = [
            {"month": of_month.strftime("%Y-%m"), **dict.fromkeys((*keys, "amount"), 0)}
            for of_month in months
        ]
        channels = {}
        for row in rows:
            flags, values, (medium, count, amount) = row[:4], row[4:8], row[8:]
            which = flags.index(0)
            place = (values[which] or 0) - 1
            if not 0 <= place < TREND_MONTHS:
                continue
            lines[place][keys[which]] += count
            if keys[which] == "won":
                lines[place]["amount"] = float(amount or 0)
            elif keys[which] == "acquired":
                line = channels.setdefault(medium, {"id": medium, "leads": [0] * TREND_MONTHS})
                line["leads"][place] += count
        channels = list(channels.values())
        self._add_names(channels, "medium_id")
        channels.sort(key=lambda line: (-sum(line["leads"]), line["name"] or ""))
        return lines, {"months": [line["month"] for line in lines], "channels": channels}

    def _count_durations(self, company, start, stop):
        columns = {"acquired": "date_acquired", **STATUS_FIELDS}
        counts = []
        for before, after in STEPS:
            first, last = SQL.identifier(columns[before]), SQL.identifier(columns[after])
            counts.append(
                SQL(
                    """
                    COUNT(*) FILTER (WHERE %(counts)s),
                    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(took)s)
                        FILTER (WHERE %(counts)s)
                    """,
                    took=SQL("EXTRACT(EPOCH FROM %s - %s)::float8 / 3600", last, first),
                    counts=SQL(
                        "%s AND %s >= %s", self._within(columns[after], start, stop), last, first
                    ),
                )
            )
        # A lead often takes several steps in a month: one pass tells all of them.
        names = [columns[after] for _before, after in STEPS]
        leads = self._leads(company, self._any_within(names, start, stop))
        [row] = self.env.execute_query(SQL("SELECT %s FROM %s", SQL(", ").join(counts), leads))
        return [
            {
                "from": before,
                "to": after,
                "count": count,
                "median": round((shares or [0, 0])[0], 2),
                "p90": round((shares or [0, 0])[1], 2),
            }
            for (before, after), count, shares in zip(STEPS, row[::2], row[1::2], strict=True)
        ]

    def _count_on_time(self, company, period, previous):
        """Count the promises that came due in the month, and those that were kept in time."""
        counted = self._count_due(company, period, previous)

        def rate(due, met):
            return round(100 * met / due, 1) if due else None

        milestones = dict(self.env["lead.intake.deadline"]._fields["milestone"].selection)
        return [
            {
                "milestone": name,
                "due": counted[name][0],
                "met": counted[name][1],
                "rate": rate(*counted[name][:2]),
                "previous_rate": rate(*counted[name][2:]),
            }
            for name in milestones
            if name in counted and counted[name][0]
        ]

    def _count_due(self, company, period, previous):
        """Return ``{milestone: (came due in the period, kept in time; both of the one before)}``."""
        mine, before = (self._within("date_due", *moments) for moments in (period, previous))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.milestone,
                       COUNT(*) FILTER (WHERE %(mine)s),
                       COUNT(*) FILTER (WHERE %(mine)s AND d.state = 'met'),
                       COUNT(*) FILTER (WHERE %(before)s),
                       COUNT(*) FILTER (WHERE %(before)s AND d.state = 'met')
                  FROM lead_intake_deadline d
                 WHERE d.date_due >= %(start)s AND d.date_due < %(stop)s AND %(ours)s
                   AND (d.state IN ('met', 'late', 'overdue')
                        OR (d.state = 'running' AND d.date_due < %(now)s)
                        OR (d.state = 'cancelled' AND d.date_overdue IS NOT NULL))
              GROUP BY d.milestone
                """,
                mine=mine,
                before=before,
                start=previous[0],
                stop=period[1],
                now=fields.Datetime.now(),
                ours=self._of_company("d", company, ("crm_team", "team_id")),
            )
        )
        return {milestone: counts for milestone, *counts in rows}

    def _get_due_domain(self, company, milestone, start, stop):
        """Return the domain of the promises behind a number of ``_count_due``."""
        no_team = Domain("team_id", "=", False) | Domain("team_id.company_id", "=", False)
        of_team = Domain("team_id.company_id", "=", company.id)
        if company == self.env.ref("base.main_company"):
            of_team |= no_team
        mine = Domain("company_id", "=", company.id) | (Domain("company_id", "=", False) & of_team)
        due = (
            Domain("state", "in", ["met", "late", "overdue"])
            | (Domain("state", "=", "running") & Domain("date_due", "<", "now"))
            | (Domain("state", "=", "cancelled") & Domain("date_overdue", "!=", False))
        )
        return (
            mine
            & due
            & Domain("milestone", "=", milestone)
            & Domain("date_due", ">=", start)
            & Domain("date_due", "<", stop)
        )
