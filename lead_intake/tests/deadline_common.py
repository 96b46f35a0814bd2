"""What the tests of the clocks share."""

from datetime import timedelta

from odoo.tests import freeze_time

from .common import IntakeCommon


class ClockCommon(IntakeCommon):
    """Time stands at ``NOW`` and moves only by ``at()``; hours are hours of the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Deadline = cls.env["lead.intake.deadline"]
        cls.Notice = cls.env["lead.intake.notice"]

    def setUp(self):
        super().setUp()
        self.time = freeze_time(self.NOW)
        self.frozen = self.time.start()
        self.addCleanup(self.time.stop)

    def at(self, hours):
        """Make it ``hours`` after ``NOW``."""
        self.frozen.move_to(self.NOW + timedelta(hours=hours))

    def _in(self, hours):
        return self.NOW + timedelta(hours=hours)

    def _clocks(self, lead, milestone):
        """Return the clocks of a promise on ``lead``, the first one first."""
        rows = lead.sudo().intake_deadline_ids
        return rows.filtered(lambda row: row.milestone == milestone).sorted("id")

    def _clock(self, lead, milestone):
        rows = self._clocks(lead, milestone)
        self.assertEqual(len(rows), 1, f"{milestone}: {rows.mapped('state')}")
        return rows

    def _assert_open(self, lead, *milestones):
        rows = self.Deadline._get_open(lead)
        self.assertEqual(sorted(rows.mapped("milestone")), sorted(milestones))

    def _run_cron(self, **kwargs):
        """Run the cron's method in this test's transaction: commits become savepoints."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr, user=self.env.ref("base.user_root").id)[
                "lead.intake.deadline"
            ]._cron_process_due(**kwargs)
        self.env.invalidate_all()

    def _told(self, user=None, kind=None):
        """Return what people were told, ``(user, kind, deadline)`` each, in order."""
        notices = self.Notice.search([], order="id")
        return notices.filtered(
            lambda notice: (
                (not user or notice.user_id == user) and (not kind or notice.kind == kind)
            )
        )

    def _digests(self, user):
        """Return the messages ``user`` was sent, the first one first."""
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("message_type", "=", "user_notification"),
                    ("partner_ids", "in", user.partner_id.ids),
                    ("model", "=", False),
                ],
                order="id",
            )
        )
