from odoo import api, models

COLUMNS = ("contacted_on", "method", "user_id", "outcome", "summary", "feedback")


class FollowUpRecordForm(models.AbstractModel):
    """Follow-up record (跟进记录表): every contact of a lead, oldest first, and the next one."""

    _name = "report.lead_intake.follow_up_record_form"
    _inherit = "lead.intake.form"
    _description = "Follow-Up Record Form"

    @api.model
    def _get_title(self):
        return self.env._("Follow-Up Record")

    @api.model
    def _get_sections(self, lead):
        FollowUp = self.env["lead.intake.follow.up"]
        planned = lead.intake_follow_up_ids.filtered(lambda row: row.state == "planned")
        labels = [FollowUp._fields[name]._description_string(self.env) for name in COLUMNS]
        labels[0] = self.env._("When")
        rows = self._get_rows(lead)
        return [
            self._cells_section(
                self.env._("Lead"),
                self._cells(
                    lead,
                    [
                        "partner_name",
                        "contact_name",
                        "phone",
                        "email_from",
                        "user_id",
                        "intake_grade_id",
                        "stage_id",
                        "medium_id",
                    ],
                ),
            ),
            {**self._rows_section(self.env._("Contacts made"), labels, rows, 4), "wide_from": 4},
            self._cells_section(
                self.env._("Next Contact"),
                [
                    self._cell(self.env._("When"), self._value(lead, "planned_on", planned)),
                    self._cell(self.env._("Method"), self._value(lead, "method", planned)),
                    self._cell(self.env._("Goal"), self._value(lead, "goal", planned), 1),
                    self._cell(
                        self.env._("Talking Points"),
                        self._value(lead, "talking_points", planned),
                        2,
                    ),
                ],
            ),
        ]

    @api.model
    def _get_rows(self, lead):
        rows = []
        for follow_up in lead.intake_follow_up_ids.sorted("date"):
            if follow_up.state == "done":
                row = [self._value(lead, name, follow_up) for name in COLUMNS]
                additions = self._value(lead, "additions", follow_up)
                row[4] = "\n".join(filter(None, [row[4], additions]))
                rows.append(row)
        return rows
