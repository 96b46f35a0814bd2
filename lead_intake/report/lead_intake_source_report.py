from odoo import api, models

from ..tools import svg_chart

MOST_CHARTED = 10
MOST_SOURCES = 25
MOST_TRENDS = 8
# A rate of fewer closed leads than these says little.
FEWEST_CLOSED = 5


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
            self._get_chart(channels, figures),
            self._get_table(
                self.env._("By channel"),
                channels,
                note=self.env._(
                    "Win rate: won, of those won or lost. Amount: of the contracts won. Days to "
                    "win: from acquisition to the contract, on average."
                ),
            ),
            self._get_best_and_worst(channels, sources),
            self._get_table(self.env._("By particular source"), sources),
            *self._get_campaigns(figures["sources"]["campaign"]),
            *self._get_trend(figures["sources"]["trend"]),
        ]

    @api.model
    def _grades(self, lines):
        return sorted({grade for line in lines for grade in line["grades"]})

    @api.model
    def _get_chart(self, lines, figures):
        grades = self._grades(lines)
        none = self.env._("Not graded")
        rows = [
            (
                self._name_of(line),
                [
                    *(line["grades"].get(grade, 0) for grade in grades),
                    line["leads"] - sum(line["grades"].values()),
                ],
                self._number(line["leads"]),
            )
            for line in lines[:MOST_CHARTED]
        ]
        return self._block(
            self.env._("Leads by channel and grade"),
            text=self.env._(
                "%(leads)s leads were acquired in the month, through %(channels)s channels. All "
                "figures are of these leads, and of what became of them up to the day they were "
                "counted.",
                leads=self._number(sum(line["leads"] for line in lines)),
                channels=self._number(sum(1 for line in lines if line["id"])),
            ),
            chart=svg_chart.stacked_bars(rows, [*grades, none]),
        )

    @api.model
    def _get_table(self, title, lines, note=None):
        grades, costed = self._grades(lines), any(line["costed"] for line in lines)
        top, rest = self._top(lines, MOST_SOURCES)
        rows = [self._row(self._name_of(line), line, grades, costed) for line in top]
        if rest:
            name = self.env._("%(count)s more", count=self._number(len(rest)))
            rows.append(self._row(name, self._sum(rest), grades, costed))
        if len(lines) > 1:
            rows.append(self._row(self.env._("All"), self._sum(lines), grades, costed))
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
                *([self.env._("Cost per lead")] if costed else []),
            ],
            rows=rows,
            note=note,
        )

    @api.model
    def _row(self, name, line, grades, costed):
        return [
            name,
            self._number(line["leads"]),
            self._share(line["approved"], line["leads"]),
            *(self._number(line["grades"].get(grade, 0)) for grade in grades),
            self._number(line["won"]),
            self._number(line["lost"]),
            self._rate(line["win_rate"]),
            self._amount(line["amount"]),
            self._decimal(line["days_to_win"]),
            *([self._cost(line["cost_per_lead"])] if costed else []),
        ]

    @api.model
    def _sum(self, lines):
        """Return the rest of the lines as one."""
        total = {
            name: sum(line[name] for line in lines)
            for name in ("leads", "approved", "won", "lost", "amount", "costed")
        }
        cost = sum(line["cost"] or 0 for line in lines)
        closed = total["won"] + total["lost"]
        timed = [line for line in lines if line["days_to_win"] is not None and line["won"]]
        won = sum(line["won"] for line in timed)
        return {
            **total,
            "win_rate": 100 * total["won"] / closed if closed else None,
            "days_to_win": sum(line["days_to_win"] * line["won"] for line in timed) / won
            if won
            else None,
            "cost_per_lead": cost / total["costed"] if total["costed"] else None,
            "grades": {
                grade: sum(line["grades"].get(grade, 0) for line in lines)
                for grade in self._grades(lines)
            },
        }

    @api.model
    def _get_best_and_worst(self, channels, sources):
        return self._block(
            self.env._("Best and worst"),
            text=" ".join(
                [
                    self._compare(
                        channels,
                        self.env._("Of the channels"),
                    ),
                    self._compare(
                        sources,
                        self.env._("Of the particular sources"),
                    ),
                ]
            ),
        )

    @api.model
    def _compare(self, lines, which):
        """Return a sentence on the highest and the lowest win rate that say something."""
        judged = sorted(
            (line for line in lines if line["id"] and line["won"] + line["lost"] >= FEWEST_CLOSED),
            key=lambda line: (-line["win_rate"], -line["won"], line.get("name") or ""),
        )
        if len(judged) < 2:
            return self.env._(
                "%(which)s fewer than two have %(count)s leads won or lost yet: too few to compare "
                "win rates.",
                which=which,
                count=FEWEST_CLOSED,
            )
        best, worst = judged[0], judged[-1]
        return self.env._(
            "%(which)s with at least %(count)s leads won or lost, %(best)s has the highest win "
            "rate (%(best_rate)s, %(best_won)s won) and %(worst)s the lowest (%(worst_rate)s, "
            "%(worst_won)s won).",
            which=which,
            count=FEWEST_CLOSED,
            best=self._name_of(best),
            best_rate=self._rate(best["win_rate"]),
            best_won=self._number(best["won"]),
            worst=self._name_of(worst),
            worst_rate=self._rate(worst["win_rate"]),
            worst_won=self._number(worst["won"]),
        )

    @api.model
    def _get_campaigns(self, lines):
        costed = [line for line in lines if line["costed"]]
        if not costed:
            return []
        top, rest = self._top(sorted(costed, key=lambda line: -line["cost"]), MOST_SOURCES)
        rows = [self._campaign_row(self._name_of(line), line) for line in top]
        if rest:
            name = self.env._("%(count)s more", count=self._number(len(rest)))
            total = {key: sum(line[key] or 0 for line in rest) for key in ("leads", "won", "cost")}
            rows.append(
                self._campaign_row(name, {**total, "cost_per_lead": total["cost"] / total["leads"]})
            )
        return [
            self._block(
                self.env._("What campaigns cost"),
                head=[
                    self.env._("Campaign"),
                    self.env._("Leads"),
                    self.env._("Cost of these leads"),
                    self.env._("Cost per lead"),
                    self.env._("Won"),
                    self.env._("Cost per won lead"),
                ],
                rows=rows,
                note=self.env._(
                    "The cost of a campaign is shared evenly by all leads it has brought by the "
                    "end of the month, those of earlier months too. The cost per lead of a "
                    "channel or source is that of its leads whose campaign has a cost."
                ),
            )
        ]

    @api.model
    def _campaign_row(self, name, line):
        return [
            name,
            self._number(line["leads"]),
            self._cost(line["cost"]),
            self._cost(line["cost_per_lead"]),
            self._number(line["won"]),
            self._cost(line["cost"] / line["won"] if line["won"] else None),
        ]

    @api.model
    def _get_trend(self, trend):
        top, rest = self._top(trend["channels"], MOST_TRENDS)
        rows = [[self._name_of(line), *map(self._number, line["leads"])] for line in top]
        if rest:
            name = self.env._("%(count)s more", count=self._number(len(rest)))
            sums = [sum(counts) for counts in zip(*(line["leads"] for line in rest), strict=True)]
            rows.append([name, *map(self._number, sums)])
        return [
            self._block(
                self.env._("Twelve months: leads acquired by channel"),
                head=["", *map(self._short_month, trend["months"])],
                rows=rows,
            )
        ]
