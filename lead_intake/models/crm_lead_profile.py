from odoo import api, fields, models

from ..tools.profile import COMPANY_FIELDS, PERSON_FIELDS


def _proposed(name):
    """Return the compute method of a field that the customer's own value is proposed for. One
    for each: a value given for one field leaves the others to be computed.
    """

    @api.depends("partner_id")
    def _compute_proposed(self):
        # What was entered is never replaced behind anybody's back. In a form the customer one
        # chooses brings its own, as with address and website; whoever chooses sees it.
        for lead in self._get_intake_proposed_to():
            theirs = lead._get_partner_values(lead.partner_id, [name])[name]
            lead[name] = (theirs if not lead.id else False) or lead[name] or theirs

    return _compute_proposed


class CrmLead(models.Model):
    """Step 4 · The customer (客户信息): its company and our contact there, in step with the
    partner as phone, address and website are.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "lead.intake.profile", "lead.intake.person"]

    founded_year = fields.Integer(compute=_proposed("founded_year"), store=True, readonly=False)
    employee_range = fields.Selection(
        compute=_proposed("employee_range"), store=True, readonly=False
    )
    annual_revenue = fields.Monetary(compute="_compute_annual_revenue", store=True, readonly=False)
    main_business = fields.Char(compute=_proposed("main_business"), store=True, readonly=False)
    main_products = fields.Text(compute=_proposed("main_products"), store=True, readonly=False)
    contact_role = fields.Selection(compute=_proposed("contact_role"), store=True, readonly=False)
    chat_account = fields.Char(compute=_proposed("chat_account"), store=True, readonly=False)
    chat_remark = fields.Char(compute=_proposed("chat_remark"), store=True, readonly=False)
    industry_section_id = fields.Many2one(
        related="industry_id.section_id",
        string="Industry Section",
        store=True,
        index="btree_not_null",
    )

    def _get_intake_proposed_to(self):
        # A stored lead without a customer keeps what it has: there is nothing to be computed.
        return self.filtered(lambda lead: lead.partner_id or not lead.id)

    @api.depends("partner_id")
    def _compute_annual_revenue(self):
        for lead in self._get_intake_proposed_to():
            company = lead.partner_id.commercial_partner_id
            if company.annual_revenue and not lead.id:
                # The currency first: it says how the figure is rounded.
                lead.annual_revenue_currency_id = company.annual_revenue_currency_id
                lead.annual_revenue = company.annual_revenue
            else:
                lead.annual_revenue = lead.annual_revenue or company.annual_revenue

    @api.depends("partner_id")
    def _compute_annual_revenue_currency_id(self):
        """A figure that came from the customer is in the customer's currency."""
        for lead in self.filtered("annual_revenue"):
            company = lead.partner_id.commercial_partner_id
            if not lead.annual_revenue_currency_id and (
                company.annual_revenue == lead.annual_revenue
            ):
                lead.annual_revenue_currency_id = company.annual_revenue_currency_id
        return super()._compute_annual_revenue_currency_id()

    def _get_partner_profile(self, partner, names=(*COMPANY_FIELDS, *PERSON_FIELDS)):
        """Return what the partner knows where the lead says nothing, for the rest the lead's own
        values; revenue and currency are a pair.

        :rtype: dict
        """
        company = partner.commercial_partner_id
        theirs = self._get_partner_values(partner, names)
        values = {name: self[name] or theirs[name] for name in names}
        if "annual_revenue_currency_id" in names and not self.annual_revenue:
            values["annual_revenue_currency_id"] = company.annual_revenue_currency_id
        return values

    @api.model
    def _get_partner_values(self, partner, names):
        """Return what a customer says of its company and, if it is a person, of themselves."""
        company = partner.commercial_partner_id
        person = partner.browse() if partner.is_company else partner
        return {name: (company if name in COMPANY_FIELDS else person)[name] for name in names}

    def _prepare_values_from_partner(self, partner):
        values = super()._prepare_values_from_partner(partner)
        values.update(self._convert_to_write(self._get_partner_profile(partner)))
        return values

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        names = () if parent_id else COMPANY_FIELDS  # a contact has its company's profile
        if not is_company:
            names = (*names, *PERSON_FIELDS)
        values.update(self._convert_to_write({name: self[name] for name in names if self[name]}))
        return values

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        res = super()._handle_partner_assignment(
            force_partner_id=force_partner_id,
            create_missing=create_missing,
            with_parent=with_parent,
        )
        self._fill_partner_profile()
        return res

    def _fill_partner_profile(self):
        """Tell the customers of converted leads what they don't know of themselves yet."""
        for lead in self.filtered("partner_id"):
            lead._fill_empty(lead.partner_id.commercial_partner_id, COMPANY_FIELDS)
            if not lead.partner_id.is_company:
                lead._fill_empty(lead.partner_id, PERSON_FIELDS)

    def _fill_empty(self, partner, names):
        values = {name: self[name] for name in names if self[name] and not partner[name]}
        if partner.annual_revenue:
            # The currency belongs to the partner's own figure.
            values.pop("annual_revenue_currency_id", None)
        if values:
            partner.write(self._convert_to_write(values))

    # --- merging ---------------------------------------------------------------------------

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), *COMPANY_FIELDS]

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "annual_revenue_currency_id": lambda fname, leads: (
                (leads.filtered("annual_revenue")[:1] or leads[:1])[fname].id
            ),
        }
