from odoo import Command, api, fields, models


class CrmLead(models.Model):
    """Step 4 · The decision chain (决策链): which roles take part, and in what order."""

    _inherit = "crm.lead"

    intake_step_ids = fields.One2many(
        "lead.intake.decision.step", "lead_id", string="Steps of the Decision Chain"
    )
    intake_chain_template_id = fields.Many2one(
        "lead.intake.chain.template",
        string="Start From",
        store=False,
        help="Fills in the steps of a usual decision chain.",
    )
    decision_chain = fields.Char(
        string="Decision Path",
        compute="_compute_decision_chain",
        store=True,
        help="The steps of the decision chain in one line: technical evaluation → finance "
        "approval → owner.",
    )
    intake_gate_steps_text = fields.Char(compute="_compute_intake_gate_steps_text")
    decision_maker = fields.Selection(compute="_compute_decision_maker", store=True, readonly=False)

    @api.depends("intake_step_ids.name", "intake_step_ids.sequence")
    def _compute_decision_chain(self):
        for lead in self:
            steps = lead.intake_step_ids.sorted(lambda step: (step.sequence, step._origin.id))
            lead.decision_chain = " → ".join(filter(None, steps.mapped("name"))) or False

    @api.depends("intake_step_ids.person")
    def _compute_decision_maker(self):
        """Once the steps are known they say how much we know; until then a person does."""
        for lead in self.filtered("intake_step_ids"):
            named = lead.intake_step_ids.filtered("person")
            if named == lead.intake_step_ids:
                lead.decision_maker = "known"
            else:
                lead.decision_maker = "partly" if named else "unknown"

    @api.depends("intake_step_ids")
    @api.depends_context("intake_gate_stage_id", "lang")
    def _compute_intake_gate_steps_text(self):
        """Say in the dialog of a stage how many steps it asks for."""
        stage_id = self.env.context.get("intake_gate_stage_id")
        stage = self.env["crm.stage"].browse(stage_id if isinstance(stage_id, int) else [])
        least = max(stage.exists().intake_gate_steps, 1)
        for lead in self:
            lead.intake_gate_steps_text = (
                self.env._(
                    "The stage asks for %(least)s steps; %(known)s are known.",
                    least=least,
                    known=len(lead.intake_step_ids),
                )
                if len(lead.intake_step_ids) < least
                else False
            )

    @api.onchange("intake_chain_template_id")
    def _onchange_intake_chain_template_id(self):
        template = self.intake_chain_template_id
        if template and not self.intake_step_ids:
            self.intake_step_ids = [Command.create(vals) for vals in template._prepare_steps()]
        self.intake_chain_template_id = False

    # --- stage gates -----------------------------------------------------------------------

    @api.model
    def _get_intake_gate_names(self):
        return (*super()._get_intake_gate_names(), "intake_step_ids")

    def _is_intake_gate_passed(self, name, stage):
        if name == "intake_step_ids":
            return len(self.intake_step_ids) >= max(stage.intake_gate_steps, 1)
        return super()._is_intake_gate_passed(name, stage)

    def _get_intake_gate_labels(self, names, stage):
        labels = dict(zip(names, super()._get_intake_gate_labels(names, stage), strict=True))
        if "intake_step_ids" in labels:
            labels["intake_step_ids"] = self.env._(
                "Decision Chain (steps: %(known)s of %(least)s)",
                known=len(self.intake_step_ids),
                least=max(stage.intake_gate_steps, 1),
            )
        return list(labels.values())

    # --- merging ---------------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        # The people are handed over first: the steps name them.
        res = super()._merge_dependences(opportunities)
        if self.env["crm.team"]._has_intake_history():
            self.env["lead.intake.decision.step"]._merge(self, opportunities)
        return res
