from odoo import models
from odoo.exceptions import UserError

# What may end or leave the procedure, and so is compared before and after a write.
WATCHED_FIELDS = frozenset(
    {
        "active",
        "company_id",
        "lost_reason_id",
        "partner_id",  # a lead without a company takes its customer's
        "probability",
        "stage_id",
        "team_id",
        "type",
        "user_id",
    }
)
# What decides on the team: Odoo looks for it anew when the owner or the type changes.
TEAM_FIELDS = frozenset({"team_id", "type", "user_id"})


class CrmLead(models.Model):
    """What follows from a write that came through the door (``crm_lead_guard.py``): a lead that
    changed its team, owner, stage or company, or was closed, is compared with what it was before.
    """

    _inherit = "crm.lead"

    def _intake_before(self, vals):
        """Remember what a write may change of leads the procedure has an interest in."""
        if not WATCHED_FIELDS.intersection(vals) or not self.env["crm.team"]._has_intake_teams():
            return {}
        return {
            lead: {
                "held": lead._is_under_intake(),
                "state": lead.intake_state,
                "team": lead.team_id,
                "company": lead.company_id,
                "owner": lead.user_id,
                "stage": lead.stage_id,
                "type": lead.type,
                "open": lead.active and lead.won_status == "pending",
            }
            for lead in self
            if lead.intake_state or TEAM_FIELDS.intersection(vals)
        }

    def _intake_after(self, before):
        """React to what changed, once for the batch."""
        leads = self.browse().concat(*before)
        moved = leads.filtered(lambda lead: lead.team_id != before[lead]["team"])
        approved = moved.filtered(lambda lead: before[lead]["state"] == "approved")
        (moved - approved)._intake_check_left(before)
        left = moved.filtered(
            lambda lead: (
                lead.intake_state and lead.intake_state != "approved" and not lead.use_intake
            )
        )
        if left:
            left._intake_leave()
        gone = (moved - left).filtered(lambda lead: before[lead]["held"] and not lead.use_intake)
        if gone:
            gone._intake_clocks_left()
        back = moved.filtered(
            lambda lead: (
                not before[lead]["held"]
                and lead.intake_state == "approved"
                and lead._is_under_intake()
                and not lead._refuse_closed()
            )
        )
        if back:
            back._intake_clocks_owned()
            # Whoever owned it may have let go of it meanwhile.
            back.filtered("intake_unassigned")._intake_todo_start_once("assign")
        # sudo: whoever gave a lead to somebody else's team may not write it any more; that they
        # might do so was checked.
        moved.filtered("use_intake").sudo()._intake_enter()
        held = leads.filtered(lambda lead: before[lead]["held"] and lead._is_under_intake())
        # Another team may have other stages: Odoo's choice among them isn't the procedure's.
        unapproved = held.filtered(lambda lead: lead.intake_state != "approved")
        (unapproved & moved)._intake_wait_in_new_team(before)
        held._intake_check_unapproved(before)
        leads._intake_ownership_follows(before)
        # After it: who may not hand it over is told so.
        approved._intake_check_left(before)
        held._intake_clocks_changed(before)
        handed = held.filtered(
            lambda lead: (
                (lead.user_id, lead.team_id) != (before[lead]["owner"], before[lead]["team"])
            )
        )
        if handed:
            handed._intake_todo_hand_over()
        closed = held.filtered(
            lambda lead: before[lead]["open"] and (not lead.active or lead.won_status != "pending")
        )
        if closed:
            closed._intake_check_closed()
            closed._intake_stop_waiting()
            closed._intake_drop_plan()
        reopened = held.filtered(
            lambda lead: not before[lead]["open"] and not lead._refuse_closed()
        )
        if reopened:
            # What an approved one asks for comes with its clocks.
            reopened.filtered(lambda lead: lead.intake_state != "approved")._intake_todo_renew()
            reopened.filtered("intake_unassigned")._intake_todo_start_once("assign")

    def _intake_check_left(self, before):
        """Only a reviewer takes a lead out of the procedure: whoever owes a promise would get rid
        of it that way.
        """
        for lead in self:
            was = before[lead]
            if (
                was["held"]
                and not lead.use_intake
                and not was["team"]._can_review_intake(self.env.user)
            ):
                raise UserError(
                    self.env._(
                        "“%(lead)s” is under the lead procedure. A reviewer of the team "
                        "“%(team)s” can move it to a team that doesn't use it.",
                        lead=lead.display_name,
                        team=was["team"].name,
                    )
                )

    def _intake_check_unapproved(self, before):
        """Before approval a lead isn't moved through the pipeline, won or converted."""
        for lead in self:
            was = before[lead]
            if was["state"] == "approved":
                continue
            moved = lead.stage_id != was["stage"]
            if moved and lead.stage_id != lead.team_id._get_intake_first_stage():
                raise UserError(
                    self.env._(
                        "“%(lead)s” is not approved yet and stays in the stage “%(stage)s”. "
                        "Submit it for review; the approval moves it on.",
                        lead=lead.display_name,
                        stage=was["stage"].name,
                    )
                )
            if was["type"] == "lead" and lead.type == "opportunity":
                raise UserError(
                    self.env._(
                        "“%(lead)s” is not approved yet and can't become an opportunity. "
                        "Submit it for review first.",
                        lead=lead.display_name,
                    )
                )

    def _intake_wait_in_new_team(self, before):
        self.filtered(
            lambda lead: lead.stage_id != before[lead]["stage"] and not lead.stage_id.is_won
        )._intake_back_to_first_stage()

    def _intake_check_closed(self):
        """A lead under the procedure is lost, or put away, with a reason (step 5)."""
        for lead in self:
            if not lead._is_under_intake() or lead.lost_reason_id:
                continue
            if lead.won_status == "lost" or not lead.active:
                raise UserError(
                    self.env._(
                        "Say why “%(lead)s” is lost: use “Lost” and choose a reason. Archiving "
                        "a lead of the procedure needs a reason too.",
                        lead=lead.display_name,
                    )
                )

    def action_set_lost(self, **additional_values):
        # Odoo archives first and writes the reason afterwards; the rule looks at the whole.
        reason = additional_values.get("lost_reason_id")
        held = self.filtered(lambda lead: lead._is_under_intake())
        if reason and held:
            held.write({"lost_reason_id": reason})
        return super().action_set_lost(**additional_values)
