from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round, format_amount

from ..tools.masking import mask_name, mask_text
from ..tools.month_name import month_name

MOST_ROWS = 15
STEPS = (
    "registered",
    "approved",
    "contacted",
    "requirement_clear",
    "proposal",
    "negotiating",
    "won",
)


class LeadIntakeMonthPrint(models.AbstractModel):
    """A report of one month of one company, made from ``lead.intake.figures``.

    A report is a list of blocks, each with a title and any of ``text``, ``chart`` (SVG) and
    ``table``: ``head``, ``rows`` and how many columns on the left are words, not numbers.
    """

    _name = "lead.intake.month.print"
    _inherit = "lead.intake.print"
    _description = "Monthly Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        dialog = self.env["lead.intake.print.month"].browse(docids).exists()
        if len(dialog) != 1:
            raise UserError(self.env._("Choose the month to report on."))
        dialog._check_reader()
        reader = self.with_company(dialog.company_id).with_context(
            intake_masked=dialog._is_masked()
        )
        figures = dialog._get_figures()
        return {
            "doc_ids": dialog.ids,
            "doc_model": dialog._name,
            "docs": dialog,
            "title": reader._get_title(),
            "subtitle": reader._get_subtitle(figures),
            "blocks": reader._get_blocks(figures),
            # sudo: the letterhead of a company is for everybody who prints for it.
            **reader._get_layout_values(dialog.company_id.sudo()),
        }

    @api.model
    def _get_title(self):
        raise NotImplementedError

    @api.model
    def _get_blocks(self, figures):
        raise NotImplementedError

    @api.model
    def _get_subtitle(self, figures):
        return self.env._(
            "%(month)s · %(company)s · times of %(timezone)s, amounts in %(currency)s",
            month=self._month(figures["month"]),
            company=self.env.company.name,
            timezone=figures["timezone"],
            currency=figures["currency"],
        )

    # --- words -----------------------------------------------------------------------------

    @api.model
    def _is_masked(self, company):
        # Decided by the dialog, on the server; a client's wish only ever masks more.
        return bool(self.env.context.get("intake_masked")) or super()._is_masked(company)

    @api.model
    def _month(self, month):
        return month_name(self.env, fields.Date.to_date(f"{month}-01"))

    @api.model
    def _status_labels(self):
        stages = self.env["crm.stage"]._fields["intake_status"]
        return {
            **dict(stages._description_selection(self.env)),
            "acquired": self.env._("Acquired"),
            "registered": self.env._("Registered"),
            "approved": self.env._("Approved"),
            "contacted": self.env._("Contacted"),
            "lost": self.env._("Lost"),
        }

    @api.model
    def _name_of(self, line, dimension=None):
        name = line.get("name") or self.env._("None")
        if dimension == "user" and line.get("name") and self._is_masked(self.env.company):
            return mask_name(name)
        return name

    @api.model
    def _words(self, text):
        return mask_text(text) if self._is_masked(self.env.company) else text

    @api.model
    def _share(self, part, whole):
        return f"{float_round(100 * part / whole, 1):g} %" if whole else "–"

    @api.model
    def _rate(self, rate):
        return "–" if rate is None else f"{float_round(rate, 1):g} %"

    @api.model
    def _change(self, now, before):
        return f"{now - before:+d}" if now != before else "0"

    @api.model
    def _amount(self, amount):
        return format_amount(self.env, amount or 0, self.env.company.currency_id)

    @api.model
    def _duration(self, hours):
        if hours < 48:
            return self.env._("%(hours)s h", hours=f"{hours:.1f}")
        return self.env._("%(days)s days", days=f"{hours / 24:.1f}")

    # --- building blocks -------------------------------------------------------------------

    @api.model
    def _block(self, title, text=None, chart=None, head=None, rows=None, words=1):
        table = {"head": head, "rows": rows, "words": words} if rows else None
        return {"title": title, "text": text, "chart": chart, "table": table}

    @api.model
    def _top(self, lines, most=MOST_ROWS):
        """Return the first lines and the rest of them."""
        return lines[:most], lines[most:]

    @api.model
    def _is_empty(self, figures):
        funnel = figures["funnel"]
        return not (funnel["cohort"]["acquired"] or any(funnel["happened"].values()))

    @api.model
    def _empty_block(self, figures):
        return self._block(
            self.env._("Nothing to report"),
            text=self.env._(
                "In %(month)s no lead was acquired and none moved on.",
                month=self._month(figures["month"]),
            ),
        )
