from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_datetime

from ..tools.ranking import CRITERIA

HOWS = [
    ("suggested", "As suggested"),
    ("chosen", "Another choice"),
    ("automatic", "Automatic"),
    ("fallback", "Fallback"),
    ("engine", "Odoo's assignment"),
    ("handed_over", "Handed over"),
    ("taken", "Taken"),
    ("merged", "Merged"),
    ("other", "Other change"),
]


class LeadIntakeAssignment(models.Model):
    """One change of owner of one lead (step 3): who got it, from whom, by whom and how, and how
    the candidates stood then. It is the explanation on the lead, and the ledger from which
    fairness over weeks is counted.

    ``scores`` is the ranking as ``crm.lead._intake_pack_scores`` stores it, the best first:
    ``{"user", "name", "total", "parts": {criterion: [points, facts]}, "out": {"code", …}}``.
    Codes and facts, not sentences: each reader gets their own language.
    """

    _name = "lead.intake.assignment"
    _inherit = "lead.intake.history"
    _description = "Lead Assignment"
    _order = "assigned_on desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null", index=True)
    company_id = fields.Many2one("res.company", ondelete="set null", index=True)
    grade_id = fields.Many2one("lead.intake.grade", ondelete="restrict")
    user_id = fields.Many2one("res.users", string="Owner", ondelete="restrict")
    previous_user_id = fields.Many2one(
        "res.users",
        string="Owner Before",
        ondelete="restrict",
        help="Who owned the lead until then. Empty: nobody.",
    )
    assigned_by_id = fields.Many2one("res.users", ondelete="restrict")
    assigned_on = fields.Datetime(required=True)
    how = fields.Selection(
        HOWS,
        required=True,
        default="other",
        help="Whether somebody chose the owner, took the lead, or the ranking gave it.",
    )
    note = fields.Char()
    scores = fields.Json(export_string_translation=False)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    is_open = fields.Boolean(
        string="Still Open",
        compute="_compute_is_open",
        search="_search_is_open",
        help="The lead is still this person's and neither won nor lost.",
    )

    # Who got a lead last, in the ranking of every assignment.
    _last_idx = models.Index("(user_id, assigned_on) WHERE user_id IS NOT NULL")

    @api.depends("lead_id.won_status", "lead_id.user_id", "user_id")
    def _compute_is_open(self):
        for row in self:
            lead = row.lead_id
            row.is_open = bool(row.user_id) and (
                lead.user_id == row.user_id and lead.active and lead.won_status == "pending"
            )

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["crm.lead"].flush_model(["user_id", "active", "won_status"])
        mine = SQL(
            "(SELECT a.id FROM lead_intake_assignment a JOIN crm_lead l ON l.id = a.lead_id "
            "WHERE l.user_id = a.user_id AND l.active AND l.won_status = 'pending')"
        )
        return [("id", "in" if True in value else "not in", mine)]

    @api.depends("scores", "how", "user_id")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for row in self:
            row.explanation = self.env["ir.qweb"]._render(
                "lead_intake.assignment_explanation",
                {
                    "row": row,
                    "criteria": self.env["crm.team"]._get_intake_criterion_labels(),
                    "lines": self._get_score_lines(row.scores or []),
                    "summary": row._get_summary(),
                },
            )

    def _get_summary(self):
        """Say in one sentence who got the lead from whom, and how.

        :rtype: str
        """
        self.ensure_one()
        hows = dict(self._fields["how"]._description_selection(self.env))
        values = {
            # sudo: a name, of a colleague of whatever company.
            "owner": self.sudo().user_id.name or self.env._("nobody"),
            "before": self.sudo().previous_user_id.name or self.env._("nobody"),
            "by": self.sudo().assigned_by_id.name or "",
            "how": hows[self.how],
            "on": format_datetime(self.env, self.assigned_on, dt_format="short"),
        }
        return self.env._(
            "Owner: %(owner)s, before: %(before)s. %(how)s, by %(by)s on %(on)s.", **values
        )

    def _get_chatter_line(self):
        """Say in the lead's chatter who owns it now."""
        self.ensure_one()
        hows = dict(self._fields["how"]._description_selection(self.env))
        values = {
            # sudo: a name, of a colleague of whatever company.
            "owner": self.sudo().user_id.name,
            "before": self.sudo().previous_user_id.name,
            "how": hows[self.how],
        }
        if not self.user_id:
            text = self.env._("%(before)s isn't the owner any more; nobody is.", **values)
        elif self.previous_user_id:
            text = self.env._("%(owner)s is the owner now, before: %(before)s. %(how)s.", **values)
        else:
            text = self.env._("%(owner)s is the owner now. %(how)s.", **values)
        return f"{text} {self.note}" if self.note else text

    @api.model
    def _get_score_lines(self, scores):
        """Return the ranking as a table: points and a reason per criterion, or why somebody is
        out.

        :param list scores: as stored
        :rtype: list[dict]
        """
        lines = []
        for place, score in enumerate(scores, start=1):
            parts = score.get("parts") or {}
            out = score.get("out")
            cells = [
                {
                    "criterion": criterion,
                    "points": round(parts[criterion][0], 1),
                    "text": self._get_fact_text(criterion, parts[criterion][1]),
                }
                for criterion in CRITERIA
                if criterion in parts
            ]
            lines.append(
                {
                    "place": False if out else place,
                    "user_id": score["user"],
                    "name": score["name"],
                    "total": 0.0 if out else round(score["total"], 1),
                    "cells": {cell["criterion"]: cell for cell in cells},
                    "reasons": "; ".join(
                        cell["text"]
                        for cell in cells
                        if cell["points"] and cell["text"] and cell["criterion"] != "workload"
                    ),
                    "out": self._get_out_text(out) if out else "",
                }
            )
        return lines

    @api.model
    def _get_fact_text(self, criterion, facts):
        return getattr(self, f"_get_{criterion}_text")(facts or {})

    @api.model
    def _get_relation_text(self, facts):
        parts = []
        if facts.get("won"):
            parts.append(self.env._("won %(count)s of this customer", count=facts["won"]))
        if facts.get("open"):
            parts.append(self.env._("works %(count)s of this customer", count=facts["open"]))
        if facts.get("worked"):
            parts.append(
                self.env._("worked %(count)s of this customer for long", count=facts["worked"])
            )
        return ", ".join(parts)

    @api.model
    def _get_industry_text(self, facts):
        industry = self.env["res.partner.industry"].browse(facts.get("industry")).exists()
        if not industry:
            return ""
        return self.env._("knows %(industry)s", industry=industry.display_name)

    @api.model
    def _get_territory_text(self, facts):
        return {
            "city": self.env._("the customer's city"),
            "state": self.env._("the customer's state"),
            "country": self.env._("the customer's country"),
            "anywhere": self.env._("works everywhere"),
            "none": self.env._("works elsewhere"),
            "unknown": self.env._("the customer's place isn't known"),
        }.get(facts.get("match"), "")

    @api.model
    def _get_preference_text(self, facts):
        return self.env._("asks for such leads") if facts.get("match") else ""

    @api.model
    def _get_workload_text(self, facts):
        if facts.get("capacity"):
            return self.env._(
                "works %(load)s of %(capacity)s",
                load=f"{facts['load']:g}",
                capacity=facts["capacity"],
            )
        return self.env._("works %(load)s, no limit", load=f"{facts.get('load', 0):g}")

    @api.model
    def _get_fairness_text(self, facts):
        if facts.get("never"):
            return self.env._("got no lead yet")
        if not facts.get("days"):
            return self.env._("got a lead today")
        if facts["days"] == 1:
            return self.env._("got a lead a day ago")
        return self.env._("last lead %(days)s days ago", days=facts["days"])

    @api.model
    def _get_out_text(self, out):
        """Say why somebody was out."""
        if out["code"] == "leave":
            until = self._get_local_date(out["until"])
            if out.get("from"):
                start = self._get_local_date(out["from"])
                return self.env._("on leave from %(start)s until %(date)s", start=start, date=until)
            return self.env._("on leave until %(date)s", date=until)
        if out["code"] == "full":
            return self.env._(
                "has no room: works %(load)s of %(capacity)s",
                load=f"{out['load']:g}",
                capacity=out["capacity"],
            )
        return {
            "inactive": self.env._("has left: the user is archived"),
            "share": self.env._("isn't an internal user"),
            "company": self.env._("doesn't work for the lead's company"),
            "paused": self.env._("takes no leads now: assignment is paused"),
            "filter": self.env._("the member's lead filter doesn't match"),
            "territory": self.env._("works in another territory"),
        }[out["code"]]

    @api.model
    def _get_local_date(self, moment):
        local = fields.Datetime.context_timestamp(self, fields.Datetime.to_datetime(moment))
        return format_date(self.env, local.date())
