from odoo import models


class ResPartnerIndustry(models.Model):
    """Seams for "this industry and all below it"."""

    _inherit = "res.partner.industry"

    def _get_intake_ancestors(self):
        """Return the industries and everything above them."""
        return self

    def _get_intake_descendants(self):
        """Return the industries and everything below them."""
        return self
