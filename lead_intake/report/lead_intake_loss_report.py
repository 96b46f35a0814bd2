from odoo import api, models

from ..tools import svg_chart
from .lead_intake_month_print import STEPS

MOST_WORDS = 40


class LeadLossReport(models.AbstractModel):
    """Loss analysis (流失原因分析)."""

    _name = "report.lead_intake.lead_losses"
    _inherit = "lead.intake.month.print"
    _description = "Loss Analysis"

    @api.model
    def _get_title(self):
        return self.env._("Loss Analysis")

    @api.model
    def _get_blocks(self, figures):
        losses = figures["losses"]
        if not losses["total"]:
            return [
                self._block(
                    self.env._("Nothing to report"),
                    text=self.env._(
                        "In %(month)s no lead was lost.", month=self._month(figures["month"])
                    ),
                )
            ]
        reasons, rest = self._top(losses["reasons"])
        return [
            self._get_reasons(losses, reasons, rest),
            self._get_stages(losses, reasons, rest),
            self._get_grades(losses, reasons, rest),
            *self._get_competitors(losses),
            *self._get_words(losses),
        ]

    @api.model
    def _get_reasons(self, losses, reasons, rest):
        total, before = losses["total"], losses["previous"]
        lines = [(self._name_of(line), line["leads"], line["previous"]) for line in reasons]
        if rest:
            lines.append(
                (
                    self._more(rest),
                    *(sum(line[key] for line in rest) for key in ("leads", "previous")),
                )
            )
        return self._block(
            self.env._("Why leads were lost"),
            text=self.env._(
                "%(count)s leads were lost in the month, %(before)s in the month before.",
                count=self._number(total),
                before=self._number(before),
            ),
            chart=svg_chart.bars(
                [
                    (name, count, f"{self._number(count)} ({self._share(count, total)})")
                    for name, count, _was in lines
                ]
            ),
            head=[
                self.env._("Reason"),
                self.env._("Leads"),
                self.env._("Share"),
                self.env._("Month before"),
                self.env._("Change"),
            ],
            rows=[
                [
                    name,
                    self._number(count),
                    self._share(count, total),
                    self._number(was),
                    self._change(count, was),
                ]
                for name, count, was in lines
            ],
        )

    @api.model
    def _more(self, lines):
        return self.env._("%(count)s more", count=self._number(len(lines)))

    @api.model
    def _cross(self, rows, reasons, rest, key, columns):
        """Return a row for each reason, and one for the rest of them, with a column each."""
        counts = {(row["reason_id"], row[key]): row["leads"] for row in rows}
        groups = [(self._name_of(line), [line]) for line in reasons]
        if rest:
            groups.append((self._more(rest), rest))
        return [
            [
                name,
                *(
                    self._number(sum(counts.get((line["id"], column), 0) for line in lines))
                    for column in columns
                ),
            ]
            for name, lines in groups
        ]

    @api.model
    def _get_stages(self, losses, reasons, rest):
        labels, rows = self._status_labels(), losses["stages"]
        reached = {row["status"] for row in rows}
        statuses = [status for status in ("acquired", *STEPS) if status in reached]
        return self._block(
            self.env._("How far the lost leads had come"),
            head=[self.env._("Reason"), *(labels[status] for status in statuses)],
            rows=self._cross(rows, reasons, rest, "status", statuses),
        )

    @api.model
    def _get_grade_columns(self, losses):
        """Return the grades of lost leads as ``(id, name)``, those without one last."""
        names = losses["names"]["grade"].items()
        graded = sorted(((int(key), name or "") for key, name in names), key=lambda pair: pair[1])
        return [*graded, (None, self.env._("Not graded"))]

    @api.model
    def _get_grades(self, losses, reasons, rest):
        columns = self._get_grade_columns(losses)
        return self._block(
            self.env._("Which grades were lost"),
            head=[self.env._("Reason"), *(name for _id, name in columns)],
            rows=self._cross(
                losses["grades"], reasons, rest, "grade_id", [key for key, _name in columns]
            ),
        )

    @api.model
    def _get_competitors(self, losses):
        lines, total = losses["competitors"], losses["total"]
        if not lines:
            return []
        columns = self._get_grade_columns(losses)
        top, rest = self._top(lines)
        groups = [(self._name_of(line), [line]) for line in top]
        if rest:
            groups.append((self._more(rest), rest))
        rows = []
        for name, group in groups:
            count, was = (sum(line[key] for line in group) for key in ("leads", "previous"))
            grades = [
                sum(line["grades"].get(str(key or ""), 0) for line in group)
                for key, _name in columns
            ]
            rows.append(
                [name, self._number(count), self._share(count, total)]
                + [*map(self._number, grades), self._number(was), self._change(count, was)]
            )
        return [
            self._block(
                self.env._("To whom they were lost"),
                head=[
                    self.env._("Competitor"),
                    self.env._("Leads"),
                    self.env._("Share"),
                    *(name for _id, name in columns),
                    self.env._("Month before"),
                    self.env._("Change"),
                ],
                rows=rows,
            )
        ]

    @api.model
    def _get_words(self, losses):
        words = losses["words"][:MOST_WORDS]
        if not words:
            return []
        return [
            self._block(
                self.env._("In the words of the retrospectives"),
                head=[self.env._("Lead"), self.env._("Reason"), self.env._("Retrospective")],
                rows=[
                    [self._words(row["name"]), self._why(row), self._words(row["text"])]
                    for row in words
                ],
                words=3,
            )
        ]

    @api.model
    def _why(self, row):
        return ": ".join(filter(None, [row["reason"], row["competitor"]])) or "–"
