import json
import random
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.tests import HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.tests import hostile_calls
from odoo.addons.lead_intake.tests.common import IntakeCommon
from odoo.addons.lead_intake.tools import guard

MARK = "Zwölfgeheim"
SAMPLE = 12
CLEAR = {
    "odoo.exceptions.AccessDenied",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.RedirectWarning",
}
LOUD = ("odoo.http", "odoo.addons.rpc.controllers.xmlrpc", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestHostileHttp(IntakeCommon, HttpCase):
    """A sample of what ``test_hostile_clients.py`` calls, over the wire: each protocol tells the
    same, and none of them opens what the others keep shut.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead_in("submitted", partner_name=f"{MARK} Ltd", name=f"{MARK} presses")
        cls.keys = {
            user: cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "test", datetime.now() + timedelta(days=1))
            for user in (cls.rep, cls.rep2, cls.supervisor)
        }
        cls.env.flush_all()

    # --- protocols -----------------------------------------------------------------------------

    def _post(self, url, data, **headers):
        return self.url_open(
            url,
            data=data if isinstance(data, bytes) else json.dumps(data),
            headers={"Content-Type": "application/json", **headers},
            timeout=60,
        )

    def _json_rpc(self, model, method, args, kwargs):
        """Call as the web client does; return the result and the name of the error."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        response = self._post(
            f"/web/dataset/call_kw/{model}/{method}", {"jsonrpc": "2.0", "params": params}
        )
        self.assertEqual(response.status_code, 200)
        answer = response.json()
        return answer.get("result"), answer.get("error", {}).get("data", {})

    def _json_2(self, user, model, name, /, **body):
        return self._post(
            f"/json/2/{model}/{name}", body, Authorization=f"Bearer {self.keys[user]}"
        )

    def _xml_rpc(self, user, model, name, /, *args, **kwargs):
        # With a timeout of the test's own, the proxy of HttpCase.
        return self.xmlrpc_object.execute_kw(
            get_db_name(), user.id, user.login, model, name, args, kwargs
        )

    def assertUntouched(self):
        self.env.invalidate_all()
        self.assertEqual(self.lead.intake_state, "submitted")
        self.assertEqual(self.lead.intake_review_ids.mapped("state"), ["waiting"])
        self.assertEqual(self.lead.user_id, self.rep)

    # --- the tests -----------------------------------------------------------------------------

    def test_json_rpc(self):
        methods = hostile_calls.our_methods(self.env)
        for user in (self.rep2, self.outsider):
            self.authenticate(user.login, user.login)
            for model, method in random.Random(user.login).sample(methods, SAMPLE):
                args, kwargs = hostile_calls.make_arguments(
                    self.env, model, method, self.lead.ids, "http", [{guard.CONTEXT_KEY: True}]
                )
                with self.subTest(user=user.login, method=f"{model}.{method}"):
                    with mute_logger(*LOUD):
                        result, error = self._json_rpc(model, method, args, kwargs)
                    self.assertNotIn(MARK, repr(result) + str(error.get("message")))
                    single = str(error.get("message")).startswith("Expected singleton")
                    if error and not single and hostile_calls.is_ours(self.env, model, method):
                        self.assertIn(error["name"], CLEAR, error["message"])
        self.assertUntouched()

    def test_the_same_by_every_protocol(self):
        """A representative, and a supervisor of whom it isn't to decide on, knock at each door."""
        evil = {"intake_state": "approved"}
        calls = (
            ("write", [self.lead.ids, evil]),
            ("intake_approve", [self.lead.ids]),
            ("_intake_move", [self.lead.ids, "approved"]),
            ("create", [{"name": "Evil", "team_id": self.team.id, **evil}]),
        )
        context = {guard.CONTEXT_KEY: True, guard.MERGE_KEY: True, "default_intake_state": "x"}
        self.authenticate(self.rep.login, self.rep.login)
        for method, args in calls:
            with self.subTest(method=method), mute_logger(*LOUD):
                _result, error = self._json_rpc("crm.lead", method, args, {"context": context})
                self.assertIn(error.get("name"), CLEAR)
                with self.assertRaises(xmlrpc.client.Fault) as fault:
                    self._xml_rpc(self.rep, "crm.lead", method, *args, context=context)
                self.assertNotIn("Traceback", fault.exception.faultString)
                body = {"context": context}
                if method == "create":
                    body["vals_list"] = args[0]
                else:
                    body["ids"] = args[0]
                if method == "write":
                    body["vals"] = evil
                answer = self._json_2(self.rep, "crm.lead", method, **body)
                self.assertIn(answer.status_code, (403, 404, 422))
        self.assertUntouched()

    def test_json_2_of_a_colleague(self):
        with mute_logger(*LOUD):
            for method, body in (
                ("read", {"fields": ["name", "intake_state"]}),
                ("intake_submit", {}),
                ("intake_explain_due", {}),
                ("intake_log", {"outcome": "reached", "summary": "We talked about presses."}),
                ("intake_hold", {"until": "2026-02-30"}),
                ("intake_plan", {"planned_on": [], "method": {}}),
            ):
                answer = self._json_2(self.rep2, "crm.lead", method, ids=self.lead.ids, **body)
                with self.subTest(method=method):
                    self.assertIn(answer.status_code, (403, 404, 422))
                    self.assertNotIn(MARK, json.loads(answer.text).get("message", ""))
        self.assertUntouched()

    def test_nobody(self):
        """Without a session or a key there is nothing to call."""
        self.authenticate(None, None)
        with mute_logger(*LOUD):
            _result, error = self._json_rpc("crm.lead", "read", [self.lead.ids], {})
            self.assertTrue(error)
            for key in ("", "Bearer ", "Bearer x", "Bearer " + "a" * 5000, "Basic YTpi"):
                answer = self._post("/json/2/crm.lead/intake_approve", {}, Authorization=key)
                self.assertIn(answer.status_code, (401, 403))
            with self.assertRaises(xmlrpc.client.Fault):
                self.xmlrpc_object.execute_kw(
                    get_db_name(), self.rep.id, "wrong", "crm.lead", "read", [self.lead.ids]
                )
        self.assertUntouched()

    def test_our_routes_never_break(self):
        """Whatever token, method or body: no 500, and always the same page."""
        self.authenticate(None, None)
        # Not "..": Odoo's website fails to show any page at an address with that in it.
        tokens = ("x", "0", "-1", "..%5c..%5cetc", "%00", "%27%3B--", "张" * 200, "a" * 4000, "1-x")
        pages = set()
        with mute_logger(*LOUD):
            for token in tokens:
                for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
                    answer = self.opener.request(
                        method, f"{self.base_url()}/lead/confirm/{token}", timeout=60
                    )
                    with self.subTest(token=token[:20], method=method):
                        self.assertLess(answer.status_code, 500)
                        self.assertNotIn("Traceback", answer.text)
                    if method == "GET" and answer.status_code == 200:
                        pages.add(answer.text.replace(answer.url, "").replace(token, ""))
                answer = self.url_open(f"/lead/confirm/{token}", data={"csrf_token": "forged"})
                self.assertLess(answer.status_code, 500)
        self.assertTrue(pages)
        self.assertUntouched()

    def test_malformed_bodies(self):
        self.authenticate(self.rep.login, self.rep.login)
        url = "/web/dataset/call_kw/crm.lead/intake_submit"
        deep = b"[" * 5000 + b"]" * 5000
        with mute_logger(*LOUD):
            for body in (b"", b"{", b"null", b"[]", b'{"params": 7}', b"\xff\xfe", deep):
                answer = self._post(url, body)
                with self.subTest(body=body[:20]):
                    self.assertNotIn(MARK, answer.text)
            big = {"params": {"model": "crm.lead", "method": "intake_return", "args": [self.lead.ids, {}, "x" * 3_000_000], "kwargs": {}}}  # fmt: skip
            answer = self._post(url.replace("submit", "return"), big).json()
            self.assertIn(answer["error"]["data"]["name"], CLEAR)
        self.assertUntouched()
