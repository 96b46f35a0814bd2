from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.lead_intake.tests.deadline_common import ClockCommon
from odoo.addons.lead_intake.tools.guard import CONTEXT_KEY

HOSTILE = {
    CONTEXT_KEY: True,
    "intake_move": True,
    "install_mode": True,
    "import_file": True,
    "tracking_disable": True,
    "default_state": "met",
}


@tagged("post_install", "-at_install")
class TestDeadlineSecurity(ClockCommon):
    """Clocks and notices are read by those who may see the lead, and written by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.everybody = {**cls.users, "superuser": cls.env.ref("base.user_root")}

    def setUp(self):
        super().setUp()
        self.lead = self._lead_in("submitted", date_acquired=self.NOW)
        self.clock = self._clock(self.lead, "review")
        self.at(50)
        self._run_cron()
        self.notice = self.Notice.search([("deadline_id", "=", self.clock.id)], limit=1)

    def _refused(self, call, *args):
        with self.assertRaises(AccessError), self.cr.savepoint():
            call(*args)

    def test_nobody_writes(self):
        values = {
            "lead.intake.deadline": {"state": "met"},
            "lead.intake.notice": {"date_sent": False},
        }
        for role, user in self.everybody.items():
            for record in (self.clock, self.notice):
                for sudo in (False, True):
                    with self.subTest(role=role, model=record._name, sudo=sudo):
                        row = record.with_user(user).sudo(sudo).with_context(**HOSTILE)
                        self._refused(row.write, values[record._name])
                        self._refused(row.unlink)
                        self._refused(row.copy)
                        self._refused(row.create, [record.copy_data()[0]])

    def test_nobody_writes_by_rpc(self):
        calls = (
            ("write", [self.clock.ids, {"date_due": "2030-01-01 00:00:00"}]),
            ("web_save", [self.clock.ids, {"state": "met"}, {}]),
            ("unlink", [self.clock.ids]),
            ("create", [[{"lead_id": self.lead.id, "milestone": "plan", "hours": 1}]]),
            ("_start", [self.lead.ids, "plan"]),
            ("_reach", [self.lead.ids, "review"]),
            ("_close", [self.clock.ids, "met", "2026-03-04 01:00:00"]),
            ("_correct", [self.clock.ids, False, "Because."]),
            ("_cron_process_due", []),
        )
        for role, user in self.users.items():
            for name, args in calls:
                with self.subTest(role=role, name=name):
                    model = self.env["lead.intake.deadline"].with_user(user)
                    self._refused(call_kw, model, name, args, {"context": HOSTILE})
        self.assertEqual(self.clock.state, "overdue")

    def test_not_through_the_lead_either(self):
        for role, user in self.users.items():
            lead = self.lead.with_user(user).with_context(**HOSTILE)
            for command in (
                Command.update(self.clock.id, {"state": "met"}),
                Command.delete(self.clock.id),
                Command.clear(),
                Command.create({"milestone": "plan", "hours": 1}),
            ):
                with self.subTest(role=role, command=command), self.cr.savepoint():
                    with self.assertRaises(UserError):
                        lead.write({"intake_deadline_ids": [command]})
            for name in ("intake_date_due", "intake_milestone", "intake_responsible_id"):
                with self.subTest(role=role, field=name), self.assertRaises(UserError):
                    lead.write({name: False})
        self.assertEqual(self.clock.state, "overdue")

    def test_rows_follow_the_leads_rules(self):
        def seen(user):
            return self.env["lead.intake.deadline"].with_user(user).search([("id", "in", rows.ids)])

        other = self._new_lead(self.other_rep, team_id=self.other_team.id)
        rows = self.clock | self._clock(other, "registration")
        self.assertEqual(seen(self.rep), self.clock)
        self.assertFalse(seen(self.rep2))
        self.assertFalse(seen(self.outsider))
        for user in (self.supervisor, self.operations, self.manager):
            self.assertEqual(seen(user), self.clock)
        self.assertEqual(seen(self.other_rep), rows - self.clock)
        self.assertEqual(seen(self.other_supervisor), rows - self.clock)

    def test_notices_are_the_supervisors(self):
        other = self._new_lead(
            self.other_rep, team_id=self.other_team.id, date_acquired=self._in(-50)
        )
        self._run_cron()
        theirs = self.Notice.search([("lead_id", "=", other.id)])
        self.assertTrue(theirs)
        Notice = self.env["lead.intake.notice"]
        self.assertIn(self.notice, Notice.with_user(self.supervisor).search([]))
        self.assertNotIn(theirs[0], Notice.with_user(self.supervisor).search([]))
        self._refused(Notice.with_user(self.rep).search, [])

    def test_the_explanation_is_for_who_may_see_the_lead(self):
        self.assertTrue(self.lead.with_user(self.rep).intake_explain_due())
        for user in (self.rep2, self.outsider, self.other_supervisor):
            self._refused(self.lead.with_user(user).intake_explain_due)

    def test_rights(self):
        expected = {
            "lead.intake.deadline": {role: "r---" for role in self.users},
            "lead.intake.notice": {**{role: "r---" for role in self.users}, "rep": "----"},
            "lead.intake.correction": {**{role: "----" for role in self.users}, "manager": "rwcu"},
        }
        expected["lead.intake.notice"].update(operations="----", manager="----")
        for model, roles in expected.items():
            for role, rights in roles.items():
                for operation, flag in zip(
                    ("read", "write", "create", "unlink"), rights, strict=True
                ):
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(self.users[role]).has_access(operation)
                        self.assertEqual(allowed, flag != "-")
