from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

CALL_TIME = time(10)
WORKDAY_START, WORKDAY_END = time(9), time(18)


class CrmLead(models.Model):
    """The buttons of plans and records, on form, card, list and in "My Day"."""

    _inherit = "crm.lead"

    def action_intake_plan(self):
        """Open the dialog that plans the next contact."""
        title = self.env._("Plan the Next Contact: %(lead)s", lead=self.display_name)
        return self._action_intake_contact("lead.intake.plan", title)

    def action_intake_log(self):
        """Open the form that records a contact and plans the next one."""
        title = self.env._("Record a Contact: %(lead)s", lead=self.display_name)
        return self._action_intake_contact("lead.intake.log", title)

    def _action_intake_contact(self, model, title):
        self.ensure_one()
        self._check_intake_follow_up_access()
        if reason := self._refuse_follow_up():
            raise UserError(self._intake_refusal_text({self: reason}))
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            # Named: it may be opened from a warning, where Odoo doesn't add them.
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id},
        }

    def _get_intake_contact_due(self):
        """Return by when the customer is to be contacted, naive UTC, or False.

        :rtype: datetime | bool
        """
        self.ensure_one()
        # sudo: what is due is everybody's to see who may see the lead.
        rows = self.sudo().intake_deadline_ids.filtered(
            lambda row: (
                row.milestone in ("first_contact", "follow_up")
                and not row.date_closed
                and not row.date_paused
            )
        )
        return min(rows.mapped("date_due"), default=False)

    def _get_intake_suggested_time(self, after_contact=False):
        """Suggest when to contact the customer next: by the grade's rhythm, or the day after; at
        ten in the morning, in the user's time zone; within the promise that runs.

        :param bool after_contact: suggest the contact after the one being recorded
        :return: naive UTC datetime
        """
        self.ensure_one()
        now = fields.Datetime.now()
        days = 1
        if after_contact:
            days = max(round(self.intake_grade_id.cadence_days), 1)
        day = self._to_intake_local(now).date() + timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        suggested = self._from_intake_local(day, CALL_TIME)
        due = not after_contact and self._get_intake_contact_due()
        if due and now < due < suggested:
            suggested = self._get_intake_time_within(now, due)
        return suggested.replace(second=0, microsecond=0)

    def _get_intake_time_within(self, now, due):
        """Return a time before ``due`` at which a customer can be called, if there is one: what
        was promised comes before the convenient hour.
        """
        soon = now + timedelta(hours=1)
        if soon <= due and WORKDAY_START <= self._to_intake_local(soon).time() < WORKDAY_END:
            return soon
        morning = self._from_intake_local(self._to_intake_local(due).date(), WORKDAY_START)
        return morning if now < morning <= due else now + (due - now) / 2

    def _to_intake_local(self, moment):
        return pytz.utc.localize(moment).astimezone(self.env.tz)

    def _from_intake_local(self, day, hour):
        local = self.env.tz.localize(datetime.combine(day, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
