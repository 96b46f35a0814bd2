from odoo import api, fields, models
from odoo.fields import Domain

CONTACT_METHODS = [
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("visit", "Visit"),
    ("video", "Video Call"),
    ("chat", "Chat"),
]
# What goes into a calendar, if wanted.
MEETING_METHODS = ("visit", "video")


class UtmMedium(models.Model):
    """The channel a lead came through (step 1). Odoo's medium names are unique and not
    translatable; ``channel_name`` is what people read, in their language.
    """

    _inherit = "utm.medium"

    channel_name = fields.Char(
        translate=True, help="What people read instead of the name, in their language."
    )
    is_intake_channel = fields.Boolean(
        string="Lead Channel", help="Offered as a channel when a lead is registered."
    )
    first_contact_method = fields.Selection(
        CONTACT_METHODS,
        help="How a lead of this channel is usually contacted first; the plan starts with it.",
    )

    @api.depends("name", "channel_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for medium in self:
            medium.display_name = medium.channel_name or medium.name

    @api.model
    def _search_display_name(self, operator, value):
        combine = Domain.AND if operator.startswith("not") or operator == "!=" else Domain.OR
        return combine([Domain("name", operator, value), Domain("channel_name", operator, value)])
