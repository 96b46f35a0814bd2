import json
from datetime import timedelta
from unittest.mock import patch

import requests

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.iap.tools import iap_tools

from .verification_common import VerificationCommon


@tagged("post_install", "-at_install")
class TestSmsGatewayOut(VerificationCommon):
    """Whatever the gateway does, the representative is told, and a code that was given up is of
    no use. From the HTTP client on it is Odoo's own code that runs.
    """

    def setUp(self):
        super().setUp()
        self.clock = freeze_time(self.NOW)
        self.time = self.clock.start()
        self.addCleanup(self.clock.stop)
        self.codes = []
        # Odoo asks nobody outside in tests; here nobody outside is asked either.
        self.startPatcher(patch.object(iap_tools.modules.module, "current_test", False))
        self.env["iap.account"].sudo().get("sms").account_token = "a token"

    def _ask(self, answer):
        """Ask for a code; ``answer`` gets what would be sent and returns a response, or raises."""

        def post(url, json=None, timeout=None, **kwargs):
            self.assertTrue(timeout and timeout <= 60, "a request that never ends")
            for message in json["params"]["messages"]:
                self.codes.append(message["content"][:6])
            return answer(json)

        with (
            patch.object(iap_tools.requests, "post", post),
            mute_logger(iap_tools.__name__, "odoo.addons.sms.models.sms_sms"),
        ):
            return self.lead.with_user(self.rep).intake_send_phone_code()

    def _check(self, code):
        return self.lead.with_user(self.rep).intake_check_phone_code(code)

    @staticmethod
    def _response(body, status=200):
        response = requests.Response()
        response.status_code = status
        response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response.elapsed = timedelta(seconds=1)
        return response

    def _accept(self, payload):
        uuids = [
            number["uuid"]
            for message in payload["params"]["messages"]
            for number in message["numbers"]
        ]
        return self._response(
            {"result": [{"uuid": uuid, "state": "success", "credit": 1} for uuid in uuids]}
        )

    def _assert_given_up(self, result):
        self.assertFalse(result["ok"])
        self.assertEqual(self._rows()[:1].state, "failed")
        self.assertFalse(self._rows()[:1].secret_hash)
        self.assertFalse(self.env["sms.sms"].sudo().search([("number", "=", self.lead.phone)]))

    def _assert_a_new_one_works(self):
        self.time.tick(timedelta(minutes=2))
        self.env["lead.intake.attempt"].search([]).unlink()
        self.assertTrue(self._ask(self._accept)["ok"])
        self.assertTrue(self._check(self.codes[-1])["ok"])
        self.assertTrue(self.lead.intake_phone_verified)

    def test_it_times_out_and_sends_nonetheless(self):
        """The customer gets a code that we gave up: it proves nothing, the next one does."""
        for error in (requests.ReadTimeout, requests.ConnectTimeout, requests.ConnectionError):
            with self.subTest(error=error.__name__):
                self.env["lead.intake.attempt"].search([]).unlink()

                def late(payload, error=error):
                    raise error("too late")

                result = self._ask(late)
                self.assertIn("doesn't answer", result["message"])
                self._assert_given_up(result)
                self.assertFalse(self._check(self.codes[-1])["ok"])
                self.assertFalse(self.lead.intake_phone_verified)
        self._assert_a_new_one_works()

    def test_it_answers_garbage(self):
        for body, status in (
            (b"<html>502 Bad Gateway</html>", 502),
            (b"<html>Welcome to our hotel's network</html>", 200),
            (b"", 200),
            (b"\xff\xfe\x00", 200),
            (b"[" * 100_000, 200),
            (b"[]", 200),
            (b"null", 200),
            ({"result": "OK"}, 200),
            ({"result": [{"uuid": "not ours", "state": "success"}]}, 200),
            ({"error": {"data": {"name": "odoo.exceptions.AccessError"}}}, 200),
            ({"error": "no"}, 200),
        ):
            with self.subTest(body=str(body)[:40]):
                self.env["lead.intake.attempt"].search([]).unlink()
                result = self._ask(lambda _payload, b=body, s=status: self._response(b, s))
                self._assert_given_up(result)
                self.assertTrue(result["message"])
                self.assertFalse(self._check(self.codes[-1])["ok"])
        self._assert_a_new_one_works()

    def test_it_answers_after_the_code_has_expired(self):
        def late(payload):
            self.time.tick(timedelta(minutes=11))
            return self._accept(payload)

        self._ask(late)
        result = self._check(self.codes[-1])
        self.assertFalse(result["ok"])
        self.assertIn("can't be used any more", result["message"])
        self._assert_a_new_one_works()

    def test_it_answers_after_the_number_was_changed(self):
        def late(payload):
            self.lead.phone = "+86 10 6552 9977"
            return self._accept(payload)

        self._ask(late)
        self.assertFalse(self._check(self.codes[-1])["ok"])
        self.assertFalse(self.lead.intake_phone_verified)
        self._assert_a_new_one_works()

    def test_it_answers_after_another_code_was_asked_for(self):
        """A code of before proves nothing once there is a newer one."""
        self.assertTrue(self._ask(self._accept)["ok"])
        self.time.tick(timedelta(minutes=2))
        self.assertTrue(self._ask(self._accept)["ok"])
        first, second = self.codes
        if first != second:
            self.assertFalse(self._check(first)["ok"])
        self.assertTrue(self._check(second)["ok"])
