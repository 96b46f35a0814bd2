from odoo import api, fields, models

BATCH = 500


class LeadIntakeBringIn(models.TransientModel):
    """Bring the open leads a team already had under the procedure. They start as registered,
    in the stage they are in; the approval of one that is further on doesn't move it back.
    """

    _name = "lead.intake.bring.in"
    _inherit = "lead.intake.dialog"
    _description = "Bring Open Leads In"

    team_id = fields.Many2one("crm.team", required=True, readonly=True)
    lead_count = fields.Integer(compute="_compute_lead_count")

    @api.depends("team_id")
    def _compute_lead_count(self):
        for wizard in self:
            wizard.lead_count = self.env["crm.lead"].search_count(wizard._get_lead_domain())

    def _get_lead_domain(self):
        self.ensure_one()
        return [
            ("team_id", "=", self.team_id.id),
            ("team_id.use_intake", "=", True),
            ("intake_state", "=", False),
            ("won_status", "=", "pending"),
        ]

    def action_bring_in(self):
        """Bring the leads in, a batch at a time.

        :return: a notification that says how many
        :rtype: dict
        """
        self.ensure_one()
        self.team_id.check_access("write")
        leads = self.env["crm.lead"].search(self._get_lead_domain(), order="id")
        for start in range(0, len(leads), BATCH):
            leads[start : start + BATCH]._intake_bring_in()
            self.env.flush_all()
            self.env.invalidate_all()  # memory stays that of a batch
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s leads are under the procedure now.", count=len(leads)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
