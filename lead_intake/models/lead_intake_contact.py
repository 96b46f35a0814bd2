from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import guard
from ..tools.person import Person
from ..tools.profile import PERSON_FIELDS

PARTNER_FIELDS = ("function", "phone", "email", *PERSON_FIELDS)


class LeadIntakeContact(models.Model):
    """One more person at the customer's, beside the contact named on the lead itself."""

    _name = "lead.intake.contact"
    _description = "Contact at the Customer's"
    _inherit = ["lead.intake.person", "lead.intake.of.lead"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    function = fields.Char(string="Job Position")
    phone = fields.Char()
    email = fields.Char()
    note = fields.Char()
    step_ids = fields.One2many("lead.intake.decision.step", "contact_id", string="Decides On")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        help="The contact that was made of this person when the lead got its customer.",
    )

    def write(self, vals):
        if "partner_id" in vals and not guard.is_open(self.env):
            raise UserError(
                self.env._("The contact of a person is made when the lead gets its customer.")
            )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not guard.is_open(self.env):
            vals_list = [
                {name: value for name, value in vals.items() if name != "partner_id"}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def _get_person(self):
        self.ensure_one()
        return Person.of(self.name, self.email, self.phone)

    def _to_partners(self):
        """Give each lead's customer its people as contacts; whom it has already is found again
        and told only what wasn't known.
        """
        new = self.filtered(lambda contact: not contact.partner_id)
        for lead, contacts in new.grouped("lead_id").items():
            company = lead.partner_id.commercial_partner_id
            known = [
                (Person.of(partner.name, partner.email, partner.phone), partner)
                for partner in lead.partner_id | company.child_ids
            ]
            for contact in contacts if company else ():
                person = contact._get_person()
                partner = next((each for other, each in known if person.is_same(other)), None)
                if partner:
                    contact._tell(partner, PARTNER_FIELDS)
                else:
                    partner = self.env["res.partner"].create(
                        contact._prepare_partner_values(company)
                    )
                known.append((person, partner))
                guard.opened(contact).partner_id = partner

    def _prepare_partner_values(self, company):
        self.ensure_one()
        return {
            "name": self.name,
            "parent_id": company.id,
            "type": "contact",
            "company_id": company.company_id.id,
            "comment": self.note,
            **{name: self[name] for name in PARTNER_FIELDS if self[name]},
        }

    def _tell(self, other, names):
        """Fill in what ``other``, a contact or partner, doesn't say of the same person."""
        values = {name: self[name] for name in names if self[name] and not other[name]}
        if values:
            other.write(values)

    # --- merging ---------------------------------------------------------------------------

    @api.model
    def _merge(self, head, tail):
        """Hand people over to the lead that survives a merge, each of them once.

        :param crm.lead head: the surviving lead
        :param crm.lead tail: the leads that go
        """
        # The contact named on the first lead that has one becomes the survivor's own.
        named = (head | tail).filtered("contact_name")
        known = [(lead._get_contact_person(), self.browse()) for lead in named[:1]]
        known += [(contact._get_person(), contact) for contact in head.intake_contact_ids]
        others = [*tail.intake_contact_ids, *(named - head - named[:1])]
        for other in others:
            is_contact = other._name == self._name
            person = other._get_person() if is_contact else other._get_contact_person()
            same = next((each for each_person, each in known if person.is_same(each_person)), None)
            if same is None:
                known.append((person, other._hand_over_contact(head)))
            elif is_contact:
                other._merge_into(same)

    def _hand_over_contact(self, head):
        guard.opened(self).lead_id = head
        return self

    def _merge_into(self, same):
        """Become part of another entry of the same person: the survivor's own contact if it is
        empty.
        """
        steps = guard.opened(self.step_ids)
        if same:
            self._tell(same, (*PARTNER_FIELDS, "note"))
            steps.write({"contact_id": same.id})
        else:
            steps.write({"person": self.name, "contact_id": False})
