from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    intake_duplicate_policy = fields.Selection(
        [
            ("none", "Don't look"),
            ("warn", "Warn"),
            ("block", "Refuse"),
        ],
        string="Known Customers",
        default="warn",
        required=True,
        help="What happens when somebody registers a customer who is known already, by phone "
        "number, e-mail address or company name. “Refuse”: unless a reviewer says why it is no "
        "duplicate.",
    )
