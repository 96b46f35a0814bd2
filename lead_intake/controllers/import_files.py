from odoo import http
from odoo.http import content_disposition, request

from ..report.lead_intake_import_xlsx import KINDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportFiles(http.Controller):
    """The spreadsheets of the import dialog, made when they are asked for."""

    @http.route("/lead_intake/import/template/<string:kind>", auth="user", readonly=True)
    def template(self, kind):
        if kind not in KINDS:
            raise request.not_found()
        request.env["crm.lead"].check_access("create")
        Xlsx = request.env["lead.intake.import.xlsx"]
        return self._respond(Xlsx._build_template(kind), Xlsx._get_titles()[kind])

    @http.route("/lead_intake/import/rejected/<int:import_id>", auth="user", readonly=True)
    def rejected(self, import_id):
        record = request.env["base_import.import"].browse(import_id).exists()
        if not record:
            raise request.not_found()
        Xlsx = request.env["lead.intake.import.xlsx"]
        content = Xlsx._build_rejected(*record._get_intake_rejected())
        return self._respond(content, request.env._("Rejected Rows"))

    def _respond(self, content, title):
        name = title.replace(":", "").replace("：", "")
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
