from odoo import api, fields, models


class CrmLead(models.Model):
    """The scorecard (step 2, quality): the suggested grade and the sentences that explain it."""

    _inherit = "crm.lead"

    is_focus_industry = fields.Boolean(
        string="Focus Industry",
        compute="_compute_is_focus_industry",
        search="_search_is_focus_industry",
        help="The industry, or one above it, is a focus industry of the sales team.",
    )
    reaches_minimum_deal = fields.Boolean(
        compute="_compute_reaches_minimum_deal",
        search="_search_reaches_minimum_deal",
        help="The estimated budget reaches the sales team's minimum deal size.",
    )
    intake_score = fields.Integer(
        string="Score",
        compute="_compute_intake_suggestion",
        aggregator=None,
        help="The points of the scorecard, from which the grade is suggested.",
    )
    intake_suggested_grade_id = fields.Many2one(
        "lead.intake.grade",
        string="Suggested Grade",
        compute="_compute_intake_suggestion",
        help="What the scorecard suggests; the reviewer decides.",
    )
    intake_score_reasons = fields.Text(compute="_compute_intake_suggestion")

    @api.depends("industry_id", "team_id.intake_focus_industry_ids")
    def _compute_is_focus_industry(self):
        for lead in self:
            # A team's settings may be out of a representative's sight; the answer isn't.
            team = lead.team_id.sudo()
            lead.is_focus_industry = bool(
                lead.industry_id
                and team.intake_focus_industry_ids & lead.industry_id._get_intake_ancestors()
            )

    @api.model
    def _search_is_focus_industry(self, operator, value):
        if operator != "in":
            return NotImplemented
        teams = self.env["crm.team"].sudo().search([("intake_focus_industry_ids", "!=", False)])
        domain = fields.Domain.OR(
            fields.Domain("team_id", "=", team.id)
            & fields.Domain(
                "industry_id",
                "in",
                team.intake_focus_industry_ids._get_intake_descendants().ids,
            )
            for team in teams
        )
        return domain if True in value else ~domain

    @api.depends("estimated_budget", "team_id.intake_minimum_deal")
    def _compute_reaches_minimum_deal(self):
        for lead in self:
            minimum = lead.team_id.sudo().intake_minimum_deal  # as above
            lead.reaches_minimum_deal = bool(
                lead.estimated_budget and lead.estimated_budget >= minimum
            )

    @api.model
    def _search_reaches_minimum_deal(self, operator, value):
        if operator != "in":
            return NotImplemented
        teams = self.env["crm.team"].sudo().search([("intake_minimum_deal", ">", 0)])
        domain = fields.Domain("estimated_budget", ">", 0) & (
            fields.Domain("team_id", "not in", teams.ids)
            | fields.Domain.OR(
                fields.Domain("team_id", "=", team.id)
                & fields.Domain("estimated_budget", ">=", team.intake_minimum_deal)
                for team in teams
            )
        )
        return domain if True in value else ~domain

    @api.depends("intake_state", "team_id")
    @api.depends_context("lang")
    def _compute_intake_suggestion(self):
        suggestions = self._get_intake_suggestions()
        for lead in self:
            suggestion = suggestions[lead]
            lead.intake_score = suggestion["score"]
            lead.intake_suggested_grade_id = suggestion["grade"]
            lead.intake_score_reasons = suggestion["text"]

    def _get_intake_suggestions(self):
        """Apply the scorecard to each lead.

        :return: ``{lead: {"score": int, "grade": lead.intake.grade, "text": str}}``; the text
            has a line per criterion that counted, in the reader's language
        :rtype: dict
        """
        criteria = self.env["lead.intake.criterion"]._get_scorecard()
        matches = [(criterion, criterion.match(self)) for criterion in criteria]
        looked_at = ["name", "sequence", "minimum_score", "first_contact_hours"]
        grades = self.env["lead.intake.grade"].search_fetch([], looked_at)
        suggestions = {}
        for lead in self:
            hits = [
                criterion
                for criterion, leads in matches
                if lead in leads and criterion.applies_to(lead)
            ]
            score = sum(criterion.points for criterion in hits)
            grade = grades.filtered(lambda grade, score=score: grade.minimum_score <= score)[:1]
            suggestions[lead] = {
                "score": score,
                "grade": grade or grades[-1:],
                "text": "\n".join(f"{criterion.points:+d}  {criterion.name}" for criterion in hits),
            }
        return suggestions
