from odoo import fields, models


class LeadIntakeGrade(models.Model):
    _inherit = "lead.intake.grade"

    refresh_days = fields.Integer(
        string="Days Between Refreshes",
        default=180,
        help="How often the key facts of a won customer of this grade are confirmed. 0: never.",
    )

    _refresh_positive = models.Constraint(
        "CHECK (refresh_days >= 0)", "The days between refreshes can't be less than zero."
    )
