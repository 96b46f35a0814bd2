from odoo import api, models

from ..tools.profile import COMPANY_FIELDS


class ResPartner(models.Model):
    """What leads told about a customer stays with the customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "lead.intake.profile", "lead.intake.person"]

    @api.model
    def _commercial_fields(self):
        # A person has the profile of the company they work for, as with its industry.
        return [*super()._commercial_fields(), *COMPANY_FIELDS]
