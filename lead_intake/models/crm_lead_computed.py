from odoo import api, models
from odoo.exceptions import UserError

from ..tools import guard

# Computed and stored, which doesn't keep a client from writing them. Whether a lead is complete
# and won, what its number is verified by and whom it is compared with follow from what people
# enter.
COMPUTED_FIELDS = frozenset(
    {
        "decision_chain",
        "email_normalized",
        "email_state",
        "industry_section_id",
        "intake_company_key",
        "phone_sanitized",
        "phone_state",
        "won_status",
    }
)


class CrmLead(models.Model):
    """What Odoo and we compute of a lead of the procedure stays computed, whatever is written."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        for lead, vals in zip(leads, vals_list, strict=True):
            for name in COMPUTED_FIELDS.intersection(vals):
                if lead.use_intake:
                    self.env.add_to_compute(self._fields[name], lead)
        return leads

    def write(self, vals):
        names = COMPUTED_FIELDS.intersection(vals)
        if names and not guard.is_open(self.env):
            self._intake_check_computed(vals, names)
        return super().write(vals)

    def _intake_check_computed(self, vals, names):
        for lead in self.filtered("use_intake"):
            changed = [name for name in sorted(names) if lead._intake_differs(name, vals[name])]
            if changed:
                raise UserError(
                    self.env._(
                        "“%(field)s” of “%(lead)s” follows from what is entered; it can't be "
                        "typed or imported.",
                        field=self._get_intake_labels(changed)[changed[0]],
                        lead=lead.display_name,
                    )
                )
