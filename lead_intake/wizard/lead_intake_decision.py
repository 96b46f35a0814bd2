from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_lead_review import INTAKE_STATES


class LeadIntakeDecision(models.TransientModel):
    """The dialog in which a reviewer decides on one lead or on many (step 2)."""

    _name = "lead.intake.decision"
    _inherit = "lead.intake.dialog"
    _description = "Decide on Leads"

    lead_ids = fields.Many2many("crm.lead", required=True, context={"active_test": False})
    decision = fields.Selection(
        [state for state in INTAKE_STATES if state[0] in ("approved", "returned", "on_hold")],
        required=True,
        readonly=True,
    )
    lead_count = fields.Integer(compute="_compute_lead_count")
    refused_text = fields.Text(
        compute="_compute_lead_count", help="Which of the leads can't be decided on, and why."
    )
    grade_id = fields.Many2one(
        "lead.intake.grade",
        compute="_compute_grade_id",
        store=True,
        readonly=False,
        help="Empty: each lead gets the grade its scorecard suggests.",
    )
    suggested_grade_id = fields.Many2one(
        "lead.intake.grade",
        compute="_compute_suggestion",
        help="What the scorecard suggests; the reviewer decides.",
    )
    score = fields.Integer(
        compute="_compute_suggestion",
        help="The points of the scorecard, from which the grade is suggested.",
    )
    score_reasons = fields.Text(compute="_compute_suggestion")
    is_override = fields.Boolean(compute="_compute_is_override")
    override_reason = fields.Text(
        string="Why This Grade", help="Why this grade and not the one the scorecard suggests."
    )
    hold_until = fields.Date(
        string="Look Again On",
        default=lambda self: self._default_hold_until(),
        help="On this day somebody is asked to look at the lead again.",
    )
    comment = fields.Text()
    line_ids = fields.One2many("lead.intake.decision.line", "decision_id", string="To Mend")

    def _default_hold_until(self):
        return fields.Date.add(fields.Date.context_today(self), months=1)

    @api.depends("lead_ids", "decision")
    def _compute_lead_count(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            _allowed, refused = leads._intake_partition(wizard.decision)
            wizard.lead_count = len(leads)
            wizard.refused_text = leads._intake_refusal_text(refused) if refused else False

    @api.depends("lead_ids")
    def _compute_suggestion(self):
        for wizard in self:
            lead = wizard.lead_ids._origin if len(wizard.lead_ids) == 1 else self.env["crm.lead"]
            wizard.suggested_grade_id = lead.intake_suggested_grade_id
            wizard.score = lead.intake_score
            wizard.score_reasons = lead.intake_score_reasons

    @api.depends("suggested_grade_id")
    def _compute_grade_id(self):
        for wizard in self:
            wizard.grade_id = wizard.suggested_grade_id

    @api.depends("grade_id", "lead_ids")
    def _compute_is_override(self):
        for wizard in self:
            suggested = wizard.lead_ids._origin.mapped("intake_suggested_grade_id")
            wizard.is_override = bool(wizard.grade_id) and bool(suggested - wizard.grade_id)

    def action_apply(self):
        """Carry the decision out on the leads it may be carried out on.

        :return: a summary of what was done and what could not be
        :rtype: dict
        :raise UserError: if it can be carried out on none of them
        """
        self.ensure_one()
        leads, refused = self.lead_ids._intake_partition(self.decision)
        if not leads:
            raise UserError(self.lead_ids._intake_refusal_text(refused))
        leads._intake_decide(self.decision, self._prepare_decision())
        return self._close_with(leads._intake_summary(len(leads), refused))

    def _prepare_decision(self):
        """Return what the step is called with that carries the decision out.

        :rtype: dict
        """
        if self.decision == "approved":
            return {
                "grade_id": self.grade_id.id,
                "comment": self.comment,
                "override_reason": self.override_reason,
            }
        if self.decision == "returned":
            rejections = {line.field_id.name: line.reason for line in self.line_ids}
            return {"rejections": rejections, "comment": self.comment}
        return {"until": self.hold_until, "comment": self.comment}

    def _close_with(self, summary):
        if summary.get("tag") == "display_notification":
            summary["params"]["next"] = {"type": "ir.actions.act_window_close"}
            return summary
        return {"type": "ir.actions.act_window_close"}


class LeadIntakeDecisionLine(models.TransientModel):
    """A field to be mended, with the reason."""

    _name = "lead.intake.decision.line"
    _inherit = "lead.intake.dialog"
    _description = "Field to Mend"

    decision_id = fields.Many2one("lead.intake.decision", required=True, ondelete="cascade")
    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain=lambda self: self.env["crm.lead"]._get_intake_field_domain(),
    )
    reason = fields.Char(required=True)
    current_value = fields.Char(compute="_compute_current_value")

    @api.depends("field_id", "decision_id.lead_ids")
    def _compute_current_value(self):
        for line in self:
            leads = line.decision_id.lead_ids._origin
            name = line.field_id.sudo().name  # a field's name is no secret
            line.current_value = (
                leads._get_intake_value_text(name) if name and len(leads) == 1 else False
            )
