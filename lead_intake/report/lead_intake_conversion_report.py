from odoo import api, models

from ..tools import svg_chart
from .lead_intake_month_print import STEPS

# The columns of a table by team, person …: what fits on a page; the workbook has them all.
BECAME = ("acquired", "approved", "contacted", "proposal", "won")
HAPPENED = ("approved", "won", "lost")


class LeadConversionReport(models.AbstractModel):
    """Lead conversion-rate report (线索转化率报告)."""

    _name = "report.lead_intake.lead_conversion"
    _inherit = "lead.intake.month.print"
    _description = "Lead Conversion-Rate Report"

    @api.model
    def _get_title(self):
        return self.env._("Lead Conversion-Rate Report")

    @api.model
    def _get_blocks(self, figures):
        if self._is_empty(figures):
            return [self._empty_block(figures), *self._get_trend_blocks(figures)]
        return [
            self._get_funnel_block(figures),
            *self._get_trend_blocks(figures),
            *self._get_time_blocks(figures),
            *self._get_dimension_blocks(figures),
        ]

    @api.model
    def _get_funnel_block(self, figures):
        labels, funnel = self._status_labels(), figures["funnel"]
        now, cohort, before = funnel["happened"], funnel["cohort"], funnel["previous"]
        acquired, earlier = cohort["acquired"], before["cohort"]["acquired"]
        rows = []
        for status in ("acquired", *STEPS, "lost"):
            count, was = now.get(status, acquired), before["happened"].get(status, earlier)
            rate = self._part(cohort[status], acquired)
            rate_before = self._part(before["cohort"][status], earlier)
            rows.append(
                [
                    labels[status],
                    self._number(count),
                    self._number(was),
                    self._change(count, was),
                    self._number(cohort[status]),
                    self._rate(rate),
                    self._rate(rate_before),
                    self._points(rate, rate_before),
                ]
            )
        return self._block(
            self.env._("From acquired to won"),
            text=self._get_funnel_text(figures),
            chart=svg_chart.funnel(
                [
                    (
                        labels[status],
                        cohort[status],
                        f"{self._number(cohort[status])} ({self._share(cohort[status], acquired)})",
                    )
                    for status in ("acquired", *STEPS)
                ]
            ),
            groups=[
                ("", 1),
                (self.env._("In the month"), 3),
                (self.env._("Of the leads acquired in the month"), 4),
            ],
            head=[
                self.env._("Step"),
                self.env._("Leads"),
                self.env._("Month before"),
                self.env._("Change"),
                self.env._("Leads"),
                self.env._("Rate"),
                self.env._("Month before"),
                self.env._("Change in points"),
            ],
            rows=rows,
            note=self.env._(
                "Counted in two ways. In the month: what happened in the month, to leads of any "
                "age. Of the leads acquired in the month: what became of these leads up to the "
                "day they were counted; the chart shows them. A lead that skipped a step counts "
                "in it. The rate of the month before is that of its leads at the same age."
            ),
        )

    @api.model
    def _get_funnel_text(self, figures):
        """Return the month in one sentence."""
        cohort, happened = figures["funnel"]["cohort"], figures["funnel"]["happened"]
        closed = happened["won"] + happened["lost"]
        return self.env._(
            "%(acquired)s leads were acquired; %(won)s of them (%(rate)s) are won so far. "
            "%(closed)s leads of any age were closed in the month, %(share)s of them won, worth "
            "%(amount)s.",
            acquired=self._number(cohort["acquired"]),
            won=self._number(cohort["won"]),
            rate=self._share(cohort["won"], cohort["acquired"]),
            closed=self._number(closed),
            share=self._share(happened["won"], closed),
            amount=self._amount(figures["trend"][-1]["amount"] if figures["trend"] else 0),
        )

    @api.model
    def _part(self, part, whole):
        return 100 * part / whole if whole else None

    @api.model
    def _get_trend_blocks(self, figures):
        trend = figures["trend"]
        if not any(line["acquired"] or line["won"] for line in trend):
            return []
        labels = self._status_labels()

        def points(key):
            return [(line["month"], line[key], self._number(line[key])) for line in trend]

        return [
            self._block(
                self.env._("Twelve months: leads acquired"),
                chart=svg_chart.trend(points("acquired")),
            ),
            self._block(
                self.env._("Twelve months: leads won"),
                chart=svg_chart.trend(points("won")),
                head=[
                    self.env._("Month"),
                    labels["acquired"],
                    labels["approved"],
                    labels["won"],
                    labels["lost"],
                    self.env._("Won, of the closed"),
                    self.env._("Amount won"),
                ],
                rows=[
                    [
                        self._month(line["month"]),
                        *(self._number(line[key]) for key in ("acquired", "approved")),
                        *(self._number(line[key]) for key in ("won", "lost")),
                        self._share(line["won"], line["won"] + line["lost"]),
                        self._amount(line["amount"]),
                    ]
                    for line in trend
                ],
                note=self.env._("What happened in each month, to leads of any age."),
            ),
        ]

    @api.model
    def _get_time_blocks(self, figures):
        labels = self._status_labels()
        durations = [line for line in figures["durations"] if line["count"]]
        milestones = dict(
            self.env["lead.intake.deadline"]._fields["milestone"]._description_selection(self.env)
        )
        on_time = figures["on_time"]
        blocks = []
        if durations:
            blocks.append(
                self._block(
                    self.env._("How long the steps took"),
                    head=[
                        self.env._("From"),
                        self.env._("To"),
                        self.env._("Leads"),
                        self.env._("Half within"),
                        self.env._("90 % within"),
                    ],
                    rows=[
                        [
                            labels[line["from"]],
                            labels[line["to"]],
                            self._number(line["count"]),
                            self._duration(line["median"]),
                            self._duration(line["p90"]),
                        ]
                        for line in durations
                    ],
                    words=2,
                )
            )
        if on_time:
            names = [milestones.get(line["milestone"], line["milestone"]) for line in on_time]
            blocks.append(
                self._block(
                    self.env._("Promises kept in time"),
                    chart=svg_chart.bars(
                        [
                            (name, line["rate"], self._rate(line["rate"]))
                            for name, line in zip(names, on_time, strict=True)
                        ],
                        maximum=100,
                    ),
                    head=[
                        self.env._("Promise"),
                        self.env._("Due in the month"),
                        self.env._("Kept in time"),
                        self.env._("Rate"),
                        self.env._("Month before"),
                        self.env._("Change in points"),
                    ],
                    rows=[
                        [
                            name,
                            self._number(line["due"]),
                            self._number(line["met"]),
                            self._rate(line["rate"]),
                            self._rate(line["previous_rate"]),
                            self._points(line["rate"], line["previous_rate"]),
                        ]
                        for name, line in zip(names, on_time, strict=True)
                    ],
                )
            )
        return blocks

    @api.model
    def _get_dimension_blocks(self, figures):
        titles = {
            "team": self.env._("By team"),
            "user": self.env._("By person"),
            "grade": self.env._("By grade"),
            "industry": self.env._("By industry"),
        }
        labels = self._status_labels()
        blocks = []
        for dimension, title in titles.items():
            lines = sorted(
                figures["funnel"]["by"].get(dimension, []),
                # Grades have an order of their own; of the others the largest come first.
                key=lambda line, dimension=dimension: (
                    0 if dimension == "grade" else -line["cohort"]["acquired"],
                    not line.get("name"),
                    line.get("name") or "",
                ),
            )
            lines = [
                line
                for line in lines
                if line["cohort"]["acquired"]
                or any(line["happened"][status] for status in HAPPENED)
            ]
            if not lines:
                continue
            top, rest = self._top(lines)
            rows = [self._dimension_row(self._name_of(line, dimension), [line]) for line in top]
            if rest:
                name = self.env._("%(count)s more", count=self._number(len(rest)))
                rows.append(self._dimension_row(name, rest))
            blocks.append(
                self._block(
                    title,
                    groups=[
                        ("", 1),
                        (self.env._("Of the leads acquired in the month"), len(BECAME) + 2),
                        (self.env._("In the month"), len(HAPPENED)),
                    ],
                    head=[
                        "",
                        *(labels[status] for status in BECAME),
                        self.env._("Rate"),
                        self.env._("Month before"),
                        *(labels[status] for status in HAPPENED),
                    ],
                    rows=rows,
                )
            )
        return blocks

    @api.model
    def _dimension_row(self, name, lines):
        def total(part, status, where=lambda line: line):
            return sum(where(line)[part].get(status, 0) for line in lines)

        def rate(where):
            won, acquired = (total("cohort", key, where) for key in ("won", "acquired"))
            return self._share(won, acquired)

        return [
            name,
            *(self._number(total("cohort", status)) for status in BECAME),
            rate(lambda line: line),
            rate(lambda line: line["previous"]),
            *(self._number(total("happened", status)) for status in HAPPENED),
        ]
