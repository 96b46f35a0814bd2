from odoo import fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"

    asks_competitor = fields.Boolean(
        string="Asks for the Competitor",
        help="A lead of the procedure lost for this reason says to whom.",
    )
