from odoo import fields, models


class LeadIntakeMonthAdjustment(models.Model):
    """A change to a lead after its month was closed: what, why, who and when."""

    _name = "lead.intake.month.adjustment"
    _inherit = "lead.intake.history"
    _description = "Adjustment after Closing"
    _order = "adjusted_on desc, id desc"
    _rec_name = "lead_name"

    month_id = fields.Many2one("lead.intake.month", required=True, ondelete="cascade", index=True)
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    lead_name = fields.Char(string="Lead's Name")
    field_label = fields.Char(string="Field")
    old_value = fields.Char(string="Before")
    new_value = fields.Char(string="After")
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", string="Adjusted By", ondelete="restrict")
    adjusted_on = fields.Datetime()
