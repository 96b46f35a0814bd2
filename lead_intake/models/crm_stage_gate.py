from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a status of the procedure takes for granted; a company changes it on its stages.
# The won stage has a dialog of its own for the contract.
STATUS_GATES = {
    "requirement_clear": ("need_description", "purchase_date"),
    "proposal": ("need_description", "purchase_date", "budget_from", "intake_step_ids"),
    "negotiating": ("need_description", "purchase_date", "budget_from", "intake_step_ids"),
}
LEAST_STEPS = 2


class CrmStage(models.Model):
    """Stage gates: what a lead of the procedure has to say before it moves to a stage."""

    _inherit = "crm.stage"

    intake_gate_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_stage_intake_gate_field_rel",
        string="Required to Enter",
        compute="_compute_intake_gate",
        store=True,
        readonly=False,
        domain=lambda self: self.env["crm.lead"]._get_intake_gate_domain(),
        help="Leads of teams that use the lead procedure can't move to this stage before these "
        "are filled. A lead can always be lost or go back.",
    )

    intake_gate_steps = fields.Integer(
        string="Least Steps of the Decision Chain",
        compute="_compute_intake_gate",
        store=True,
        readonly=False,
        help="How many steps of the customer's decision chain have to be known to enter, where "
        "the chain is required at all.",
    )

    @api.depends("intake_status")
    def _compute_intake_gate(self):
        """Standing for a status, a stage asks for what that status takes for granted."""
        # sudo: the names of fields are no secret.
        Fields = self.env["ir.model.fields"].sudo()
        for stage in self:
            names = STATUS_GATES.get(stage.intake_status, ())
            stage.intake_gate_steps = LEAST_STEPS if "intake_step_ids" in names else 0
            stage.intake_gate_field_ids = Fields.concat(
                *(Fields._get("crm.lead", name) for name in names)
            )

    @api.constrains("intake_gate_field_ids")
    def _check_intake_gate_field_ids(self):
        allowed = self.env["crm.lead"]._get_intake_gate_names()
        for stage in self:
            strangers = stage.intake_gate_field_ids.sudo().filtered(
                lambda field: field.model != "crm.lead" or field.name not in allowed
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "A stage can't ask for “%(field)s”: choose one of the fields people "
                        "fill in on a lead.",
                        field=strangers[0].field_description,
                    )
                )

    def _get_intake_gate_names(self):
        """Return the names of the fields that have to be filled to enter the stage.

        :rtype: list[str]
        """
        self.ensure_one()
        # sudo: who moves a lead may not read the model of fields; their names are no secret.
        return self.sudo().intake_gate_field_ids.mapped("name")

    def _is_intake_behind(self, other):
        """Tell whether moving here from ``other`` is a step forward."""
        mine, others = ((stage.sequence, stage.name, stage.id) for stage in (self, other))
        return self.is_won or mine > others
