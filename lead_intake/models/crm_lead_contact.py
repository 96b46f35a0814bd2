from odoo import api, fields, models

from ..tools import guard
from ..tools.person import Person
from ..tools.profile import PERSON_FIELDS


class CrmLead(models.Model):
    """Step 4 · The people at the customer's: the lead's own contact is the first of them."""

    _inherit = "crm.lead"

    intake_contact_ids = fields.One2many(
        "lead.intake.contact", "lead_id", string="Further Contacts"
    )
    intake_has_new_contacts = fields.Boolean(compute="_compute_intake_has_new_contacts")

    @api.depends("partner_id", "intake_contact_ids.partner_id")
    def _compute_intake_has_new_contacts(self):
        for lead in self:
            contacts = lead.intake_contact_ids
            lead.intake_has_new_contacts = bool(
                lead.partner_id and contacts.filtered(lambda each: not each.partner_id)
            )

    def _get_contact_person(self):
        self.ensure_one()
        return Person.of(self.contact_name, self.email_from, self.phone)

    def action_intake_contacts_to_partner(self):
        """Make contacts of the customer from the people known on the lead (step 4). Whom the
        customer has already is not made again.

        :raise AccessError: if the user may not create contacts
        """
        self.check_access("write")
        self.intake_contact_ids._to_partners()
        return True

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        res = super()._handle_partner_assignment(
            force_partner_id=force_partner_id,
            create_missing=create_missing,
            with_parent=with_parent,
        )
        # Plain leads have no further contacts, and pay nothing to find that out.
        if self.env["crm.team"]._has_intake_history():
            self.intake_contact_ids._to_partners()
        return res

    def _hand_over_contact(self, head):
        """Keep the contact of a lead that goes in a merge as one more person of ``head``.

        :rtype: lead.intake.contact
        """
        return guard.opened(self.env["lead.intake.contact"]).create(
            {
                "lead_id": head.id,
                "name": self.contact_name,
                "email": self.email_from,
                "phone": self.phone,
                "function": self.function,
                **{name: self[name] for name in PERSON_FIELDS},
            }
        )

    def _merge_dependences(self, opportunities):
        if self.env["crm.team"]._has_intake_history():
            self.env["lead.intake.contact"]._merge(self, opportunities)
        return super()._merge_dependences(opportunities)
