import errno
import smtplib
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .deadline_common import ClockCommon
from .test_month import MonthCommon


class MailServerDown:
    """A mail server that can't be reached, or breaks on the way."""

    @contextmanager
    def _down(self, after=0):
        """No connection; with ``after`` it breaks once so many mails are through."""
        server = self.registry["ir.mail_server"]
        down = OSError(errno.ECONNREFUSED, "Connection refused")
        with (
            self.mock_mail_gateway(mail_unlink_sent=True),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            if not after:
                with patch.object(server, "_connect__", side_effect=down):
                    yield
                return
            send = self.send_email_mocked.side_effect

            def breaks(*args, **kwargs):
                if self.send_email_mocked.call_count > after:
                    raise smtplib.SMTPServerDisconnected("gone")
                return send(*args, **kwargs)

            self.send_email_mocked.side_effect = breaks
            yield

    def _queue(self):
        """Send what is in the queue; return whom it went to."""
        self.env["mail.mail"].sudo().process_email_queue()
        return sorted(to for mail in self._mails for to in mail["email_to"])

    def _retry(self, mails):
        """Press “Retry” on what failed, and let the queue run twice; return who got it."""
        failed = mails.exists().filtered(lambda mail: mail.state == "exception")
        failed.mark_outgoing()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self._queue()
            return self._queue()


@tagged("post_install", "-at_install")
class TestMailDownAtTheMonthsEnd(MailServerDown, MonthCommon, TransactionCase):
    """The month is closed; what couldn't be sent is kept with its reason, and sent once."""

    def _closing_mails(self):
        return self.env["mail.mail"].sudo().search([("subject", "like", "the month is closed")])

    def test_at_the_months_end(self):
        self.env["mail.mail"].sudo().search([]).unlink()
        lead = self._closed_lead()
        self._run_cron()
        mails = self._closing_mails()
        everybody = sorted(mails.mapped("email_to"))
        self.assertGreater(len(everybody), 2)
        for through in (0, 2):
            with self.subTest(through=through), self._down(after=through):
                self._queue()
                kept = mails.exists()
                self.assertEqual(len(kept), len(everybody) - through)
                # What a broken connection left behind simply stays in the queue.
                self.assertEqual(
                    {"exception"} | set(through * ["outgoing"]), {*kept.mapped("state")}
                )
                failed = kept.filtered(lambda mail: mail.state == "exception")
                self.assertTrue(all(failed.mapped("failure_reason")))
                # Nobody is told anew because of it.
                self._run_cron()
                self.assertEqual(self._closing_mails(), kept)
            if not through:
                mails.mark_outgoing()
        month = self._of(self.company)
        self.assertEqual((month.state, lead.intake_month_id), ("closed", month))
        got = self._retry(mails)
        self.assertEqual(len(got), len(everybody) - 2)
        self.assertFalse(mails.exists(), "each went out once")


@tagged("post_install", "-at_install")
class TestMailDownForDigests(MailServerDown, ClockCommon, TransactionCase):
    """A missed promise is told once, and in the inbox whatever happens to mails."""

    def test_digests_of_deadlines(self):
        self._new_lead(date_acquired=self._in(-25))
        self.env["mail.mail"].sudo().search([]).unlink()
        self._run_cron()
        (message,) = self._digests(self.rep)
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertEqual(mail.state, "outgoing")
        with self._down():
            self._queue()
        self.assertEqual(mail.state, "exception")
        self.at(1)
        self._run_cron()
        self.assertEqual(self._digests(self.rep), message, "told once, also in the inbox")
        got = self._retry(mail)
        self.assertEqual(got, [self.rep.email_formatted])
