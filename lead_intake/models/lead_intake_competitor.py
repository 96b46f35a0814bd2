from odoo import fields, models


class LeadIntakeCompetitor(models.Model):
    """Who else offers to our customers: met while a need is worked out, or who won it in the end."""

    _name = "lead.intake.competitor"
    _description = "Competitor"
    _order = "name, id"

    name = fields.Char(required=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Their Company",
        domain="[('is_company', '=', True)]",
        index="btree_not_null",
        help="Their entry among your contacts, if they have one.",
    )
    note = fields.Text(help="How they sell: prices, strong and weak points.")
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(lower(name))", "This competitor is on the list already.")
