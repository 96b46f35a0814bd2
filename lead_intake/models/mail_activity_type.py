from odoo import api, models

from .crm_lead_todo import TODO_TYPES
from .res_partner_refresh import REFRESH_TYPE


class MailActivityType(models.Model):
    """The to-dos of the procedure stay: without them no step could be taken."""

    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        info = super()._get_model_info_by_xmlid()
        for name in TODO_TYPES.values():
            info[name] = {"res_model": "crm.lead", "unlink": False}
        info[REFRESH_TYPE] = {"res_model": "res.partner", "unlink": False}
        return info
