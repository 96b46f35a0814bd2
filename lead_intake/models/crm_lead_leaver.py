from odoo import api, models


class CrmLead(models.Model):
    """Step 3 · Leads whose owner has left: what they owed goes to who stands in, and a supervisor
    is asked to give them a new owner. The lead itself keeps its owner until then.
    """

    _inherit = "crm.lead"

    @api.model
    def _intake_owners_changed(self, users):
        """React to owners who left, or came back.

        :param res.users users: who was archived or restored
        """
        # sudo: whoever manages users needn't see leads; nothing of them is shown.
        leads = self.sudo().search(
            [
                ("user_id", "in", users.ids),
                ("intake_state", "!=", False),
                ("team_id.use_intake", "=", True),
                ("won_status", "=", "pending"),
            ]
        )
        if not leads:
            return
        self.env["lead.intake.deadline"]._hand_over(leads)
        leads._intake_todo_hand_over()
        leads._intake_todo_renew()
        unowned = leads.filtered("intake_unassigned")
        unowned._intake_todo_start_once("assign")
        (leads - unowned)._intake_todo_done("assign")

    def _intake_todo_renew(self):
        """Give the to-dos of the owners once more where they are missing: Odoo deletes those of
        whom it archives.
        """
        by_state = self.grouped("intake_state")
        none = self.browse()
        unfinished = by_state.get("draft", none) | by_state.get("returned", none)
        unfinished._intake_todo_start_once("complete")
        approved = by_state.get("approved", none)
        approved.filtered(lambda lead: not lead.intake_plan_id)._intake_todo_start_once("plan")
        for until, leads in by_state.get("on_hold", none).grouped("intake_hold_until").items():
            leads._intake_todo_start_once("look_again", until)
