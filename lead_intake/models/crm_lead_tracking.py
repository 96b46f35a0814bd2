from odoo import models


class CrmLead(models.Model):
    """What the chatter says of an approval. It moves the stage as well, and Odoo posts changes of
    stage, to those who follow them: with the recipients' query and more for each lead of a batch.
    Where nobody follows them, it is logged as all the other steps are.
    """

    _inherit = "crm.lead"

    def _message_track(self, fields_iter, initial_values_dict):
        if not self.env["crm.team"]._has_intake_teams():
            return super()._message_track(fields_iter, initial_values_dict)
        moved = [
            lead_id
            for lead_id, values in initial_values_dict.items()
            # The values of before hold what was written, whether it changed or not.
            if values
            and "intake_state" in values
            and "stage_id" in values
            and values["stage_id"] != self.browse(lead_id).stage_id
        ]
        # None: no question. What a client may have put there isn't looked at.
        followed = self._intake_followed(moved) if moved else None
        tracked = self.with_context(intake_stage_followed=followed)
        return super(CrmLead, tracked)._message_track(fields_iter, initial_values_dict)

    def _intake_followed(self, lead_ids):
        """Return which of these leads somebody follows the stage of.

        :rtype: frozenset[int]
        """
        subtypes = [
            self.env["ir.model.data"]._xmlid_to_res_id(name)
            for name in ("crm.mt_lead_stage", "crm.mt_lead_won")
        ]
        # sudo: who is told is nobody's secret here, it is only counted.
        followers = (
            self.env["mail.followers"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", lead_ids),
                    ("subtype_ids", "in", subtypes),
                ],
                ["res_id"],
            )
        )
        return frozenset(followers.mapped("res_id"))

    def _track_subtype(self, init_values):
        followed = self.env.context.get("intake_stage_followed")
        if (
            isinstance(followed, frozenset)  # as no client can send it
            and "intake_state" in init_values
            and self.id not in followed
        ):
            return self.env["mail.message.subtype"]
        return super()._track_subtype(init_values)
