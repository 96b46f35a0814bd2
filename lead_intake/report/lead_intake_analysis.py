from odoo import fields, models
from odoo.tools import SQL

from ..tools.funnel import FUNNEL, STATUS_FIELDS

# The share of leads that got from one status to the next; a lead that never reached the first
# counts in none, so that averages of any grouping are the ratio of its leads.
RATES = {
    "approval_rate": ("registered", "approved"),
    "contact_rate": ("approved", "contacted"),
    "requirement_rate": ("contacted", "requirement_clear"),
    "proposal_rate": ("requirement_clear", "proposal"),
    "negotiation_rate": ("proposal", "negotiating"),
}
# Days from one moment to the next.
DURATIONS = {
    "days_to_register": ("date_acquired", "intake_registered_on"),
    "days_to_approve": ("intake_registered_on", "intake_approved_on"),
    "days_to_contact": ("intake_approved_on", "intake_contacted_on"),
    "days_to_win": ("date_acquired", "intake_won_on"),
}


class LeadIntakeAnalysis(models.Model):
    """Leads of the procedure, to be counted live (step 5): one row per lead, archived ones too.

    There is no ``active`` here: whether lost leads are shown doesn't change a ratio.
    """

    _name = "lead.intake.analysis"
    _description = "Lead Analysis"
    _auto = False
    _rec_name = "lead_id"
    _order = "date_acquired desc, id desc"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    date_acquired = fields.Datetime(string="Acquired", readonly=True)
    closed_on = fields.Datetime(string="Closed", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    medium_id = fields.Many2one("utm.medium", string="Channel", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    lead_type_id = fields.Many2one("lead.intake.type", string="Type", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    section_id = fields.Many2one("res.partner.industry", string="Industry: Section", readonly=True)
    division_id = fields.Many2one(
        "res.partner.industry", string="Industry: Division", readonly=True
    )
    grade_id = fields.Many2one("lead.intake.grade", readonly=True)
    lost_reason_id = fields.Many2one("crm.lost.reason", readonly=True)
    status = fields.Selection(
        [
            ("acquired", "Acquired"),
            ("registered", "Registered"),
            ("approved", "Approved"),
            ("contacted", "Contacted"),
            ("requirement_clear", "Requirement Clear"),
            ("proposal", "Proposal Submitted"),
            ("negotiating", "Negotiating"),
            ("won", "Won"),
        ],
        string="Got To",
        readonly=True,
        help="How far the lead got, whether or not it was lost afterwards.",
    )
    outcome = fields.Selection([("open", "Open"), ("won", "Won"), ("lost", "Lost")], readonly=True)
    approved = fields.Integer(readonly=True)
    contacted = fields.Integer(readonly=True)
    won = fields.Integer(readonly=True)
    lost = fields.Integer(readonly=True)
    approval_rate = fields.Float(
        string="Approved (%)", aggregator="avg", help="Of the registered leads."
    )
    contact_rate = fields.Float(
        string="Contacted (%)", aggregator="avg", help="Of the approved leads."
    )
    requirement_rate = fields.Float(
        string="Requirement Clear (%)", aggregator="avg", help="Of the contacted leads."
    )
    proposal_rate = fields.Float(
        string="Proposal (%)", aggregator="avg", help="Of the leads whose requirement was clear."
    )
    negotiation_rate = fields.Float(
        string="Negotiating (%)", aggregator="avg", help="Of the leads with a proposal."
    )
    win_rate = fields.Float(
        string="Won (%)", aggregator="avg", help="Of the leads that were won or lost."
    )
    conversion_rate = fields.Float(
        string="Conversion (%)", aggregator="avg", help="Won, of all leads acquired."
    )
    on_time_rate = fields.Float(
        string="On Time (%)",
        aggregator="avg",
        help="Promises kept in time, of those that came due; each lead counts alike.",
    )
    days_to_register = fields.Float(aggregator="avg")
    days_to_approve = fields.Float(aggregator="avg", help="From registration to approval.")
    days_to_contact = fields.Float(aggregator="avg", help="From approval to the first contact.")
    days_to_win = fields.Float(aggregator="avg", help="From acquisition to the contract.")
    expected_revenue = fields.Monetary(currency_field="company_currency", readonly=True)
    won_revenue = fields.Monetary(currency_field="company_currency", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT l.id, l.id AS lead_id, l.date_acquired, l.company_id, l.team_id, l.user_id,
                   c.currency_id AS company_currency,
                   l.medium_id, l.source_id, l.campaign_id, l.lead_type_id, l.industry_id,
                   l.intake_grade_id AS grade_id, l.lost_reason_id, l.expected_revenue,
                   COALESCE(l.intake_won_on, l.intake_lost_on) AS closed_on,
                   NULLIF(split_part(i.parent_path, '/', 1), '')::int AS section_id,
                   NULLIF(split_part(i.parent_path, '/', 2), '')::int AS division_id,
                   %(status)s AS status,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN 'won'
                        WHEN l.intake_lost_on IS NOT NULL THEN 'lost' ELSE 'open' END AS outcome,
                   %(approved)s::int AS approved,
                   %(contacted)s::int AS contacted,
                   (l.intake_won_on IS NOT NULL)::int AS won,
                   (l.intake_lost_on IS NOT NULL)::int AS lost,
                   %(rates)s,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN 100.0
                        WHEN l.intake_lost_on IS NOT NULL THEN 0.0 END AS win_rate,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN 100.0 ELSE 0.0
                    END AS conversion_rate,
                   d.on_time_rate,
                   %(durations)s,
                   CASE WHEN l.intake_won_on IS NOT NULL THEN l.expected_revenue
                    END AS won_revenue
              FROM crm_lead l
         LEFT JOIN res_company c ON c.id = l.company_id
         LEFT JOIN res_partner_industry i ON i.id = l.industry_id
         LEFT JOIN (SELECT lead_id, AVG(CASE WHEN state = 'met' THEN 100.0 ELSE 0.0 END)
                               AS on_time_rate
                      FROM lead_intake_deadline
                     WHERE state IN ('met', 'late', 'overdue')
                        OR (state = 'cancelled' AND date_overdue IS NOT NULL)
                  GROUP BY lead_id) d ON d.lead_id = l.id
             WHERE l.intake_state IS NOT NULL
            """,
            status=self._select_status(),
            approved=self._got_to("approved"),
            contacted=self._got_to("contacted"),
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
                SQL(
                    "EXTRACT(EPOCH FROM %s - %s) / 86400.0 AS %s",
                    SQL.identifier("l", end),
                    SQL.identifier("l", start),
                    SQL.identifier(name),
                )
                for name, (start, end) in DURATIONS.items()
            ),
        )

    def _got_to(self, status):
        """Return the condition that a lead got at least to ``status``."""
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

    def action_open_lead(self):
        """Open the lead behind the row.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
