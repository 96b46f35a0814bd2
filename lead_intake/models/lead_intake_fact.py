from odoo import api, fields, models

# What is kept current of a customer, in the order of the form.
FACTS = [
    ("contact", "Contact Person"),
    ("function", "Job Position"),
    ("phone", "Phone"),
    ("email", "E-Mail"),
    ("needs", "Needs"),
]


class LeadIntakeFact(models.Model):
    """What a customer was found to be at a time (客户维护): one fact, confirmed or changed."""

    _name = "lead.intake.fact"
    _inherit = "lead.intake.history"
    _description = "Customer Fact"
    _order = "confirmed_on desc, id desc"
    _rec_name = "name"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    name = fields.Selection(FACTS, string="Fact", required=True)
    label = fields.Char(string="Key Fact", compute="_compute_label")
    value = fields.Char()
    old_value = fields.Char(string="Known Before")
    is_changed = fields.Boolean(string="Changed")
    confirmed_on = fields.Datetime(required=True)
    confirmed_by_id = fields.Many2one("res.users", ondelete="restrict")

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_label(self):
        # A contact's form takes every "name" in it for a person's.
        labels = dict(self._fields["name"]._description_selection(self.env))
        for fact in self:
            fact.label = labels.get(fact.name)
