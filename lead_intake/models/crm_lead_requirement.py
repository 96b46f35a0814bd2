from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLead(models.Model):
    """Step 4 · The requirement (客户需求): what exactly, for how much, by when."""

    _inherit = "crm.lead"

    need_description = fields.Text(
        string="Requirement",
        help="What the customer needs, in detail: what, how much of it, to which standard. The "
        "initial need stays as it was registered.",
        prefetch="intake_profile",
    )
    budget_from = fields.Monetary(
        currency_field="budget_currency_id",
        prefetch="intake_profile",
        help="The range the customer named themselves, once the requirement is known in depth.",
    )
    budget_to = fields.Monetary(
        currency_field="budget_currency_id",
        help="Zero: no upper limit is known.",
        prefetch="intake_profile",
    )
    budget_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_budget_currency_id",
        store=True,
        readonly=False,
        prefetch="intake_profile",
    )
    purchase_date = fields.Date(
        index="btree_not_null",
        help="When the customer means to buy.",
        prefetch="intake_profile",
    )

    competitor_ids = fields.Many2many(
        "lead.intake.competitor",
        string="Competitors Met",
        help="Who else the customer is talking to.",
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

    # --- merging ---------------------------------------------------------------------------

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "purchase_date"]

    def _merge_get_fields_specific(self):
        def of_first_budget(fname, leads):
            value = (leads.filtered(lambda lead: lead.budget_from or lead.budget_to)[:1])[fname]
            return value.id if fname == "budget_currency_id" else value

        specific = {
            **super()._merge_get_fields_specific(),
            # A range and its currency belong together.
            "budget_from": of_first_budget,
            "budget_to": of_first_budget,
            "budget_currency_id": of_first_budget,
            "need_description": lambda fname, leads: (
                "\n\n".join(
                    dict.fromkeys(leads.filtered("need_description").mapped("need_description"))
                )
                or False
            ),
        }
        # Plain leads have met no competitors, and pay nothing to find that out.
        if self.env["crm.team"]._has_intake_history():
            specific["competitor_ids"] = lambda fname, leads: leads.mapped("competitor_ids")
        return specific
