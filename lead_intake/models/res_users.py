from odoo import models


class ResUsers(models.Model):
    """Leads don't stay with who has left without anybody knowing (step 3)."""

    _inherit = "res.users"

    def write(self, vals):
        before = {user: user.active for user in self} if "active" in vals else {}
        res = super().write(vals)
        changed = self.filtered(lambda user: user in before and user.active != before[user])
        if changed and self.env["crm.team"]._has_intake_teams():
            self.env["crm.lead"]._intake_owners_changed(changed)
        return res
