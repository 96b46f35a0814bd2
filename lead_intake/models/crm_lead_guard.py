from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from odoo.addons.crm.models.crm_lead import PARTNER_ADDRESS_FIELDS_TO_SYNC

from ..tools import guard
from ..tools.funnel import STATUS_FIELDS

# Written by the steps of the procedure only.
GUARDED_FIELDS = frozenset(
    {
        *STATUS_FIELDS.values(),
        "intake_state",
        "intake_grade_id",
        "intake_submitted_on",
        "intake_hold_until",
        "intake_review_ids",
        # Computed from the clocks and stored: the ORM itself doesn't stop a client from writing.
        "intake_date_due",
        "intake_next_on",
        "intake_date_warning",
        "intake_milestone",
        "intake_responsible_id",
        "intake_deadline_ids",
        "intake_follow_up_ids",
        "intake_verification_ids",
        "intake_month_id",
        "intake_merged_references",
    }
)
# Locked with the fields under review: one names the source, the other fills several of them in.
LOCKED_TOO = ("referred", "partner_id")
# What is computed from the customer, of what is under review and together with it.
FROM_CUSTOMER = frozenset(
    {
        "contact_name",
        "email_from",
        "function",
        "industry_id",
        "partner_name",
        "phone",
        "website",
        *PARTNER_ADDRESS_FIELDS_TO_SYNC,
    }
)


class CrmLead(models.Model):
    """The door: every ``create`` and ``write`` passes here, whatever screen, import or API
    it comes from. Leads that aren't under the procedure pay for two set intersections.
    """

    _inherit = "crm.lead"

    def write(self, vals):
        if guard.is_open(self.env):
            return super().write(vals)
        self._intake_check_guarded_fields(vals)
        self._intake_check_locked(vals)
        before = self._intake_before(vals)
        res = super().write(vals)
        if before:
            self._intake_after(before)
        return res

    @api.model
    def default_get(self, fields):
        # A default comes from the client's context or from ir.default, which every user may
        # write: it is trusted as little as a value.
        defaults = super().default_get(fields)
        for name in GUARDED_FIELDS.intersection(defaults):
            del defaults[name]
        return defaults

    @api.model
    def _intake_check_create(self, vals_list):
        """Return copies of the values without what the procedure decides, if they don't try to
        decide it. "draft" is no attempt: a kanban column sends it, and new leads become it.
        """
        if guard.is_open(self.env):
            return [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._intake_check_guarded_fields(
                {name: value for name, value in vals.items() if value and value != "draft"}
            )
        return [
            {name: value for name, value in vals.items() if name not in GUARDED_FIELDS}
            for vals in vals_list
        ]

    def _intake_check_created(self):
        """A new lead of the procedure starts neither as won nor as lost without a reason."""
        for lead in self:
            if lead.stage_id.is_won:
                raise UserError(
                    self.env._(
                        "A lead of the team “%(team)s” is registered and reviewed first; "
                        "“%(lead)s” can't start as won.",
                        team=lead.team_id.name,
                        lead=lead.name,
                    )
                )
            if not lead.active and not lead.lost_reason_id:
                raise UserError(
                    self.env._(
                        "“%(lead)s” would start as archived: say why it is lost, with a lost "
                        "reason, or leave it active.",
                        lead=lead.name,
                    )
                )

    def _intake_check_guarded_fields(self, vals):
        touched = GUARDED_FIELDS.intersection(vals)
        if touched:
            labels = self._get_intake_labels(touched)
            raise UserError(
                self.env._(
                    "“%(field)s” follows the lead procedure: it is changed by submitting, "
                    "approving, returning or putting on hold, and can't be typed or imported.",
                    field=labels[min(touched)],
                )
            )

    def _intake_check_locked(self, vals):
        """While a lead waits for review, what is under review stays as it was submitted."""
        names = [name for name in self._get_intake_locked_names() if name in vals]
        if not names or guard.is_merging(self.env):
            return
        # What the server itself finds out later, say by enrichment, may be added.
        adds = self.env.uid == SUPERUSER_ID
        for lead in self.filtered(lambda lead: lead._is_intake_locked()):
            changed = [
                name
                for name in names
                if lead._intake_differs(name, vals[name])
                and not (name == "partner_id" and lead._intake_is_own_contact(vals[name]))
                and not (adds and not lead[name])
            ]
            if changed:
                labels = self._get_intake_labels(changed)
                raise UserError(
                    self.env._(
                        "“%(lead)s” waits for its review, so %(fields)s can't be changed now. "
                        "Take it back from review first, or ask the reviewer to return it.",
                        lead=lead.display_name,
                        fields=", ".join(labels[name] for name in changed),
                    )
                )

    @api.model
    def _get_intake_locked_names(self):
        return (*self._get_intake_field_names(), *LOCKED_TOO)

    def _is_intake_locked(self):
        """Tell whether the lead waits for a review that isn't the user's to make."""
        self.ensure_one()
        return (
            self.intake_state == "submitted"
            and self._is_under_intake()
            and bool(self._refuse_reviewer())
        )

    def _compute_field_value(self, field):
        # Odoo fills in some of what is under review from the customer, whose phone number anybody
        # may change; on a lead that waits it stays as it was submitted.
        if field.name in FROM_CUSTOMER and self.env["crm.team"]._has_intake_teams():
            self = self.filtered(lambda lead: not lead._is_intake_locked())
        return super()._compute_field_value(field) if self else None  # as Odoo calls it

    def _intake_is_own_contact(self, partner_id):
        """Tell whether a partner only links the lead with its own contact's record, as Odoo
        does when a message is sent to a new address.
        """
        partner = self.env["res.partner"].browse(partner_id or [])
        return (
            not self.partner_id
            and bool(partner.email_normalized)
            and partner.email_normalized == self.email_normalized
        )

    def _intake_differs(self, name, value):
        field = self._fields[name]
        old = field.convert_to_write(self[name], self)
        new = field.convert_to_write(
            field.convert_to_record(field.convert_to_cache(value, self), self), self
        )
        return (old or False) != (new or False)
