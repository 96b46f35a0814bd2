from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .test_won import ClosingCommon


@tagged("post_install", "-at_install")
class TestDigest(ClosingCommon):
    """The procedure's figures in Odoo's digest mails, each company its own."""

    NAMES = ("registered", "approved", "on_time", "conversion")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digests = cls.env["digest.digest"].create(
            [
                {"name": company.name, "company_id": company.id}
                for company in cls.company | cls.company2
            ]
        )

    def _values(self, user=None, start=None, end=None):
        digests = self.digests.with_user(user or self.env.user).with_context(
            start_datetime=start or self.NOW - timedelta(days=1),
            end_datetime=end or self.NOW + timedelta(days=4),
            allowed_company_ids=(self.company | self.company2).ids,
        )
        digests.invalidate_recordset()
        return [
            tuple(digest[f"kpi_intake_{name}_value"] for name in self.NAMES) for digest in digests
        ]

    def test_figures(self):
        # Whatever else the database holds was made at the real time, far from ours.
        before = self._values()
        self._win(self._approved())
        lost = self._approved(name="Lost", partner_name="Lost Ltd")
        lost.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        reopened = self._approved(name="Again", partner_name="Again Ltd")
        reopened.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        reopened.with_user(self.rep).action_restore()
        leads = lost | reopened
        self.env.flush_all()
        after = self._values()
        self.assertEqual(after[0][1] - before[0][1], 3)
        self.assertEqual(after[0][3], 50)
        self.assertEqual(after[1], before[1], "the other company has its own")
        rows = self.Deadline.search(
            [
                ("company_id", "=", self.company.id),
                ("state", "in", ("met", "late", "overdue")),
                ("date_due", ">=", self.NOW - timedelta(days=1)),
                ("date_due", "<", self.NOW + timedelta(days=4)),
            ]
        )
        self.assertTrue(rows)
        kept = rows.filtered(lambda row: row.state == "met")
        self.assertAlmostEqual(after[0][2], 100 * len(kept) / len(rows))
        self.assertTrue(leads)

    def test_registered(self):
        self.time.stop()
        now = self.env.cr.now()
        span = {"start": now - timedelta(minutes=1), "end": now + timedelta(minutes=1)}
        before = self._values(**span)
        self._new_lead()
        self._plain_lead()
        lost = self._new_lead(name="Lost", partner_name="Lost Ltd")
        lost.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self._new_lead(user=self.other_rep, team_id=self.other_team.id)
        after = self._values(**span)
        self.time.start()
        self.assertEqual(after[0][0] - before[0][0], 2)
        self.assertEqual(after[1][0] - before[1][0], 1)

    def test_not_for_everybody(self):
        user = mail_new_test_user(self.env, login="digest_reader", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._values(user)

    def test_actions(self):
        for user, sees in ((self.rep, False), (self.supervisor, True)):
            actions = self.digests[0]._compute_kpis_actions(self.company, user)
            self.assertIn("kpi_intake_on_time", actions)
            self.assertEqual("kpi_intake_approved" in actions, sees)
