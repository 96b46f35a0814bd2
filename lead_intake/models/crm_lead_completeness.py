from odoo import api, fields, models
from odoo.tools import is_html_empty

from ..tools.completeness import is_placeholder

# What a team may require and a reviewer may reject: what a representative fills in at
# registration. Later steps add theirs by overriding ``_get_intake_field_names``.
REGISTRATION_FIELDS = (
    "partner_name",
    "contact_name",
    "phone",
    "email_from",
    "function",
    "medium_id",
    "source_id",
    "date_acquired",
    "registrant_id",
    "lead_type_id",
    "industry_id",
    "country_id",
    "state_id",
    "city",
    "website",
    "initial_need",
    "need_fit",
    "estimated_budget",
    "purchase_horizon",
    "decision_maker",
)


class CrmLead(models.Model):
    """Completeness (step 2): what is missing, told by one method that the guard, the screens
    and the reports share.
    """

    _inherit = "crm.lead"

    intake_completeness = fields.Integer(
        string="Completeness",
        compute="_compute_intake_completeness",
        aggregator=None,
        help="Share of the team's required fields that are filled, in percent.",
    )
    intake_missing = fields.Char(
        string="Missing",
        compute="_compute_intake_completeness",
        help="Required fields that are still to be filled.",
    )

    @api.model
    def _get_intake_field_names(self):
        """Return the fields a team may require and a reviewer may reject.

        :rtype: tuple[str]
        """
        return REGISTRATION_FIELDS

    @api.model
    def _get_intake_field_domain(self):
        return [("model", "=", "crm.lead"), ("name", "in", list(self._get_intake_field_names()))]

    @api.model
    def _get_intake_labels(self, names):
        """Return ``{name: label}`` in the reader's language."""
        # Not fields_get(): it looks at all fields of the lead to tell a few labels.
        labels = {name: self._fields[name]._description_string(self.env) for name in names}
        # What Odoo calls medium and source has these names in the procedure, and in its views.
        own = {"medium_id": self.env._("Channel"), "source_id": self.env._("Particular Source")}
        return {name: own.get(name, label) for name, label in labels.items()}

    @api.depends(
        lambda self: [
            *self._get_intake_field_names(),
            "referred",
            "phone_state",
            "phone_sanitized",
            "team_id",
        ]
    )
    @api.depends_context("lang")
    def _compute_intake_completeness(self):
        missing_by_lead = self._get_intake_missing()
        labels = self._get_intake_labels(
            {name for names in missing_by_lead.values() for name in names}
        )
        for lead in self:
            missing = missing_by_lead[lead]
            required = len(lead._get_intake_required_names())
            lead.intake_missing = ", ".join(labels[name] for name in missing)
            lead.intake_completeness = (
                round(100 * (required - len(missing)) / required) if required else 100
            )

    def _get_intake_required_names(self):
        """Return the names of the fields this lead's team requires.

        :rtype: frozenset[str]
        """
        self.ensure_one()
        return self.env["crm.team"]._get_intake_required_names(self.team_id._origin.id)

    def _get_intake_missing(self):
        """Return for each lead the names of the required fields that aren't filled.

        :rtype: dict[crm.lead, list[str]]
        """
        missing = {}
        for lead in self:
            required = lead._get_intake_required_names()
            missing[lead] = [
                name
                for name in self._get_intake_field_names()
                if name in required and not lead._is_intake_filled(name)
            ]
        return missing

    def _is_intake_filled(self, name):
        """Tell whether field ``name`` says something: a placeholder such as "-", "无" or "test"
        doesn't, nor does a phone number that can't be dialled.

        :param str name: a field of the lead
        :rtype: bool
        """
        self.ensure_one()
        value = self[name]
        if name == "source_id":
            # "Referred by customer Li" names the particular source as well as a record does.
            says = value and not value._is_intake_placeholder(value._origin.id)
            return bool(says) or not is_placeholder(self.referred)
        if name == "phone":
            return bool(value) and bool(self.phone_sanitized or self.phone_state == "correct")
        if name == "email_from":
            return bool(value) and self.email_state != "incorrect"
        field = self._fields[name]
        if field.type == "html":
            return not is_html_empty(value)
        if field.type in ("char", "text"):
            return not is_placeholder(value)
        return bool(value)
