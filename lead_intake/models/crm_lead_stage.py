from odoo import api, models


class CrmLead(models.Model):
    """The stage new leads start in. Odoo looks for it lead by lead; those of a batch that are of
    the same team and kind find the same.
    """

    _inherit = "crm.lead"

    @api.depends("team_id", "type")
    def _compute_stage_id(self):
        others = self
        if len(self) > 1:
            nowhere = self.filtered(lambda lead: not lead.stage_id)
            others -= nowhere
            for leads in nowhere.grouped(lambda lead: (lead.team_id, lead.type)).values():
                first = leads[0]
                super(CrmLead, first)._compute_stage_id()
                for lead in leads[1:]:
                    lead.stage_id = first.stage_id
        return super(CrmLead, others)._compute_stage_id()
