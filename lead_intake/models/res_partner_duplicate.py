from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.masking import mask_name


class ResPartner(models.Model):
    """Customers are found by the same keys as leads, when a lead is registered."""

    _name = "res.partner"
    _inherit = ["res.partner", "lead.intake.company.key"]

    intake_phone_verified = fields.Boolean(
        string="Phone Verified",
        compute="_compute_intake_verified",
        help="The number was verified on one of the customer's leads.",
    )
    intake_email_verified = fields.Boolean(
        string="E-mail Verified",
        compute="_compute_intake_verified",
        help="The address was confirmed on one of the customer's leads.",
    )

    _intake_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _intake_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    # What the cron has yet to look at, on a database that had customers before.
    _intake_company_key_missing_idx = models.Index(
        "(id) WHERE intake_company_key IS NULL AND is_company"
    )

    @api.model_create_multi
    def create(self, vals_list):
        # It is computed: what a client sends of it is dropped.
        return super().create([self._intake_without_key(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._intake_without_key(vals))

    @api.model
    def _intake_without_key(self, vals):
        if "intake_company_key" not in vals:
            return vals
        return {name: value for name, value in vals.items() if name != "intake_company_key"}

    @api.depends("name", "is_company")
    def _compute_intake_company_key(self):
        return super()._compute_intake_company_key()

    def _get_intake_company_name(self):
        return self.is_company and super()._get_intake_company_name()

    @api.model
    def _get_intake_keyless(self):
        return SQL("intake_company_key IS NULL AND is_company")

    @api.depends("phone_sanitized", "email_normalized")
    def _compute_intake_verified(self):
        # sudo: that a number was verified may be known to whoever reads it.
        rows = self.env["lead.intake.verification"].sudo()
        rows = rows.search(
            [("lead_id.partner_id", "in", self._origin.ids), ("state", "=", "confirmed")]
        )
        proven = {(row.lead_id.partner_id.id, row.kind, row.value) for row in rows}
        for partner in self:
            key = partner._origin.id
            partner.intake_phone_verified = (key, "phone", partner.phone_sanitized) in proven
            partner.intake_email_verified = (key, "email", partner.email_normalized) in proven

    def _get_intake_mask(self, is_readable, names):
        """Return the line that tells of this customer as a duplicate.

        :param bool is_readable: whether the reader may read it
        :param set names: the fields that match
        """
        self.ensure_one()
        what = self.env["crm.lead"]._get_intake_match_text(names)
        if is_readable:
            return self.env._(
                "%(what)s: the customer “%(name)s”.", what=what, name=self.display_name
            )
        if self.user_id:
            return self.env._(
                "%(what)s: a customer, account of %(owner)s: ask them.",
                what=what,
                owner=mask_name(self.user_id.name),
            )
        return self.env._("%(what)s: a customer on record.", what=what)
