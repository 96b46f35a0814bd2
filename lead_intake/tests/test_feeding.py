import json
import os
import re
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, HttpCase, freeze_time, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.tests.common import IntakeCommon

PAGE = Path(__file__).parents[2] / "docs" / "feeding-leads-in.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "lead_intake push test"


@tagged("post_install", "-at_install")
class TestPush(IntakeCommon):
    """What other systems send: a lead of the procedure, and one lead however often it is sent."""

    def _push(self, reference="booth/1", user=None, **values):
        Lead = self.env["crm.lead"].with_user(user or self.rep)
        answer = Lead.intake_push(reference, {"partner_name": "Hangzhou Presses Ltd", **values})
        return answer["created"], self.env["crm.lead"].browse(answer["id"] or [])

    @freeze_time("2026-03-04 01:00:00")
    def test_lands_in_the_procedure(self):
        created, lead = self._push(medium_id="Trade Show", date_acquired="2026-03-03T10:00+08:00")
        self.assertTrue(created)
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "Hangzhou Presses Ltd",
                    "team_id": self.team.id,
                    "medium_id": self.medium.id,
                    "intake_state": "draft",
                    "intake_milestone": "registration",
                    "user_id": False,
                    "registrant_id": False,
                    "intake_reference": "booth/1",
                }
            ],
        )
        self.assertEqual(str(lead.date_acquired), "2026-03-03 02:00:00")
        self.assertEqual(str(lead.intake_date_due), "2026-03-04 02:00:00")

    def test_sent_twice_is_one_lead_and_stays_as_it_is(self):
        _created, lead = self._push(initial_need="Ten")
        self.assertEqual(self._push(" booth/1 ", initial_need="Twenty"), (False, lead))
        self.assertEqual(lead.initial_need, "Ten")
        with mute_logger("odoo.addons.crm.models.crm_lead"):
            lead.with_user(self.supervisor).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(self._push(), (False, lead))

    def test_one_within_a_company(self):
        _created, lead = self._push()
        created, other = self._push(user=self.other_rep)
        self.assertTrue(created)
        self.assertEqual((lead.company_id, other.company_id), (self.company, self.company2))

    def test_whose_lead_it_is_when_told(self):
        _created, lead = self._push(user=self.supervisor, user_id=self.rep2.id)
        self.assertEqual((lead.user_id, lead.registrant_id), (self.rep2, self.rep2))
        # The lead is there; whoever may not read it isn't given it.
        self.assertEqual(self._push(), (False, self.env["crm.lead"]))

    def test_survives_merging(self):
        _created, first = self._push("a")
        _created, second = self._push("b")
        _created, third = self._push("c")
        head = (first | second | third).with_user(self.supervisor).merge_opportunity()
        for reference in "abc":
            self.assertEqual(self._push(reference, user=self.supervisor), (False, head), reference)
        self.assertTrue(self._push("b\nc", user=self.supervisor)[0])

    def test_names_and_codes(self):
        industry = self.env["res.partner.industry"].search([("full_code", "=", "C3422")])
        _created, lead = self._push(industry_id="C3422", source_id="A new expo", country_id="China")
        self.assertEqual(lead.industry_id, industry)
        self.assertEqual(lead.source_id.name, "A new expo")
        self.assertEqual(lead.country_id.code, "CN")

    def test_refusals_say_what_is_wrong(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for values, said in (
            ({"medium_id": "Smoke signals"}, "“Smoke signals” is no Channel"),
            ({"date_acquired": "yesterday"}, "“yesterday” is no time"),
            ({"colour": "red"}, "no field “colour”"),
            ({"date_acquired": f"{tomorrow:%Y-%m-%dT%H:%M:%S}Z"}, "in the future"),
            ({"date_acquired": "9999-12-31T23:59:59Z"}, "in the year 9999"),
            ({"intake_state": "approved"}, "follows the lead procedure"),
            ({"intake_merged_references": "\nx\n"}, "follows the lead procedure"),
        ):
            with self.assertRaises(UserError) as refused, self.cr.savepoint():
                self._push(**values)
            self.assertIn(said, str(refused.exception))
        for reference in ("", " ", None, "x" * 201):
            with self.assertRaises(UserError):
                self._push(reference)
        stranger = self.env["res.users"].create({"name": "S", "login": "intake_stranger"})
        with self.assertRaises(AccessError):
            self._push(user=stranger)

    def test_plain_create_of_a_known_one_is_refused_clearly(self):
        self._push()
        vals = {"name": "Again", "team_id": self.team.id, "intake_reference": "booth/1 "}
        Lead = self.env["crm.lead"].with_user(self.rep)
        with self.assertRaisesRegex(ValidationError, "intake_push"), self.cr.savepoint():
            Lead.create(vals)
        self._new_lead(name="Without a reference")
        lead = Lead.create({**vals, "intake_reference": " "})
        lead.intake_reference = "  "
        self.assertFalse(lead.intake_reference)
        with self.assertRaisesRegex(ValidationError, "booth/1"), self.cr.savepoint():
            lead.intake_reference = "booth/1"

    def test_taken_by_another_transaction_is_tried_again(self):
        self._push()
        Lead = self.env.registry["crm.lead"]
        with (
            patch.object(Lead, "_find_intake_references", lambda self, references: {}),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
        ):
            self._push()

    def test_plain_team_stays_plain(self):
        _created, lead = self._push(user=self.outsider, team_id=self.plain_team.id)
        self.assertFalse(lead.intake_state)
        website = self.env.ref("utm.utm_medium_website")
        lead = self._plain_lead(medium_id=website.id)
        self.assertEqual(lead.medium_id, website)


@tagged("post_install", "-at_install")
class TestFeedingPage(IntakeCommon, HttpCase):
    """Every code block of docs/feeding-leads-in.md, run as it stands there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = BLOCK.findall(PAGE.read_text())

    def _get_blocks(self, language, holding=""):
        return [text for kind, text in self.blocks if kind == language and holding in text]

    def _get_environ(self):
        key = self.env["res.users.apikeys"].with_user(self.rep).sudo()
        return {
            "ODOO_URL": self.base_url(),
            "ODOO_API_KEY": key._generate("rpc", "feeding", None),
            "ODOO_DATABASE": self.env.cr.dbname,
        }

    def test_no_block_is_left_out(self):
        run = [
            *self._get_blocks("python", "visitor"),
            *self._get_blocks("python", "urllib"),
            *self._get_blocks("bash", "curl"),
            *self._get_blocks("mail"),
        ]
        self.assertEqual(sorted(run), sorted(text for _kind, text in self.blocks))
        self.assertEqual(len(run), 4)

    @freeze_time("2026-03-04 01:00:00")
    def test_website(self):
        [block] = self._get_blocks("python", "visitor")
        scope = {"env": self.env, "team": self.team}
        exec(block, scope)
        self.assertEqual(scope["lead"].date_acquired, self.NOW)

    def test_mail(self):
        [block] = self._get_blocks("mail")
        self._init_mail_gateway()
        address = f"intake.test@{self.alias_domain}"
        with freeze_time("2026-03-04 02:00:00"), self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "crm.lead", block.replace("sales@example.com", address)
            )
        lead = self.env["crm.lead"].search([("name", "=", "Quotation for ten presses")])
        self.assertRecordValues(
            lead,
            [
                {
                    "team_id": self.team.id,
                    "medium_id": self.env.ref("lead_intake.channel_email").id,
                    "intake_state": "draft",
                    "intake_milestone": "registration",
                    "registrant_id": False,
                }
            ],
        )
        self.assertEqual(str(lead.date_acquired), "2026-03-04 01:30:00")
        self.assertIn("send us a quotation", self._chatter(lead))

    def test_mail_from_the_future_arrives_now(self):
        message = {"subject": "Quote?", "from": "l@c.example.com", "date": "2099-01-01 00:00:00"}
        with freeze_time(self.NOW):
            lead = self.env["crm.lead"].message_new(message, {"team_id": self.team.id})
        self.assertEqual(lead.date_acquired, self.NOW)

    def test_curl(self):
        [block] = self._get_blocks("bash")
        environ = {**os.environ, **self._get_environ()}
        with self.allow_requests(all_requests=True):
            answers = [
                json.loads(subprocess.check_output(["bash", "-c", block], env=environ))
                for _time in range(2)
            ]
        lead = self.env["crm.lead"].browse(answers[0]["id"])
        self.assertEqual([answer["created"] for answer in answers], [True, False])
        self.assertEqual(answers[1]["id"], lead.id)
        self.assertEqual(lead.industry_id.full_code, "C3422")
        self.assertEqual(lead.medium_id, self.medium)
        self.assertEqual(lead.intake_state, "draft")
        self.assertEqual(str(lead.date_acquired), "2026-03-04 01:30:00")

    def test_python(self):
        [block] = self._get_blocks("python", "urllib")
        with (
            patch.dict(os.environ, self._get_environ()),
            self.allow_requests(all_requests=True),
        ):
            exec(block, {})


@tagged("post_install", "-at_install")
class TestPushRace(BaseCase):
    """Two requests at the same moment, in transactions that are committed."""

    def test_two_at_once_are_one_lead(self):
        registry = Registry(get_db_name())

        def committed(do):
            with db_connect(get_db_name()).cursor() as cr:
                return do(api.Environment(cr, SUPERUSER_ID, {}))

        def clean(env):
            env.cr.execute("DELETE FROM crm_lead WHERE intake_reference = %s", (MARK,))

        committed(clean)
        self.addCleanup(committed, clean)
        started = threading.Barrier(2, timeout=30)
        answers = []

        def push():
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                cr.execute("SELECT 1")  # the snapshot of both is taken before either writes
                started.wait()
                values = {"name": MARK, "team_id": False}
                answers.append(retrying(lambda: env["crm.lead"].intake_push(MARK, values), env))

        with mute_logger("odoo.sql_db"), patch("odoo.service.model.random.uniform", lambda a, b: 0):
            threads = [threading.Thread(target=push) for _number in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(sorted(answer["created"] for answer in answers), [False, True])
        self.assertEqual(len({answer["id"] for answer in answers}), 1)
