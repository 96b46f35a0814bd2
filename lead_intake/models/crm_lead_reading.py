from odoo import api, models

# What the rules of access ask of a lead.
RULED_FIELDS = ("company_id", "user_id")


class CrmLead(models.Model):
    """What is read of the leads a screen finds. Reading them asks the rules of access about each
    again, and what they look at is read for that, with a hundred other fields of each lead, where
    the screen doesn't show it. It comes with the query that finds them instead.
    """

    _inherit = "crm.lead"

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if field_names is not None and not self.env.su:
            field_names = [*field_names, *set(RULED_FIELDS).difference(field_names)]
        return super().search_fetch(domain, field_names, offset=offset, limit=limit, order=order)
