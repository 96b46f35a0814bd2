from odoo import models
from odoo.tools import SQL

from ..tools.currency_rate import rate_at
from ..tools.funnel import FUNNEL, STATUS_FIELDS

# The share of leads that got from one status to the next; a lead that never reached the first
# counts in none, so that averages of any grouping are the ratio of its leads.
RATES = {
    "registration_rate": ("acquired", "registered"),
    "approval_rate": ("registered", "approved"),
    "contact_rate": ("approved", "contacted"),
    "requirement_rate": ("contacted", "requirement_clear"),
    "proposal_rate": ("requirement_clear", "proposal"),
    "negotiation_rate": ("proposal", "negotiating"),
    "closing_rate": ("negotiating", "won"),
}
COUNTS = ("registered", "approved", "contacted", "requirement_clear", "proposal", "negotiating")
# The days a lead spends in a status, from reaching it to the next one it reached.
DURATIONS = {f"days_{status}": status for status in ("acquired", *COUNTS)}


class LeadIntakeAnalysis(models.Model):
    """What the columns of the analysis are, in SQL."""

    _inherit = "lead.intake.analysis"

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT l.id, l.id AS lead_id, l.date_acquired, l.company_id, l.team_id, l.user_id,
                   c.currency_id AS company_currency,
                   l.medium_id, l.source_id, l.campaign_id, l.lead_type_id, l.industry_id,
                   l.intake_grade_id AS grade_id, l.lost_reason_id, l.lost_competitor_id,
                   l.expected_revenue,
                   COALESCE(l.intake_won_on, l.intake_lost_on) AS closed_on,
                   NULLIF(split_part(i.parent_path, '/', 1), '')::int AS section_id,
                   NULLIF(split_part(i.parent_path, '/', 2), '')::int AS division_id,
                   NULLIF(split_part(i.parent_path, '/', 3), '')::int AS group_id,
                   %(status)s AS status,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN 'won'
                        WHEN l.intake_lost_on IS NOT NULL THEN 'lost' ELSE 'open' END AS outcome,
                   %(counts)s,
                   (l.intake_won_on IS NOT NULL)::int AS won,
                   (l.intake_lost_on IS NOT NULL)::int AS lost,
                   %(rates)s,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN 100.0
                        WHEN l.intake_lost_on IS NOT NULL THEN 0.0 END AS win_rate,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN 100.0 ELSE 0.0
                    END AS conversion_rate,
                   d.promises_due, d.promises_met,
                   100.0 * d.promises_met / NULLIF(d.promises_due, 0) AS on_time_rate,
                   %(durations)s,
                   EXTRACT(EPOCH FROM l.intake_won_on - l.date_acquired) / 86400.0
                       AS days_to_win,
                   %(amount)s AS won_revenue
              FROM crm_lead l
         LEFT JOIN res_company c ON c.id = COALESCE(l.company_id, %(first)s)
         LEFT JOIN res_partner p ON p.id = c.partner_id
         LEFT JOIN res_partner_industry i ON i.id = l.industry_id
         LEFT JOIN LATERAL (
                    -- Of the leads that are counted, not of all there are; and of none where
                    -- promises aren't asked for.
                    SELECT COUNT(*) AS promises_due,
                           COUNT(*) FILTER (WHERE state = 'met') AS promises_met
                      FROM lead_intake_deadline
                     WHERE lead_id = l.id
                       AND (state IN ('met', 'late', 'overdue')
                            OR (state = 'cancelled' AND date_overdue IS NOT NULL))
                   ) d ON TRUE
             WHERE l.intake_state IS NOT NULL
            """,
            status=self._select_status(),
            counts=SQL(", ").join(
                SQL("%s::int AS %s", self._got_to(status), SQL.identifier(status))
                for status in COUNTS
            ),
            rates=SQL(", ").join(
                SQL(
                    "CASE WHEN %s THEN CASE WHEN %s THEN 100.0 ELSE 0.0 END END AS %s",
                    self._got_to(first),
                    self._got_to(then),
                    SQL.identifier(name),
                )
                for name, (first, then) in RATES.items()
            ),
            durations=SQL(", ").join(
                SQL("%s AS %s", self._days_in(status), SQL.identifier(name))
                for name, status in DURATIONS.items()
            ),
            amount=self._won_revenue(),
            first=self.env.ref("base.main_company").id,
        )

    def _days_in(self, status):
        """Return the days from reaching ``status`` to the next status reached, or the closing;
        to now where none was.
        """
        later = FUNNEL[FUNNEL.index(status) + 1 :] if status in FUNNEL else FUNNEL
        column = self._column(status)
        ends = SQL(", ").join(
            # Who went back to an earlier status left this one behind before.
            SQL("CASE WHEN %(end)s >= %(start)s THEN %(end)s END", end=end, start=column)
            for end in map(self._column, (*later, "lost"))
        )
        return SQL(
            "EXTRACT(EPOCH FROM COALESCE(LEAST(%s), %s) - %s) / 86400.0",
            ends,
            SQL(
                "CASE WHEN l.intake_won_on IS NULL AND l.intake_lost_on IS NULL THEN "
                "now() AT TIME ZONE 'UTC' END"
            ),
            column,
        )

    def _column(self, status):
        return SQL.identifier("l", STATUS_FIELDS.get(status, "date_acquired"))

    def _won_revenue(self):
        """Return the contract's amount in the currency of the lead's company."""
        root = SQL("split_part(c.parent_path, '/', 1)::int")
        day = SQL("(l.intake_won_on AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(p.tz, 'UTC'))::date")
        return SQL(
            """
            CASE WHEN l.intake_won_on IS NULL THEN NULL
                 WHEN COALESCE(l.contract_amount, 0) = 0 THEN l.expected_revenue
                 WHEN COALESCE(l.contract_currency_id, c.currency_id) = c.currency_id
                 THEN l.contract_amount
                 ELSE l.contract_amount * %(to)s / %(from)s
             END
            """,
            **{
                "to": rate_at(SQL("c.currency_id"), root, day),
                "from": rate_at(SQL("l.contract_currency_id"), root, day),
            },
        )

    def _read_group_select(self, aggregate_spec, query):
        # Of all promises of the group, not the average of its leads' averages.
        if aggregate_spec != "on_time_rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100.0 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "promises_met", query),
            self._field_to_sql(self._table, "promises_due", query),
        )

    def _got_to(self, status):
        """Return the condition that a lead got at least to ``status``."""
        if status not in FUNNEL:
            return SQL("TRUE")
        later = FUNNEL[FUNNEL.index(status) :]
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                SQL("%s IS NOT NULL", SQL.identifier("l", STATUS_FIELDS[name])) for name in later
            ),
        )

    def _select_status(self):
        return SQL(
            "CASE %s ELSE 'acquired' END",
            SQL(" ").join(
                SQL(
                    "WHEN %s IS NOT NULL THEN %s",
                    SQL.identifier("l", STATUS_FIELDS[status]),
                    status,
                )
                for status in reversed(FUNNEL)
            ),
        )
