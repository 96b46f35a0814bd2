from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.currency_rate import rate_at
from ..tools.funnel import FUNNEL, STATUS_FIELDS

DIMENSIONS = {
    "team": "team_id",
    "user": "user_id",
    "grade": "intake_grade_id",
    "industry": "industry_id",
}
# The leads of a month and of the one before, gathered to be counted. The key is an object: no
# client can say that they are.
GATHERED, IS_GATHERED = "lead_intake_gathered", object()


class LeadIntakeFigures(models.AbstractModel):
    """The figures of one month of one company (step 5), counted set-based in the database.

    ``_compute_month`` returns a dictionary that can be stored as JSON::

        month, timezone, currency          "2026-10", "Asia/Shanghai", "CNY"
        date_from, date_to                 naive UTC, ISO; the month in the company's time zone
        counted_on                         naive UTC, ISO; "up to now" is up to then
        funnel                             {
            happened                       {status: leads that reached it in the month}
            cohort                         {"acquired": leads acquired in the month,
                                            status: those of them that got at least so far,
                                            "lost": those that are lost}
            previous                       {"happened": …, "cohort": …} of the month before; see
                                           ``_get_previous``
            by                             {dimension: [{"id", "name", "happened", "cohort",
                                            "previous"}]}
        }
        trend                              [{"month", "acquired", "approved", "won", "lost",
                                             "amount"}] of 12 months, this one last
        durations                          [{"from", "to", "count", "median", "p90"}], hours,
                                           of steps that ended in the month
        on_time                            [{"milestone", "due", "met", "rate",
                                            "previous_rate"}], rates in percent
        sources                            see ``lead_intake_figures_sources.py``
        losses                             see ``lead_intake_figures_losses.py``

    Statuses are those of ``tools/funnel.py``; dimensions ``team``, ``user``, ``grade``,
    ``industry`` (the section of GB/T 4754, or the industry itself outside the standard). Amounts
    are in the company's currency at the rate of the closing date. An id of None stands for
    "none". ``_get_domain`` opens the leads behind a number.
    """

    _name = "lead.intake.figures"
    _description = "Lead Intake Figures"

    @api.model
    def _get_timezone(self, company):
        """Return the name of the time zone that tells when a month of ``company`` begins."""
        return company.sudo().partner_id.tz or self.env.user.tz or "UTC"

    @api.model
    def _get_period(self, company, month):
        """Return the first moment of a month and of the next one, in naive UTC.

        :param res.company company: whose time zone tells when a month begins
        :param date month: any day of the month
        """
        zone = pytz.timezone(self._get_timezone(company))
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
        now = fields.Datetime.now()
        counter = self._gather(company, month)
        figures = {
            "month": month.strftime("%Y-%m"),
            "timezone": self._get_timezone(company),
            "currency": company.currency_id.name,
            "date_from": fields.Datetime.to_string(start),
            "date_to": fields.Datetime.to_string(stop),
            "counted_on": fields.Datetime.to_string(now),
            **counter._count_blocks(company, month, now),
        }
        self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(GATHERED)))
        return figures

    @api.model
    def _count_blocks(self, company, month, now):
        """Count each block of figures. A seam: a block more is a key more.

        :param date month: the first of the month
        :param datetime now: up to when what became of leads counts
        :rtype: dict
        """
        start, stop = self._get_period(company, month)
        previous, until = self._get_previous(company, month, now)
        earlier = self._count_funnel(company, *previous, until=until)
        trend, channels = self._count_trend(company, month)
        return {
            "funnel": self._compare(self._count_funnel(company, start, stop, until=now), earlier),
            "trend": trend,
            "durations": self._count_durations(company, start, stop),
            "on_time": self._count_on_time(company, (start, stop), previous),
            "sources": {**self._count_sources(company, month, now), "trend": channels},
            "losses": self._count_losses(company, (start, stop), previous),
        }

    def _get_previous(self, company, month, now):
        """Return the time the month is compared with, and up to when what became of its leads
        counts: they are as old then as this month's are now. Of a month that isn't over the
        same part of the month before is taken.

        :rtype: tuple
        """
        start, stop = self._get_period(company, month)
        first, last = self._get_period(company, month - relativedelta(months=1))
        until = now - (stop - last if now >= stop else start - first)
        return (first, max(first, min(last, until))), until

    def _compare(self, funnel, earlier):
        """Put the month before beside the month."""
        keys = ("happened", "cohort")
        funnel["previous"] = {key: earlier[key] for key in keys}
        for dimension, lines in funnel["by"].items():
            known = {line["id"]: line for line in earlier["by"][dimension]}
            nothing = {key: dict.fromkeys(earlier[key], 0) for key in keys}
            for line in lines:
                was = known.get(line["id"], nothing)
                line["previous"] = {key: was[key] for key in keys}
        return funnel

    # --- which leads ---------------------------------------------------------------------------

    def _gather(self, company, month):
        """Put the leads that something happened to in the month, or in the one before, into a
        temporary table, so that the blocks read them there and not a million leads each.

        It isn't analyzed, which would take longer than a block does: PostgreSQL then takes every
        column for one of few values, and counts by hashing.

        :return: what counts the blocks
        """
        start = self._get_period(company, month - relativedelta(months=1))[0]
        stop = self._get_period(company, month)[1]
        names = ("date_acquired", *STATUS_FIELDS.values())
        table = SQL.identifier(GATHERED)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS SELECT * FROM %s",
                table,
                self._leads(company, self._any_within(names, start, stop)),
            )
        )
        return self.with_context(intake_gathered=IS_GATHERED)

    def _leads(self, company, where):
        """Return the leads of a company as a subquery, with all that is counted of them.

        A lead without company belongs to its team's, else to its owner's, else to the first.
        """
        if self.env.context.get("intake_gathered") is IS_GATHERED:
            return SQL("(SELECT l.* FROM %s l WHERE %s) AS leads", SQL.identifier(GATHERED), where)
        return SQL(
            """
            (SELECT l.id, l.team_id, l.user_id, l.intake_grade_id, l.medium_id, l.source_id,
                    l.campaign_id, l.lost_competitor_id,
                    COALESCE(NULLIF(split_part(i.parent_path, '/', 1), '')::int, l.industry_id)
                        AS industry_id,
                    l.date_acquired, l.lost_reason_id, %(columns)s, %(amount)s AS amount
               FROM crm_lead l
          LEFT JOIN res_partner_industry i ON i.id = l.industry_id
              WHERE l.intake_state IS NOT NULL AND %(mine)s AND (%(where)s)) AS leads
            """,
            columns=SQL(", ").join(SQL.identifier("l", name) for name in STATUS_FIELDS.values()),
            amount=self._amount(company),
            mine=self._of_company("l", company, ("crm_team", "team_id"), ("res_users", "user_id")),
            where=where,
        )

    def _of_company(self, alias, company, *others):
        """Return the condition that a row is the company's; the others are asked in turn only
        where it has none of its own, and who has none at all is the first company's.

        :param others: ``(table, the row's column that points to it)``
        """
        rest = SQL("TRUE" if company == self.env.ref("base.main_company") else "FALSE")
        for table, column in reversed(others):
            # Lists that PostgreSQL reads once, not a subquery for each row: its cost would also
            # make the planner prefer any detour that leaves it fewer rows to ask about.
            rest = SQL(
                """
                (%(other)s IN (SELECT id FROM %(table)s WHERE company_id = %(company)s)
                 OR ((%(other)s IS NULL OR %(other)s NOT IN
                      (SELECT id FROM %(table)s WHERE company_id IS NOT NULL)) AND %(rest)s))
                """,
                other=SQL.identifier(alias, column),
                table=SQL.identifier(table),
                company=company.id,
                rest=rest,
            )
        own = SQL.identifier(alias, "company_id")
        return SQL("(%s = %s OR (%s IS NULL AND %s))", own, company.id, own, rest)

    def _amount(self, company):
        """Return what a won lead is worth in the company's currency; empty for others."""
        currency, root = company.currency_id, SQL("%s", company.root_id.id)
        # The day of the closing where the company is.
        day = SQL(
            "(l.intake_won_on AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            self._get_timezone(company),
        )
        return SQL(
            """
            CASE WHEN l.intake_won_on IS NULL THEN NULL
                 WHEN COALESCE(l.contract_amount, 0) = 0 THEN l.expected_revenue
                 WHEN COALESCE(l.contract_currency_id, %(currency)s) = %(currency)s
                 THEN l.contract_amount
                 ELSE ROUND(l.contract_amount * %(to)s / %(from)s, %(digits)s)
             END
            """,
            currency=currency.id,
            digits=currency.decimal_places,
            to=rate_at(SQL("%s", currency.id), root, day),
            **{"from": rate_at(SQL("l.contract_currency_id"), root, day)},
        )

    def _within(self, name, start, stop):
        column = SQL.identifier(name)
        return SQL("(%s >= %s AND %s < %s)", column, start, column, stop)

    def _any_within(self, names, start, stop):
        return SQL(" OR ").join(
            SQL("(l.%(c)s >= %(a)s AND l.%(c)s < %(b)s)", c=SQL.identifier(name), a=start, b=stop)
            for name in names
        )

    def _got(self, until):
        """Return the number of the furthest status that a lead had got to, 0 for none.

        :param datetime until: naive UTC; what happened later doesn't count
        """
        steps = [
            SQL("WHEN %s <= %s THEN %s", SQL.identifier(STATUS_FIELDS[status]), until, number)
            for number, status in enumerate(FUNNEL, 1)
        ]
        return SQL("CASE %s ELSE 0 END", SQL(" ").join(reversed(steps)))

    def _got_to(self, status, until):
        """Return the condition that a lead had got at least to ``status``."""
        later = FUNNEL[FUNNEL.index(status) :]
        columns = SQL(", ").join(SQL.identifier(STATUS_FIELDS[name]) for name in later)
        return SQL("LEAST(%s) <= %s", columns, until)

    # --- the funnel ----------------------------------------------------------------------------

    def _count_funnel(self, company, start, stop, until):
        """Count what happened between two moments, and what became of the leads acquired between
        them up to ``until``: in all, and by each dimension.
        """
        acquired = self._within("date_acquired", start, stop)
        happened = reached = (*FUNNEL, "lost")
        lost = SQL("%s <= %s", SQL.identifier(STATUS_FIELDS["lost"]), until)
        got = [SQL("got >= %s", number) for number in range(1, len(FUNNEL) + 1)] + [lost]
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s)", self._within(STATUS_FIELDS[status], start, stop))
            for status in happened
        ]
        counts.append(SQL("COUNT(*) FILTER (WHERE %s)", acquired))
        counts += [SQL("COUNT(*) FILTER (WHERE %s AND %s)", acquired, so_far) for so_far in got]
        columns = [SQL.identifier(name) for name in DIMENSIONS.values()]
        names = ("date_acquired", *STATUS_FIELDS.values())
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(groupings)s, %(columns)s, %(counts)s
                  FROM (SELECT *, %(got)s AS got FROM %(leads)s) AS counted
              GROUP BY GROUPING SETS ((), %(sets)s)
                """,
                groupings=SQL(", ").join(SQL("GROUPING(%s)", column) for column in columns),
                columns=SQL(", ").join(columns),
                counts=SQL(", ").join(counts),
                got=self._got(until),
                leads=self._leads(company, self._any_within(names, start, stop)),
                sets=SQL(", ").join(SQL("(%s)", column) for column in columns),
            )
        )
        by = {name: [] for name in DIMENSIONS}
        width = len(columns)
        for row in rows:
            flags, values, numbers = row[:width], row[width : 2 * width], row[2 * width :]
            counted = {
                "happened": dict(zip(happened, numbers, strict=False)),
                "cohort": dict(zip(("acquired", *reached), numbers[len(happened) :], strict=True)),
            }
            if 0 not in flags:
                total = counted
                continue
            index = flags.index(0)
            by[list(DIMENSIONS)[index]].append({"id": values[index], **counted})
        for name, lines in by.items():
            self._add_names(lines, DIMENSIONS[name])
            lines.sort(key=lambda line: (-line["cohort"]["acquired"], line["name"] or ""))
        return {**total, "by": by}

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
    def _get_domain(self, company, status, start, stop, cohort=False, until=None, **values):
        """Return the domain of the leads behind a number. Search it with ``active_test=False``.

        :param str status: of ``tools/funnel.py``, or "acquired"
        :param bool cohort: of the leads acquired between the moments those that got so far;
            otherwise the leads that reached it between them
        :param datetime until: for a cohort, up to when what became of it counts
        :param values: ``{field: id or None}`` of the dimension
        """
        domain = Domain("intake_state", "!=", False) & self._get_company_domain(company)
        name = "date_acquired" if cohort or status == "acquired" else STATUS_FIELDS[status]
        domain &= Domain(name, ">=", start) & Domain(name, "<", stop)
        if cohort and status != "acquired":
            later = FUNNEL[FUNNEL.index(status) :] if status in FUNNEL else [status]
            domain &= Domain.OR(
                Domain(STATUS_FIELDS[got], "<=", until)
                if until
                else Domain(STATUS_FIELDS[got], "!=", False)
                for got in later
            )
        for field, value in values.items():
            operator = "child_of" if field == "industry_id" and value else "="
            domain &= Domain(field, operator, value or False)
        return domain

    @api.model
    def _get_company_domain(self, company):
        """Return the domain of a company's leads; see ``_leads`` for those without company."""
        no_team = Domain("team_id", "=", False) | Domain("team_id.company_id", "=", False)
        no_owner = Domain("user_id", "=", False) | Domain("user_id.company_id", "=", False)
        of_owner = Domain("user_id.company_id", "=", company.id)
        if company == self.env.ref("base.main_company"):
            of_owner |= no_owner
        of_team = Domain("team_id.company_id", "=", company.id)
        return Domain("company_id", "=", company.id) | (
            Domain("company_id", "=", False) & (of_team | (no_team & of_owner))
        )
