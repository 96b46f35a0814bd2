from odoo import api, models


class CustomerInformationForm(models.AbstractModel):
    """Customer information (客户信息表): what step 4 asks of company, people and need."""

    _name = "report.lead_intake.customer_information_form"
    _inherit = "lead.intake.form"
    _description = "Customer Information Form"

    @api.model
    def _get_title(self):
        return self.env._("Customer Information")

    @api.model
    def _get_sections(self, lead):
        return [
            self._cells_section(
                self.env._("Company"),
                self._cells(
                    lead,
                    [
                        "partner_name",
                        "industry_id",
                        "founded_year",
                        "employee_range",
                        "annual_revenue",
                        "website",
                        "country_id",
                        "city",
                        "main_business",
                        "main_products",
                    ],
                    wide={"main_business": 1, "main_products": 2},
                ),
            ),
            self._cells_section(
                self.env._("Contact"),
                self._cells(
                    lead,
                    [
                        "contact_name",
                        "function",
                        "contact_role",
                        "phone",
                        "email_from",
                        "chat_account",
                        "chat_remark",
                        "user_id",
                    ],
                ),
            ),
            *self._get_contacts(lead),
            self._cells_section(
                self.env._("Requirement"),
                [
                    *self._cells(lead, ["need_description"], wide={"need_description": 4}),
                    self._cell(self.env._("Budget"), self._get_budget(lead)),
                    *self._cells(lead, ["purchase_date"]),
                ],
            ),
            *self._get_decision_chain(lead),
        ]

    @api.model
    def _get_contacts(self, lead):
        if "intake_contact_ids" not in lead._fields:
            return []
        names = ["name", "function", "phone", "email", "note"]
        contacts = lead.intake_contact_ids
        rows = [[self._value(lead, name, contact) for name in names] for contact in contacts]
        if self._is_masked(lead.company_id or self.env.company):
            for row, contact in zip(rows, contacts, strict=True):
                row[0] = self._mask_field("contact_name", contact.name, None)
        return [
            self._rows_section(
                self.env._("Further Contacts"), self._labels(contacts, names), rows, 2
            )
        ]

    @api.model
    def _get_decision_chain(self, lead):
        if "intake_step_ids" not in lead._fields:
            return []
        names = ["name", "person", "stance", "influence", "date_reached"]
        steps = lead.intake_step_ids
        rows = [[self._value(lead, name, step) for name in names] for step in steps]
        return [self._rows_section(self.env._("Decision Chain"), self._labels(steps, names), rows)]

    @api.model
    def _get_budget(self, lead):
        low, high = (self._value(lead, name) for name in ("budget_from", "budget_to"))
        if low and high:
            return f"{low} – {high}"
        return (
            low
            and self.env._("from %(amount)s", amount=low)
            or (high and self.env._("up to %(amount)s", amount=high))
        )

    @api.model
    def _labels(self, records, names):
        return [records._fields[name]._description_string(self.env) for name in names]
