from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.currency_rate import rate_at
from ..tools.funnel import FUNNEL, STATUS_FIELDS

# The leads of a month and of the one before, gathered to be counted. The key is an object: no
# client can say that they are.
GATHERED, IS_GATHERED = "lead_intake_gathered", object()


class LeadIntakeFigures(models.AbstractModel):
    """Which leads are a company's, what happened to them and when, and what they are worth."""

    _inherit = "lead.intake.figures"

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

    def _drop_gathered(self):
        self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(GATHERED)))

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
