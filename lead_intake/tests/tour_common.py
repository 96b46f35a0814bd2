from odoo.tests import HttpCase

from .common import IntakeCommon


class TourCommon(IntakeCommon, HttpCase):
    """The team's pipeline in a browser; nothing depends on demo data."""

    def _pipeline(self, user):
        """Return the address of the team's pipeline, all leads shown."""
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Tour Pipeline",
                "res_model": "crm.lead",
                "view_mode": "kanban,list,form",
                "domain": [("team_id", "=", self.team.id)],
                "context": {
                    "default_team_id": self.team.id,
                    "default_type": "opportunity",
                    "default_user_id": user.id,
                },
                "view_ids": [
                    (0, 0, {"view_mode": mode, "sequence": number, "view_id": view.id})
                    for number, (mode, view) in enumerate(
                        [
                            ("kanban", self.env.ref("crm.crm_case_kanban_view_leads")),
                            ("list", self.env.ref("crm.crm_case_tree_view_oppor")),
                            ("form", self.env.ref("crm.crm_lead_view_form")),
                        ]
                    )
                ],
            }
        )
        return f"/odoo/action-{action.id}"

    def _play(self, tour, user, url=None):
        self.start_tour(url or self._pipeline(user), tour, login=user.login)
        self.env.invalidate_all()
