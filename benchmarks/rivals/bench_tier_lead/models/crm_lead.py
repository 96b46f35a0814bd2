from odoo import fields, models


class CrmLead(models.Model):
    """The least that makes a lead's approval one of base_tier_validation."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "tier.validation"]
    _state_field = "bench_state"
    _state_from = ["draft"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"

    bench_state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("cancelled", "Cancelled")],
        default="draft",
    )
