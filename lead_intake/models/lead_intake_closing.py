from odoo import fields, models

OUTCOMES = [("won", "Won"), ("lost", "Lost")]


class LeadIntakeClosing(models.Model):
    """One closing of one lead: when, by whom, from which stage. When the lead is reopened, what
    it said of its closing is kept here, as it was then.
    """

    _name = "lead.intake.closing"
    _inherit = "lead.intake.history"
    _description = "Lead Closing"
    _order = "closed_on desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", ondelete="set null", index=True)
    outcome = fields.Selection(OUTCOMES, required=True)
    stage_id = fields.Many2one(
        "crm.stage", string="Closed From", ondelete="set null", help="The stage it was closed in."
    )
    closed_by_id = fields.Many2one("res.users", ondelete="restrict")
    closed_on = fields.Datetime(required=True)
    reopened_by_id = fields.Many2one("res.users", ondelete="restrict")
    reopened_on = fields.Datetime()
    reopened_reason = fields.Text(string="Why Reopened")
    # What the lead said when it was reopened; until then the lead itself says it.
    lost_reason_id = fields.Many2one("crm.lost.reason", ondelete="set null")
    lost_competitor_id = fields.Many2one(
        "lead.intake.competitor",
        string="Lost To",
        ondelete="set null",
        help="The competitor the customer chose, if it is known.",
    )
    contract_number = fields.Char()
    contract_amount = fields.Monetary(currency_field="contract_currency_id")
    contract_currency_id = fields.Many2one("res.currency", ondelete="restrict")
    retrospective = fields.Text(
        help="What went well, what didn't, and what to do differently next time."
    )

    _one_open = models.UniqueIndex(
        "(lead_id) WHERE reopened_on IS NULL", "This lead is closed already."
    )
