from odoo import api, models


class ResUsers(models.Model):
    """Leads don't stay with who has left without anybody knowing (step 3), and who may review a
    team's leads is remembered (``crm_team_cache.py``): Odoo forgets it when people change or
    leave; that somebody came it doesn't notice.
    """

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        supervisors = self.env.ref("lead_intake.group_intake_supervisor", raise_if_not_found=False)
        if supervisors and supervisors in users.all_group_ids:
            self.env["crm.team"]._intake_forget()
        return users

    def write(self, vals):
        before = {user: user.active for user in self} if "active" in vals else {}
        res = super().write(vals)
        changed = self.filtered(lambda user: user in before and user.active != before[user])
        if changed and self.env["crm.team"]._has_intake_teams():
            self.env["crm.lead"]._intake_owners_changed(changed)
        return res
