from odoo import api, models, tools

from ..tools.completeness import is_placeholder


class UtmSource(models.Model):
    _inherit = "utm.source"

    def write(self, vals):
        res = super().write(vals)
        if "name" in vals:
            self.env["crm.team"]._intake_forget()
        return res

    @api.model
    @tools.ormcache("source_id")
    def _is_intake_placeholder(self, source_id):
        """Tell whether a source is called "-", "unknown" or the like, and so says nothing.

        :param int source_id: a source
        :rtype: bool
        """
        return is_placeholder(self.browse(source_id).sudo().name)  # a name is no secret
