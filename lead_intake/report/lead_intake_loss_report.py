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
        reasons, _rest = self._top(losses["reasons"])
        bars = [
            (
                self._name_of(line),
                line["leads"],
                f"{line['leads']} ({self._share(line['leads'], losses['total'])})",
            )
            for line in reasons
        ]
        return [
            self._block(
                self.env._("Why leads were lost"),
                text=self.env._("%(count)s leads were lost in the month.", count=losses["total"]),
                chart=svg_chart.bars(bars),
            ),
            self._get_stages(losses, reasons),
            self._get_grades(losses, reasons),
            *self._get_words(losses),
        ]

    @api.model
    def _get_stages(self, losses, reasons):
        labels = self._status_labels()
        counts = {(row["reason_id"], row["status"]): row["leads"] for row in losses["stages"]}
        statuses = [
            status
            for status in ("acquired", *STEPS)
            if any(row["status"] == status for row in losses["stages"])
        ]
        return self._block(
            self.env._("How far the lost leads had come"),
            head=["", *(labels[status] for status in statuses)],
            rows=[
                [self._name_of(line), *(counts.get((line["id"], status), 0) for status in statuses)]
                for line in reasons
            ],
        )

    @api.model
    def _get_grades(self, losses, reasons):
        counts = {(row["reason_id"], row["grade_id"]): row["leads"] for row in losses["grades"]}
        ids = {row["grade_id"] for row in losses["grades"] if row["grade_id"]}
        grades = self.env["lead.intake.grade"].browse(ids).exists().sorted()
        columns = [*grades.ids, None]
        return self._block(
            self.env._("Which grades were lost"),
            head=["", *grades.mapped("name"), self.env._("Not graded")],
            rows=[
                [self._name_of(line), *(counts.get((line["id"], grade), 0) for grade in columns)]
                for line in reasons
            ],
        )

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
                    [self._words(row["name"]), row["reason"] or "–", self._words(row["text"])]
                    for row in words
                ],
                words=3,
            )
        ]
