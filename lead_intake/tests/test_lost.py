from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_won import ClosingCommon


@tagged("post_install", "-at_install")
class TestLost(ClosingCommon):
    """A lead is lost with a reason, and with the competitor where the reason asks for it. That
    a reason is needed at all is tested path by path in ``test_paths.py``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.to_competitor = cls.env.ref("lead_intake.lost_reason_competitor")
        cls.competitor = cls.env["lead.intake.competitor"].create({"name": "Acme Presses (test)"})

    def _ways_to_lose(self, lead, user, **values):
        mine = lead.with_user(user)
        values = {"lost_reason_id": self.to_competitor.id, **values}
        yield "button", lambda: mine.action_set_lost(**values)
        yield "write", lambda: mine.write({"active": False, "probability": 0, **values})
        yield "archive", lambda: (mine.write(values), mine.action_archive())
        yield "web_save", lambda: mine.web_save({"active": False, **values}, {})
        yield (
            "dialog",
            lambda: (
                self.env["crm.lead.lost"]
                .with_user(user)
                .create({"lead_ids": mine.ids, **values})
                .action_lost_reason_apply()
            ),
        )
        yield (
            "hostile context",
            lambda: mine.with_context(lead_intake_pass=True, import_file=True).action_set_lost(
                **values
            ),
        )

    def test_shipped_reasons(self):
        asking = self.env["crm.lost.reason"].search([("asks_competitor", "=", True)])
        self.assertIn(self.to_competitor, asking)
        for name in ("budget", "requirement"):
            self.assertFalse(self.env.ref(f"lead_intake.lost_reason_{name}").asks_competitor)

    def test_competitor_is_asked_for_on_every_path(self):
        lead = self._approved()
        for way, lose in self._ways_to_lose(lead, self.rep):
            with self.subTest(way=way):
                with self.assertRaisesRegex(UserError, "which competitor"), self.cr.savepoint():
                    lose()
                self.assertTrue(lead.active)

    def test_lost_to_a_competitor(self):
        for number in range(6):
            lead = self._approved(name=f"Lead {number}", partner_name=f"Customer {number} Ltd")
            ways = list(self._ways_to_lose(lead, self.rep, lost_competitor_id=self.competitor.id))
            way, lose = ways[number]
            with self.subTest(way=way):
                lose()
                self.assertEqual(lead.lost_competitor_id, self.competitor)
                self.assertFalse(lead.active)

    def test_import(self):
        lead = self._approved()
        self.env["ir.model.data"].create(
            {"name": "lost", "module": "__import__", "model": "crm.lead", "res_id": lead.id}
        )
        Lead = self.env["crm.lead"].with_user(self.supervisor).with_context(import_file=True)
        header = ["id", "active", "probability", "lost_reason_id/.id", "lost_competitor_id"]
        row = ["__import__.lost", "0", "0", str(self.to_competitor.id), ""]
        self.assertFalse(Lead.load(header, [row])["ids"])
        row[-1] = self.competitor.name
        self.assertTrue(Lead.load(header, [row])["ids"])
        self.assertEqual(lead.won_status, "lost")

    def test_what_comes_in_as_lost_was_lost_when_it_was_acquired(self):
        """Not on the day of the import: a file of old leads isn't this month's losses."""
        acquired = self.NOW - timedelta(days=200)
        values = self._complete_vals(name="Old", partner_name="Old Ltd", lead_type_id=False)
        values |= {"active": False, "lost_reason_id": self.lost_reason.id}
        Lead = self.env["crm.lead"].with_user(self.supervisor)
        header = ["name", "partner_name", "active", "lost_reason_id/.id", "team_id/.id"]
        row = ["Older", "Older Ltd", "0", str(self.lost_reason.id), str(self.team.id)]
        at = [fields.Datetime.to_string(acquired)]
        ways = {
            "create": lambda: Lead.create({**values, "date_acquired": acquired}).id,
            "import": lambda: Lead.with_context(import_file=True).load(
                [*header, "date_acquired"], [row + at]
            )["ids"][0],
        }
        for way, come_in in ways.items():
            with self.subTest(way=way):
                lead = self.env["crm.lead"].browse(come_in())
                self.assertEqual((lead.intake_state, lead.won_status), ("draft", "lost"))
                # A file's times are those of who imports it.
                self.assertLess(lead.date_acquired - acquired, timedelta(days=1))
                self.assertEqual(lead.intake_lost_on, lead.date_acquired)
                self.assertIn("isn't known", lead.message_ids[0].body)
                lead.with_user(self.supervisor).action_restore()
                self.assertFalse(lead.intake_lost_on)

    def test_what_was_lost_without_the_procedure_keeps_its_day(self):
        lead = self._plain_lead()
        lead.with_user(self.outsider).action_set_lost(lost_reason_id=self.lost_reason.id)
        closed = self.NOW - timedelta(days=3)
        lead.date_closed = closed
        self.assertFalse(lead.intake_lost_on)
        lead.with_user(self.manager).team_id = self.team
        self.assertEqual((lead.intake_state, lead.intake_lost_on), ("draft", closed))
        self.assertNotIn("isn't known", "".join(lead.message_ids.mapped("body")))

    def test_no_gate_stops_losing(self):
        city = self.env["ir.model.fields"]._get("crm.lead", "city")
        (self.stage_follow | self.stage_won | self.stage_proposal).intake_gate_field_ids = city
        lead = self._approved()
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(lead.won_status, "lost")

    def test_what_it_was_lost_with_stays(self):
        lead = self._approved()
        lose = dict(lost_reason_id=self.to_competitor.id, lost_competitor_id=self.competitor.id)
        lead.with_user(self.rep).action_set_lost(**lose)
        for name in lose:
            with self.subTest(name=name), self.assertRaises(UserError), self.cr.savepoint():
                lead.with_user(self.rep).write({name: False})
        lead.with_user(self.rep).write(
            {"lost_reason_id": self.lost_reason.id, "lost_competitor_id": False}
        )

    def test_reopening_keeps_it_in_the_history(self):
        lead = self._approved()
        lead.with_user(self.rep).action_set_lost(
            lost_reason_id=self.to_competitor.id, lost_competitor_id=self.competitor.id
        )
        lead.with_user(self.rep).action_restore()
        self.assertFalse(lead.lost_competitor_id)
        self.assertEqual(lead.intake_closing_ids.lost_competitor_id, self.competitor)

    def test_retrospective_where_the_team_requires_it(self):
        self.team.intake_lost_retrospective = True
        lead = self._approved().with_user(self.rep)
        with self.assertRaisesRegex(UserError, "Retrospective"), self.cr.savepoint():
            lead.action_set_lost(lost_reason_id=self.lost_reason.id)
        wizard = self.env["crm.lead.lost"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_ids=lead.ids)) as dialog:
            self.assertTrue(dialog._get_modifier("retrospective", "required"))
            dialog.lost_reason_id = self.lost_reason
            dialog.retrospective = "We came too late."
        dialog.record.action_lost_reason_apply()
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual(self._clock(lead, "closing").state, "met")

    def test_dialog(self):
        lead = self._approved()
        wizard = self.env["crm.lead.lost"].with_user(self.rep)
        with Form(wizard.with_context(default_lead_ids=lead.ids)) as dialog:
            self.assertTrue(dialog._get_modifier("lost_reason_id", "required"))
            self.assertTrue(dialog._get_modifier("lost_competitor_id", "invisible"))
            dialog.lost_reason_id = self.to_competitor
            self.assertTrue(dialog._get_modifier("lost_competitor_id", "required"))
            dialog.lost_competitor_id = self.competitor
        dialog.record.action_lost_reason_apply()
        self.assertEqual(lead.lost_competitor_id, self.competitor)

    def test_who_may(self):
        for user, allowed in (
            (self.rep, True),
            (self.supervisor, True),
            (self.operations, False),
            (self.manager, False),
            (self.rep2, False),
            (self.other_supervisor, False),
        ):
            lead = self._approved(name=user.login, partner_name=f"{user.login} Ltd")
            lead.intake_collaborator_ids = self.rep2
            ways = self._ways_to_lose(lead, user, lost_competitor_id=self.competitor.id)
            for way, lose in ways:
                with self.subTest(user=user.login, way=way):
                    if allowed:
                        lose()
                        break
                    with self.assertRaises(UserError), self.cr.savepoint():
                        lose()

    def test_collaborator_may_not_lose_by_the_dialog(self):
        lead = self._approved()
        lead.intake_collaborator_ids = self.rep2
        wizard = self.env["crm.lead.lost"].with_user(self.rep2)
        with self.assertRaises(AccessError):
            wizard.create(
                {"lead_ids": lead.ids, "lost_reason_id": self.lost_reason.id}
            ).action_lost_reason_apply()

    def test_plain_team(self):
        lead = self._plain_lead()
        wizard = self.env["crm.lead.lost"].with_user(self.outsider)
        with Form(wizard.with_context(default_lead_ids=lead.ids)) as dialog:
            self.assertFalse(dialog._get_modifier("lost_reason_id", "required"))
            self.assertTrue(dialog._get_modifier("retrospective", "invisible"))
        dialog.record.action_lost_reason_apply()
        lead = self._plain_lead()
        lead.with_user(self.outsider).action_set_lost(lost_reason_id=self.to_competitor.id)
        self.assertEqual(lead.won_status, "lost")
