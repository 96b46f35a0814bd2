import io

import xlsxwriter

from odoo import api, models

from .lead_intake_month_print import STEPS


class LeadIntakeMonthXlsx(models.AbstractModel):
    """The figures of a month as a workbook: real numbers, frozen headers, native charts.

    What is text is written as text: a name that looks like a formula or a link stays a name.
    ``lead_intake_month_sheet.py`` has what the sheets are made with.
    """

    _name = "lead.intake.month.xlsx"
    _inherit = "lead.intake.month.print"
    _description = "Monthly Figures in a Workbook"

    @api.model
    def _build(self, figures):
        """Return the workbook; masked as the context's ``intake_masked`` and the company say.

        :param dict figures: see ``lead.intake.figures``
        :rtype: bytes
        """
        stream = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(stream, {**options, "strings_to_numbers": False})
        self._write_funnel(book, figures)
        self._write_trend(book, figures)
        self._write_times(book, figures)
        self._write_dimensions(book, figures)
        self._write_sources(book, figures)
        self._write_losses(book, figures)
        book.close()
        return stream.getvalue()

    # --- the sheets ------------------------------------------------------------------------

    @api.model
    def _write_funnel(self, book, figures):
        labels, funnel = self._status_labels(), figures["funnel"]
        cohort, before = funnel["cohort"], funnel["previous"]
        acquired, earlier = cohort["acquired"], before["cohort"]["acquired"]
        rows = [
            [
                labels[status],
                funnel["happened"].get(status, acquired),
                before["happened"].get(status, earlier),
                cohort[status],
                self._part(cohort[status], acquired),
                self._part(before["cohort"][status], earlier),
            ]
            for status in ("acquired", *STEPS, "lost")
        ]
        head = [
            self.env._("Step"),
            self.env._("In the month"),
            self.env._("Month before"),
            self.env._("Of the leads acquired"),
            self.env._("Rate"),
            self.env._("Rate of the month before"),
        ]
        title = self.env._("Funnel")
        sheet = self._sheet(book, title, head, rows, ["", "0", "0", "0", "0.0%", "0.0%"])
        below = len(rows) + 2
        for number, text in enumerate(
            (
                self._get_subtitle(figures),
                self._get_counted_text(figures),
                self.env._("In the month: what happened in the month, to leads of any age."),
                self.env._(
                    "Of the leads acquired: what became of the leads acquired in the month, up "
                    "to the day they were counted."
                ),
            )
        ):
            sheet.write_string(below + number, 0, text)
        # The lost ones are no step of the funnel.
        self._chart(book, sheet, "bar", rows[:-1], [3], head, reverse=True)

    @api.model
    def _write_trend(self, book, figures):
        labels = self._status_labels()
        keys = ("acquired", "approved", "won", "lost")
        rows = [
            [line["month"], *(line[key] for key in keys), line["amount"]]
            for line in figures["trend"]
        ]
        head = [
            self.env._("Month"),
            *(labels[key] for key in keys),
            self.env._("Amount (%(currency)s)", currency=figures["currency"]),
        ]
        formats = ["", "0", "0", "0", "0", "#,##0.00"]
        sheet = self._sheet(book, self.env._("Trend"), head, rows, formats)
        self._chart(book, sheet, "line", rows, [1, 3, 4], head)

    @api.model
    def _write_times(self, book, figures):
        labels = self._status_labels()
        rows = [
            [labels[line["from"]], labels[line["to"]], line["count"], line["median"], line["p90"]]
            for line in figures["durations"]
        ]
        head = [
            self.env._("From"),
            self.env._("To"),
            self.env._("Leads"),
            self.env._("Half within (hours)"),
            self.env._("90 % within (hours)"),
        ]
        self._sheet(book, self.env._("Durations"), head, rows, ["", "", "0", "0.0", "0.0"])
        milestones = self.env["lead.intake.deadline"]._fields["milestone"]
        names = dict(milestones._description_selection(self.env))
        rows = [
            [
                names.get(line["milestone"], line["milestone"]),
                line["due"],
                line["met"],
                self._percent(line["rate"]),
                self._percent(line["previous_rate"]),
            ]
            for line in figures["on_time"]
        ]
        head = [
            self.env._("Promise"),
            self.env._("Due"),
            self.env._("Kept in time"),
            self.env._("On-time rate"),
            self.env._("Rate of the month before"),
        ]
        formats = ["", "0", "0", "0.0%", "0.0%"]
        sheet = self._sheet(book, self.env._("On time"), head, rows, formats)
        self._chart(book, sheet, "bar", rows, [3], head, reverse=True)

    @api.model
    def _write_dimensions(self, book, figures):
        labels = self._status_labels()
        titles = {
            "team": self.env._("Teams"),
            "user": self.env._("People"),
            "grade": self.env._("Grades"),
            "industry": self.env._("Industries"),
        }
        became, happened = ("acquired", *STEPS, "lost"), (*STEPS, "lost")
        head = [
            "",
            *(labels[key] for key in became),
            self.env._("Rate"),
            self.env._("Rate of the month before"),
            *(self.env._("%(step)s in the month", step=labels[key]) for key in happened),
        ]
        formats = ["", *["0"] * len(became), "0.0%", "0.0%", *["0"] * len(happened)]
        for dimension, title in titles.items():
            rows = [
                [
                    self._name_of(line, dimension),
                    *(line["cohort"][key] for key in became),
                    *(
                        self._part(part["cohort"]["won"], part["cohort"]["acquired"])
                        for part in (line, line["previous"])
                    ),
                    *(line["happened"][key] for key in happened),
                ]
                for line in figures["funnel"]["by"].get(dimension, [])
            ]
            self._sheet(book, title, head, rows, formats)

    @api.model
    def _write_sources(self, book, figures):
        titles = {
            "channel": self.env._("Channels"),
            "source": self.env._("Sources"),
            "campaign": self.env._("Campaigns"),
        }
        for key, title in titles.items():
            lines = figures["sources"][key]
            grades = sorted({grade for line in lines for grade in line["grades"]})
            head = [
                "",
                self.env._("Leads"),
                self.env._("Approved"),
                *grades,
                self.env._("Won"),
                self.env._("Lost"),
                self.env._("Win rate"),
                self.env._("Amount (%(currency)s)", currency=figures["currency"]),
                self.env._("Days to win"),
                self.env._("Cost (%(currency)s)", currency=figures["currency"]),
                self.env._("Leads with a cost"),
                self.env._("Cost per lead (%(currency)s)", currency=figures["currency"]),
            ]
            rows = [
                [
                    self._name_of(line),
                    line["leads"],
                    line["approved"],
                    *(line["grades"].get(grade, 0) for grade in grades),
                    line["won"],
                    line["lost"],
                    self._percent(line["win_rate"]),
                    line["amount"],
                    line["days_to_win"],
                    line["cost"],
                    line["costed"],
                    line["cost_per_lead"],
                ]
                for line in lines
            ]
            money = "#,##0.00"
            formats = ["", *["0"] * (4 + len(grades)), "0.0%", money, "0.0", money, "0", money]
            sheet = self._sheet(book, title, head, rows, formats)
            if key == "channel":
                self._chart(book, sheet, "bar", rows[:15], [1], head, reverse=True)
        trend = figures["sources"]["trend"]
        rows = [[self._name_of(line), *line["leads"]] for line in trend["channels"]]
        head = ["", *trend["months"]]
        self._sheet(book, self.env._("Channel trend"), head, rows, ["", *["0"] * len(head[1:])])

    @api.model
    def _write_losses(self, book, figures):
        labels, losses = self._status_labels(), figures["losses"]
        leads, share = self.env._("Leads"), self.env._("Share")
        before = self.env._("Month before")
        for title, word, lines in (
            (self.env._("Losses"), self.env._("Reason"), losses["reasons"]),
            (self.env._("Competitors"), self.env._("Competitor"), losses["competitors"]),
        ):
            rows = [
                [
                    self._name_of(line),
                    line["leads"],
                    self._part(line["leads"], losses["total"]),
                    line["previous"],
                ]
                for line in lines
            ]
            head = [word, leads, share, before]
            sheet = self._sheet(book, title, head, rows, ["", "0", "0.0%", "0"])
            self._chart(book, sheet, "bar", rows[:15], [1], head, reverse=True)
        names, none = losses["names"], self.env._("None")
        rows = [
            [
                names["reason"].get(str(cell["reason_id"])) or none,
                labels[cell["status"]],
                names["grade"].get(str(cell["grade_id"])) or none,
                names["competitor"].get(str(cell["competitor_id"])) or none,
                cell["leads"],
            ]
            for cell in losses["cells"]
        ]
        head = [
            self.env._("Reason"),
            self.env._("Had come to"),
            self.env._("Grade"),
            self.env._("Competitor"),
            leads,
        ]
        self._sheet(book, self.env._("Losses in detail"), head, rows, ["", "", "", "", "0"])
        rows = [
            [
                self._words(row["name"]),
                row["reason"] or "",
                row["competitor"] or "",
                self._words(row["text"]),
            ]
            for row in losses["words"]
        ]
        head = [
            self.env._("Lead"),
            self.env._("Reason"),
            self.env._("Competitor"),
            self.env._("Retrospective"),
        ]
        self._sheet(book, self.env._("Retrospectives"), head, rows, [""] * 4)
