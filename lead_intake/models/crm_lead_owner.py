from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..tools import assignment_origin, guard


class CrmLead(models.Model):
    """Step 3 · One owner (第一负责人): who may close a lead or hand it over, on every path. Others
    may help as collaborators: they see the lead and follow it up.
    """

    _inherit = "crm.lead"

    intake_collaborator_ids = fields.Many2many(
        "res.users",
        "crm_lead_intake_collaborator_rel",
        string="Collaborators",
        copy=False,
        domain="[('share', '=', False)]",
        help="Colleagues who see the lead and follow it up with the owner. Only the owner or a "
        "supervisor closes it or hands it over.",
    )

    # --- who may ---------------------------------------------------------------------------

    @api.model
    def _is_intake_supervisor(self, team):
        """Tell whether the user leads or reviews for ``team``, or is the system itself (crons)."""
        user = self.env.user
        return (
            user.id == SUPERUSER_ID
            or user == team.sudo().user_id  # who leads a team is known
            or team._can_review_intake(user)
        )

    def _intake_check_owner(self, before):
        """Only the owner and the supervisors close a lead under the procedure or hand it over.

        :param dict before: what ``_intake_before`` remembered
        """
        if assignment_origin.of(self.env):
            return  # checked by who made the origin
        user = self.env.user
        teams = self.env["crm.team"].concat(*{before[lead]["team"] for lead in self})
        supervised = {team for team in teams if self._is_intake_supervisor(team)}
        for lead in self:
            was = before[lead]
            if was["team"] in supervised:
                continue
            if lead.user_id != was["owner"]:
                lead._intake_check_hand_over(was)
            elif lead.team_id != was["team"] and was["state"] == "approved":
                if user != was["owner"]:
                    lead._intake_refuse_as_stranger(was)
            closed = not lead.active or lead.won_status != "pending"
            if was["open"] and closed and user not in was["owner"] | lead.user_id:
                lead._intake_refuse_as_stranger(was)

    def _intake_check_hand_over(self, was):
        """Before approval an owner, or whoever finds none, makes a member of the team the
        owner; after it only the owner does, and the unowned are assigned by a supervisor.
        """
        user, team = self.env.user, was["team"]
        if was["owner"] and user != was["owner"]:
            self._intake_refuse_as_stranger(was)
        if not was["owner"] and was["state"] in ("approved", "on_hold"):
            allowed = team.sudo().intake_take_unassigned  # a setting
            if not (allowed and self.user_id == user and self._is_in_intake_team(user, team)):
                self._intake_refuse_role(
                    self.env._(
                        "“%(lead)s” is approved and has no owner. A supervisor of the team "
                        "“%(team)s” assigns it.",
                        lead=self.name,
                        team=team.name,
                    )
                )
        if not self.user_id:
            raise UserError(
                self.env._(
                    "“%(lead)s” needs an owner. Hand it over to a colleague, or ask a "
                    "supervisor to assign it.",
                    lead=self.name,
                )
            )
        if not self._is_in_intake_team(self.user_id, team):
            raise UserError(
                self.env._(
                    "%(person)s isn't a member of the team “%(team)s”. Only a supervisor gives "
                    "“%(lead)s” to somebody else.",
                    person=self.user_id.sudo().name,
                    team=team.name,
                    lead=self.name,
                )
            )

    def _intake_refuse_as_stranger(self, was):
        self._intake_refuse_role(
            self.env._(
                "Only the owner of “%(lead)s” (%(owner)s) or a supervisor of the team “%(team)s” "
                "can close it or hand it over.",
                lead=self.name,
                owner=was["owner"].sudo().name or self.env._("nobody yet"),
                team=was["team"].name,
            )
        )

    def _intake_refuse_role(self, reason):
        """Refuse what takes a role the user doesn't have. In plain Odoo an administrator of
        Sales may do everything; here they configure, and are told how one becomes a supervisor.

        :raise UserError: always
        """
        if self.env.user.has_group("sales_team.group_sale_manager"):
            hint = self.env._(
                "As a CRM administrator you configure the procedure. To decide on leads as well, "
                "you need the access right “Lead Review: Supervisor”, and to be the leader, a "
                "member or a reviewer of the team."
            )
            reason = f"{reason}\n{hint}"
        raise UserError(reason)

    # --- collaborators ---------------------------------------------------------------------

    def write(self, vals):
        # A merge only adds those of the other lead, whom its owner chose.
        trusted = guard.is_open(self.env) or guard.is_merging(self.env)
        if "intake_collaborator_ids" in vals and not trusted:
            self._intake_check_may_share()
        return super().write(vals)

    def _intake_check_may_share(self):
        """Whom a lead is shown to is the owner's and the supervisors' to say."""
        for lead in self:
            if not lead._is_under_intake() or lead.user_id == self.env.user:
                continue
            if not self._is_intake_supervisor(lead.team_id):
                raise UserError(
                    self.env._(
                        "Only the owner of “%(lead)s” or a supervisor chooses its collaborators.",
                        lead=lead.name,
                    )
                )

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        # Odoo deletes the merged leads for whoever can read them; a collaborator can.
        self.filtered(lambda lead: lead._is_under_intake()).check_access("write")
        for lead in self.filtered(lambda lead: lead.intake_state == "approved"):
            stranger = lead.user_id != self.env.user
            if (
                lead._is_under_intake()
                and stranger
                and not lead._is_intake_supervisor(lead.team_id)
            ):
                lead._intake_refuse_as_stranger({"owner": lead.user_id, "team": lead.team_id})
        return super()._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
        )

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "intake_collaborator_ids": lambda fname, leads: leads.sudo().intake_collaborator_ids,
        }

    def _check_intake_follow_up_access(self):
        if self.env.user in self.sudo().intake_collaborator_ids:  # one's own part in it
            self.check_access("read")
            return
        super()._check_intake_follow_up_access()
