from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.funnel import FUNNEL, STATUS_FIELDS

DIMENSIONS = {
    "team": "team_id",
    "user": "user_id",
    "grade": "intake_grade_id",
    "industry": "industry_id",
}
# Steps whose duration is told: from one status to the next that was reached.
STEPS = tuple(zip(("acquired", *FUNNEL), FUNNEL, strict=False))
TREND_MONTHS = 12
MOST_WORDS = 200


class LeadIntakeFigures(models.AbstractModel):
    """The figures of one month of one company (step 5), counted set-based in the database.

    ``_compute_month`` returns a dictionary that can be stored as JSON::

        month, timezone, currency          "2026-10", "Asia/Shanghai", "CNY"
        date_from, date_to                 naive UTC, ISO; the month in the company's time zone
        funnel                             {
            happened                       {status: leads that reached it in the month}
            cohort                         {"acquired": leads acquired in the month,
                                            status: those of them that got at least so far}
            previous                       {"happened": …, "cohort": …} of the month before
            by                             {dimension: [{"id", "name", "happened", "cohort"}]}
        }
        trend                              [{"month", "acquired", "approved", "won", "lost",
                                             "amount"}] of 12 months, this one last
        durations                          [{"from", "to", "count", "median", "p90"}], hours,
                                           of steps that ended in the month
        on_time                            [{"milestone", "due", "met", "rate"}], rate in percent
        sources                            {"channel": […], "source": […]} of the cohort, each
                                           {"id", "name", "leads", "approved", "grades": {name:
                                            leads}, "won", "lost", "win_rate", "amount",
                                            "days_to_win"}; sorted by leads
        losses                             {"total", "reasons": [{"id", "name", "leads"}],
                                            "stages": [{"reason_id", "status", "leads"}],
                                            "grades": [{"reason_id", "grade_id", "leads"}],
                                            "words": [{"lead_id", "name", "reason", "text"}]}

    Statuses are those of ``tools/funnel.py``; dimensions ``team``, ``user``, ``grade``,
    ``industry`` (the section of GB/T 4754, or the industry itself outside the standard). Amounts
    are in the company's currency at the rate of the closing date. An id of None stands for
    "none". ``_get_domain`` opens the leads behind a number.
    """

    _name = "lead.intake.figures"
    _description = "Lead Intake Figures"

    @api.model
    def _get_period(self, company, month):
        """Return the first moment of a month and of the next one, in naive UTC.

        :param res.company company: whose time zone tells when a month begins
        :param date month: any day of the month
        """
        zone = pytz.timezone(company.sudo().partner_id.tz or self.env.user.tz or "UTC")
        first = month.replace(day=1)
        return tuple(
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (first, first + relativedelta(months=1))
        )

    @api.model
    def _compute_month(self, company, month):
        """Count the figures of ``month``; see the class for what they say.

        :param res.company company: whose leads
        :param date month: any day of the month
        :rtype: dict
        """
        # What was changed and not yet written counts.
        self.env.flush_all()
        # Rates of currencies make PostgreSQL expect more work than there is: compiling its
        # statements would take ten times as long as running them. Until the transaction ends.
        self.env.cr.execute("SET LOCAL jit = off")
        month = month.replace(day=1)
        start, stop = self._get_period(company, month)
        previous = self._get_period(company, month - relativedelta(months=1))
        figures = {
            "month": month.strftime("%Y-%m"),
            "timezone": company.sudo().partner_id.tz or self.env.user.tz or "UTC",
            "currency": company.currency_id.name,
            "date_from": fields.Datetime.to_string(start),
            "date_to": fields.Datetime.to_string(stop),
            "funnel": self._count_funnel(company, start, stop),
            "trend": self._count_trend(company, month),
            "durations": self._count_durations(company, start, stop),
            "on_time": self._count_on_time(company, start, stop),
            "sources": {
                "channel": self._count_sources(company, start, stop, "medium_id"),
                "source": self._count_sources(company, start, stop, "source_id"),
            },
            "losses": self._count_losses(company, start, stop),
        }
        before = self._count_funnel(company, *previous, dimensions=False)
        figures["funnel"]["previous"] = {key: before[key] for key in ("happened", "cohort")}
        return figures

    # --- which leads ---------------------------------------------------------------------------

    def _leads(self, company, where):
        """Return the leads of a company as a subquery, with all that is counted of them.

        A lead without company belongs to its team's, else to its owner's, else to the first.
        """
        first = self.env.ref("base.main_company")
        return SQL(
            """
            (SELECT l.id, l.team_id, l.user_id, l.intake_grade_id, l.medium_id, l.source_id,
                    COALESCE(NULLIF(split_part(i.parent_path, '/', 1), '')::int, l.industry_id)
                        AS industry_id,
                    l.date_acquired, l.lost_reason_id, %(columns)s, %(amount)s AS amount
               FROM crm_lead l
          LEFT JOIN crm_team t ON t.id = l.team_id
          LEFT JOIN res_users u ON u.id = l.user_id
          LEFT JOIN res_partner_industry i ON i.id = l.industry_id
              WHERE l.intake_state IS NOT NULL
                AND COALESCE(l.company_id, t.company_id, u.company_id, %(first)s) = %(company)s
                AND (%(where)s)) AS leads
            """,
            columns=SQL(", ").join(SQL.identifier("l", name) for name in STATUS_FIELDS.values()),
            amount=self._amount(company),
            first=first.id,
            company=company.id,
            where=where,
        )

    def _amount(self, company):
        """Return what a won lead is worth in the company's currency; empty for others."""
        Lead = self.env["crm.lead"]
        if "contract_amount" not in Lead._fields:
            return SQL("CASE WHEN l.intake_won_on IS NOT NULL THEN l.expected_revenue END")
        rate = SQL(
            """
            COALESCE((SELECT r.rate FROM res_currency_rate r
                       WHERE r.currency_id = c.id AND r.name <= l.intake_won_on::date
                         AND (r.company_id IS NULL OR r.company_id = %(root)s)
                    ORDER BY r.company_id, r.name DESC LIMIT 1),
                     (SELECT r.rate FROM res_currency_rate r
                       WHERE r.currency_id = c.id
                         AND (r.company_id IS NULL OR r.company_id = %(root)s)
                    ORDER BY r.company_id, r.name LIMIT 1), 1.0)
            """,
            root=company.root_id.id,
        )
        return SQL(
            """
            CASE WHEN l.intake_won_on IS NULL THEN NULL
                 WHEN COALESCE(l.contract_amount, 0) = 0 THEN l.expected_revenue
                 WHEN COALESCE(l.contract_currency_id, %(currency)s) = %(currency)s
                 THEN l.contract_amount
                 ELSE l.contract_amount
                      * (SELECT %(rate)s FROM res_currency c WHERE c.id = %(currency)s)
                      / (SELECT %(rate)s FROM res_currency c WHERE c.id = l.contract_currency_id)
             END
            """,
            currency=company.currency_id.id,
            rate=rate,
        )

    def _within(self, name, start, stop):
        column = SQL.identifier(name)
        return SQL("(%s >= %s AND %s < %s)", column, start, column, stop)

    def _any_within(self, names, start, stop):
        return SQL(" OR ").join(
            SQL("(l.%(c)s >= %(a)s AND l.%(c)s < %(b)s)", c=SQL.identifier(name), a=start, b=stop)
            for name in names
        )

    def _got_to(self, status):
        """Return the condition that a lead got at least to ``status``."""
        later = FUNNEL[FUNNEL.index(status) :]
        return SQL(" OR ").join(
            SQL("%s IS NOT NULL", SQL.identifier(STATUS_FIELDS[name])) for name in later
        )

    # --- the blocks ------------------------------------------------------------------------------

    def _count_funnel(self, company, start, stop, dimensions=True):
        acquired = self._within("date_acquired", start, stop)
        happened = (*FUNNEL, "lost")
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s)", self._within(STATUS_FIELDS[status], start, stop))
            for status in happened
        ]
        counts.append(SQL("COUNT(*) FILTER (WHERE %s)", acquired))
        counts += [
            SQL("COUNT(*) FILTER (WHERE %s AND (%s))", acquired, self._got_to(status))
            for status in FUNNEL
        ]
        columns = [SQL.identifier(name) for name in DIMENSIONS.values()] if dimensions else []
        sets = SQL(", ").join([SQL("()"), *(SQL("(%s)", column) for column in columns)])
        which = SQL(", ").join([*(SQL("GROUPING(%s)", c) for c in columns), *columns, *counts])
        names = ("date_acquired", *STATUS_FIELDS.values())
        leads = self._leads(company, self._any_within(names, start, stop))
        rows = self.env.execute_query(
            SQL("SELECT %s FROM %s GROUP BY GROUPING SETS (%s)", which, leads, sets)
        )
        by = {name: [] for name in DIMENSIONS}
        total = None
        width = len(columns)
        for row in rows:
            flags, values, numbers = row[:width], row[width : 2 * width], row[2 * width :]
            counted = {
                "happened": dict(zip(happened, numbers, strict=False)),
                "cohort": dict(zip(("acquired", *FUNNEL), numbers[len(happened) :], strict=True)),
            }
            if 0 not in flags:
                total = counted
                continue
            index = flags.index(0)
            by[list(DIMENSIONS)[index]].append({"id": values[index], **counted})
        for name, lines in by.items():
            self._add_names(lines, DIMENSIONS[name])
        return {**total, "by": by}

    def _count_trend(self, company, month):
        """Count acquired, approved, won and lost leads of each of the last months."""
        lines = []
        for back in range(TREND_MONTHS - 1, -1, -1):
            of_month = month - relativedelta(months=back)
            start, stop = self._get_period(company, of_month)
            names = ("date_acquired", "intake_approved_on", "intake_won_on", "intake_lost_on")
            [row] = self.env.execute_query(
                SQL(
                    "SELECT %s, SUM(amount) FILTER (WHERE %s) FROM %s",
                    SQL(", ").join(
                        SQL("COUNT(*) FILTER (WHERE %s)", self._within(name, start, stop))
                        for name in names
                    ),
                    self._within("intake_won_on", start, stop),
                    self._leads(company, self._any_within(names, start, stop)),
                )
            )
            keys = ("acquired", "approved", "won", "lost", "amount")
            lines.append(
                {
                    "month": of_month.strftime("%Y-%m"),
                    **dict(zip(keys, [value or 0 for value in row], strict=True)),
                }
            )
        return lines

    def _count_durations(self, company, start, stop):
        columns = {"acquired": "date_acquired", **STATUS_FIELDS}
        lines = []
        for before, after in STEPS:
            first, last = SQL.identifier(columns[before]), SQL.identifier(columns[after])
            took = SQL("EXTRACT(EPOCH FROM %s - %s) / 3600", last, first)
            [(count, median, p90)] = self.env.execute_query(
                SQL(
                    """
                    SELECT COUNT(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY %(took)s),
                           percentile_cont(0.9) WITHIN GROUP (ORDER BY %(took)s)
                      FROM %(leads)s WHERE %(first)s IS NOT NULL AND %(last)s >= %(first)s
                    """,
                    took=took,
                    first=first,
                    last=last,
                    leads=self._leads(company, self._any_within([columns[after]], start, stop)),
                )
            )
            lines.append(
                {
                    "from": before,
                    "to": after,
                    "count": count,
                    "median": round(float(median or 0), 2),
                    "p90": round(float(p90 or 0), 2),
                }
            )
        return lines

    def _count_on_time(self, company, start, stop):
        """Count the promises that came due in the month, and those that were kept in time."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.milestone, COUNT(*), COUNT(*) FILTER (WHERE d.state = 'met')
                  FROM lead_intake_deadline d
             LEFT JOIN crm_team t ON t.id = d.team_id
                 WHERE d.date_due >= %(start)s AND d.date_due < %(stop)s
                   AND COALESCE(d.company_id, t.company_id, %(first)s) = %(company)s
                   AND (d.state IN ('met', 'late', 'overdue')
                        OR (d.state = 'running' AND d.date_due < %(now)s)
                        OR (d.state = 'cancelled' AND d.date_overdue IS NOT NULL))
              GROUP BY d.milestone
                """,
                start=start,
                stop=stop,
                now=fields.Datetime.now(),
                first=self.env.ref("base.main_company").id,
                company=company.id,
            )
        )
        counted = {milestone: (due, met) for milestone, due, met in rows}
        milestones = dict(self.env["lead.intake.deadline"]._fields["milestone"].selection)
        return [
            {
                "milestone": name,
                "due": counted[name][0],
                "met": counted[name][1],
                "rate": round(100 * counted[name][1] / counted[name][0], 1),
            }
            for name in milestones
            if name in counted
        ]

    def _count_sources(self, company, start, stop, name):
        """Count what became of the leads acquired in the month, by channel or source."""
        column = SQL.identifier(name)
        leads = self._leads(company, self._any_within(["date_acquired"], start, stop))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(column)s, GROUPING(intake_grade_id), intake_grade_id, COUNT(*),
                       COUNT(*) FILTER (WHERE %(approved)s),
                       COUNT(*) FILTER (WHERE intake_won_on IS NOT NULL),
                       COUNT(*) FILTER (WHERE intake_lost_on IS NOT NULL),
                       SUM(amount),
                       AVG(EXTRACT(EPOCH FROM intake_won_on - date_acquired) / 86400)
                  FROM %(leads)s
              GROUP BY GROUPING SETS ((%(column)s), (%(column)s, intake_grade_id))
                """,
                column=column,
                approved=self._got_to("approved"),
                leads=leads,
            )
        )
        grade_ids = {row[2] for row in rows if not row[1] and row[2]}
        grades = self.env["lead.intake.grade"].browse(sorted(grade_ids))
        grade_names = {grade.id: grade.name for grade in grades}
        lines = {}
        for key, is_total, _grade, count, approved, won, lost, amount, days in rows:
            if is_total:
                lines[key] = {
                    "id": key,
                    "leads": count,
                    "approved": approved,
                    "won": won,
                    "lost": lost,
                    "win_rate": round(100 * won / (won + lost), 1) if won + lost else None,
                    "amount": float(amount or 0),
                    "days_to_win": round(float(days), 1) if days is not None else None,
                    "grades": {},
                }
        for key, is_total, grade, count, *_rest in rows:
            if not is_total and grade:
                lines[key]["grades"][grade_names[grade]] = count
        result = list(lines.values())
        self._add_names(result, name)
        return sorted(result, key=lambda line: (-line["leads"], line["name"] or ""))

    def _count_losses(self, company, start, stop):
        reached = SQL(
            "CASE %s ELSE 'acquired' END",
            SQL(" ").join(
                SQL("WHEN %s IS NOT NULL THEN %s", SQL.identifier(STATUS_FIELDS[name]), name)
                for name in reversed(FUNNEL[:-1])
            ),
        )
        leads = self._leads(company, self._any_within(["intake_lost_on"], start, stop))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT GROUPING(reached), GROUPING(intake_grade_id), lost_reason_id, reached,
                       intake_grade_id, COUNT(*)
                  FROM (SELECT *, %s AS reached FROM %s) AS losses
              GROUP BY GROUPING SETS ((lost_reason_id), (lost_reason_id, reached),
                                      (lost_reason_id, intake_grade_id))
                """,
                reached,
                leads,
            )
        )
        reasons = [
            {"id": reason, "leads": count}
            for no_status, no_grade, reason, _status, _grade, count in rows
            if no_status and no_grade
        ]
        self._add_names(reasons, "lost_reason_id")
        reasons.sort(key=lambda line: (-line["leads"], line["name"] or ""))
        return {
            "total": sum(line["leads"] for line in reasons),
            "reasons": reasons,
            "stages": [
                {"reason_id": reason, "status": status, "leads": count}
                for no_status, _no_grade, reason, status, _grade, count in rows
                if not no_status
            ],
            "grades": [
                {"reason_id": reason, "grade_id": grade, "leads": count}
                for no_status, no_grade, reason, _status, grade, count in rows
                if no_status and not no_grade
            ],
            "words": self._get_words(company, start, stop),
        }

    def _get_words(self, company, start, stop):
        """Return what the retrospectives of the lost leads say, the latest first."""
        Lead = self.env["crm.lead"]
        if "retrospective" not in Lead._fields:
            return []
        # sudo: the figures are the company's; who may see them was asked before.
        leads = Lead.sudo().with_context(active_test=False)
        domain = self._get_domain(company, "lost", start, stop) & Domain(
            "retrospective", "!=", False
        )
        found = leads.search(domain, order="intake_lost_on DESC, id DESC", limit=MOST_WORDS)
        return [
            {
                "lead_id": lead.id,
                "name": lead.name,
                "reason": lead.lost_reason_id.name or None,
                "text": lead.retrospective,
            }
            for lead in found
        ]

    def _add_names(self, lines, name):
        """Add the name of what each line's id stands for."""
        model = self.env["crm.lead"]._fields[name].comodel_name
        ids = [line["id"] for line in lines if line["id"]]
        # sudo: names of teams, people, channels; the figures are the company's.
        records = self.env[model].sudo().with_context(active_test=False).browse(ids).exists()
        names = {record.id: record.display_name for record in records}
        for line in lines:
            line["name"] = names.get(line["id"])

    # --- the leads behind a number ---------------------------------------------------------------

    @api.model
    def _get_domain(self, company, status, start, stop, cohort=False, **values):
        """Return the domain of the leads behind a number. Search it with ``active_test=False``.

        :param str status: of ``tools/funnel.py``, or "acquired"
        :param bool cohort: of the leads acquired between the moments those that got so far;
            otherwise the leads that reached it between them
        :param values: ``{field: id or None}`` of the dimension
        """
        mine = Domain("company_id", "=", company.id) | (
            Domain("company_id", "=", False)
            & (
                Domain("team_id.company_id", "=", company.id)
                | (
                    Domain("team_id.company_id", "=", False)
                    & Domain("user_id.company_id", "=", company.id)
                )
            )
        )
        domain = Domain("intake_state", "!=", False) & mine
        name = "date_acquired" if cohort or status == "acquired" else STATUS_FIELDS[status]
        domain &= Domain(name, ">=", start) & Domain(name, "<", stop)
        if cohort and status in FUNNEL:
            later = FUNNEL[FUNNEL.index(status) :]
            domain &= Domain.OR(Domain(STATUS_FIELDS[got], "!=", False) for got in later)
        elif cohort and status == "lost":
            domain &= Domain("intake_lost_on", "!=", False)
        for field, value in values.items():
            operator = "child_of" if field == "industry_id" and value else "="
            domain &= Domain(field, operator, value or False)
        return domain
