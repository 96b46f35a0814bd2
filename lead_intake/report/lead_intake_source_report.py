from odoo import api, models

from ..tools import svg_chart

MOST_CHARTED = 10
MOST_SOURCES = 25


class LeadSourceReport(models.AbstractModel):
    """Customer-source analysis (客户来源分析报告)."""

    _name = "report.lead_intake.lead_sources"
    _inherit = "lead.intake.month.print"
    _description = "Customer-Source Analysis"

    @api.model
    def _get_title(self):
        return self.env._("Customer-Source Analysis")

    @api.model
    def _get_blocks(self, figures):
        channels, sources = figures["sources"]["channel"], figures["sources"]["source"]
        if not channels:
            return [
                self._block(
                    self.env._("Nothing to report"),
                    text=self.env._(
                        "In %(month)s no lead was acquired.", month=self._month(figures["month"])
                    ),
                )
            ]
        return [
            self._get_chart(channels),
            self._get_table(self.env._("By channel"), channels),
            *self._get_best_and_worst(sources),
            self._get_table(self.env._("By particular source"), sources),
        ]

    @api.model
    def _grades(self, lines):
        return sorted({grade for line in lines for grade in line["grades"]})

    @api.model
    def _get_chart(self, lines):
        grades = self._grades(lines)
        none = self.env._("Not graded")
        rows = [
            (
                self._name_of(line),
                [
                    *(line["grades"].get(grade, 0) for grade in grades),
                    line["leads"] - sum(line["grades"].values()),
                ],
                str(line["leads"]),
            )
            for line in lines[:MOST_CHARTED]
        ]
        return self._block(
            self.env._("Leads by channel and grade"),
            text=self.env._("Leads acquired in the month, and what became of them up to now."),
            chart=svg_chart.stacked_bars(rows, [*grades, none]),
        )

    @api.model
    def _get_table(self, title, lines):
        grades = self._grades(lines)
        top, rest = self._top(lines, MOST_SOURCES)
        rows = [self._row(self._name_of(line), line, grades) for line in top]
        if rest:
            name = self.env._("%(count)s more", count=len(rest))
            rows.append(self._row(name, self._sum(rest), grades))
        return self._block(
            title,
            head=[
                "",
                self.env._("Leads"),
                self.env._("Approved"),
                *grades,
                self.env._("Won"),
                self.env._("Lost"),
                self.env._("Win rate"),
                self.env._("Amount"),
                self.env._("Days to win"),
            ],
            rows=rows,
        )

    @api.model
    def _row(self, name, line, grades):
        days = line["days_to_win"]
        return [
            name,
            line["leads"],
            self._share(line["approved"], line["leads"]),
            *(line["grades"].get(grade, 0) for grade in grades),
            line["won"],
            line["lost"],
            self._rate(line["win_rate"]),
            self._amount(line["amount"]),
            "–" if days is None else f"{days:.1f}",
        ]

    @api.model
    def _sum(self, lines):
        """Return the rest of the lines as one."""
        total = {
            name: sum(line[name] for line in lines)
            for name in ("leads", "approved", "won", "lost", "amount")
        }
        closed = total["won"] + total["lost"]
        timed = [line for line in lines if line["days_to_win"] is not None and line["won"]]
        won = sum(line["won"] for line in timed)
        return {
            **total,
            "win_rate": 100 * total["won"] / closed if closed else None,
            "days_to_win": sum(line["days_to_win"] * line["won"] for line in timed) / won
            if won
            else None,
            "grades": {
                grade: sum(line["grades"].get(grade, 0) for line in lines)
                for grade in self._grades(lines)
            },
        }

    @api.model
    def _get_best_and_worst(self, lines):
        judged = sorted(
            (line for line in lines if line["win_rate"] is not None),
            key=lambda line: (-line["win_rate"], -line["won"], line.get("name") or ""),
        )
        if len(judged) < 2:
            return []
        best, worst = judged[0], judged[-1]
        return [
            self._block(
                self.env._("Best and worst"),
                text=self.env._(
                    "Highest win rate: %(best)s (%(best_rate)s, %(best_won)s won). Lowest: "
                    "%(worst)s (%(worst_rate)s, %(worst_lost)s lost).",
                    best=self._name_of(best),
                    best_rate=self._rate(best["win_rate"]),
                    best_won=best["won"],
                    worst=self._name_of(worst),
                    worst_rate=self._rate(worst["win_rate"]),
                    worst_lost=worst["lost"],
                ),
            )
        ]
