from odoo import api, models
from odoo.fields import Domain


class IrModelFields(models.Model):
    """Fields of a lead, called in the procedure's settings and dialogs what its forms call them."""

    _inherit = "ir.model.fields"

    @api.depends_context("intake_labels", "lang")
    def _compute_display_name(self):
        res = super()._compute_display_name()
        if self.env.context.get("intake_labels"):
            fields = self.filtered(lambda field: field.model == "crm.lead")
            labels = self.env["crm.lead"]._get_intake_labels(fields.mapped("name"))
            for field in fields:
                field.display_name = labels[field.name]
        return res

    @api.model
    def _search_display_name(self, operator, value):
        if not (self.env.context.get("intake_labels") and operator in ("ilike", "=")):
            return super()._search_display_name(operator, value)
        Lead = self.env["crm.lead"]
        labels = Lead._get_intake_labels(
            [*Lead._get_intake_gate_names(), *Lead._get_intake_closing_names()]
        )
        typed = (value or "").lower()
        names = [name for name, label in labels.items() if typed in label.lower()]
        return Domain("model", "=", "crm.lead") & Domain("name", "in", names)
