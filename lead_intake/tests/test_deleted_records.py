from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import IntakeCommon

SHIPPED = [
    "crm.lost.reason",
    "lead.intake.chain.template",
    "lead.intake.competitor",
    "lead.intake.criterion",
    "lead.intake.grade",
    "lead.intake.plan.template",
    "lead.intake.success.factor",
    "lead.intake.type",
    "mail.activity.type",
    "mail.template",
    "utm.medium",
]


@tagged("post_install", "-at_install")
class TestDeletedRecords(IntakeCommon, TransactionCase):
    """An administrator deletes what the company has no use for, and the procedure goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.group_ids = [Command.link(cls.env.ref("sales_team.group_sale_manager").id)]
        cls.medium = cls.env["utm.medium"].create({"name": "Own channel (test)"})

    def _delete(self, record):
        try:
            with self.cr.savepoint(), mute_logger("odoo.sql_db"):
                record.with_user(self.admin).unlink()
                self.env.flush_all()
        except (UserError, IntegrityError):
            return False
        return True

    def test_to_dos_are_kept(self):
        for kind in ("review", "complete", "look_again", "assign", "plan", "closing", "refresh"):
            todo = self.env.ref(f"lead_intake.mail_activity_type_{kind}")
            with self.subTest(kind=kind):
                with self.assertRaises(UserError):
                    todo.with_user(self.admin).unlink()
                with self.assertRaises(UserError):
                    todo.with_user(self.admin).res_model = False
                todo.with_user(self.admin).action_archive()
        self.assertTrue(self._todos(self._lead_in("submitted"), "review"))

    def test_all_that_can_be_deleted(self):
        rows = self.env["ir.model.data"].search(
            [("module", "=", "lead_intake"), ("model", "in", SHIPPED)]
        )
        records = [self.env[row.model].browse(row.res_id) for row in rows]
        deleted = {record._name for record in records if self._delete(record)}
        self.assertLessEqual({"lead.intake.grade", "lead.intake.type", "utm.medium"}, deleted)
        self.env["lead.intake.grade"].create({"name": "Only", "first_contact_hours": 24})
        lead = self._lead_in("approved", email_from="liu@presses.example.com")
        self.assertEqual(lead.intake_grade_id.name, "Only")
        mine = lead.with_user(self.rep)
        mine.intake_plan("2030-01-01 02:00:00", "phone")
        mine.intake_log("reached", "They want ten presses by June, and asked for an offer.")
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.assertTrue(mine.intake_send_email_link()["ok"])
        customer = self.env["res.partner"].create({"name": "Presses Ltd", "is_company": True})
        mine.partner_id = customer
        mine.stage_id = self.stage_won
        self.assertEqual(mine.won_status, "won")
        again = customer.with_user(self.rep).action_intake_new_need()
        self.assertTrue(again)
