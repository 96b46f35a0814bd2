from odoo import api, models


class CrmLead(models.Model):
    """Step 1 · The templates a spreadsheet of leads starts from, in Odoo's own import dialog."""

    _inherit = "crm.lead"

    @api.model
    def get_import_templates(self):
        templates = super().get_import_templates()
        if not self.env["crm.team"]._has_intake_teams():
            return templates
        ours = self.env["lead.intake.import.xlsx"]._get_templates("registration", "customer")
        return [*ours, *templates]
