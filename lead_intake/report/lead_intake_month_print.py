from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

from ..tools.masking import mask_name, mask_text
from ..tools.month_name import month_name
from ..tools.svg_chart import chart_ratio, text_width

MOST_ROWS = 15
# Rows of a table that are kept together on a page: all of a short table, or part of a long one.
SHORT_TABLE = 16
NUMBER_ROWS, WORDY_ROWS = 10, 7
PAGE_WIDTH = 910  # px
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

    A report is a list of blocks, each with a title and any of ``text``, ``chart`` (SVG), ``note``
    and ``table``: ``head``, rows in ``parts``, how many columns on the left are words, not numbers,
    the ``widths`` of columns in percent, and ``groups`` of columns: ``[(label, columns)]``.
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
            "counted": reader._get_counted_text(figures),
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

    @api.model
    def _get_counted_text(self, figures):
        """Return what a reader has to know to compare two prints of the same month."""
        counted_on = self._get_counted_on(figures)
        if self._is_running(figures):
            return self.env._(
                "Counted on %(date)s: the month isn't over. The month before is counted up to the "
                "same day of the month.",
                date=counted_on,
            )
        return self.env._("Counted on %(date)s.", date=counted_on)

    # --- words -----------------------------------------------------------------------------

    @api.model
    def _is_masked(self, company):
        # Decided by the dialog, on the server; a client's wish only ever masks more.
        return bool(self.env.context.get("intake_masked")) or super()._is_masked(company)

    @api.model
    def _month(self, month):
        return month_name(self.env, fields.Date.to_date(f"{month}-01"))

    @api.model
    def _short_month(self, month):
        """Return a month on two lines, for a narrow column."""
        date = fields.Date.to_date(f"{month}-01")
        return f"{format_date(self.env, date, date_format='LLL')}\n{date.year}"

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
        name = line.get("name") or (
            self.env._("Not graded") if dimension == "grade" else self.env._("None")
        )
        if dimension == "user" and line.get("name") and self._is_masked(self.env.company):
            return mask_name(name)
        return name

    @api.model
    def _words(self, text):
        return mask_text(text) if self._is_masked(self.env.company) else text

    @api.model
    def _number(self, number):
        """Return a count with the separators of the reader's language."""
        return formatLang(self.env, number or 0, digits=0)

    @api.model
    def _decimal(self, number):
        return "–" if number is None else formatLang(self.env, number, digits=1)

    @api.model
    def _share(self, part, whole):
        return self._rate(100 * part / whole if whole else None)

    @api.model
    def _rate(self, rate):
        return "–" if rate is None else f"{formatLang(self.env, rate, digits=1)}%"

    @api.model
    def _change(self, now, before):
        """Return by how much a number has changed: +20, −3 or 0."""
        if now == before:
            return "0"
        return f"{'+' if now > before else '−'}{self._number(abs(now - before))}"

    @api.model
    def _points(self, now, before):
        """Return by how many percentage points a share has changed."""
        if now is None or before is None:
            return "–"
        change = round(now, 1) - round(before, 1)
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        return f"{sign}{formatLang(self.env, abs(change), digits=1)}"

    @api.model
    def _amount(self, amount):
        """Return an amount without cents: nobody steers by them, and columns stay narrow."""
        currency = self.env.company.currency_id
        text = formatLang(self.env, amount or 0, digits=0)
        return (
            f"{text} {currency.symbol}"
            if currency.position == "after"
            else (f"{currency.symbol}{text}")
        )

    @api.model
    def _cost(self, amount):
        return "–" if amount is None else self._amount(amount)

    @api.model
    def _duration(self, hours):
        if hours < 48:
            return self.env._("%(hours)s h", hours=self._decimal(hours))
        return self.env._("%(days)s days", days=self._decimal(hours / 24))

    # --- building blocks -------------------------------------------------------------------

    @api.model
    def _block(
        self, title, text=None, chart=None, head=None, rows=None, words=1, groups=None, note=None
    ):
        table = rows and {
            "head": head,
            "words": words,
            "groups": groups,
            "widths": self._get_widths(head, rows, words),
            # A wkhtmltopdf with an unpatched Qt cuts through rows, but not through tables that
            # are kept together; so a long table is several, each with its head.
            "parts": self._split(rows, WORDY_ROWS if words == len(head) else NUMBER_ROWS),
        }
        return {
            "title": title,
            "text": text,
            "chart": chart,
            # Its height in percent of its width: an old WebKit scales it by nothing else.
            "ratio": chart and round(100 * chart_ratio(chart), 2),
            "table": table or None,
            "note": note,
        }

    @api.model
    def _split(self, rows, most):
        """Return the rows in parts of about the same length, none longer than ``most``."""
        if most == NUMBER_ROWS and len(rows) <= SHORT_TABLE:
            return [rows]
        count = -(-len(rows) // most)
        size = -(-len(rows) // count)
        return [rows[start : start + size] for start in range(0, len(rows), size)]

    @api.model
    def _get_widths(self, head, rows, words):
        """Return the width of each column in percent: numbers get what they need, and words the
        rest; so the parts of a long table stand in line.
        """
        needs = []
        for number, label in enumerate(head):
            longest = max((text_width(word, 15) for word in str(label).split()), default=0)
            cells = max(text_width(str(row[number]), 14) for row in rows)
            needs.append(max(longest, cells) + 16)
        if words == len(head):
            # All of it words: the last column, the longest text, as wide as the others together.
            share = 50 / (words - 1) if words > 1 else 100
            return [share] * (words - 1) + [50 if words > 1 else 100]
        wanted = [max(need, 44) for need in needs[words:]]
        shares = [100 * width / PAGE_WIDTH for width in wanted]
        most = 100 - 18 * words
        if sum(shares) > most:
            shares = [share * most / sum(shares) for share in shares]
        rest = (100 - sum(shares)) / words
        return [round(share, 2) for share in [rest] * words + shares]

    @api.model
    def _top(self, lines, most=MOST_ROWS):
        """Return the first lines and the rest of them."""
        return lines[:most], lines[most:]

    @api.model
    def _is_empty(self, figures):
        funnel = figures["funnel"]
        return not (funnel["cohort"]["acquired"] or any(funnel["happened"].values()))

    @api.model
    def _is_running(self, figures):
        """Tell whether the month wasn't over when it was counted."""
        return figures["counted_on"] < figures["date_to"]

    @api.model
    def _get_counted_on(self, figures):
        """Return when the figures were counted, in the company's time zone."""
        return format_datetime(
            self.env,
            fields.Datetime.to_datetime(figures["counted_on"]),
            tz=figures["timezone"],
            dt_format="short",
        )

    @api.model
    def _empty_block(self, figures):
        return self._block(
            self.env._("Nothing to report"),
            text=self.env._(
                "In %(month)s no lead was acquired and none moved on.",
                month=self._month(figures["month"]),
            ),
        )
