from odoo import models


class ResourceCalendarLeaves(models.Model):
    """A time off of the whole company moves what is promised, so it isn't everybody's to record."""

    _inherit = "resource.calendar.leaves"

    def write(self, vals):
        res = super().write(vals)
        if "resource_id" in vals:
            # Odoo asks before the change only: anybody may write their own time off, and then it
            # would be everybody's.
            self.check_access("write")
        return res
