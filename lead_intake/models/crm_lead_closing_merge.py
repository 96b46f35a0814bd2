from odoo import fields, models

from ..tools import guard

# One contract: what belongs together comes from the same lead, the first that says any of it.
CONTRACT = (
    "contract_number",
    "contract_amount",
    "contract_currency_id",
    "contract_date",
    "payment_period",
    "service_from",
    "service_to",
)
MERGED_FIELDS = (*CONTRACT, "success_factor_ids", "retrospective", "lost_competitor_id")


class CrmLead(models.Model):
    """Step 5 · Merging keeps the closings, and what was entered of a contract."""

    _inherit = "crm.lead"

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), *MERGED_FIELDS]

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            **dict.fromkeys(CONTRACT, self._intake_merge_contract),
            "success_factor_ids": lambda fname, leads: leads.success_factor_ids,
            "retrospective": lambda fname, leads: (
                "\n\n".join(dict.fromkeys(filter(None, leads.mapped("retrospective")))) or False
            ),
        }

    def _intake_merge_contract(self, name, leads):
        lead = next((lead for lead in leads if any(lead[part] for part in CONTRACT)), leads[:1])
        return lead._fields[name].convert_to_write(lead[name], lead)

    def _merge_dependences(self, opportunities):
        res = super()._merge_dependences(opportunities)
        # The number goes to the lead that survives, and two can't have it meanwhile.
        numbered = opportunities.filtered("contract_number")
        if numbered:
            guard.merging(numbered).write({"contract_number": False})
            numbered.flush_recordset(["contract_number"])
        if self.env["crm.team"]._has_intake_history():
            # sudo: rows that nobody may write move along with their lead.
            rows = guard.opened(opportunities.sudo().intake_closing_ids)
            now = fields.Datetime.now()
            for row in rows:
                # The lead that survives is closed, or open, on its own account.
                row.write({"lead_id": self.id, "reopened_on": row.reopened_on or now})
        return res
