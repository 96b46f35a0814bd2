from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models

MONTHS = 3


class LeadIntakeDemo(models.AbstractModel):
    """How operations closes the months, and corrects one afterwards; who checked which number,
    and to whom the supervisor gave which lead.
    """

    _inherit = "lead.intake.demo"

    def _get_month_moments(self, now):
        moments = super()._get_month_moments(now)
        for back in range(MONTHS):
            # In the morning of the second: wherever one is, the month is over.
            first = (now - relativedelta(months=back)).replace(day=1, hour=2, minute=0)
            closing = first + timedelta(days=1)
            if closing < now:
                month = (first - timedelta(days=5)).date().replace(day=1)
                moments.append((closing, -1, "close_month", {"month": month}))
                if closing + timedelta(days=2) < now:
                    arguments = {"month": month, "adjust": back == 1}
                    moments.append((closing + timedelta(days=2), -1, "adjust", arguments))
        return moments

    def _step_close_month(self, month):
        company = self.env.ref("base.main_company")
        operations = self._user("operations")
        months = self.env["lead.intake.month"].with_user(operations)
        months.create({"company_id": company.id, "date": month}).action_close()

    def _step_adjust(self, month, adjust):
        """Operations finds a wrong channel in a month that is closed already."""
        if not adjust:
            return
        lead = self.env["crm.lead"].search(
            [("intake_month_id.date", "=", month), ("won_status", "=", "won")], limit=1
        )
        if lead:
            lead.with_user(self._user("operations")).intake_adjust(
                {"medium_id": self.env.ref("lead_intake.channel_partner_referral").id},
                "The contract names our partner: it came through them, not from the fair.",
            )

    def _step_verify(self, lead, row, note):
        self._as(lead, row["login"]).intake_confirm_phone_by_call(note)

    def _step_assign(self, lead, row, login, note=False):
        self._as(lead, "supervisor").intake_assign(self._user(login).id, note)
        row["login"] = login  # who works it from here on

    def _step_release(self, lead, row):
        """Its owner is away for weeks: it waits for another one."""
        self._as(lead, "supervisor").user_id = False

    def _step_submit(self, lead, row):
        """Before a complete lead is submitted, somebody called the number."""
        if row["contact_name"] and lead.id % 3 and lead.phone_sanitized:
            self._step_verify(lead, row, f"{row['contact_name']} answered and knew of the enquiry.")
        return super()._step_submit(lead, row)
