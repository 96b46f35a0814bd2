from odoo import fields, models


class LeadIntakeType(models.Model):
    """What kind of lead it is (线索类型): new prospect, referral, win-back … (step 1)."""

    _name = "lead.intake.type"
    _description = "Lead Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Char(
        translate=True, help="When to choose this type. Shown to whoever registers a lead."
    )

    _name_unique = models.UniqueIndex("(name)", "A lead type of this name already exists.")
