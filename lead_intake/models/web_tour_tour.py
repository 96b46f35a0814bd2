from odoo import api, models


class WebTourTour(models.Model):
    _inherit = "web_tour.tour"

    @api.model
    def get_current_tour(self):
        """Don't show how a lead is registered to who works in no team that does."""
        tour = super().get_current_tour()
        if tour and tour["name"] == "lead_intake_first_lead":
            teams = self.env["crm.team"]._get_intake_team_ids()
            # sudo: which teams one is in oneself.
            if not teams.intersection(self.env.user.sudo().crm_team_ids.ids):
                return False
        return tour
