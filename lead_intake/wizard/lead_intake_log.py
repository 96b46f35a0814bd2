from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.lead_intake_follow_up import OUTCOMES
from ..models.utm_medium import CONTACT_METHODS, MEETING_METHODS


class LeadIntakeLog(models.TransientModel):
    """The one form after a contact: what was said, what comes next and when, and where the
    lead stands now.
    """

    _name = "lead.intake.log"
    _inherit = "lead.intake.dialog"
    _description = "Record a Contact"

    lead_id = fields.Many2one("crm.lead", required=True)
    outcome = fields.Selection(
        OUTCOMES,
        required=True,
        default="reached",
        help="Whether the customer was reached. An unanswered call is no contact.",
    )
    method = fields.Selection(CONTACT_METHODS, required=True)
    contacted_on = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    summary = fields.Text(required=True)
    feedback = fields.Text(
        string="Customer's Feedback", help="In the customer's own words, as far as possible."
    )
    attachment_ids = fields.Many2many("ir.attachment")
    next_on = fields.Datetime(string="Next Contact")
    next_method = fields.Selection(CONTACT_METHODS, string="Next By")
    next_goal = fields.Char(
        string="Next Action", help="What you will do next. It becomes the goal of the next plan."
    )
    next_event = fields.Boolean(
        string="Put into the Calendar", help="A meeting in your calendar, beside the reminder."
    )
    stage_id = fields.Many2one("crm.stage")
    team_id = fields.Many2one(related="lead_id.team_id")
    can_move = fields.Boolean(compute="_compute_can_move")
    goal = fields.Char(related="lead_id.intake_planned_goal", string="Planned Goal")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        lead = self.env["crm.lead"].browse(defaults.get("lead_id", [])).exists()
        if lead:
            usual = lead.medium_id.first_contact_method or "phone"
            defaults.setdefault("method", lead.intake_planned_method or usual)
            defaults.setdefault("next_method", usual)
            defaults.setdefault("next_on", lead._get_intake_suggested_time(after_contact=True))
            defaults.setdefault("stage_id", lead.stage_id.id)
        return {name: value for name, value in defaults.items() if name in fields}

    @api.depends("lead_id")
    def _compute_can_move(self):
        for wizard in self:
            # A collaborator records contacts; the owner moves the lead.
            wizard.can_move = wizard.lead_id.has_access("write")

    def action_log(self):
        """Record the contact, move the stage and plan the next contact in one go.

        :raise UserError: if a part of it is refused; then nothing is kept
        """
        self.ensure_one()
        lead = self.lead_id
        if self.next_on and not self.next_method:
            raise UserError(self.env._("Choose how the next contact is to be made."))
        # Recording a first contact may move the lead; an untouched field must not move it back.
        is_moved = self.stage_id and self.stage_id != lead.stage_id
        lead.intake_log(
            self.outcome,
            self.summary,
            method=self.method,
            contacted_on=self.contacted_on,
            feedback=self.feedback,
            attachments=self.attachment_ids,
        )
        if is_moved:
            lead.stage_id = self.stage_id
        if self.next_on and not self.stage_id.is_won:
            lead.intake_plan(
                self.next_on,
                self.next_method,
                goal=self.next_goal,
                event=self.next_event and self.next_method in MEETING_METHODS,
            )
        return {"type": "ir.actions.act_window_close"}
