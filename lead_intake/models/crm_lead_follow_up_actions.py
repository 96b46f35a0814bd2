from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

WORKDAY_START = time(10)


class CrmLead(models.Model):
    """The buttons of plans and records, on form, card, list and in "My Day"."""

    _inherit = "crm.lead"

    def action_intake_plan(self):
        """Open the dialog that plans the next contact."""
        return self._action_intake_contact("lead.intake.plan", self.env._("Plan the Next Contact"))

    def action_intake_log(self):
        """Open the form that records a contact and plans the next one."""
        return self._action_intake_contact("lead.intake.log", self.env._("Record a Contact"))

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

    def _get_intake_suggested_time(self, after_contact=False):
        """Suggest when to contact the customer next: within the promise that runs, or by the
        grade's rhythm; at ten in the morning, in the user's time zone.

        :param bool after_contact: suggest the contact after the one being recorded
        :return: naive UTC datetime
        """
        self.ensure_one()
        now = fields.Datetime.now()
        days = 1
        if after_contact:
            days = max(round(self.intake_grade_id.cadence_days), 1)
        tz = self.env.tz
        day = pytz.utc.localize(now).astimezone(tz).date() + timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        local = tz.localize(datetime.combine(day, WORKDAY_START))
        suggested = local.astimezone(pytz.utc).replace(tzinfo=None)
        due = self.intake_date_due
        if not after_contact and due and now < due < suggested:
            # What was promised comes before the convenient hour.
            suggested = now + (due - now) / 2
        return suggested.replace(second=0, microsecond=0)
