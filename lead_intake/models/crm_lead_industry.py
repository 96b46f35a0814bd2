from odoo import api, fields, models


class CrmLead(models.Model):
    """The industry goes with the customer, as phone, address and website do."""

    _inherit = "crm.lead"

    industry_id = fields.Many2one(compute="_compute_industry_id", store=True, readonly=False)

    @api.depends("partner_id")
    def _compute_industry_id(self):
        """A customer's industry is a proposal: it never replaces one that was entered. In a form
        the customer one chooses brings its own, unless that is less than the standard's.
        """
        for lead in self:
            theirs = lead._get_partner_industry(lead.partner_id)
            if not lead.industry_id or (theirs.level and not lead.id):
                lead.industry_id = theirs

    def _get_partner_industry(self, partner):
        return partner.industry_id or partner.commercial_partner_id.industry_id

    def _prepare_values_from_partner(self, partner):
        values = super()._prepare_values_from_partner(partner)
        values["industry_id"] = (self.industry_id or self._get_partner_industry(partner)).id
        return values

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        if self.industry_id and not parent_id:
            # A contact of a company has the company's industry (a commercial field).
            values["industry_id"] = self.industry_id.id
        return values

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        res = super()._handle_partner_assignment(
            force_partner_id=force_partner_id,
            create_missing=create_missing,
            with_parent=with_parent,
        )
        self._fill_partner_industry()
        return res

    def _fill_partner_industry(self):
        """Give the industry to customers of a converted lead that have none yet."""
        partners_by_industry = {}
        done = self.env["res.partner"]
        for lead in self:
            company = lead.partner_id.commercial_partner_id
            if lead.industry_id and company and not company.industry_id and company not in done:
                done |= company
                partners_by_industry.setdefault(lead.industry_id, self.env["res.partner"])
                partners_by_industry[lead.industry_id] |= company
        for industry, partners in partners_by_industry.items():
            partners.write({"industry_id": industry.id})
