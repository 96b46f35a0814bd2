from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLead(models.Model):
    """Step 4 · The requirement (客户需求): what exactly, for how much, by when."""

    _inherit = "crm.lead"

    need_description = fields.Text(
        string="Requirement",
        help="What the customer needs, in detail: what, how much of it, to which standard. The "
        "initial need stays as it was registered.",
    )
    budget_from = fields.Monetary(currency_field="budget_currency_id")
    budget_to = fields.Monetary(
        currency_field="budget_currency_id", help="Zero: no upper limit is known."
    )
    budget_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_budget_currency_id",
        store=True,
        readonly=False,
    )
    purchase_date = fields.Date(
        index="btree_not_null",
        help="When the customer means to buy.",
    )

    @api.depends("budget_from", "budget_to")
    def _compute_budget_currency_id(self):
        """The company's currency, until somebody says another."""
        for lead in self:
            if not lead.budget_currency_id and (lead.budget_from or lead.budget_to):
                lead.budget_currency_id = lead.company_currency

    @api.constrains("budget_from", "budget_to")
    def _check_budget(self):
        for lead in self:
            if min(lead.budget_from, lead.budget_to) < 0 or (
                lead.budget_to and lead.budget_from > lead.budget_to
            ):
                raise ValidationError(
                    self.env._(
                        "The budget of “%(lead)s” goes from %(low)s to %(high)s: enter the "
                        "smaller amount first.",
                        lead=lead.name,
                        low=lead.budget_from,
                        high=lead.budget_to,
                    )
                )
