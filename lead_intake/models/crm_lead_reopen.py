from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import arguments, guard
from .crm_lead_closing_review import OF_ONE_CLOSING

KEPT_FIELDS = (
    "lost_reason_id",
    "lost_competitor_id",
    "contract_number",
    "contract_amount",
    "retrospective",
)


class CrmLead(models.Model):
    """Step 5 · Reopening: a won or lost lead goes on in the stage it was closed from. What was
    said of the closing stays in its history.
    """

    _inherit = "crm.lead"

    can_undo_closing = fields.Boolean(compute="_compute_can_undo_closing")

    @api.depends("intake_state", "team_id", "user_id", "active", "won_status")
    @api.depends_context("uid")
    def _compute_can_undo_closing(self):
        supervised = {
            team: team and self._is_intake_supervisor(team) for team in self.mapped("team_id")
        }
        for lead in self:
            lead.can_undo_closing = bool(
                lead._is_under_intake()
                and lead._get_intake_outcome()
                and (lead.user_id == self.env.user or supervised.get(lead.team_id))
            )

    def _intake_check_reopen(self, before):
        """Only the owner and the supervisors reopen. A seam: closed months stay closed.

        :param dict before: what ``_intake_before`` remembered
        :raise UserError: if the user may not reopen one of them
        """
        for lead in self:
            was = before[lead]
            if was["state"] != "approved":
                continue  # there was nothing to close yet
            if self.env.user in was["owner"] or self._is_intake_supervisor(was["team"]):
                continue
            raise UserError(
                self.env._(
                    "Only the owner of “%(lead)s” (%(owner)s) or a supervisor of the team "
                    "“%(team)s” can reopen it.",
                    lead=lead.name,
                    owner=was["owner"].sudo().name or self.env._("nobody yet"),
                    team=was["team"].name,
                )
            )

    def _intake_closing_undone(self, before):
        """Keep what was said of the closing, take it off the leads and stop the review's clock."""
        now = fields.Datetime.now()
        # Text that people read, whoever sends it: it opens nothing.
        reason = self.env.context.get("intake_reopen_reason")
        reason = reason if isinstance(reason, str) and reason.strip() else False
        # sudo and key: history is written by the step, which was just checked.
        rows = guard.opened(self.sudo().intake_closing_ids.filtered(lambda r: not r.reopened_on))
        for row in rows:
            lead = row.lead_id
            row.write(
                {
                    **{name: self._fields[name].convert_to_write(lead[name], lead)
                       for name in KEPT_FIELDS},
                    "contract_currency_id": lead.contract_currency_id.id,
                    "reopened_by_id": self.env.user.id,
                    "reopened_on": now,
                    "reopened_reason": reason,
                }
            )  # fmt: skip
        self.env["lead.intake.deadline"]._cancel(self, self.env._("Reopened"), ["closing"])
        self._intake_todo_done("closing")
        for lead in self:
            lead._message_log(body=lead._get_intake_reopened_text(before[lead]["outcome"], reason))
        guard.opened(self.sudo()).write(dict.fromkeys(OF_ONE_CLOSING, False))

    def _get_intake_reopened_text(self, outcome, reason):
        values = {"user": self.env.user.name, "stage": self.stage_id.name}
        text = (
            self.env._("%(user)s reopened it: it was won, and goes on in “%(stage)s”.", **values)
            if outcome == "won"
            else self.env._(
                "%(user)s reopened it: it was lost, and goes on in “%(stage)s”.", **values
            )
        )
        return f"{text} {reason}" if reason else text

    @arguments.takes(reason=arguments.text)
    def intake_undo_closing(self, reason=False):
        """Reopen won or lost leads (step 5): they go on in the stage they were closed from.

        :param str reason: why; people read it in the chatter
        :raise UserError: if one of them isn't closed, or the user isn't its owner or supervisor
        """
        for lead in self:
            if not lead._get_intake_outcome():
                raise UserError(self.env._("“%(lead)s” is open already.", lead=lead.display_name))
        leads = self.with_context(intake_reopen_reason=reason)
        won = leads.filtered(lambda lead: lead._get_intake_outcome() == "won")
        for stage, of_stage in won.grouped(lambda lead: lead._get_intake_closed_from()).items():
            of_stage.write({"stage_id": stage.id, "active": True})
        lost = leads - won
        if lost:
            lost.action_restore()
        return True

    def _get_intake_closed_from(self):
        """Return the stage the lead was closed from, else the one where leads are followed up."""
        # sudo: rows of the lead's own history, of which only the stage is used.
        stage = self.sudo().intake_closing_ids.filtered(lambda row: not row.reopened_on).stage_id
        team = self.team_id
        fitting = stage and not stage.is_won and (not stage.team_ids or team in stage.team_ids)
        if fitting:
            return stage.sudo(False)
        return team._get_intake_stage("to_follow_up") or team._get_intake_first_stage()

    def action_intake_undo_closing(self):
        """Open the dialog that asks why a closed lead is opened again."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen"),
            "res_model": "lead.intake.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids, "dialog_size": "medium"},
        }
