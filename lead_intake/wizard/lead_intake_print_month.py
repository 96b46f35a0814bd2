import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.frozen import Frozen


class LeadIntakePrintMonth(models.TransientModel):
    """Print the reports of any month, as it stands now (step 5)."""

    _name = "lead.intake.print.month"
    _inherit = "lead.intake.dialog"
    _description = "Print Monthly Reports"

    @api.model
    def _default_month(self):
        return fields.Date.context_today(self).replace(day=1)

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True, default=lambda self: self._default_month(), help="Any day of the month."
    )
    masked = fields.Boolean(
        string="Mask Names",
        default=lambda self: self.env.company.intake_mask_prints,
        help="People's names, phones and e-mail addresses are printed as 张*, 138****1234. "
        "Where the company's setting masks them, they are masked anyway.",
    )

    xlsx_file = fields.Binary(string="Workbook", attachment=False, readonly=True)

    def _check_reader(self):
        """Refuse whoever neither supervises nor works in operations, or isn't of the company."""
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if self.env.su:  # the closing of a month, which was checked itself
            return
        if not (
            user.has_group("lead_intake.group_intake_supervisor")
            or user.has_group("lead_intake.group_intake_operations")
        ):
            raise AccessError(
                self.env._("Monthly reports are for lead supervisors and lead operations.")
            )
        if self.company_id not in user.company_ids:
            raise AccessError(self.env._("This company isn't one of yours."))

    def _is_masked(self):
        return self.masked or self.company_id.intake_mask_prints

    def _get_figures(self):
        frozen = self.env.context.get("intake_figures")
        if isinstance(frozen, Frozen):
            return frozen.figures
        # sudo: figures are counted for the whole company; who may ask was checked above.
        figures = self.env["lead.intake.figures"].sudo()
        return figures._compute_month(self.company_id, self.month)

    def action_print_conversion(self):
        """Print the lead conversion-rate report of the month (step 5)."""
        return self._print("action_report_lead_conversion")

    def action_print_sources(self):
        """Print the customer-source analysis of the month (step 5)."""
        return self._print("action_report_lead_sources")

    def action_print_losses(self):
        """Print the loss analysis of the month (step 5)."""
        return self._print("action_report_lead_losses")

    def action_download_xlsx(self):
        """Download the figures of the month as a workbook (step 5)."""
        self._check_reader()
        self.xlsx_file = base64.b64encode(self._build_xlsx())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/lead.intake.print.month/{self.id}/xlsx_file/{self._get_name()}.xlsx"
            "?download=true",
            "target": "self",
        }

    def _build_xlsx(self):
        builder = self.env["lead.intake.month.xlsx"].with_company(self.company_id)
        return builder.with_context(intake_masked=self._is_masked())._build(self._get_figures())

    def _get_name(self):
        return f"leads-{self.month:%Y-%m}"

    def _print(self, name):
        self._check_reader()
        return self.env.ref(f"lead_intake.{name}").report_action(self, config=False)
