import errno
import os
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_attachment

from .test_month import MonthCommon

CLOSING = "odoo.addons.lead_intake.models.lead_intake_month_closing"
EXPORT = "odoo.addons.lead_intake.tools.history_file.tempfile.TemporaryFile"


@tagged("post_install", "-at_install")
class TestDiskFull(MonthCommon, TransactionCase):
    """A report that finds no room leaves nothing half made, and says what is wrong."""

    @contextmanager
    def _full_disk(self):
        """Every file of the filestore ends half way, as on a disk that fills up."""
        self.half = []

        def half(path, mode="r", **kwargs):
            file = open(path, mode, **kwargs)
            # What is empty finds its room.
            if "b" not in mode or "w" not in mode:
                return file
            self.half.append(path)
            write = file.write

            class Full:
                def __enter__(self):
                    return self

                def __exit__(self, *error):
                    file.close()

                def write(self, content):  # pylint: disable=method-required-super
                    write(content[: len(content) // 2])
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

            return Full()

        with patch.object(ir_attachment, "open", half, create=True):
            yield

    def _assert_still_open(self, lead):
        self.env.invalidate_all()
        self.assertFalse(self._of(self.company).filtered(lambda month: month.state == "closed"))
        self.assertFalse(lead.intake_month_id)
        self.assertFalse(self.env["mail.mail"].search([("subject", "like", "the month is closed")]))
        files = self.env["ir.attachment"].search([("res_model", "=", self.Month._name)])
        self.assertFalse(files)
        self._assert_nothing_half()

    def _assert_nothing_half(self):
        self.assertTrue(self.half)
        for path in self.half:
            self.assertFalse(os.path.exists(path), "it would be in the way of the whole file")

    def _assert_closed(self, lead):
        month = self._of(self.company)
        self.assertEqual(month.state, "closed")
        self.assertEqual(len(month.report_ids), 4)
        self.assertEqual(
            [len(file.raw) for file in month.report_ids],
            [file.file_size for file in month.report_ids],
        )
        self.assertEqual(lead.intake_month_id, month)

    def test_closing_a_month(self):
        lead = self._closed_lead()
        with self._full_disk(), mute_logger("odoo.addons.base.models.ir_attachment"):
            with self.assertRaises(UserError) as caught, self.cr.savepoint():
                self._close()
        self.assertIn("No space left on device", str(caught.exception))
        self._assert_still_open(lead)
        self._close()
        self._assert_closed(lead)

    def test_closing_a_month_by_the_cron(self):
        lead = self._closed_lead()
        with self._full_disk(), self.assertLogs(CLOSING, "ERROR") as logs:
            self._run_cron()
        self.assertIn("No space left on device", "\n".join(logs.output))
        self._assert_still_open(lead)
        self._run_cron()
        self._assert_closed(lead)

    def test_a_report_that_can_not_be_printed(self):
        """The printer's own files find no room: the month is closed, the workbook is there."""
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        report = self.registry["ir.actions.report"]
        with (
            patch.object(report, "_render_qweb_pdf", side_effect=full),
            self.assertLogs(CLOSING, "ERROR"),
        ):
            month = self._close()
        self.assertEqual(month.state, "closed")
        self.assertEqual(month.report_ids.mapped("name"), [f"leads-{month.display_name}.xlsx"])

    def test_the_history_to_download(self):
        for form in ("xlsx", "csv"):
            with self.subTest(form=form):
                export = self.env["lead.intake.export"].with_user(self.operations)
                step = export.create({"file_format": form}).action_export
                with self._full_disk(), mute_logger("odoo.addons.base.models.ir_attachment"):
                    with self.assertRaises(UserError) as caught, self.cr.savepoint():
                        step()
                self._assert_nothing_half()
                self.assertIn("make room on the server's disk", str(caught.exception))
                self.assertTrue(step()["url"])

    def test_other_trouble_is_not_called_a_full_disk(self):
        export = self.env["lead.intake.export"].with_user(self.operations).create({})
        with patch(EXPORT, side_effect=BrokenPipeError(errno.EPIPE, "Broken pipe")):
            with self.assertRaises(BrokenPipeError):
                export.file_format = "xlsx"
                export.action_export()
