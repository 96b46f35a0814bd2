from odoo import api, fields, models

INTAKE_STATUSES = [
    ("to_follow_up", "To Follow Up"),
    ("following_up", "Following Up"),
    ("requirement_clear", "Requirement Clear"),
    ("proposal", "Proposal Submitted"),
    ("negotiating", "Negotiating"),
    ("won", "Won"),
]


class CrmStage(models.Model):
    """A company keeps its own stages; each may stand for a status of the procedure."""

    _inherit = "crm.stage"

    intake_status = fields.Selection(
        INTAKE_STATUSES,
        string="Status of the Procedure",
        help="Which status of the lead procedure this stage stands for. An approved lead moves "
        "to the first stage that stands for “To Follow Up”.",
    )

    # Which stage stands for what is remembered by the teams (``crm_team_cache.py``).

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_intake_forget(self):
        self.env.registry.clear_cache()

    def _intake_name_as_status(self):
        """Name stages as the status they stand for, in the language of the context."""
        labels = dict(self._fields["intake_status"]._description_selection(self.env))
        for stage in self:
            stage.name = labels[stage.intake_status]
