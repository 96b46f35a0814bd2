from odoo import api, fields, models
from odoo.tools import format_datetime

from ..models.utm_medium import CONTACT_METHODS, MEETING_METHODS


class LeadIntakePlan(models.TransientModel):
    """The dialog in which the owner plans the next contact: how, when, what about, to what end."""

    _name = "lead.intake.plan"
    _inherit = "lead.intake.dialog"
    _description = "Plan a Contact"

    lead_id = fields.Many2one("crm.lead", required=True)
    template_id = fields.Many2one(
        "lead.intake.plan.template",
        help="Fills in what a first contact of this kind usually needs; you can change it.",
    )
    method = fields.Selection(
        CONTACT_METHODS, required=True, compute="_compute_from_template", store=True, readonly=False
    )
    planned_on = fields.Datetime(string="When", required=True)
    goal = fields.Char(
        compute="_compute_from_template",
        store=True,
        readonly=False,
        help="What the contact is to achieve, e.g. get the purchase schedule.",
    )
    talking_points = fields.Text(
        compute="_compute_from_template",
        store=True,
        readonly=False,
        help="What to talk about, in the order it is to come up.",
    )
    remind_before = fields.Selection(
        [
            ("0", "At the time"),
            ("15", "15 minutes before"),
            ("60", "1 hour before"),
            ("1440", "1 day before"),
        ],
        string="Remind Me",
        default="15",
        help="How long before the contact you are reminded.",
    )
    with_event = fields.Boolean(
        string="Put into the Calendar", help="A meeting in your calendar, beside the reminder."
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    late_text = fields.Char(compute="_compute_is_late", export_string_translation=False)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        lead = self.env["crm.lead"].browse(defaults.get("lead_id", [])).exists()
        if lead and "template_id" in fields:
            template = self.env["lead.intake.plan.template"]._for_lead(lead)
            defaults.setdefault("template_id", template.id)
        if lead and "planned_on" in fields:
            defaults.setdefault("planned_on", lead._get_intake_suggested_time())
        return defaults

    @api.depends("template_id", "lead_id")
    def _compute_from_template(self):
        for wizard in self:
            template, lead = wizard.template_id, wizard.lead_id
            usual = lead.medium_id.first_contact_method or "phone"
            wizard.method = template.method or usual
            wizard.goal = template.goal
            wizard.talking_points = template.talking_points

    @api.depends("planned_on", "lead_id")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for wizard in self:
            due = wizard.lead_id and wizard.lead_id._get_intake_contact_due()
            wizard.is_late = bool(due and wizard.planned_on and wizard.planned_on > due)
            when = due and format_datetime(self.env, due, dt_format="short")
            if not wizard.is_late:
                wizard.late_text = False
            elif due < now:
                wizard.late_text = self.env._(
                    "The contact was due on %(due)s. Plan it as soon as you can.", due=when
                )
            else:
                wizard.late_text = self.env._(
                    "The contact is due by %(due)s; this plan is later.", due=when
                )

    def action_plan(self):
        """Plan the contact.

        :raise UserError: if the time is past or the lead isn't to be followed up
        """
        self.ensure_one()
        self.lead_id.intake_plan(
            self.planned_on,
            self.method,
            goal=self.goal,
            talking_points=self.talking_points,
            remind_before=int(self.remind_before) if self.remind_before else False,
            # A tick that is out of sight since the method was changed doesn't count.
            event=self.with_event and self.method in MEETING_METHODS,
        )
        return {"type": "ir.actions.act_window_close"}
