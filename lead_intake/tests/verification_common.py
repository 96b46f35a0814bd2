import re
from datetime import datetime

from odoo.addons.lead_intake.tests.common import IntakeCommon
from odoo.addons.sms.tests.common import SMSCase

NUMBER = "+861065529988"  # of IntakeCommon's PHONE


class VerificationCommon(SMSCase, IntakeCommon):
    """A lead whose phone number and e-mail address are to be verified, with Odoo's own stand-in
    for the SMS gateway.
    """

    NOW = datetime(2026, 3, 4, 1, 0)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The clock of the other users' tests isn't frozen: start from an empty count.
        cls.env["lead.intake.attempt"].search([]).unlink()
        cls.lead = cls._new_lead(email_from="Liu Wei <Liu@Presses.example.com>")

    def _as(self, user, lead=None):
        return (lead or self.lead).with_user(user)

    def _send(self, user=None, lead=None, **gateway):
        """Send a code; return the result and the code, None if none went out."""
        with self.mockSMSGateway(sms_allow_unlink=True, **gateway):
            result = self._as(user or self.rep, lead).intake_send_phone_code()
            bodies = [sms["body"] for sms in self._sms]
        self.assertLessEqual(len(bodies), 1)
        found = re.findall(r"\b\d{6}\b", bodies[0]) if bodies else [None]
        self.assertEqual(len(found), 1)
        return result, found[0]

    def _wrong(self, code, step=1):
        """Return a code other than ``code``."""
        return f"{(int(code) + step) % 10**6:06d}"

    def _rows(self, kind="phone", lead=None):
        return (
            (lead or self.lead)
            .sudo()
            .intake_verification_ids.filtered(lambda row: row.kind == kind)
        )
