import json
import logging
import string
from datetime import timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.lead_intake.tests.verification_common import NUMBER, VerificationCommon
from odoo.addons.lead_intake.tools import guard
from odoo.addons.sms.tools.sms_api import SmsApi

PHONE2 = "+86 10 6552 9977"


@tagged("post_install", "-at_install")
class TestPhoneVerification(VerificationCommon):
    """Step 1: a contact method whose validity was checked, by a code sent by SMS."""

    def setUp(self):
        super().setUp()
        self.clock = freeze_time(self.NOW)
        self.time = self.clock.start()
        self.addCleanup(self.clock.stop)

    def _check(self, code, user=None):
        return self._as(user or self.rep).intake_check_phone_code(code)

    # --- the way it goes ---------------------------------------------------------------------

    def test_code_verifies(self):
        result, code = self._send()
        self.assertTrue(result["ok"])
        self.assertIn(NUMBER, result["message"])
        self.assertFalse(self.lead.intake_phone_verified)
        self.assertTrue(self._check(code)["ok"])
        self.assertTrue(self.lead.intake_phone_verified)
        self.assertTrue(self.lead.intake_contact_verified)
        self.assertRecordValues(
            self._rows(),
            [
                {
                    "value": NUMBER,
                    "state": "confirmed",
                    "method": "code",
                    "confirmed_by_id": self.rep.id,
                    "confirmed_on": self.NOW,
                    "secret_hash": False,
                }
            ],
        )
        self.assertIn("verified with a code", self._chatter(self.lead))
        self.assertIn("by code", self.lead.intake_phone_proof)

    def test_code_as_people_type_it(self):
        _result, code = self._send()
        wide = code.translate(str.maketrans(string.digits, "0123456789"))
        self.assertTrue(self._check(f" {wide[:3]} {wide[3:]} ")["ok"])

    def test_wizard(self):
        with self.mockSMSGateway(sms_allow_unlink=True):
            action = self._as(self.rep).action_intake_verify_phone()
            wizard = self.env[action["res_model"]].with_user(self.rep).browse(action["res_id"])
            wizard.action_send()
            code = self._sms[0]["body"][:6]
        self.assertEqual(wizard.step, "code")
        with Form(wizard) as form:
            form.code = self._wrong(code)
        self.assertTrue(wizard.is_problem)
        self.assertEqual(wizard.step, "code")
        with Form(wizard) as form:
            form.code = code
        self.assertEqual(wizard.step, "done")
        self.assertFalse(wizard.is_problem)
        self.assertTrue(self.lead.intake_phone_verified)
        columns = self.env["lead.intake.verify"]._fields
        self.assertFalse(columns["code"].store)

    def test_call_is_marked_as_such(self):
        with self.assertRaises(UserError):
            self._as(self.rep).intake_confirm_phone_by_call(" - ")
        self._as(self.rep).intake_confirm_phone_by_call("Ms Liu answered herself")
        self.assertRecordValues(
            self._rows(),
            [{"method": "call", "state": "confirmed", "note": "Ms Liu answered herself"}],
        )
        self.assertIn("by call", self.lead.intake_phone_proof)
        self.assertIn("Ms Liu answered herself", self._chatter(self.lead))

    # --- the code stays secret ---------------------------------------------------------------

    def test_code_is_nowhere(self):
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            _result, code = self._send()
        # The query log isn't on in production; what Odoo itself says must not quote it.
        said = [line for line in logs.output if not line.startswith("DEBUG:odoo.sql_db")]
        self.assertNotIn(code, "\n".join(said))
        self.assertNotIn(code, self._chatter(self.lead))
        self.assertFalse(self.env["sms.sms"].sudo().search([("number", "=", NUMBER)]))
        self.assertFalse(self.env["mail.message"].sudo().search([("body", "like", code)]))
        self.assertFalse(self.env["sms.tracker"].sudo().search([("sms_uuid", "=", False)]))
        row = self._rows()
        self.assertNotIn(code, row.secret_hash)
        self.assertEqual(len(row.secret_hash), 64)
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["secret_hash"])
        with self.assertRaises(AccessError):
            row.with_user(self.rep).search([("secret_hash", "!=", False)])
        self.assertNotIn("secret_hash", row.with_user(self.manager).read()[0])
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        path = "intake_verification_ids.secret_hash"
        Lead = self.env["crm.lead"].with_user(self.manager)
        Row = row.with_user(self.manager)
        for step in (
            lambda: Lead.search([(path, "=like", f"{row.secret_hash[0]}%")]),
            lambda: Lead.search_count([("intake_verification_ids", "any", [(path[24:], "!=", 0)])]),
            lambda: Lead.browse(self.lead.id).export_data(["intake_verification_ids/secret_hash"]),
            lambda: Lead.browse(self.lead.id).filtered_domain([(path, "!=", False)]),
            lambda: Lead.browse(self.lead.id).mapped(path),
            lambda: Row.search([], order="secret_hash"),
            lambda: Row.formatted_read_group([], ["secret_hash"], ["__count"]),
            lambda: Row.formatted_read_group([], [], ["secret_hash:max"]),
        ):
            self._assert_refused(step)

    def _assert_refused(self, step):
        """Whatever way the ORM says that a field can't be read, searched or grouped by."""
        try:
            with self.cr.savepoint():
                step()
        except (UserError, ValueError):
            return
        self.fail("Nothing refused it.")

    def test_same_code_has_another_hash_in_another_row(self):
        other = self._new_lead(phone="+86 10 6552 7711")
        with patch.object(type(self._rows()), "_new_code", lambda self: "123456"):
            self._send()
            self._send(lead=other)
        self.assertNotEqual(self._rows().secret_hash, self._rows(lead=other).secret_hash)
        self.assertFalse(self._check(self._rows(lead=other).secret_hash)["ok"])

    def test_codes_are_spread(self):
        codes = {self._rows()._new_code() for _number in range(2000)}
        self.assertGreater(len(codes), 1900)
        self.assertTrue(all(len(code) == 6 and code.isdigit() for code in codes))

    # --- limits --------------------------------------------------------------------------------

    def test_single_use(self):
        _result, code = self._send()
        self.assertTrue(self._check(code)["ok"])
        self.assertEqual(self._check(code)["result"], "expired")

    def test_five_guesses(self):
        _result, code = self._send()
        for step in range(1, 6):
            self.assertEqual(self._check(self._wrong(code, step))["result"], "wrong")
        self.assertEqual(self._check(code)["result"], "blocked")
        self.assertFalse(self.lead.intake_phone_verified)
        self.assertEqual(self._rows().state, "blocked")

    def test_fifth_guess_may_be_right(self):
        _result, code = self._send()
        for step in range(1, 5):
            self._check(self._wrong(code, step))
        self.assertTrue(self._check(code)["ok"])

    def test_ten_thousand_guesses_are_never_compared(self):
        """Whatever is sent after the fifth guess isn't looked at."""
        _result, code = self._send()
        compared = []
        model = type(self._rows())
        hash_secret = model._hash_secret

        def counting(row, secret):
            compared.append(secret)
            return hash_secret(row, secret)

        with patch.object(model, "_hash_secret", counting):
            for guess in range(300):
                self._check(self._wrong(code, guess + 1))
            # 300 stand for 10,000: a guess that finds the row closed stops at the first line.
            with patch.object(model, "_take_guess", side_effect=AssertionError):
                for guess in range(10000):
                    row = self._rows()
                    self.assertEqual(row.with_user(self.rep)._check_code(f"{guess:06d}"), "expired")
        self.assertEqual(len(compared), 5)
        self.assertFalse(self.lead.intake_phone_verified)

    def test_guesses_of_a_user_over_many_leads(self):
        leads = [self._new_lead(phone=f"+86 10 6552 77{n:02d}") for n in range(8)]
        results = []
        for lead in leads:
            _result, code = self._send(lead=lead)
            for step in range(1, 5):
                guess = self._as(self.rep, lead).intake_check_phone_code(self._wrong(code, step))
                results.append(guess["result"])
        self.assertEqual(results.count("wrong"), 30)
        self.assertEqual(results[30:], ["blocked"] * 2)

    def test_ten_minutes(self):
        for minutes, seconds, result in ((9, 59, "confirmed"), (10, 0, "expired")):
            with self.subTest(minutes=minutes):
                self.time.move_to(self.NOW)
                self.env["lead.intake.attempt"].search([]).unlink()
                _result, code = self._send()
                self.time.move_to(self.NOW + timedelta(minutes=minutes, seconds=seconds))
                self.assertEqual(self._check(code)["result"], result)

    def test_clock_put_back_doesn_t_prolong(self):
        _result, code = self._send()
        self.time.move_to(self.NOW - timedelta(hours=1))
        self.assertEqual(self._check(code)["result"], "expired")
        # Nor does it forget what was sent.
        self.assertFalse(self._send()[0]["ok"])

    def test_new_code_replaces_the_old_one(self):
        _result, first = self._send()
        self.time.move_to(self.NOW + timedelta(minutes=2))
        _result, second = self._send()
        self.assertEqual(self._rows().mapped("state"), ["sent", "replaced"])
        if first != second:
            self.assertEqual(self._check(first)["result"], "wrong")
        self.assertTrue(self._check(second)["ok"])

    def test_sending_is_limited_per_number(self):
        other = self._new_lead(phone="+86 (10) 65529988", user=self.rep2)
        sent = []
        for minute in range(8):
            self.time.move_to(self.NOW + timedelta(minutes=2 * minute))
            user, lead = ((self.rep, self.lead), (self.rep2, other))[minute % 2]
            result, code = self._send(user, lead)
            self.assertEqual(result["ok"], bool(code))
            sent.append(result["ok"])
        self.assertEqual(sent, [True] * 5 + [False] * 3)
        self.time.move_to(self.NOW + timedelta(minutes=75))
        self.assertTrue(self._send()[0]["ok"])

    def test_sending_is_limited_per_day(self):
        sent = 0
        for hour in range(0, 20):
            self.time.move_to(self.NOW + timedelta(hours=hour))
            sent += self._send()[0]["ok"]
        self.assertEqual(sent, 10)

    def test_sending_twice_in_a_minute(self):
        self.assertTrue(self._send()[0]["ok"])
        result, code = self._send()
        self.assertFalse(result["ok"] or code)
        self.assertIn("moment ago", result["message"])

    def test_sending_is_limited_per_user(self):
        sent = 0
        for number in range(23):
            lead = self._new_lead(phone=f"+86 10 6552 78{number:02d}")
            sent += self._send(lead=lead)[0]["ok"]
        self.assertEqual(sent, 20)

    # --- changing the number -----------------------------------------------------------------

    def _verified(self):
        _result, code = self._send()
        self.assertTrue(self._check(code)["ok"])

    def test_another_spelling_stays_verified(self):
        self._verified()
        self.lead.phone = "+86 (10) 65529988"
        self.assertTrue(self.lead.intake_phone_verified)

    def test_every_path_that_changes_the_number(self):
        new = "+86 10 6552 0001"
        partner = self.env["res.partner"].create({"name": "Liu", "phone": new})
        self._verified()
        lead = self._as(self.rep)

        def by_partner():
            lead.partner_id = partner

        def by_partner_sync():
            self._as(self.rep).partner_id = False
            lead.phone = NUMBER
            lead.partner_id = self.env["res.partner"].create({"name": "Wei", "phone": NUMBER})
            self.assertTrue(lead.intake_phone_verified)
            lead.partner_id.phone = new

        def by_import():
            self.env["ir.model.data"].create(
                {"name": "lead", "module": "t", "model": "crm.lead", "res_id": self.lead.id}
            )
            result = lead.load(["id", "phone"], [["t.lead", new]])
            self.assertTrue(result["ids"], result["messages"])

        def by_form():
            with Form(lead) as form:
                form.phone = new

        for change in (lambda: lead.write({"phone": new}), by_import, by_form, by_partner):
            with self.subTest(change=change.__name__), self.cr.savepoint() as savepoint:
                self.assertTrue(self.lead.intake_phone_verified)
                change()
                self.env.flush_all()
                self.assertFalse(self.lead.intake_phone_verified)
                self.assertFalse(self.lead.intake_phone_proof)
                found = self.env["crm.lead"].search([("intake_phone_verified", "=", True)])
                self.assertNotIn(self.lead, found)
                savepoint.rollback()
                self.env.invalidate_all()
        by_partner_sync()
        self.assertFalse(self.lead.intake_phone_verified)

    def test_code_for_the_number_before(self):
        _result, code = self._send()
        self.lead.phone = "+86 10 6552 0001"
        self.assertEqual(self._check(code)["result"], "none")

    def test_search(self):
        plain = self._plain_lead()
        self._verified()
        Lead = self.env["crm.lead"].with_user(self.manager)
        ids = Command.set((self.lead | plain).ids)[2]
        for name, value, expected in (
            ("intake_phone_verified", True, self.lead),
            ("intake_phone_verified", False, plain),
            ("intake_email_verified", True, plain.browse()),
            ("intake_contact_verified", True, self.lead),
            ("intake_contact_verified", False, plain),
        ):
            with self.subTest(name=name, value=value):
                self.assertEqual(Lead.search([(name, "=", value), ("id", "in", ids)]), expected)

    # --- the gateway -------------------------------------------------------------------------

    def test_gateway_errors_are_told(self):
        for error, words in (
            ("credit", "credit"),
            ("wrong_number_format", "doesn't exist"),
            ("unregistered", "set up"),
            ("server_error", "doesn't answer"),
            ("country_not_supported", "country"),
            ("jsonrpc_exception", "doesn't answer"),
            ("something_new", "didn't take"),
        ):
            with self.subTest(error=error):
                self.env["lead.intake.attempt"].search([]).unlink()
                result, code = self._send(sim_error=error)
                self.assertFalse(result["ok"] or code)
                self.assertIn(words, result["message"])
                row = self._rows()[:1]
                self.assertRecordValues(
                    row,
                    [{"state": "failed", "failure": result["message"], "secret_hash": False}],
                )
                self.assertFalse(self.env["sms.sms"].sudo().search([("number", "=", NUMBER)]))

    def test_gateway_answers_garbage(self):
        for answer in (None, [], {}, "OK", [{}], [{"uuid": 1}], [{"state": "success"}], 3):
            with self.subTest(answer=answer):
                self.env["lead.intake.attempt"].search([]).unlink()
                with (
                    patch.object(SmsApi, "_contact_iap", return_value=answer),
                    self.assertLogs("odoo", logging.INFO),
                ):
                    logging.getLogger("odoo").info("at least one line")
                    result = self._as(self.rep).intake_send_phone_code()
                self.assertFalse(result["ok"])
                self.assertEqual(self._rows()[:1].state, "failed")
        self._as(self.rep).intake_confirm_phone_by_call("Called, Ms Liu answered")
        self.assertTrue(self.lead.intake_phone_verified)

    # --- rights --------------------------------------------------------------------------------

    def test_rights(self):
        for user, error in (
            (self.rep2, AccessError),
            (self.outsider, AccessError),
            (self.other_rep, AccessError),
        ):
            lead = self._as(user)
            for step in (
                lead.intake_send_phone_code,
                lambda lead=lead: lead.intake_check_phone_code("123456"),
                lambda lead=lead: lead.intake_confirm_phone_by_call("Called her myself"),
                lead.action_intake_verify_phone,
            ):
                with self.subTest(user=user.login), self.assertRaises(error):
                    step()
        self.assertFalse(self._rows())

    def test_nobody_writes_a_proof(self):
        _result, code = self._send()
        row = self._rows()
        forged = {
            "lead_id": self.lead.id,
            "kind": "phone",
            "value": NUMBER,
            "method": "code",
            "state": "confirmed",
            "requested_on": self.NOW,
            "confirmed_on": self.NOW,
        }
        Row = self.env["lead.intake.verification"]
        for user in (self.rep, self.supervisor, self.manager):
            for context in ({}, {guard.CONTEXT_KEY: True}, {guard.CONTEXT_KEY: "PASS"}):
                for step in (
                    lambda env_row: env_row.write({"state": "confirmed"}),
                    lambda env_row: env_row.create(forged),
                    lambda env_row: env_row.unlink(),
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        step(row.with_user(user).with_context(**context))
            for command in (
                Command.create(forged),
                Command.update(row.id, {"state": "confirmed"}),
                Command.link(row.id),
                Command.clear(),
            ):
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._as(user).write({"intake_verification_ids": [command]})
        for name in ("intake_phone_verified", "intake_contact_verified"):
            with self.cr.savepoint() as savepoint:
                self._as(self.rep).write({name: True})
                self.env.invalidate_all()
                self.assertFalse(self.lead.intake_phone_verified)
                savepoint.rollback()
        with self.assertRaises(AccessError), self.cr.savepoint():
            Row.sudo().create(forged)
        self.assertTrue(self._check(code)["ok"])

    def test_nobody_reads_what_is_counted(self):
        self._send()
        for user in (self.rep, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.env["lead.intake.attempt"].with_user(user).search([])
        subjects = self.env["lead.intake.attempt"].sudo().search([]).mapped("subject")
        self.assertTrue(subjects)
        self.assertNotIn(NUMBER, subjects)

    def test_plain_leads_are_left_alone(self):
        plain = self._plain_lead()
        with self.assertRaises(UserError):
            self._as(self.outsider, plain).intake_send_phone_code()

    def test_number_that_can_t_be_dialled(self):
        self.lead.phone = "12"
        with self.assertRaises(UserError):
            self._as(self.rep).intake_send_phone_code()

    # --- hostile values ----------------------------------------------------------------------

    def test_what_isn_t_a_code(self):
        _result, code = self._send()
        for value in (None, False, 0, int(code), [code], {"a": code}, "", "12345", code + "0"):
            with self.subTest(value=value):
                self.assertEqual(self._check(value)["result"], "shape")
        self.assertEqual(self._rows().attempts, 0)

    def test_any_text(self):
        _result, code = self._send()

        Row = self.env["lead.intake.verification"]

        @settings(max_examples=300, deadline=None)
        @given(st.one_of(st.text(max_size=60), st.binary(), st.integers(), st.none()))
        def garbage(value):
            read = Row._read_code(value)
            self.assertTrue(read is None or (len(read) == 6 and read.isascii()))

        garbage()
        self.assertTrue(self._check(code)["ok"])

    # --- over the wire -----------------------------------------------------------------------

    def _rpc(self, method, args):
        response = self.url_open(
            f"/web/dataset/call_kw/crm.lead/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "params": {
                        "model": "crm.lead",
                        "method": method,
                        "args": args,
                        "kwargs": {"context": {guard.CONTEXT_KEY: True, "sudo": True}},
                    },
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_brute_force_over_rpc(self):
        _result, code = self._send()
        self.authenticate(self.rep.login, self.rep.login)
        results = [
            self._rpc("intake_check_phone_code", [[self.lead.id], self._wrong(code, n)])["result"]
            for n in range(1, 13)
        ]
        self.assertEqual([r["result"] for r in results[:6]], ["wrong"] * 5 + ["blocked"])
        self.assertEqual({r["result"] for r in results[6:]}, {"expired"})
        last = self._rpc("intake_check_phone_code", [[self.lead.id], code])["result"]
        self.assertFalse(last["ok"])
        self.env.invalidate_all()
        self.assertFalse(self.lead.intake_phone_verified)

    def test_private_over_rpc(self):
        self._send()
        self.authenticate(self.rep.login, self.rep.login)
        for method, args in (
            ("_get_intake_proofs", [[self.lead.id]]),
            ("_intake_move_verifications", [[self.lead.id], self.lead.id]),
        ):
            self.assertIn("error", self._rpc(method, args))

    # --- requirement, scorecard, merge, customer -----------------------------------------------

    def test_team_may_require_it(self):
        field = self.env["ir.model.fields"]._get("crm.lead", "intake_contact_verified")
        self.team.intake_required_field_ids = [Command.link(field.id)]
        self.assertIn("intake_contact_verified", self.lead._get_intake_missing()[self.lead])
        with self.assertRaisesRegex(UserError, "Verified Contact Method"):
            self._as(self.rep).intake_submit()
        self._verified()
        self.assertFalse(self.lead._get_intake_missing()[self.lead])
        self._as(self.rep).intake_submit()
        self.assertEqual(self.lead.intake_state, "submitted")

    def test_scorecard(self):
        criterion = self.env["lead.intake.criterion"].create(
            {
                "name": "Reachable",
                "points": 7,
                "domain": "[('intake_contact_verified', '=', True)]",
            }
        )
        self.assertNotIn(criterion.name, self.lead.intake_score_reasons)
        self._verified()
        self.env.invalidate_all()
        self.assertIn(criterion.name, self.lead.intake_score_reasons)

    def test_merge_moves_the_proofs(self):
        other = self._new_lead(name="Double", phone=PHONE2, email_from=False)
        _result, code = self._send(lead=other)
        self._as(self.rep, other).intake_check_phone_code(code)
        self._send()
        head = (self.lead | other).with_user(self.supervisor).merge_opportunity()
        rows = head.sudo().intake_verification_ids
        self.assertEqual(sorted(rows.mapped("state")).count("confirmed"), 1)
        self.assertEqual(len(rows), 2)
        self.assertLessEqual(len(rows.filtered(lambda row: row.state == "sent")), 1)
        head.sudo().phone = PHONE2
        self.assertTrue(head.sudo().intake_phone_verified)

    def test_customer_shows_what_was_proven(self):
        self._verified()
        lead = self._as(self.manager)
        lead._handle_partner_assignment(create_missing=True)
        partner = self.lead.partner_id
        self.assertTrue(partner.intake_phone_verified)
        self.assertFalse(partner.intake_email_verified)
        self.assertTrue(self.lead.intake_phone_verified)
        partner.phone = "+86 10 6552 0001"
        self.assertFalse(partner.intake_phone_verified)
        self.assertFalse(self.lead.intake_phone_verified)
