import subprocess
import tempfile
import unicodedata
from pathlib import Path

from odoo.addons.lead_intake.tests.common import IntakeCommon


class PrintCommon(IntakeCommon):
    """Prints for real and reads the pages back: what counts is what stands on the paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Nobody listens there. At Odoo's usual address a demo may be running, whose style sheets,
        # or the lack of them, would come into the print.
        cls.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")

    def _print(self, report, records, user=None, lang=None, data=None):
        """Return the text of the PDF ``user`` gets, and how many pages it has."""
        env = self.env(user=user or self.supervisor)
        # From where the person stands: their language and time zone.
        env = env(context={**env.user.context_get(), **({"lang": lang} if lang else {})})
        with self.allow_pdf_render():
            content, kind = (
                env["ir.actions.report"]
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf(f"lead_intake.{report}", records.ids, data=data)
            )
        self.assertEqual(kind, "pdf")
        return self._read(content)

    def _read(self, content):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "print.pdf")
            path.write_bytes(content)
            run = {"capture_output": True, "text": True, "check": True}
            text = subprocess.run(["pdftotext", "-layout", path, "-"], **run).stdout
        # A font has one glyph for 人 and for the radical ⼈; the PDF may name either.
        return unicodedata.normalize("NFKC", text), text.count("\f")
