from markupsafe import Markup

from odoo import models

from ..tools import arguments


class CrmLead(models.Model):
    """Step 3 · What happens to the owner when a lead is approved: a team may have leads assigned
    by themselves, and a lead that nobody owns is never left in silence.
    """

    _inherit = "crm.lead"

    @arguments.takes()
    def intake_approve(self, grade_id=False, comment=False, override_reason=False):
        res = super().intake_approve(grade_id, comment, override_reason)
        self._intake_assign_approved()
        return res

    def _intake_assign_approved(self):
        """Assign the leads whose team wants it so; give somebody the to-do for the others that
        have no owner who can work them.
        """
        wanted = self.filtered(lambda lead: lead._is_assigned_on_approval())
        wanted._intake_assign_automatically()
        unowned = (self - wanted).filtered(lambda lead: not lead._has_intake_owner())
        unowned._intake_todo_start("assign")

    def _has_intake_owner(self):
        self.ensure_one()
        return self.user_id.sudo().active  # who left owns nothing

    def _is_assigned_on_approval(self):
        self.ensure_one()
        choice = self.team_id.sudo().intake_auto_assign  # a setting
        return choice == "all" or (choice == "unowned" and not self._has_intake_owner())

    def _intake_assign_automatically(self):
        """Give each lead to who fits best. Where nobody does, do what the team chose, and tell a
        supervisor why.
        """
        if not self:
            return
        ranked = self._intake_rank()
        plan = {lead: user for lead, (user, _scores) in ranked.items() if user}
        self._intake_carry_out(plan, how="automatic")
        nobody = self.filtered(lambda lead: lead not in plan)
        if not nobody:
            return
        fallback = {}
        for lead in nobody:
            team = lead.team_id.sudo()  # settings, and who leads the team
            leader = team.user_id
            if team.intake_fallback == "leader" and not lead._refuse_assignee(leader):
                fallback[lead] = leader.with_env(self.env)
        self._intake_carry_out(fallback, how="fallback")
        packed = self._intake_pack_scores(ranked)
        nobody._message_log_batch(
            bodies={lead.id: lead._get_intake_nobody_text(packed[lead.id]) for lead in nobody}
        )
        nobody._intake_todo_start("assign")

    def _get_intake_nobody_text(self, scores):
        """Say why nobody fits, person by person."""
        lines = self.env["lead.intake.assignment"]._get_score_lines(scores)
        people = Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s: %s</li>") % (line["name"], line["out"]) for line in lines
        )
        if not lines:
            text = self.env._("Nobody fits this lead: the team has no members. Assign it by hand.")
            return Markup("<p>%s</p>") % text
        text = self.env._("Nobody of the team fits this lead now. Assign it by hand.")
        return Markup("<p>%s</p>%s") % (text, people)

    def _get_intake_todo_user(self, kind):
        if kind != "assign":
            return super()._get_intake_todo_user(kind)
        reviewers = self.team_id._get_intake_reviewers()
        leader = self.team_id.sudo().user_id  # who leads a team is known
        # Whoever approved it has it at hand.
        return (reviewers & self.env.user or reviewers & leader or reviewers)[:1]
