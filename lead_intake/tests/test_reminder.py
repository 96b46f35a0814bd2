from datetime import datetime
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.models.lead_intake_reminder import LeadIntakeFollowUp

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestReminder(FollowUpCommon, TransactionCase):
    """Reminders reach the owner at the minute, in their time zone and language, once."""

    def _run_reminders(self, **kwargs):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr, user=self.env.ref("base.user_root").id)[
                "lead.intake.follow.up"
            ]._cron_remind(**kwargs)
        self.env.invalidate_all()

    def _reminders(self, user=None):
        user = user or self.rep
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
                ("model", "=", "crm.lead"),
            ],
            order="id",
        )

    def test_at_the_minute_and_once(self):
        plan = self._plan(hours=5, remind_before=15, goal="Get the schedule")
        self.assertEqual(plan.date_reminder, self._in(4.75))
        self.at(4.74)
        self._run_reminders()
        self.assertFalse(self._reminders())
        self.at(4.75)
        self._run_reminders()
        self._run_reminders()
        message = self._reminders()
        self.assertEqual(len(message), 1)
        self.assertIn("Get the schedule", message.body)
        self.assertEqual(message.res_id, self.lead.id)

    def test_cron_is_woken_for_it(self):
        cron = self.env.ref("lead_intake.ir_cron_reminders")
        before = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self._plan(hours=5, remind_before=60)
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - before
        self.assertIn(self._in(4), new.mapped("call_at"))

    def test_in_the_owners_time_zone(self):
        for tz, moment, local in (
            ("Asia/Shanghai", datetime(2026, 3, 5, 2, 0), "10:00"),
            ("Europe/Berlin", datetime(2026, 3, 27, 9, 0), "10:00"),
            # The clocks go forward on 29 March 2026.
            ("Europe/Berlin", datetime(2026, 3, 30, 8, 0), "10:00"),
            ("America/New_York", datetime(2026, 3, 30, 14, 30), "10:30"),
        ):
            lead = self._lead_in("approved")
            self.rep.tz = tz
            with self.subTest(tz=tz, moment=moment):
                plan = lead.with_user(self.rep).intake_plan(moment, "phone")
                cron_env = self.env(user=self.env.ref("base.user_root"))
                text = plan.with_env(cron_env)._prepare_reminder(self.rep)
                self.assertIn(local, text)
                self.assertIn(local, plan.activity_id.summary)

    def test_in_the_owners_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "lead_intake")])._update_translations(
            ["zh_CN"]
        )
        self.rep.lang = "zh_CN"
        text = self._plan()._prepare_reminder(self.rep)
        self.assertIn("电话", text)

    def test_no_reminder_wanted(self):
        plan = self._plan(remind_before=False)
        self.assertFalse(plan.date_reminder)
        self.at(9)
        self._run_reminders()
        self.assertFalse(self._reminders())

    def test_what_is_over_reminds_nobody(self):
        replaced = self._plan(hours=2)
        self._plan(hours=4)
        self.assertFalse(replaced.date_reminder)
        recorded = self._lead_in("approved")
        self._plan(recorded, hours=2)
        self._log(recorded)
        lost = self._lead_in("approved")
        self._plan(lost, hours=2)
        lost.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        leaver = self._lead_in("approved")
        self._plan(leaver, hours=2)
        self.at(3)
        self._run_reminders()
        self.assertEqual(self._reminders().mapped("res_id"), leaver.ids)

    def test_leavers_are_not_reminded(self):
        self._plan(hours=2)
        self.rep.active = False
        self.at(3)
        self._run_reminders()
        self.assertFalse(self._reminders())

    @mute_logger("odoo.addons.lead_intake.models.lead_intake_reminder")
    def test_one_that_fails_holds_up_nobody(self):
        poison = self._plan(hours=2)
        other = self._lead_in("approved")
        self._plan(other, hours=3)
        prepare = LeadIntakeFollowUp._prepare_reminder

        def fail(self, user):
            if self.id == poison.id:
                raise ValueError("poison")
            return prepare(self, user)

        self.at(4)
        with patch.object(LeadIntakeFollowUp, "_prepare_reminder", fail):
            self._run_reminders()
        self.assertEqual(self._reminders().mapped("res_id"), other.ids)
        self.assertEqual(poison.date_reminder, self._in(5), "tried again in an hour")
        self.at(5)
        self._run_reminders()
        self.assertEqual(len(self._reminders()), 2)
