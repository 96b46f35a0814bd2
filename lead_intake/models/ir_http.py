from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client whether to invite an administrator to the first steps."""
        info = super().session_info()
        if self.env["lead.intake.first.steps"]._is_wanted():
            info["lead_intake_first_steps"] = True
        return info
