import re
from datetime import timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools.misc import hash_sign

from odoo.addons.lead_intake.models.lead_intake_verification_email import LINK_SCOPE
from odoo.addons.lead_intake.tests.verification_common import VerificationCommon

ADDRESS = "liu@presses.example.com"


@tagged("post_install", "-at_install")
class TestEmailVerification(VerificationCommon):
    """Step 4: an e-mail address the customer confirmed, by pressing a button."""

    def setUp(self):
        super().setUp()
        self.clock = freeze_time(self.NOW)
        self.time = self.clock.start()
        self.addCleanup(self.clock.stop)

    def _send_mail(self, lead=None, user=None):
        """Send the message; return the result and the path of the link, None if none went out."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            result = self._as(user or self.rep, lead).intake_send_email_link()
            bodies = [mail["body"] for mail in self._mails]
        if not bodies:
            return result, None
        links = set(re.findall(r"https?://[^\"']+?(/lead/confirm/[\w-]+)", bodies[0]))
        self.assertEqual(len(links), 1, bodies[0])
        return result, links.pop()

    def _token(self, path):
        return path.rsplit("/", 1)[1]

    def _get(self, path, **kwargs):
        return self.url_open(path, allow_redirects=False, **kwargs)

    def _press(self, path, **kwargs):
        return self.url_open(
            path,
            data={"csrf_token": http.Request.csrf_token(self)},
            allow_redirects=False,
            **kwargs,
        )

    def _page(self, response):
        """Return what a page says, without what differs by session."""
        card = html.fromstring(response.text).xpath("//div[contains(@class, 'card-body')]")[0]
        for field in card.xpath(".//input[@name='csrf_token']"):
            field.getparent().remove(field)
        return " ".join(card.text_content().split())

    def _confirmed(self, lead=None):
        self.env.invalidate_all()
        return (lead or self.lead).intake_email_verified

    def _forget(self):
        self.env["lead.intake.attempt"].search([]).unlink()

    # --- the way it goes ---------------------------------------------------------------------

    def test_button_confirms(self):
        result, path = self._send_mail()
        self.assertTrue(result["ok"], result)
        self.assertIn(ADDRESS, result["message"])
        self.authenticate(None, None)
        page = self._get(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Yes, this is my address", page.text)
        self.assertFalse(self._confirmed())
        page = self._press(path)
        self.assertIn("Thank you", page.text)
        self.assertTrue(self._confirmed())
        self.assertTrue(self.lead.intake_contact_verified)
        self.assertRecordValues(
            self._rows("email"),
            [
                {
                    "value": ADDRESS,
                    "state": "confirmed",
                    "method": "link",
                    "confirmed_by_id": False,
                    "confirmed_on": self.NOW,
                    "secret_hash": False,
                }
            ],
        )
        self.assertIn("confirmed by the customer", self._chatter(self.lead))

    def test_message_leaves_nothing_behind(self):
        _result, path = self._send_mail()
        token = self._token(path)
        for model, field in (("mail.mail", "body_html"), ("mail.message", "body")):
            self.assertFalse(self.env[model].sudo().search([(field, "like", token[:40])]))
        self.assertNotIn(token, self._chatter(self.lead))
        self.assertNotIn(self._rows("email").secret_hash, token)
        with self.assertRaises(AccessError):
            self._rows("email").with_user(self.manager).read(["secret_hash"])

    def test_nobody_has_the_link_sent_to_themselves(self):
        partner = self.rep.partner_id
        context = {
            "default_email_to": self.rep.email,
            "default_email_cc": self.rep.email,
            "default_recipient_ids": [(4, partner.id)],
            "default_partner_ids": [(4, partner.id)],
            "default_reply_to": self.rep.email,
            "default_auto_delete": False,
        }
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self._as(self.rep).with_context(**context).intake_send_email_link()
            (mail,) = self._mails
        self.assertEqual(mail["email_to"], [ADDRESS])
        self.assertFalse(mail["email_cc"])
        # Every employee may edit mail templates.
        self.assertTrue(self.env["mail.template"].with_user(self.rep).has_access("write"))
        self.assertFalse(self.env["mail.template"].search([("model", "like", "lead.intake.%")]))
        view = self.env.ref("lead_intake.confirm_message")
        with self.assertRaises(AccessError):
            view.with_user(self.rep).write({"arch": "<t/>"})

    def test_mail_server_fails(self):
        server = type(self.env["ir.mail_server"])
        with (
            self.mock_mail_gateway(mail_unlink_sent=True),
            patch.object(server, "send_email", side_effect=OSError("down")),
            patch.object(server, "_connect__", side_effect=OSError("down")),
        ):
            result = self._as(self.rep).intake_send_email_link()
        self.assertFalse(result["ok"])
        self.assertEqual(self._rows("email").state, "failed")
        self.assertFalse(self._rows("email").secret_hash)

    # --- programs that open links ---------------------------------------------------------------

    def test_scanner_confirms_nothing(self):
        _result, path = self._send_mail()
        self.authenticate(None, None)
        for agent in ("Mimecast", "Barracuda", "Microsoft Office/16.0", "curl/8"):
            for method in ("GET", "HEAD"):
                for _again in range(4):
                    response = self.opener.request(
                        method, self.base_url() + path, headers={"User-Agent": agent}, timeout=10
                    )
                    self.assertEqual(response.status_code, 200)
        for method in ("OPTIONS", "PUT", "DELETE", "PATCH"):
            self.opener.request(method, self.base_url() + path, timeout=10)
            self.assertFalse(self._confirmed(), method)
        self.assertEqual(self._rows("email").state, "sent")
        self.assertIn("Thank you", self._press(path).text)

    def test_csrf(self):
        _result, path = self._send_mail()
        self.authenticate(None, None)
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 48 + "o1"}):
            with self.subTest(data=data):
                response = self.url_open(path, data={"x": "1", **data})
                self.assertEqual(response.status_code, 400)
                self.assertFalse(self._confirmed())

    def test_headers(self):
        _result, path = self._send_mail()
        self.authenticate(None, None)
        for response in (self._get(path), self._press(path), self._press("/lead/confirm/x")):
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", response.headers["X-Robots-Tag"])
            self.assertIn("no-store", response.headers["Cache-Control"])
            self.assertEqual(response.headers["X-Frame-Options"], "DENY")
            self.assertIn("frame-ancestors 'none'", response.headers["Content-Security-Policy"])

    # --- links that are of no use ---------------------------------------------------------------

    def test_all_useless_links_look_the_same(self):
        _result, used = self._send_mail()
        self.authenticate(None, None)
        self._press(used)
        other = self._new_lead(email_from="wei@presses.example.com")
        _result, expired = self._send_mail(other)
        self.time.move_to(self.NOW + timedelta(days=3))
        third = self._new_lead(email_from="zhao@presses.example.com")
        _result, changed = self._send_mail(third)
        third.email_from = "other@presses.example.com"
        fourth = self._new_lead(email_from="sun@presses.example.com")
        _result, deleted = self._send_mail(fourth)
        fourth.unlink()
        good = self._token(changed)
        forged = hash_sign(self.env(su=True), "other.scope", [1, "x"])
        unknown = hash_sign(self.env(su=True), LINK_SCOPE, [self._rows("email").id, "guess"])
        paths = [used, expired, changed, deleted]
        paths += [
            f"/lead/confirm/{token}"
            for token in ("x", good[:-1], good[:-6] + "AAAAAA", forged, unknown, "A" * 399)
        ]
        self._forget()
        asked = {self._page(self._get(path)) for path in paths}
        self.assertEqual(len(asked), 1)
        answers = set()
        for path in paths:
            self._forget()
            response = self._press(path)
            self.assertEqual(response.status_code, 200)
            answers.add(self._page(response))
        self.assertEqual(len(answers), 1, answers)
        self.assertIn("can't be used any more", answers.pop())
        for lead in (other, third):
            self.assertFalse(self._confirmed(lead))

    def test_expiry_to_the_second(self):
        for seconds, confirmed in ((-1, True), (0, False)):
            with self.subTest(seconds=seconds):
                self.time.move_to(self.NOW)
                self._forget()
                lead = self._new_lead(email_from=f"liu{seconds + 1}@presses.example.com")
                _result, path = self._send_mail(lead)
                self.time.move_to(self.NOW + timedelta(days=3, seconds=seconds))
                self.authenticate(None, None)
                self._press(path)
                self.assertEqual(self._confirmed(lead), confirmed)

    def test_new_link_replaces_the_old_one(self):
        _result, first = self._send_mail()
        self.time.move_to(self.NOW + timedelta(minutes=2))
        _result, second = self._send_mail()
        self.authenticate(None, None)
        self.assertIn("can't be used", self._press(first).text)
        self.assertFalse(self._confirmed())
        self.assertIn("Thank you", self._press(second).text)

    def test_link_of_a_phone_row(self):
        """A signed link is of use for the e-mail it was made for only."""
        self._send()
        row = self._rows("phone")
        with patch.object(type(row), "_hash_secret", lambda row, secret: row.sudo().secret_hash):
            token = hash_sign(self.env(su=True), LINK_SCOPE, [row.id, "x"])
            self.assertEqual(row._confirm_link(token, "1.2.3.4"), "refused")

    def test_changed_address_is_not_verified(self):
        _result, path = self._send_mail()
        self.authenticate(None, None)
        self._press(path)
        self.assertTrue(self._confirmed())
        self.lead.email_from = "LIU@presses.example.com"
        self.assertTrue(self._confirmed())
        self.lead.with_user(self.rep).email_from = "liu@elsewhere.example.com"
        self.assertFalse(self._confirmed())

    # --- garbage -----------------------------------------------------------------------------

    def test_any_token(self):
        Row = self.env["lead.intake.verification"]
        _result, path = self._send_mail()
        good = self._token(path)

        @settings(max_examples=500, deadline=None)
        @given(st.one_of(st.text(max_size=500), st.binary(max_size=300), st.integers(), st.none()))
        def garbage(token):
            self.assertIsNone(Row._read_link(token))

        @settings(max_examples=300, deadline=None)
        @given(
            st.integers(min_value=0, max_value=len(good) - 1),
            st.sampled_from("ABCabc019-_é=%\x00"),
        )
        def mangled(place, letter):
            token = good[:place] + letter + good[place + 1 :]
            read = Row._read_link(token)
            # The last letter of base64 may stand for bits nobody reads.
            self.assertTrue(read is None or read == Row._read_link(good))

        garbage()
        mangled()

    # --- limits --------------------------------------------------------------------------------

    def test_limit_per_ip(self):
        _result, path = self._send_mail()
        self.authenticate(None, None)
        codes = [self._press(f"/lead/confirm/guess{n}").status_code for n in range(23)]
        self.assertEqual(codes, [200] * 20 + [429] * 3)
        self.assertEqual(self._press(path).status_code, 429)
        self.assertFalse(self._confirmed())
        self.time.move_to(self.NOW + timedelta(hours=1))
        self.assertIn("Thank you", self._press(path).text)

    def test_address_that_a_visitor_claims_is_not_believed(self):
        """Without a proxy in front of Odoo nobody but the visitor writes these headers."""
        self.authenticate(None, None)
        codes = [
            self._press(
                f"/lead/confirm/guess{n}",
                headers={
                    "X-Forwarded-For": f"198.51.100.{n}",
                    "X-Forwarded-Host": "elsewhere.example.com",
                    "X-Real-IP": f"198.51.100.{n}",
                    "Forwarded": f"for=198.51.100.{n}",
                },
            ).status_code
            for n in range(21)
        ]
        self.assertEqual(codes, [200] * 20 + [429])

    def test_network_of_a_visitor_counts_as_one(self):
        """Who has one address of IPv6 has 2^64 of them."""
        Row = self.env["lead.intake.verification"]
        results = [Row._confirm_link("x", f"2001:db8::{n:x}") for n in range(1, 22)]
        self.assertEqual(results, ["refused"] * 20 + ["limited"])
        self.assertEqual(Row._confirm_link("x", "2001:db8:0:1::1"), "refused")
        for odd in (None, "", "unix:", "fe80::1%eth0"):
            self.assertEqual(Row._confirm_link("x", odd), "refused")

    def test_limit_per_link(self):
        _result, path = self._send_mail()
        row = self._rows("email")
        guess = hash_sign(self.env(su=True), LINK_SCOPE, [row.id, "guess"])
        results = [row._confirm_link(guess, f"10.0.0.{n}") for n in range(12)]
        self.assertEqual(results, ["refused"] * 10 + ["limited"] * 2)
        self.assertEqual(row._confirm_link(self._token(path), "10.0.1.1"), "limited")

    def test_sending_is_limited(self):
        sent = []
        for minute in range(6):
            self.time.move_to(self.NOW + timedelta(minutes=2 * minute))
            result, path = self._send_mail()
            self.assertEqual(result["ok"], bool(path))
            sent.append(result["ok"])
        self.assertEqual(sent, [True] * 3 + [False] * 3)
        self.assertFalse(self._send_mail()[0]["ok"])

    # --- rights and language -------------------------------------------------------------------

    def test_rights(self):
        for user in (self.rep2, self.outsider, self.other_rep):
            with self.assertRaises(AccessError):
                self._as(user).intake_send_email_link()
        with self.assertRaises(UserError):
            self._as(self.outsider, self._plain_lead(email_from=ADDRESS)).intake_send_email_link()
        self.lead.email_from = False
        with self.assertRaises(UserError):
            self._as(self.rep).intake_send_email_link()

    def test_message_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["lead_intake"], ["zh_CN"])
        self.lead.lang_id = self.env["res.lang"]._lang_get("zh_CN")
        with self.mock_mail_gateway():
            self._as(self.rep).intake_send_email_link()
            self.assertEqual(self._mails[0]["subject"], "请确认您的邮箱地址")
            self.assertIn("确认我的邮箱", self._mails[0]["body"])
            self.assertIn(ADDRESS, self._mails[0]["email_to"][0])

    def test_wizard(self):
        action = self._as(self.rep).action_intake_verify_email()
        wizard = self.env[action["res_model"]].with_user(self.rep).browse(action["res_id"])
        self.assertEqual(wizard.value, ADDRESS)
        with self.mock_mail_gateway():
            wizard.action_send()
        self.assertEqual(wizard.step, "done")
        self.assertFalse(wizard.is_problem)
