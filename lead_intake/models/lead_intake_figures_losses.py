from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.funnel import FUNNEL, STATUS_FIELDS

MOST_WORDS = 200


class LeadIntakeFigures(models.AbstractModel):
    """Why leads were lost in the month, how far they had come, which they were and to whom.

    ::

        losses  {"total", "previous": of the month before,
                 "reasons": [{"id", "name", "leads", "previous"}],
                 "stages": [{"reason_id", "status", "leads"}],
                 "grades": [{"reason_id", "grade_id", "leads"}],
                 "competitors": [{"id", "name", "leads", "previous", "grades": {grade_id: leads}}],
                 "cells": [{"reason_id", "status", "grade_id", "competitor_id", "leads"}],
                 "names": {"reason", "grade", "competitor": {id as text: name}},
                 "words": [{"lead_id", "name", "reason", "competitor", "text"}]}

    The status is how far the lead had come, "acquired" if nowhere.
    """

    _inherit = "lead.intake.figures"

    def _count_losses(self, company, period, previous):
        keys = ("reason_id", "status", "grade_id", "competitor_id", "leads")
        cells = [dict(zip(keys, row, strict=True)) for row in self._count_lost(company, *period)]
        before = [dict(zip(keys, row, strict=True)) for row in self._count_lost(company, *previous)]
        reasons = self._sum_cells(cells, "reason_id", "lost_reason_id", before)
        competitors = self._sum_cells(
            [cell for cell in cells if cell["competitor_id"]],
            "competitor_id",
            "lost_competitor_id",
            before,
        )
        for line in competitors:
            line["grades"] = {}
            for cell in cells:
                if cell["competitor_id"] == line["id"]:
                    grade = str(cell["grade_id"] or "")
                    line["grades"][grade] = line["grades"].get(grade, 0) + cell["leads"]
        grades = [{"id": key} for key in {cell["grade_id"] for cell in cells}]
        self._add_names(grades, "intake_grade_id")
        named = {"reason": reasons, "grade": grades, "competitor": competitors}
        return {
            "total": sum(cell["leads"] for cell in cells),
            "previous": sum(cell["leads"] for cell in before),
            "reasons": reasons,
            "stages": self._cross_cells(cells, "status"),
            "grades": self._cross_cells(cells, "grade_id"),
            "competitors": competitors,
            "cells": cells,
            "names": {
                key: {str(line["id"]): line["name"] for line in lines if line["id"]}
                for key, lines in named.items()
            },
            "words": self._get_words(company, *period),
        }

    def _count_lost(self, company, start, stop):
        reached = SQL(
            "CASE %s ELSE 'acquired' END",
            SQL(" ").join(
                SQL("WHEN %s IS NOT NULL THEN %s", SQL.identifier(STATUS_FIELDS[name]), name)
                for name in reversed(FUNNEL[:-1])
            ),
        )
        leads = self._leads(company, self._any_within(["intake_lost_on"], start, stop))
        return self.env.execute_query(
            SQL(
                """
                SELECT lost_reason_id, %s, intake_grade_id, lost_competitor_id, COUNT(*)
                  FROM %s
              GROUP BY 1, 2, 3, 4
              ORDER BY 5 DESC, 1, 2, 3, 4
                """,
                reached,
                leads,
            )
        )

    def _sum_cells(self, cells, key, name, before):
        """Return a line for each value of ``key``, the most leads first."""
        counts, earlier = {}, {}
        for counted, some in ((counts, cells), (earlier, before)):
            for cell in some:
                counted[cell[key]] = counted.get(cell[key], 0) + cell["leads"]
        lines = [
            {"id": value, "leads": count, "previous": earlier.get(value, 0)}
            for value, count in counts.items()
        ]
        self._add_names(lines, name)
        return sorted(lines, key=lambda line: (-line["leads"], line["name"] or ""))

    def _cross_cells(self, cells, key):
        """Return the leads of each reason and value of ``key``."""
        counts = {}
        for cell in cells:
            pair = cell["reason_id"], cell[key]
            counts[pair] = counts.get(pair, 0) + cell["leads"]
        return [
            {"reason_id": reason, key: value, "leads": count}
            for (reason, value), count in counts.items()
        ]

    def _get_words(self, company, start, stop):
        """Return what the retrospectives of the lost leads say, the latest first."""
        # sudo: the figures are the company's; who may see them was asked before.
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        domain = self._get_domain(company, "lost", start, stop) & Domain(
            "retrospective", "!=", False
        )
        found = leads.search(domain, order="intake_lost_on DESC, id DESC", limit=MOST_WORDS)
        return [
            {
                "lead_id": lead.id,
                "name": lead.name,
                "reason": lead.lost_reason_id.name or None,
                "competitor": lead.lost_competitor_id.name or None,
                "text": lead.retrospective,
            }
            for lead in found
        ]

    def _get_reached_domain(self, status):
        """Return the domain of the leads that got to ``status`` and no further, short of won."""
        steps = FUNNEL[:-1]
        index = steps.index(status) if status in steps else -1
        domain = Domain.AND(Domain(STATUS_FIELDS[name], "=", False) for name in steps[index + 1 :])
        return domain & Domain(STATUS_FIELDS[status], "!=", False) if index >= 0 else domain
