from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import arguments, guard

# What the figures of a month count of a lead that was won or lost.
COUNTED_FIELDS = frozenset(
    {
        "active",
        "campaign_id",
        "company_id",
        "contract_amount",
        "contract_currency_id",
        "date_acquired",
        "expected_revenue",
        "industry_id",
        "lead_type_id",
        "lost_competitor_id",
        "lost_reason_id",
        "medium_id",
        "probability",
        "source_id",
        "stage_id",
        "team_id",
        "user_id",
    }
)


class CrmLead(models.Model):
    """A closed lead of a closed month stays as it was counted. Lead operations may change it,
    with a reason that the month shows.
    """

    _inherit = "crm.lead"

    intake_month_id = fields.Many2one(
        "lead.intake.month",
        string="Archived In",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def write(self, vals):
        if (
            COUNTED_FIELDS.intersection(vals)
            and not guard.is_open(self.env)
            and not guard.is_adjusting(self.env)
            and self.env["crm.team"]._has_intake_history()
        ):
            self._intake_check_archived(vals)
        return super().write(vals)

    def _compute_field_value(self, field):
        # Neither does what Odoo computes of it, say from another customer.
        if (
            field.name in COUNTED_FIELDS
            and not guard.is_open(self.env)
            and not guard.is_adjusting(self.env)
            and self.env["crm.team"]._has_intake_history()
        ):
            self = self.filtered(lambda lead: not lead.intake_month_id)
        # Odoo's methods take it for granted that there is something to compute.
        return super()._compute_field_value(field) if self else None

    def _intake_check_archived(self, vals):
        names = COUNTED_FIELDS.intersection(vals)
        for lead in self.filtered("intake_month_id"):
            # Where there is a contract its amount counts. Beside it the expected revenue is free:
            # Odoo's sales raise it when an order of the customer is confirmed, months later too.
            free = {"expected_revenue"} if lead.contract_amount else set()
            if any(lead._intake_differs(name, vals[name]) for name in names - free):
                raise UserError(lead._get_intake_archived_text())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        if not self.env["crm.team"]._has_intake_history():
            return
        archived = self.filtered("intake_month_id")
        if archived:
            raise UserError(archived[0]._get_intake_archived_text())

    def _get_intake_archived_text(self):
        return self.env._(
            "“%(lead)s” was counted in the closed month %(month)s. Lead operations can adjust "
            "it with a reason, which the month then shows.",
            lead=self.name,
            # sudo: which month it is, for those who don't see the archive.
            month=self.sudo().intake_month_id.display_name,
        )

    @arguments.takes(values=arguments.values_by_name, reason=arguments.text)
    def intake_adjust(self, values, reason):
        """Change leads of a closed month (step 5); the month shows what, why, who and when.

        :param dict values: what to write; fields that figures count
        :param str reason: why
        :raise AccessError: if the user isn't of lead operations
        :raise UserError: if the reason is missing, a lead isn't archived, or a field isn't counted
        """
        if not self.env.user.has_group("lead_intake.group_intake_operations"):
            raise AccessError(self.env._("Only lead operations adjust leads of a closed month."))
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the lead is adjusted."))
        if set(values) - COUNTED_FIELDS or any(not lead.intake_month_id for lead in self):
            raise UserError(
                self.env._("Only what a closed month counted of its leads is adjusted.")
            )
        names = [name for name in values if name in self._fields]
        before = {
            lead: (lead.intake_month_id, {name: lead._get_intake_text(name) for name in names})
            for lead in self
        }
        leads = guard.adjusting(self)
        leads.write(dict(values))
        self._intake_note_adjustments(before, reason.strip())
        # Open again: it belongs to the month it will be closed in.
        reopened = self.filtered(lambda lead: lead.active and lead.won_status == "pending")
        if reopened:
            # sudo and key: what the step decides, after it was checked.
            guard.opened(reopened.sudo()).write({"intake_month_id": False})
        return True

    def _prepare_intake_reopen(self):
        """Return what to write to open a closed lead again as an adjustment."""
        self.ensure_one()
        if self._get_intake_outcome() == "won":
            return {"stage_id": self._get_intake_closed_from().id}
        return {"active": True}

    def _intake_note_adjustments(self, before, reason):
        labels = self._get_intake_labels({name for _m, old in before.values() for name in old})
        rows = [
            {
                "month_id": month.id,
                "lead_id": lead.id,
                "lead_name": lead.name,
                "field_label": labels[name],
                "old_value": text,
                "new_value": lead._get_intake_text(name),
                "reason": reason,
                "user_id": self.env.user.id,
                "adjusted_on": fields.Datetime.now(),
            }
            for lead, (month, old) in before.items()
            for name, text in old.items()
            if text != lead._get_intake_text(name)
        ]
        # sudo and key: history is written by the step, which was just checked.
        guard.opened(self.env["lead.intake.month.adjustment"].sudo()).create(rows)

    def _get_intake_text(self, name):
        """Return a field's value as people read it."""
        field = self._fields[name]
        value = self[name]
        if field.relational:
            # sudo: names only.
            return ", ".join(value.sudo().mapped("display_name"))
        return "" if value is False and field.type != "boolean" else str(value)

    def _intake_check_reopen(self, before):
        # An adjustment was asked of lead operations already.
        if guard.is_adjusting(self.env):
            return None
        return super()._intake_check_reopen(before)
