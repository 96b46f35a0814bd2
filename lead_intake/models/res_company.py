from odoo import fields, models


class ResCompany(models.Model):
    """How the company prints leads."""

    _inherit = "res.company"

    intake_mask_prints = fields.Boolean(
        string="Mask Names on Prints",
        help="On printed forms and reports, people's names, phone numbers and e-mail addresses "
        "are masked: 张*, 138****1234.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    intake_mask_prints = fields.Boolean(related="company_id.intake_mask_prints", readonly=False)
