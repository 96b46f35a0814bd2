from odoo import fields, models


class LeadIntakeSuccessFactor(models.Model):
    """What won a customer (关键成功因素): price, trusted service, technical fit … (step 5)."""

    _name = "lead.intake.success.factor"
    _description = "Success Factor"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "A success factor of this name already exists.")
