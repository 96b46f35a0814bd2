from odoo import api, fields, models


class LeadIntakeRejection(models.Model):
    """One field a reviewer asked to have mended, with the reason and what it said then."""

    _name = "lead.intake.rejection"
    _inherit = "lead.intake.history"
    _description = "Rejected Field"
    _order = "id"

    review_id = fields.Many2one("lead.intake.review", required=True, ondelete="cascade", index=True)
    lead_id = fields.Many2one(related="review_id.lead_id")
    company_id = fields.Many2one(related="review_id.company_id")
    field_id = fields.Many2one("ir.model.fields", string="Field Definition", ondelete="set null")
    field_name = fields.Char(string="Technical Name", required=True)
    reason = fields.Text(required=True)
    old_value = fields.Char(help="What the field said when it was rejected.")
    field_label = fields.Char(
        string="Field",
        compute="_compute_field_label",
        help="The field's name in the reader's language.",
    )

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_field_label(self):
        labels = self.env["crm.lead"]._get_intake_labels(self.mapped("field_name"))
        for rejection in self:
            rejection.field_label = labels[rejection.field_name]
