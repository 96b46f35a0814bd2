from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import guard


class LeadIntakeDecisionStep(models.Model):
    """One role in the customer's decision chain (决策链), in the order in which they decide."""

    _name = "lead.intake.decision.step"
    _description = "Decision Step"
    _inherit = ["lead.intake.of.lead"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Decision", required=True, help="What is decided here, such as “Finance approval”."
    )
    contact_id = fields.Many2one(
        "lead.intake.contact",
        domain="[('lead_id', '=', lead_id)]",
        ondelete="set null",
        index="btree_not_null",
        help="Who decides, if they are among the lead's further contacts.",
    )
    person = fields.Char(
        compute="_compute_person",
        store=True,
        readonly=False,
        help="Who decides. Empty: we don't know yet.",
    )
    stance = fields.Selection(
        [
            ("unknown", "Unknown"),
            ("for", "For us"),
            ("neutral", "Neutral"),
            ("against", "Against us"),
        ],
        default="unknown",
        required=True,
        help="What this person thinks of buying from us.",
    )
    influence = fields.Selection(
        [("high", "High"), ("medium", "Medium"), ("low", "Low")],
        help="How much this person's word counts in the decision.",
    )
    date_reached = fields.Date(
        string="Reached On", help="The day on which we first spoke to this person."
    )
    note = fields.Char()

    @api.depends("contact_id.name")
    def _compute_person(self):
        for step in self:
            contact = step.contact_id
            # Nobody is told of another lead's contact by naming it here.
            is_ours = contact.lead_id._origin == step.lead_id._origin
            step.person = (contact.name if is_ours else False) or step.person

    @api.constrains("contact_id", "lead_id")
    def _check_contact(self):
        if guard.is_open(self.env):
            return  # a merge hands over the people first, their steps next
        for step in self:
            if step.contact_id and step.contact_id.lead_id != step.lead_id:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” is decided by a contact of this lead; the one chosen is of "
                        "another.",
                        step=step.name,
                    )
                )

    def _check_lead(self):
        super()._check_lead()
        # What is known of the chain is under review with the rest of the registration.
        if guard.is_open(self.env) or guard.is_merging(self.env):
            return
        for lead in self.lead_id:
            if lead._is_intake_locked():
                raise UserError(
                    self.env._(
                        "“%(lead)s” waits for its review, so its decision chain can't be changed "
                        "now. Take it back from review first.",
                        lead=lead.display_name,
                    )
                )

    @api.model
    def _merge(self, head, tail):
        """Hand the decision chains over to the lead that survives a merge: its own chain stays
        in front, and a step that says the same isn't kept twice.

        :param crm.lead head: the surviving lead
        :param crm.lead tail: the leads that go
        """
        kept = list(head.intake_step_ids)
        last = max(head.intake_step_ids.mapped("sequence"), default=0)
        for step in tail.intake_step_ids.sorted(lambda step: (step.sequence, step.id)):
            same = [other for other in kept if step._is_same(other)]
            if same:
                step._tell(max(same, key=lambda other: other._get_key() == step._get_key()))
            else:
                last += 1
                guard.opened(step).write({"lead_id": head.id, "sequence": last})
                kept.append(step)

    def _is_same(self, other):
        """Tell whether two steps are one: the same decision, by the same person or by somebody
        only one of them names.
        """
        (mine, person), (theirs, their_person) = self._get_key(), other._get_key()
        return mine == theirs and (person == their_person or not person or not their_person)

    def _get_key(self):
        self.ensure_one()
        return (self.name or "").strip().casefold(), (self.person or "").strip().casefold()

    def _tell(self, other):
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in ("person", "influence", "date_reached", "note")
            if self[name] and not other[name]
        }
        if other.stance == "unknown":
            values["stance"] = self.stance
        if self.contact_id.lead_id == other.lead_id and not other.contact_id:
            values["contact_id"] = self.contact_id.id
        guard.opened(other).write(values)
