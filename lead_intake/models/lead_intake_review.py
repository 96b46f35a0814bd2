from odoo import fields, models

REVIEW_STATES = [
    ("waiting", "Waiting"),
    ("approved", "Approved"),
    ("returned", "Returned"),
    ("on_hold", "On Hold"),
    ("withdrawn", "Withdrawn"),
    ("cancelled", "Cancelled"),
]


class LeadIntakeReview(models.Model):
    """One round of review of one lead (step 2): who submitted when, who decided what when.

    A round is opened by a submission and closed once, by a decision or because the lead left
    the queue. It is never edited or deleted; a new submission is a new round.
    """

    _name = "lead.intake.review"
    _inherit = "lead.intake.history"
    _description = "Lead Review"
    _order = "submitted_on desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    # What a round was about stays what it was when the lead moves on: stored, not related.
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null", index=True)
    company_id = fields.Many2one("res.company", ondelete="set null", index=True)
    round = fields.Integer(
        required=True,
        default=1,
        help="The first submission is round 1; each return and submission is another one.",
    )
    state = fields.Selection(
        REVIEW_STATES,
        required=True,
        default="waiting",
        help="Whether it waits for a decision, or how it was decided.",
    )
    submitted_by_id = fields.Many2one("res.users", ondelete="restrict")
    submitted_on = fields.Datetime(required=True)
    decided_by_id = fields.Many2one("res.users", ondelete="restrict")
    decided_on = fields.Datetime()
    comment = fields.Text()
    grade_id = fields.Many2one("lead.intake.grade", ondelete="restrict")
    suggested_grade_id = fields.Many2one(
        "lead.intake.grade",
        ondelete="restrict",
        help="What the scorecard suggested when it was decided.",
    )
    override_reason = fields.Text(help="Why the reviewer chose another grade than suggested.")
    score = fields.Integer(
        aggregator="avg", help="The points of the scorecard when it was decided."
    )
    score_reasons = fields.Text(help="The scorecard's lines as they counted at the decision.")
    hold_until = fields.Date(help="Until when nothing is due.")
    rejection_ids = fields.One2many("lead.intake.rejection", "review_id", string="Rejected Fields")
    waiting_hours = fields.Float(
        compute="_compute_waiting_hours", help="From submission to decision, in hours."
    )

    _one_waiting = models.UniqueIndex(
        "(lead_id) WHERE state = 'waiting'", "This lead already waits for a review."
    )

    def _compute_waiting_hours(self):
        now = fields.Datetime.now()
        for review in self:
            end = review.decided_on or now
            review.waiting_hours = (end - review.submitted_on).total_seconds() / 3600
