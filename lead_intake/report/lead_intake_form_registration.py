from odoo import api, models


class LeadRegistrationForm(models.AbstractModel):
    """Lead registration (线索登记表): steps 1 and 2 on a page."""

    _name = "report.lead_intake.lead_registration_form"
    _inherit = "lead.intake.form"
    _description = "Lead Registration Form"

    @api.model
    def _get_title(self):
        return self.env._("Lead Registration")

    @api.model
    def _get_signatures(self):
        return [
            self.env._("Registered by / on"),
            self.env._("Reviewed by / on"),
        ]

    @api.model
    def _prefetch(self, leads):
        leads.intake_review_ids.fetch(["decided_by_id", "decided_on", "comment", "state"])

    @api.model
    def _get_sections(self, lead):
        source = self._cells(
            lead,
            ["date_acquired", "registrant_id", "medium_id", "source_id", "team_id", "user_id"],
        )
        if not source[3]["value"] and lead.referred:
            source[3]["value"] = self._value(lead, "referred")
        return [
            self._cells_section(self.env._("Source"), source),
            self._cells_section(
                self.env._("Customer"),
                self._cells(
                    lead,
                    [
                        "partner_name",
                        "industry_id",
                        "contact_name",
                        "function",
                        "phone",
                        "email_from",
                        "country_id",
                        "state_id",
                        "city",
                        "website",
                    ],
                ),
            ),
            self._cells_section(
                self.env._("Need"),
                self._cells(
                    lead,
                    ["initial_need", "lead_type_id", "purchase_horizon"],
                    wide={"initial_need": 4},
                ),
            ),
            self._cells_section(
                self.env._("First Assessment"),
                self._cells(lead, ["need_fit", "decision_maker", "estimated_budget"]),
            ),
            self._cells_section(self.env._("Review"), self._get_review_cells(lead)),
        ]

    @api.model
    def _get_review_cells(self, lead):
        review = lead.intake_review_ids.filtered("decided_on")[:1]
        return [
            *self._cells(lead, ["intake_state", "intake_grade_id"]),
            self._cell(self.env._("Reviewed By"), self._value(lead, "decided_by_id", review)),
            self._cell(self.env._("Reviewed On"), self._value(lead, "decided_on", review)),
            self._cell(self.env._("Comment"), self._value(lead, "comment", review), 3),
        ]
