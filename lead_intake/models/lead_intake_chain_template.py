from odoo import fields, models


class LeadIntakeChainTemplate(models.Model):
    """A decision chain to start from: who usually decides at customers of a kind."""

    _name = "lead.intake.chain.template"
    _description = "Decision Chain Template"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    line_ids = fields.One2many(
        "lead.intake.chain.template.line", "template_id", string="Steps", copy=True
    )
    active = fields.Boolean(default=True)

    def _prepare_steps(self):
        """Return the values of the steps a chain made from this template has.

        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            {"name": line.name, "sequence": number * 10}
            for number, line in enumerate(self.line_ids, start=1)
        ]


class LeadIntakeChainTemplateLine(models.Model):
    _name = "lead.intake.chain.template.line"
    _description = "Step of a Decision Chain Template"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "lead.intake.chain.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Decision", required=True, translate=True)
