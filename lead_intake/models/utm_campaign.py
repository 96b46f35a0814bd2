from odoo import fields, models


class UtmCampaign(models.Model):
    """What a campaign cost, from which the source analysis tells what a lead cost (step 5)."""

    _inherit = "utm.campaign"

    intake_cost = fields.Monetary(
        string="Cost",
        currency_field="intake_currency_id",
        help="What the campaign cost in all. Its leads share it evenly: so the monthly source "
        "analysis tells what a lead of each channel and source cost.",
    )
    intake_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Cost",
        default=lambda self: self.env.company.currency_id,
    )

    _intake_cost_positive = models.Constraint(
        "CHECK (intake_cost IS NULL OR intake_cost >= 0)",
        "The cost of a campaign can't be less than zero.",
    )
