from odoo import fields, models

IN_STATUS = "From this status to the next one, or the closing; until now if it is still in it."


class LeadIntakeAnalysis(models.Model):
    """Leads of the procedure, to be counted live (step 5): one row per lead, archived ones too.

    There is no ``active`` here: whether lost leads are shown doesn't change a ratio.
    ``lead_intake_analysis_query.py`` says what each column is.
    """

    _name = "lead.intake.analysis"
    _description = "Lead Analysis"
    _auto = False
    _rec_name = "lead_id"
    _order = "date_acquired desc, id desc"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    date_acquired = fields.Datetime(string="Acquired", readonly=True)
    closed_on = fields.Datetime(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    medium_id = fields.Many2one("utm.medium", string="Channel", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    lead_type_id = fields.Many2one("lead.intake.type", string="Type", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    section_id = fields.Many2one(
        "res.partner.industry",
        string="Industry: Section",
        readonly=True,
        help="The letter of GB/T 4754 the industry belongs to.",
    )
    division_id = fields.Many2one(
        "res.partner.industry", string="Industry: Division", readonly=True
    )
    group_id = fields.Many2one("res.partner.industry", string="Industry: Group", readonly=True)
    grade_id = fields.Many2one("lead.intake.grade", readonly=True)
    lost_reason_id = fields.Many2one("crm.lost.reason", readonly=True)
    lost_competitor_id = fields.Many2one("lead.intake.competitor", string="Lost To", readonly=True)
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
    outcome = fields.Selection(
        [("open", "Open"), ("won", "Won"), ("lost", "Lost")],
        readonly=True,
        help="What became of the lead up to now.",
    )
    registered = fields.Integer(readonly=True)
    approved = fields.Integer(readonly=True)
    contacted = fields.Integer(readonly=True)
    requirement_clear = fields.Integer(readonly=True)
    proposal = fields.Integer(string="Proposal Submitted", readonly=True)
    negotiating = fields.Integer(readonly=True)
    won = fields.Integer(readonly=True)
    lost = fields.Integer(readonly=True)
    registration_rate = fields.Float(
        string="Registered (%)", aggregator="avg", help="Of the acquired leads."
    )
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
    closing_rate = fields.Float(
        string="Negotiated and Won (%)", aggregator="avg", help="Of the leads negotiated."
    )
    win_rate = fields.Float(
        string="Won (%)", aggregator="avg", help="Of the leads that were won or lost."
    )
    conversion_rate = fields.Float(
        string="Conversion (%)", aggregator="avg", help="Won, of all leads acquired."
    )
    promises_due = fields.Integer(readonly=True, help="Promises that came due.")
    promises_met = fields.Integer(string="Promises Kept in Time", readonly=True)
    on_time_rate = fields.Float(
        string="On Time (%)",
        aggregator="avg",
        help="Promises kept in time, of all that came due.",
    )
    days_acquired = fields.Float(
        string="Days until Registered",
        aggregator="avg",
        help="From acquisition until the lead was registered or closed; until now if it waits.",
    )
    days_registered = fields.Float(
        string="Days in Registered",
        aggregator="avg",
        help=IN_STATUS,
    )
    days_approved = fields.Float(
        string="Days in Approved",
        aggregator="avg",
        help=IN_STATUS,
    )
    days_contacted = fields.Float(
        string="Days in Contacted",
        aggregator="avg",
        help=IN_STATUS,
    )
    days_requirement_clear = fields.Float(
        string="Days in Requirement Clear",
        aggregator="avg",
        help=IN_STATUS,
    )
    days_proposal = fields.Float(
        string="Days in Proposal",
        aggregator="avg",
        help=IN_STATUS,
    )
    days_negotiating = fields.Float(
        string="Days in Negotiating",
        aggregator="avg",
        help=IN_STATUS,
    )
    days_to_win = fields.Float(aggregator="avg", help="From acquisition to the contract.")
    expected_revenue = fields.Monetary(currency_field="company_currency", readonly=True)
    won_revenue = fields.Monetary(
        currency_field="company_currency",
        readonly=True,
        help="The amount of the contract at the rate of the closing date, else the expected one.",
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
