from threading import Barrier, Thread

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.lead_intake.models.lead_intake_verification import CODE_LIFE, LINK_LIFE

CODE, NUMBER, ADDRESS = "271828", "+861065529900", "race@presses.example.com"


@tagged("post_install", "-at_install")
class TestVerificationRaces(BaseCase):
    """Two requests at once, with real transactions and Odoo's own retrying: a secret is of use
    once. Each test cleans up what it committed.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._env() as env:
            team = env["crm.team"].create({"name": "Race", "use_intake": True})
            lead = env["crm.lead"].create(
                {
                    "name": "Race",
                    "team_id": team.id,
                    "phone": NUMBER,
                    "email_from": ADDRESS,
                    "user_id": False,
                }
            )
            self.team_id, self.lead_id = team.id, lead.id
        self.addCleanup(self._clean)

    def _env(self):
        return _Transaction(self.registry)

    def _clean(self):
        with self._env() as env:
            lead = env["crm.lead"].browse(self.lead_id)
            lead.message_ids.unlink()
            lead.unlink()
            env["crm.team"].browse(self.team_id).unlink()
            env.cr.execute("DELETE FROM lead_intake_attempt")

    def _open(self, kind, value, method, life, secret):
        with self._env() as env:
            row = env["lead.intake.verification"]._open(
                env["crm.lead"].browse(self.lead_id), kind, value, method, life
            )
            row._opened().secret_hash = row._hash_secret(secret)
            return row.id

    def _at_once(self, count, step):
        """Run ``step(row)`` in so many transactions that all began before one of them ended."""
        barrier, results = Barrier(count), []

        def request():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                waited = []

                def once():
                    row = env["lead.intake.verification"].browse(self.row_id)
                    row.exists()  # from now on the transaction sees the table as it is
                    if not waited:
                        waited.append(barrier.wait())
                    return step(row)

                results.append(retrying(once, env))

        threads = [Thread(target=request) for _number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), count)
        return results

    def _assert_once(self, words):
        with self._env() as env:
            row = env["lead.intake.verification"].browse(self.row_id)
            self.assertEqual(row.state, "confirmed")
            self.assertFalse(row.secret_hash)
            said = [m for m in row.lead_id.message_ids.mapped("body") if words in m]
            self.assertEqual(len(said), 1)

    def test_right_code_twice_at_once(self):
        self.row_id = self._open("phone", NUMBER, "code", CODE_LIFE, CODE)
        results = self._at_once(3, lambda row: row._check_code(CODE))
        self.assertEqual(results.count("confirmed"), 1, results)
        self.assertLessEqual(set(results), {"confirmed", "busy", "expired"})
        self._assert_once("verified with a code")

    def test_wrong_codes_at_once_are_all_counted(self):
        self.row_id = self._open("phone", NUMBER, "code", CODE_LIFE, CODE)
        results = []
        for _round in range(3):
            results += self._at_once(3, lambda row: row._check_code("000000"))
        self.assertNotIn("confirmed", results)
        with self._env() as env:
            row = env["lead.intake.verification"].browse(self.row_id)
            self.assertIn(row._check_code(CODE), ("blocked", "expired"))
            counted = env["lead.intake.attempt"].search_count([("kind", "=", "guess")])
            self.assertEqual(counted, 5)

    def test_button_pressed_twice_at_once(self):
        self.row_id = self._open("email", ADDRESS, "link", LINK_LIFE, "nonce")
        with self._env() as env:
            row = env["lead.intake.verification"].browse(self.row_id)
            token = row._get_link("nonce").rsplit("/", 1)[1]
        results = self._at_once(3, lambda row: row._confirm_link(token, "192.0.2.1"))
        self.assertEqual(sorted(results), ["confirmed", "refused", "refused"])
        self._assert_once("confirmed by the customer")


class _Transaction:
    """An environment in a transaction that is committed at its end."""

    def __init__(self, registry):
        self.cursor = registry.cursor()

    def __enter__(self):
        return api.Environment(self.cursor.__enter__(), SUPERUSER_ID, {})

    def __exit__(self, *exception):
        return self.cursor.__exit__(*exception)
