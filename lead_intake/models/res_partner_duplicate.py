from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.company_name import company_key
from ..tools.masking import mask_name


class ResPartner(models.Model):
    """Customers are found by the same keys as leads, when a lead is registered."""

    _inherit = "res.partner"

    intake_company_key = fields.Char(
        compute="_compute_intake_company_key",
        store=True,
        index="btree_not_null",
        copy=False,
        export_string_translation=False,
        help="The company's name without what people write differently.",
    )
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
        for partner in self:
            # Not False where a name says nothing: it was looked at.
            partner.intake_company_key = (
                company_key(partner.name) or "-" if partner.is_company else False
            )

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

    @api.model
    def _cron_fill_company_keys(self, limit=2000):
        """Give companies that were there before the addon the key of their name, some at a time;
        who last wrote a customer, and when, stays what it was.
        """
        commit = self.env["ir.cron"]._commit_progress
        self.flush_model(["name", "is_company", "intake_company_key"])
        missing = SQL("intake_company_key IS NULL AND is_company")
        rows = self.env.execute_query(
            SQL("SELECT id, name FROM res_partner WHERE %s ORDER BY id LIMIT %s", missing, limit)
        )
        if not rows:
            return
        values = SQL(", ").join(
            SQL("(%s, %s)", row_id, company_key(n) or "-") for row_id, n in rows
        )
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET intake_company_key = v.key "
                "FROM (VALUES %s) AS v(id, key) WHERE res_partner.id = v.id",
                values,
            )
        )
        self.invalidate_model(["intake_company_key"])
        [(left,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM (SELECT 1 FROM res_partner WHERE %s LIMIT 10000) s", missing)
        )
        commit(len(rows), remaining=left)
