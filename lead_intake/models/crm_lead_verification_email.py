from odoo import models

from .lead_intake_verification import DAY, HOUR, LINK_LIFE, MINUTE


class CrmLead(models.Model):
    """Step 4 · The e-mail address is confirmed by the customer."""

    _inherit = "crm.lead"

    def intake_send_email_link(self):
        """Send a message with a link to the lead's e-mail address (step 4); the customer
        confirms the address by pressing the button on the page the link opens.

        A refusal is a result, not an error: it is counted, and the history says it.

        :return: ``{"ok": bool, "message": str}``
        :rtype: dict
        :raise AccessError: if the user may not change the lead
        :raise UserError: if the lead isn't of a team that uses the procedure, or has no address
        """
        address = self._check_intake_verifiable("email")
        limits = [
            ("mail_minute", address, 1, MINUTE),
            ("mail_hour", address, 3, HOUR),
            ("mail_day", address, 6, DAY),
            ("mail_user", self.env.uid, 30, HOUR),
        ]
        if reached := self.env["lead.intake.attempt"]._take(limits):
            return {"ok": False, "message": self._get_intake_limit_text(reached)}
        row = self.env["lead.intake.verification"]._open(self, "email", address, "link", LINK_LIFE)
        failure = row._send_link()
        return {
            "ok": not failure,
            "message": failure
            or self.env._(
                "A message was sent to %(address)s. The link in it can be used for 3 days.",
                address=address,
            ),
        }

    def _get_intake_limit_text(self, limit):
        if limit == "mail_minute":
            return self.env._("A message was sent a moment ago. Wait a minute.")
        if limit in ("mail_hour", "mail_day"):
            return self.env._("This address got several messages already. Try again later.")
        if limit == "mail_user":
            return self.env._("You sent thirty messages within an hour. Try again later.")
        return super()._get_intake_limit_text(limit)

    def action_intake_verify_email(self):
        """Open the dialog that has the e-mail address confirmed."""
        return self._action_intake_verify("email")
