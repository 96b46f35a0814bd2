from odoo import api, models

from ..tools import svg_chart
from .lead_intake_month_print import STEPS


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
        acquired = cohort["acquired"]
        rows = [
            [labels["acquired"], acquired, before["cohort"]["acquired"]]
            + [self._change(acquired, before["cohort"]["acquired"]), acquired]
            + [self._share(acquired, acquired)] * 1
            + [self._share(before["cohort"]["acquired"], before["cohort"]["acquired"])]
        ]
        for status in STEPS:
            was = before["happened"].get(status, 0)
            rows.append(
                [
                    labels[status],
                    now[status],
                    was,
                    self._change(now[status], was),
                    cohort[status],
                    self._share(cohort[status], acquired),
                    self._share(before["cohort"][status], before["cohort"]["acquired"]),
                ]
            )
        was = before["happened"].get("lost", 0)
        lost = now.get("lost", 0)
        rows.append([labels["lost"], lost, was, self._change(lost, was), "", "", ""])
        steps = [(labels["acquired"], acquired, str(acquired))] + [
            (
                labels[status],
                cohort[status],
                f"{cohort[status]} ({self._share(cohort[status], acquired)})",
            )
            for status in STEPS
        ]
        return self._block(
            self.env._("From acquired to won"),
            text=self.env._(
                "Counted in two ways. “In the month”: what happened in the month, to leads of "
                "any age. “Of the leads acquired”: what became, up to now, of the leads acquired "
                "in the month; the chart and the rates are of these."
            ),
            chart=svg_chart.funnel(steps),
            head=[
                self.env._("Step"),
                self.env._("In the month"),
                self.env._("Month before"),
                self.env._("Change"),
                self.env._("Of the leads acquired"),
                self.env._("Rate"),
                self.env._("Rate of the month before"),
            ],
            rows=rows,
        )

    @api.model
    def _get_trend_blocks(self, figures):
        trend = figures["trend"]
        if not any(line["acquired"] or line["won"] for line in trend):
            return []
        labels = self._status_labels()
        points = [(line["month"], line["acquired"], str(line["acquired"])) for line in trend]
        won = [(line["month"], line["won"], str(line["won"])) for line in trend]
        return [
            self._block(self.env._("Twelve months: leads acquired"), chart=svg_chart.trend(points)),
            self._block(
                self.env._("Twelve months: leads won"),
                chart=svg_chart.trend(won),
                head=[
                    self.env._("Month"),
                    labels["acquired"],
                    labels["approved"],
                    labels["won"],
                    labels["lost"],
                    self.env._("Amount"),
                ],
                rows=[
                    [
                        self._month(line["month"]),
                        line["acquired"],
                        line["approved"],
                        line["won"],
                        line["lost"],
                        self._amount(line["amount"]),
                    ]
                    for line in trend
                ],
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
                            line["count"],
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
                            (
                                name,
                                line["rate"],
                                self.env._(
                                    "%(rate)s (%(met)s of %(due)s)",
                                    rate=self._rate(line["rate"]),
                                    met=line["met"],
                                    due=line["due"],
                                ),
                            )
                            for name, line in zip(names, on_time, strict=True)
                        ],
                        maximum=100,
                    ),
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
        shown = ("approved", "contacted", "proposal", "won")
        blocks = []
        for dimension, title in titles.items():
            lines = sorted(
                figures["funnel"]["by"].get(dimension, []),
                key=lambda line: (-line["cohort"]["acquired"], line.get("name") or ""),
            )
            lines = [
                line for line in lines if line["cohort"]["acquired"] or line["happened"]["won"]
            ]
            if not lines:
                continue
            top, rest = self._top(lines)
            rows = [
                self._dimension_row(self._name_of(line, dimension), [line], shown) for line in top
            ]
            if rest:
                name = self.env._("%(count)s more", count=len(rest))
                rows.append(self._dimension_row(name, rest, shown))
            head = [
                "",
                labels["acquired"],
                *(labels[status] for status in shown),
                self.env._("Conversion"),
                self.env._("Won in the month"),
            ]
            blocks.append(self._block(title, head=head, rows=rows))
        return blocks

    @api.model
    def _dimension_row(self, name, lines, shown):
        def total(part, status):
            return sum(line[part].get(status, 0) for line in lines)

        acquired = total("cohort", "acquired")
        return [
            name,
            acquired,
            *(total("cohort", status) for status in shown),
            self._share(total("cohort", "won"), acquired),
            total("happened", "won"),
        ]
