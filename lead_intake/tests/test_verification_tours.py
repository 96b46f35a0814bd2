from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.lead_intake.tests.verification_common import VerificationCommon


@tagged("post_install", "-at_install")
class TestVerificationTours(VerificationCommon):
    """In the browser: a warning that somebody knows the customer, and a code by SMS."""

    def test_verify_phone(self):
        self.rep2.name = "Zhao Lei"
        self._new_lead(self.rep2, name="Theirs")
        model = self.env.registry["lead.intake.verification"]
        with (
            self.mockSMSGateway(sms_allow_unlink=True),
            patch.object(model, "_new_code", lambda self: "123456"),
        ):
            self.start_tour(
                f"/odoo/crm.lead/{self.lead.id}", "lead_intake_verify_phone", login=self.rep.login
            )
        self.env.invalidate_all()
        self.assertTrue(self.lead.intake_phone_verified)
        self.assertEqual(self._rows().attempts, 1)
