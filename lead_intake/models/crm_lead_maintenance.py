from odoo import models


class CrmLead(models.Model):
    """Step 5 · A customer who was won is one to keep: from then on their facts are refreshed."""

    _inherit = "crm.lead"

    def _intake_closing_done(self, before):
        res = super()._intake_closing_done(before)
        won = self.filtered(lambda lead: lead._get_intake_outcome() == "won" and lead.partner_id)
        for lead in won:
            # sudo: winning makes a customer of a contact that others may keep.
            customer = lead.partner_id.commercial_partner_id.sudo()
            values = {"intake_won_lead_id": lead.id}
            if lead.partner_id != lead.partner_id.commercial_partner_id:
                values["intake_contact_id"] = lead.partner_id.id
            customer.write(values)
            customer._intake_plan_refresh()
        return res
