from odoo import api, fields, models

from ..tools import guard
from ..tools.funnel import FUNNEL
from .lead_intake_figures_sources import SOURCE_FIELDS

# What tells two lines of a month apart.
KEYS = ("dimension", "dimension_id", "key", "status", "detail", "detail_id", "detail_key")


class LeadIntakeMonthLine(models.Model):
    """One number of a closed month, and the leads (or promises) behind it.

    The number is frozen, what is behind it is looked up: a lead that was deleted, moved or
    reopened since is missing in the list. Its title says both counts where they differ.
    """

    _name = "lead.intake.month.line"
    _inherit = "lead.intake.history"
    _description = "Figure of an Archived Month"
    _order = "month_id, id"

    month_id = fields.Many2one("lead.intake.month", required=True, ondelete="cascade", index=True)
    dimension = fields.Selection(
        [
            ("total", "All Leads"),
            ("trend", "Month"),
            ("step", "Duration"),
            ("promise", "Promise"),
            ("team", "Sales Team"),
            ("user", "Salesperson"),
            ("grade", "Grade"),
            ("industry", "Industry"),
            ("channel", "Channel"),
            ("source", "Source"),
            ("campaign", "Campaign"),
            ("reason", "Lost Reason"),
            ("competitor", "Lost To"),
        ],
        string="Counted By",
        required=True,
        help="What the leads were counted by.",
    )
    dimension_id = fields.Integer(string="Record", aggregator=None)
    key = fields.Char(help="The month, the promise or the step, where no record stands for it.")
    name = fields.Char()
    sequence = fields.Integer(aggregator=None)
    status = fields.Selection(
        [
            ("acquired", "Acquired"),
            ("registered", "Registered"),
            ("approved", "Approved"),
            ("contacted", "Contacted"),
            ("requirement_clear", "Requirement Clear"),
            ("proposal", "Proposal Submitted"),
            ("negotiating", "Negotiating"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("due", "Due"),
            ("met", "Kept in Time"),
        ],
        required=True,
    )
    detail = fields.Selection(
        [("grade", "Of the grade"), ("reached", "Had come to")],
        string="Of Them",
        help="A part of the leads only: those of a grade, or those that had come to a status.",
    )
    detail_id = fields.Integer(string="Detail's Record", aggregator=None)
    detail_key = fields.Char()
    detail_name = fields.Char(string="Which", help="The grade or the status of that part.")
    happened = fields.Integer(
        string="In the Month", help="Leads that reached the status in the month."
    )
    cohort = fields.Integer(
        string="Month's Leads",
        help="Of the leads acquired in the month, those that got at least so far by the closing.",
    )

    # --- freezing --------------------------------------------------------------------------------

    def _freeze(self, month):
        """Write the lines of a month that is being closed, all at once."""
        lines = self._prepare_lines(month.figures)
        return guard.opened(self.sudo()).create([{**line, "month_id": month.id} for line in lines])

    def _are_frozen(self, month):
        """Tell whether the lines of a closed month are those of its figures."""

        def plain(lines):
            names = (*KEYS, "happened", "cohort")
            return sorted([str(line[name] or "") for name in names] for line in lines)

        # sudo: all lines, to compare them; the reader sees the month.
        stored = self.sudo().search_fetch([("month_id", "=", month.id)], KEYS)
        return plain(stored) == plain(self._prepare_lines(month.figures))

    @api.model
    def _prepare_lines(self, figures):
        """Return the values of all lines of a month; those of parts only where leads are.

        :param dict figures: see ``lead.intake.figures``
        :rtype: list[dict]
        """
        funnel = figures["funnel"]
        lines = self._prepare_funnel_lines("total", {"id": None, "name": None, **funnel})
        for dimension, parts in funnel["by"].items():
            for part in parts:
                lines += self._prepare_funnel_lines(dimension, part)
        lines += self._prepare_time_lines(figures)
        lines += self._prepare_source_lines(figures["sources"])
        lines += self._prepare_loss_lines(figures["losses"])
        return [
            {
                **dict.fromkeys(("name", "key", "detail", "detail_key", "detail_name"), False),
                **dict.fromkeys(("dimension_id", "detail_id", "happened", "cohort"), 0),
                **line,
                "sequence": number,
            }
            for number, line in enumerate(lines)
            if line["dimension"] == "total" or line.get("happened") or line.get("cohort")
        ]

    @api.model
    def _prepare_funnel_lines(self, dimension, part):
        return [
            {
                "dimension": dimension,
                "dimension_id": part["id"] or 0,
                "name": part["name"] or False,
                "status": status,
                # Acquired in the month: the two ways of counting are the same.
                "happened": part["happened"].get(status, part["cohort"].get(status, 0)),
                "cohort": part["cohort"].get(status, 0),
            }
            for status in ("acquired", *FUNNEL, "lost")
        ]

    @api.model
    def _prepare_time_lines(self, figures):
        labels = dict(self.env["lead.intake.deadline"]._fields["milestone"].selection)
        trend = [
            {
                "dimension": "trend",
                "key": line["month"],
                "name": line["month"],
                "status": status,
                "happened": line[status],
            }
            for line in figures["trend"]
            for status in ("acquired", "approved", "won", "lost")
        ]
        steps = [
            {
                "dimension": "step",
                "key": line["from"],
                "name": f"{line['from']} → {line['to']}",
                "status": line["to"],
                "happened": line["count"],
            }
            for line in figures["durations"]
        ]
        promises = [
            {
                "dimension": "promise",
                "key": line["milestone"],
                "name": labels.get(line["milestone"], line["milestone"]),
                "status": status,
                "happened": line[status],
            }
            for line in figures["on_time"]
            for status in ("due", "met")
        ]
        return trend + steps + promises

    @api.model
    def _prepare_source_lines(self, sources):
        grades = sources["grades"]
        lines = []
        for dimension in SOURCE_FIELDS:
            for part in sources[dimension]:
                mine = {
                    "dimension": dimension,
                    "dimension_id": part["id"] or 0,
                    "name": part["name"] or False,
                }
                lines += [
                    {**mine, "status": status, "cohort": part[count]}
                    for status, count in (
                        ("acquired", "leads"),
                        ("approved", "approved"),
                        ("won", "won"),
                        ("lost", "lost"),
                    )
                ]
                lines += [
                    {
                        **mine,
                        "status": "acquired",
                        "cohort": count,
                        "detail": "grade",
                        "detail_id": grades.get(grade, 0),
                        "detail_name": grade,
                    }
                    for grade, count in part["grades"].items()
                ]
        return lines

    @api.model
    def _prepare_loss_lines(self, losses):
        grades, lines = losses["names"]["grade"], []
        names = {line["id"]: line["name"] for line in losses["reasons"]}

        def add(dimension, id_, name, count, **detail):
            lines.append(
                {
                    "dimension": dimension,
                    "dimension_id": id_ or 0,
                    "name": name or False,
                    "status": "lost",
                    "happened": count,
                    **detail,
                }
            )

        def of_grade(key):
            key = str(key or "")
            return {
                "detail": "grade",
                "detail_id": int(key or 0),
                "detail_name": grades.get(key) or False,
            }

        for line in losses["reasons"]:
            add("reason", line["id"], line["name"], line["leads"])
        for line in losses["stages"]:
            reached = {"detail": "reached", "detail_key": line["status"]}
            reason = line["reason_id"]
            add("reason", reason, names[reason], line["leads"], **reached)
        for line in losses["grades"]:
            reason = line["reason_id"]
            add("reason", reason, names[reason], line["leads"], **of_grade(line["grade_id"]))
        for line in losses["competitors"]:
            add("competitor", line["id"], line["name"], line["leads"])
            for grade, count in line["grades"].items():
                add("competitor", line["id"], line["name"], count, **of_grade(grade))
        return lines
