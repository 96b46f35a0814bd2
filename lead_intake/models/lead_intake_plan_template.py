from odoo import api, fields, models

from .utm_medium import CONTACT_METHODS


class LeadIntakePlanTemplate(models.Model):
    """A ready-made plan for a first contact (step 3): how, what to talk about, to what end."""

    _name = "lead.intake.plan.template"
    _description = "Follow-Up Plan Template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    method = fields.Selection(CONTACT_METHODS, help="Empty: the channel's usual method.")
    talking_points = fields.Text(
        translate=True, help="What to talk about. The representative can change it for each plan."
    )
    goal = fields.Char(translate=True, help="What the first contact is to achieve.")
    medium_ids = fields.Many2many("utm.medium", string="Channels", help="Empty: every channel.")
    grade_ids = fields.Many2many("lead.intake.grade", string="Grades", help="Empty: every grade.")

    @api.model
    def _for_lead(self, lead):
        """Return the first template that fits the lead's channel and grade.

        :rtype: lead.intake.plan.template
        """
        return self.search([]).filtered(
            lambda template: (
                (not template.medium_ids or lead.medium_id in template.medium_ids)
                and (not template.grade_ids or lead.intake_grade_id in template.grade_ids)
            )
        )[:1]
