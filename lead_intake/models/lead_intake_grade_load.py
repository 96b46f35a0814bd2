from odoo import fields, models


class LeadIntakeGrade(models.Model):
    """How much work a lead of this grade is (step 3, workload)."""

    _inherit = "lead.intake.grade"

    load_weight = fields.Float(
        default=1.0,
        required=True,
        help="How much an open lead of this grade counts towards its owner's capacity. A lead "
        "without a grade counts as 1.",
    )

    _load_positive = models.Constraint(
        "CHECK (load_weight > 0)", "A lead of a grade has to count for more than zero."
    )
