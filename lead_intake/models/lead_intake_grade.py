from odoo import api, fields, models


class LeadIntakeGrade(models.Model):
    """The priority a reviewer gives a lead: A, B, C (step 2)."""

    _name = "lead.intake.grade"
    _description = "Lead Grade"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Short: it is shown on the card.")
    description = fields.Char(
        translate=True, help="Shown to the reviewer beside the grade, e.g. High Priority."
    )
    sequence = fields.Integer(default=10, help="The best grade comes first.")
    minimum_score = fields.Integer(
        help="A lead whose scorecard reaches this many points is suggested this grade.",
    )
    first_contact_hours = fields.Float(
        string="Hours to First Contact",
        default=24,
        required=True,
        help="Within how many hours of being approved and owned a lead of this grade is "
        "contacted for the first time.",
    )
    cadence_days = fields.Float(
        string="Days Between Contacts",
        help="A customer of this grade is contacted again within so many days. 0: no rhythm.",
    )
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _hours_positive = models.Constraint(
        "CHECK (first_contact_hours > 0)", "The hours to first contact must be more than zero."
    )
    _cadence_positive = models.Constraint(
        "CHECK (cadence_days >= 0)", "The days between contacts can't be less than zero."
    )
    _hours_sane = models.Constraint(
        "CHECK (first_contact_hours <= 8784 AND cadence_days <= 3660)",
        "A first contact may take a year (8,784 hours) at the most, the next one ten.",
    )

    @api.depends("name", "description")
    @api.depends_context("intake_long_name")
    def _compute_display_name(self):
        long_name = self.env.context.get("intake_long_name")
        for grade in self:
            grade.display_name = (
                f"{grade.name} · {grade.description}"
                if long_name and grade.description
                else grade.name
            )
