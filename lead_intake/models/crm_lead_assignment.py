from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import arguments, assignment_origin, guard
from ..tools.assignment_origin import Origin


class CrmLead(models.Model):
    """Step 3 · Assignment (线索分配): giving approved leads an owner, and the log of every change
    of owner, whatever path it took. Who may change one is in ``crm_lead_owner.py``.
    """

    _inherit = "crm.lead"

    intake_assignment_ids = fields.One2many(
        "lead.intake.assignment", "lead_id", string="Assignments", copy=False
    )
    has_intake_assignments = fields.Boolean(compute="_compute_has_intake_assignments")
    can_assign = fields.Boolean(compute="_compute_can_assign")
    intake_unassigned = fields.Boolean(
        string="To Assign",
        compute="_compute_intake_unassigned",
        search="_search_intake_unassigned",
        help="Approved, open and without an owner, or with one who has left.",
    )

    # What is open in a team, and whose it is: workloads, what waits for an owner, the dashboard;
    # however many leads are closed.
    _intake_open_idx = models.Index("(team_id, user_id) WHERE won_status = 'pending'")

    @api.depends("intake_assignment_ids")
    def _compute_has_intake_assignments(self):
        for lead in self:
            lead.has_intake_assignments = bool(lead.intake_assignment_ids)

    @api.depends("intake_state", "team_id", "active", "won_status")
    @api.depends_context("uid")
    def _compute_can_assign(self):
        for lead in self:
            lead.can_assign = not lead._refuse_assign()

    @api.depends("intake_state", "user_id.active", "active", "won_status", "team_id")
    def _compute_intake_unassigned(self):
        for lead in self:
            lead.intake_unassigned = (
                lead._is_under_intake()
                and lead.intake_state == "approved"
                and not lead._has_intake_owner()
                and not lead._refuse_closed()
            )

    def _search_intake_unassigned(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [
            ("intake_state", "=", "approved"),
            "|",
            ("user_id", "=", False),
            ("user_id.active", "=", False),
            ("team_id.use_intake", "=", True),
            ("won_status", "=", "pending"),
        ]

    def _refuse_assign(self):
        """Return why ``self.env.user`` may not give this lead an owner, or False.

        :rtype: str | bool
        """
        self.ensure_one()
        if not self._is_under_intake():
            return self.env._("It isn't under the lead procedure.")
        if reason := self._refuse_closed():
            return reason
        if self.intake_state == "on_hold":
            return self.env._("It is on hold. Take it up again first.")
        if self.intake_state != "approved":
            return self.env._("It isn't approved yet. It is assigned after its review.")
        return self._refuse_reviewer()

    # --- assigning -------------------------------------------------------------------------

    @arguments.takes(user_id=arguments.one_id, note=arguments.text)
    def intake_assign(self, user_id, note=False):
        """Give approved leads an owner (step 3).

        Whether the owner is the one suggested, and how all candidates stood, goes into the log.

        :param int user_id: the new owner, an internal user and a member of the leads' team;
            one who is full or on leave may be chosen all the same
        :param str note: why, for the log
        :raise UserError: if any of the leads can't be assigned by this user, or not to this
            owner; then none is
        """
        user = self.env["res.users"].browse(user_id or []).exists()
        self._intake_assign_plan(dict.fromkeys(self, user), note)
        return True

    @api.model
    def _intake_assign_plan(self, plan, note=False):
        """Carry out a supervisor's plan, all of it or nothing.

        :param dict plan: ``{lead: user}``
        """
        refused = {
            lead: reason
            for lead, user in plan.items()
            if (reason := lead._refuse_assign() or lead._refuse_assignee(user))
        }
        if refused:
            raise UserError(self._intake_refusal_text(refused))
        self.browse().concat(*plan).check_access("write")
        self._intake_carry_out(plan, note=note)

    def action_intake_assign(self):
        """Open the dialog that gives the selected leads an owner."""
        return self.env["lead.intake.assign"]._open(self)

    def action_intake_why_owner(self):
        """Open the explanation of how the lead came to its owner."""
        self.ensure_one()
        row = self.intake_assignment_ids[:1]
        if not row:
            raise UserError(
                self.env._("“%(lead)s” was never assigned: nobody owned it before.", lead=self.name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why This Owner?"),
            "res_model": "lead.intake.assignment",
            "res_id": row.id,
            "view_mode": "form",
            "views": [(self.env.ref("lead_intake.lead_intake_assignment_view_form").id, "form")],
            "target": "new",
        }

    def _refuse_assignee(self, user):
        """Return why ``user`` can't be the owner of this lead, or False."""
        self.ensure_one()
        person = user.sudo()  # any reviewer may know whether a colleague is still there
        if not person or not person.active or person.share:
            return self.env._("Choose an owner who is an active internal user.")
        company = self.company_id or self.team_id.company_id
        if company and company not in person.company_ids:
            return self.env._(
                "%(person)s doesn't work for %(company)s.",
                person=person.name,
                company=company.sudo().name,
            )
        if not self._is_in_intake_team(user, self.team_id):
            return self.env._(
                "%(person)s isn't a member of the team “%(team)s”.",
                person=person.name,
                team=self.team_id.name,
            )
        return False

    @api.model
    def _is_in_intake_team(self, user, team):
        return user in team.sudo().member_ids | team.sudo().user_id  # who is in a team is known

    def _intake_rank(self, forced=None):
        """Rank the members of the leads' teams, and deal the leads to them.

        :param dict forced: ``{lead id: user id}`` where somebody chose already
        :return: ``{lead: (user, [Score, …])}``
        :rtype: dict
        """
        ranked = {}
        for team, leads in self.grouped("team_id").items():
            ranked.update(team._intake_distribute(leads, forced))
        return ranked

    @api.model
    def _intake_carry_out(self, plan, how=None, note=False):
        """Write the owners of a plan, in one go per owner, and leave the log behind.

        :param dict plan: ``{lead: user}``
        :param str how: a value of ``lead.intake.assignment.how``; None to tell whether each
            owner is the one suggested
        """
        every = self.browse().concat(*plan)
        ranked = every._intake_rank({lead.id: user.id for lead, user in plan.items()})
        packed = self._intake_pack_scores(ranked)
        origin = Origin(how=how, scores=packed, note=note)
        if not how:
            origin.hows = {
                lead.id: "suggested"
                if packed[lead.id]
                and packed[lead.id][0]["user"] == user.id
                and "out" not in packed[lead.id][0]
                else "chosen"
                for lead, user in plan.items()
            }
        bulk = len(plan) > 1
        # What follows from a new owner (log, clocks, to-dos) is done once for all owners, not
        # once for each of them: their writes skip it, and it is called for the whole batch.
        before = every._intake_before({"user_id": True})
        by_user = {}
        for lead, user in plan.items():
            by_user.setdefault(user, []).append(lead.id)
        for user, lead_ids in by_user.items():
            leads = guard.opened(self.browse(lead_ids))
            # One lead: Odoo tells the new owner. Many: they get one message, not one a lead, and
            # the log's line in the chatter stands for Odoo's own, which costs queries per lead.
            if bulk:
                leads = leads.with_context(mail_auto_subscribe_no_notify=True, mail_notrack=True)
            leads.write({"user_id": user.id})
        assignment_origin.marked(every, origin)._intake_after(before)
        if bulk:
            every._intake_tell_owners({lead: was["owner"] for lead, was in before.items()})

    @api.model
    def _intake_pack_scores(self, ranked):
        """Return rankings in the form in which they are stored: ``{lead id: […]}``."""
        user_ids = {score.key for _user, scores in ranked.values() for score in scores}
        # sudo: the names of colleagues, also of those who left.
        names = {user.id: user.name for user in self.env["res.users"].sudo().browse(user_ids)}
        return {
            lead.id: [
                {
                    "user": score.key,
                    "name": names[score.key],
                    "total": score.total,
                    "parts": {
                        name: [round(points, 2), facts]
                        for name, (points, facts) in score.parts.items()
                    },
                    **({"out": score.out} if score.out else {}),
                }
                for score in scores
            ]
            for lead, (_user, scores) in ranked.items()
        }

    # --- the log, whatever the path --------------------------------------------------------

    def _intake_ownership_follows(self, before):
        """Check and log what a write did to the owner of leads under the procedure.

        :param dict before: what ``_intake_before`` remembered
        """
        held = self.filtered(lambda lead: before[lead]["held"])
        if not held:
            return
        held._intake_check_owner(before)
        changed = held.filtered(lambda lead: lead.user_id != before[lead]["owner"])
        if changed:
            owner_before = {lead: before[lead]["owner"] for lead in changed}
            changed._intake_log_assignments(owner_before)
            changed._intake_tell_former_owners(owner_before)
            changed.filtered("intake_unassigned")._intake_todo_start_once("assign")

    def _intake_log_assignments(self, owner_before):
        origin = assignment_origin.of(self.env) or Origin()
        leads = assignment_origin.unmarked(self)
        scores = origin.scores or leads._get_intake_scores(origin)
        now = fields.Datetime.now()
        # Nobody may write the log; that the change itself is allowed was checked.
        rows = guard.opened(self.env["lead.intake.assignment"].sudo()).create(
            [
                {
                    "lead_id": lead.id,
                    "team_id": lead.team_id.id,
                    "company_id": lead.company_id.id,
                    "grade_id": lead.intake_grade_id.id,
                    "user_id": lead.user_id.id,
                    "previous_user_id": owner_before[lead].id,
                    "assigned_by_id": self.env.user.id,
                    "assigned_on": now,
                    "how": origin.how_of(lead) or lead._get_intake_how(owner_before[lead]),
                    "note": origin.note,
                    "scores": scores.get(lead.id) or False,
                }
                for lead in leads
            ]
        )
        leads._message_log_batch(bodies={row.lead_id.id: row._get_chatter_line() for row in rows})
        leads.filtered("user_id")._intake_todo_done("assign")

    def _get_intake_scores(self, origin):
        """Return how all candidates stood when an owner was chosen without our ranking: typed,
        handed over, taken. Odoo's engine, lead by lead, gets its comparison at the end.

        :rtype: dict
        """
        if origin.how == "engine" or guard.is_merging(self.env):
            return {}
        given = self.filtered(lambda lead: lead.user_id and lead.intake_state == "approved")
        forced = {lead.id: lead.user_id.id for lead in given}
        return self._intake_pack_scores(given._intake_rank(forced))

    def _get_intake_how(self, owner_before):
        if guard.is_merging(self.env):
            return "merged"
        if owner_before == self.env.user and self.user_id:
            return "handed_over"
        if not owner_before and self.user_id == self.env.user:
            return "taken"
        return "other"
