from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, frozendict

from ..tools import arguments, guard

INTAKE_STATES = [
    ("draft", "To Complete"),
    ("submitted", "To Review"),
    ("returned", "Returned"),
    ("approved", "Approved"),
    ("on_hold", "On Hold"),
]

# One table, three readers: the guard, the button, the reason shown to the user.
# (from, to) → the method that says why this user may not, or False.
TRANSITIONS = {
    ("draft", "submitted"): "_refuse_submit",
    ("returned", "submitted"): "_refuse_submit",
    ("submitted", "draft"): "_refuse_withdraw",
    ("submitted", "approved"): "_refuse_approve",
    ("submitted", "returned"): "_refuse_decide",
    ("submitted", "on_hold"): "_refuse_decide",
    ("approved", "on_hold"): "_refuse_decide",
    ("approved", "submitted"): "_refuse_decide",
    ("on_hold", "submitted"): "_refuse_reopen",
    ("on_hold", "approved"): "_refuse_reopen_approved",
}
# Those of them that only taking up again makes: to submit or to approve is no way there.
REOPENINGS = {("approved", "submitted"), ("on_hold", "submitted"), ("on_hold", "approved")}


class CrmLead(models.Model):
    """Step 2 · Review (线索审核): the state of a lead in the procedure, and the only methods
    that change it. Other steps call these methods; ``crm_lead_guard.py`` refuses everyone else.
    """

    _inherit = "crm.lead"

    intake_state = fields.Selection(
        INTAKE_STATES,
        string="Intake",
        copy=False,
        readonly=True,
        tracking=60,
        index="btree_not_null",
        help="Where the lead stands in the procedure. Empty: it isn't under the procedure.",
    )
    intake_grade_id = fields.Many2one(
        "lead.intake.grade",
        string="Grade",
        copy=False,
        readonly=True,
        tracking=61,
        index="btree_not_null",
        ondelete="restrict",
    )
    intake_submitted_on = fields.Datetime(string="Submitted On", copy=False, readonly=True)
    intake_hold_until = fields.Date(string="On Hold Until", copy=False, readonly=True)
    intake_review_ids = fields.One2many("lead.intake.review", "lead_id", string="Reviews")
    can_submit = fields.Boolean(compute="_compute_intake_can")
    can_review = fields.Boolean(compute="_compute_intake_can", search="_search_can_review")
    can_withdraw = fields.Boolean(compute="_compute_intake_can")
    can_hold = fields.Boolean(compute="_compute_intake_can")
    can_reopen = fields.Boolean(compute="_compute_intake_can")

    # The queue of the reviewers, longest waiting first, however many leads are stored.
    _intake_to_review_idx = models.Index(
        "(intake_submitted_on, id) WHERE intake_state = 'submitted'"
    )

    # --- what may happen -------------------------------------------------------------------

    @api.depends("intake_state", "team_id", "user_id", "active", "won_status")
    @api.depends_context("uid")
    def _compute_intake_can(self):
        for lead in self:
            state = lead.intake_state

            def may(target, again=False, lead=lead, state=state):
                # A card asks five times: the sentence that says why not is not built for it.
                known = (state, target) in TRANSITIONS
                return known and not lead._refuse_transition(target, again)

            lead.can_submit = state in ("draft", "returned") and not lead._refuse_closed()
            # Not asked of "approved": what can't be approved, being incomplete, is returned.
            lead.can_review = may("returned")
            lead.can_withdraw = may("draft")
            lead.can_hold = may("on_hold")
            lead.can_reopen = state in ("approved", "on_hold") and may(
                lead._intake_reopen_target(), again=True
            )

    @api.model
    def _search_can_review(self, operator, value):
        """The user's queue: what waits in the teams they review, but for their own submissions."""
        if operator != "in":
            return NotImplemented
        user = self.env.user
        # Which teams use the procedure, and who reviews, is configuration; the leads themselves
        # are found by the user's own rights.
        teams = self.env["crm.team"].sudo().search([("use_intake", "=", True)])
        teams = teams.filtered(lambda team: team._can_review_intake(user))
        lax = teams.filtered("intake_self_review")
        own = Domain("state", "=", "waiting") & Domain("submitted_by_id", "=", user.id)
        elsewhere = own & Domain("team_id", "not in", lax.ids)
        domain = (
            Domain("intake_state", "=", "submitted")
            & Domain("won_status", "=", "pending")
            & Domain("team_id", "in", teams.ids)
            & (
                ~Domain("intake_review_ids", "any!", own)
                | Domain("team_id", "in", lax.ids) & ~Domain("intake_review_ids", "any!", elsewhere)
            )
        )
        return domain if True in value else ~domain

    def _refuse_transition(self, target, again=False):
        """Return why ``self.env.user`` may not move this lead to ``target``, or False.

        :param str target: a value of ``intake_state``
        :param bool again: whether the lead is taken up again
        :rtype: str | bool
        """
        self.ensure_one()
        if not self._is_under_intake():
            return self.env._("It isn't under the lead procedure.")
        if reason := self._refuse_closed():
            return reason
        if not again and (self.intake_state, target) in REOPENINGS:
            return self._refuse_reopenable()
        rule = TRANSITIONS.get((self.intake_state, target))
        if rule:
            return getattr(self, rule)()
        labels = dict(self._fields["intake_state"]._description_selection(self.env))
        return self.env._(
            "It is “%(state)s”; from there it can't become “%(target)s”.",
            state=labels.get(self.intake_state),
            target=labels.get(target, target),
        )

    def _refuse_closed(self):
        if self.won_status in ("won", "lost") or not self.active:
            return self.env._("It is closed. Restore it first.")
        return False

    def _refuse_submit(self):
        return self._refuse_incomplete()

    def _refuse_incomplete(self):
        missing = self._get_intake_missing()[self]
        if missing:
            labels = self._get_intake_labels(missing)
            return self.env._(
                "These fields are still to be filled: %(fields)s.",
                fields=", ".join(labels[name] for name in missing),
            )
        return False

    def _refuse_withdraw(self):
        if self.sudo().intake_waiting_id.submitted_by_id != self.env.user:  # as below
            return self.env._("Only the person who submitted it can take it back.")
        return False

    def _refuse_reviewer(self):
        # A lead that left the procedure may have no team at all.
        if not self.team_id or not self.team_id._can_review_intake(self.env.user):
            return self.env._(
                "Only a reviewer of the team “%(team)s” can decide on it.", team=self.team_id.name
            )
        return False

    def _refuse_decide(self):
        if reason := self._refuse_reviewer():
            return reason
        waiting = self.sudo().intake_waiting_id  # who submitted it is no secret
        # A team that lets people decide on their own lends that to no other team.
        if waiting.submitted_by_id == self.env.user and not (
            self.team_id.sudo().intake_self_review and waiting.team_id.intake_self_review
        ):
            return self.env._("You submitted it yourself; another reviewer has to decide on it.")
        return False

    def _refuse_approve(self):
        # It was complete when it was submitted; the reviewer or a setting may have changed that.
        return self._refuse_decide() or self._refuse_incomplete()

    def _refuse_reopenable(self):
        if self.intake_state == "on_hold":
            return self.env._("It is on hold. Take it up again first.")
        return self.env._(
            "It is approved already. A reviewer of the team can have it reviewed again."
        )

    def _refuse_reopen(self):
        if self.user_id != self.env.user and (reason := self._refuse_reviewer()):
            return reason
        # Its fields were open while it was on hold.
        return self._refuse_incomplete()

    def _refuse_reopen_approved(self):
        if not self._intake_was_approved():
            return self.env._("It was never approved; submit it for review.")
        return self._refuse_reviewer()

    def _intake_was_approved(self):
        # Grades are given by approvals only, and stay with the lead while it is on hold.
        return bool(self.intake_grade_id)

    def _intake_reopen_target(self):
        if self.intake_state not in ("approved", "on_hold"):
            # Nothing to take up: to go there isn't a transition. What is to be submitted is
            # submitted, by whoever then stands behind it.
            return self.intake_state
        if self.intake_state == "approved":
            return "submitted"
        if self._intake_was_approved() and not self._refuse_reopen_approved():
            return "approved"
        return "submitted"

    def _is_under_intake(self):
        """Tell whether the procedure holds this lead now."""
        self.ensure_one()
        return bool(self.intake_state and self.use_intake)

    # --- the steps -------------------------------------------------------------------------

    def intake_submit(self):
        """Submit for review (step 2) what is to be completed or was returned. What is on hold or
        approved is taken up again instead (``intake_reopen``).

        :raise UserError: if any of the leads can't be submitted; then none is
        """
        now = fields.Datetime.now()
        # It is reviewed anew, whatever was said of it before.
        anew = {"intake_submitted_on": now, "intake_grade_id": False, "intake_hold_until": False}
        self._intake_move("submitted", values=dict.fromkeys(self, anew))
        self._intake_open_reviews(now)
        self._intake_todo_done("complete")
        self._intake_todo_start("review")
        return True

    def intake_withdraw(self):
        """Take back one's own submission to work on it again.

        :raise UserError: if somebody else submitted it
        """
        self._intake_move("draft")
        self._intake_close_reviews("withdrawn")
        self._intake_todo_done("review")
        self._intake_todo_start("complete")
        return True

    @arguments.takes(
        grade_id=arguments.one_id, comment=arguments.text, override_reason=arguments.text
    )
    def intake_approve(self, grade_id=False, comment=False, override_reason=False):
        """Approve with a grade (step 2) and move on to the stage “to follow up”.

        :param int grade_id: a ``lead.intake.grade``; False takes each lead's suggested grade
        :param str comment: what the representative reads
        :param str override_reason: needed where the grade isn't the one suggested
        :raise UserError: if any of the leads can't be approved; then none is
        """
        chosen = self.env["lead.intake.grade"].browse(grade_id or []).exists()
        if grade_id and not chosen:
            raise UserError(self.env._("This grade doesn't exist any more. Choose another one."))
        # Judged before the lead moves: the decision is on what the reviewer saw.
        suggestions = self._get_intake_suggestions()
        for lead in self:
            suggested = suggestions[lead]["grade"]
            if not (chosen or suggested):
                raise UserError(self.env._("Create a grade first: there is none to give."))
            if chosen and suggested and chosen != suggested and not (override_reason or "").strip():
                raise UserError(
                    self.env._(
                        "The scorecard suggests grade %(suggested)s for “%(lead)s”. Say why it "
                        "is to be %(chosen)s.",
                        suggested=suggested.name,
                        lead=lead.name,
                        chosen=chosen.name,
                    )
                )
        self._intake_say(comment)
        # With the state: the grade says within how many hours of it the contact is due.
        stages = self._get_intake_pipeline_stages()
        self._intake_move(
            "approved",
            values={
                lead: {
                    "intake_grade_id": (chosen or suggestions[lead]["grade"]).id,
                    "intake_hold_until": False,
                    **({"stage_id": stages[lead].id} if lead in stages else {}),
                }
                for lead in self
            },
        )
        self._intake_close_reviews(
            "approved",
            comment=comment,
            override_reason=override_reason,
            suggestions=suggestions,
        )
        self._intake_todo_done("review")
        return True

    @arguments.takes(rejections=arguments.texts_by_name, comment=arguments.text)
    def intake_return(self, rejections=None, comment=False):
        """Return to the representative (退回) with what is to be mended.

        :param dict rejections: ``{field name: reason}``, for every lead of the batch
        :param str comment: what the representative reads
        :raise UserError: if nothing says what to mend, or a lead can't be returned
        """
        rejections = {name: reason.strip() for name, reason in (rejections or {}).items()}
        self._check_intake_rejections(rejections, comment)
        labels = self._get_intake_labels(rejections)
        self._intake_say(
            comment, [f"{labels[name]}: {reason}" for name, reason in rejections.items()]
        )
        self._intake_move("returned")
        self._intake_close_reviews("returned", comment=comment, rejections=rejections)
        self._intake_todo_done("review")
        self._intake_todo_start("complete")
        return True

    def _check_intake_rejections(self, rejections, comment):
        if not rejections and not (comment or "").strip():
            raise UserError(
                self.env._("Say what is to be mended: reject a field, or write a comment.")
            )
        strangers = set(rejections) - set(self._get_intake_field_names())
        if strangers:
            raise UserError(
                self.env._(
                    "“%(field)s” isn't a field of the registration.", field=sorted(strangers)[0]
                )
            )
        labels = self._get_intake_labels(rejections)
        for name, reason in rejections.items():
            if not reason:
                raise UserError(self.env._("Say why “%(field)s” is rejected.", field=labels[name]))

    @arguments.takes(until=arguments.day, comment=arguments.text)
    def intake_hold(self, until, comment=False):
        """Put on hold (暂不跟进) until a date at which somebody looks again.

        :param date until: the day to look again, in the user's time zone
        :param str comment: why
        :raise UserError: if the date is missing or past, or a lead can't be put on hold
        """
        if not until or until <= fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day after today on which to look again."))
        self._intake_say(
            comment,
            [self.env._("On hold until %(date)s", date=format_date(self.env, until))],
        )
        waiting = self.filtered(lambda lead: lead.intake_state == "submitted")
        self._intake_move("on_hold")
        guard.opened(self).write({"intake_hold_until": until})
        waiting._intake_close_reviews("on_hold", comment=comment, hold_until=until)
        self._intake_todo_done("review")
        self._intake_todo_start("look_again", deadline=until)
        return True

    @arguments.takes(comment=arguments.text)
    def intake_reopen(self, comment=False):
        """Take up again: a lead on hold goes on where it stopped, an approved one is put up
        for review once more.

        :param str comment: why
        :raise UserError: if a lead can't be reopened by this user
        """
        self._intake_say(comment)
        now = fields.Datetime.now()
        for target, leads in self.grouped(lambda lead: lead._intake_reopen_target()).items():
            leads._intake_move(target, again=True)
            guard.opened(leads).write({"intake_hold_until": False})
            if target == "submitted":
                guard.opened(leads).write({"intake_submitted_on": now, "intake_grade_id": False})
                leads._intake_open_reviews(now, leads._intake_get_submitters())
                leads._intake_todo_start("review")
        self._intake_todo_done("look_again")
        return True

    # --- the only writer of the state ------------------------------------------------------

    def _intake_move(self, target, again=False, values=None):
        """Move all of ``self`` to ``target``, or none.

        :param bool again: whether the leads are taken up again
        :param dict values: ``{lead: {field: value}}`` to write in the same step
        :raise UserError: naming every lead that can't be moved, and why
        """
        self.check_access("write")
        self._intake_prefetch_people()
        refused = {
            lead: reason for lead in self if (reason := lead._refuse_transition(target, again))
        }
        if refused:
            raise UserError(self._intake_refusal_text(refused))
        before = {lead: lead.intake_state for lead in self}
        steps = self._prepare_intake_step(target)
        for lead, vals in (values or {}).items():
            steps[lead].update(vals)
        for vals, leads in self.grouped(lambda lead: frozendict(steps[lead])).items():
            leads._intake_write_step(dict(vals))
        self._intake_clocks_follow(before, target)

    def _prepare_intake_step(self, target):
        """Return what a step writes on each lead, whatever else it decides.

        :param str target: the ``intake_state`` they move to
        :rtype: dict[crm.lead, dict]
        """
        return {lead: {"intake_state": target} for lead in self}

    def _intake_prefetch_people(self):
        """Read whom a step concerns by two queries: it asks for one after the other."""
        # sudo: who takes part in a step is known; nothing of it is shown.
        people = self.sudo().user_id | self.env.user.sudo()
        for team in self.team_id:
            people |= team._get_intake_reviewers().sudo()
        people.partner_id.mapped("tz")

    @api.model
    def _intake_refusal_text(self, refused, most=10):
        """Say in one text which leads could not be done, and why.

        :param dict refused: ``{lead: reason}``
        :param int most: how many leads are named
        :rtype: str
        """
        lines = [
            self.env._("“%(lead)s”: %(reason)s", lead=lead.display_name, reason=reason)
            for lead, reason in list(refused.items())[:most]
        ]
        if len(refused) > most:
            lines.append(self.env._("… and %(count)s more.", count=len(refused) - most))
        return "\n".join(lines)

    def _intake_enter(self):
        """Bring leads under the procedure: the start of step 1.

        A lost lead comes in as well, so that restoring it later is no way around the review;
        one that was won elsewhere has nothing left to be reviewed for.
        """
        entering = self.filtered(
            lambda lead: not lead.intake_state and lead.use_intake and lead.won_status != "won"
        )
        if not entering:
            return
        entering._intake_set_registrants()
        entering._intake_back_to_first_stage()
        entering._intake_bring_in({lead: lead.date_acquired for lead in entering})

    def _intake_bring_in(self, acquired=None):
        """Put leads under the procedure in the stage they are in.

        :param dict acquired: ``{lead: datetime}`` from which the time to register counts; now
            for leads that were worked without the procedure so far
        """
        quiet = guard.opened(self.with_context(mail_notrack=True))
        quiet.write({"intake_state": "draft"})
        running = self.filtered(lambda lead: not lead._refuse_closed())
        self.env["lead.intake.deadline"]._start(running, "registration", acquired)
        running._intake_todo_start("complete")

    def _intake_leave(self):
        """Let leads go that moved to a team without the procedure; what happened is kept."""
        self._intake_close_reviews("cancelled")
        self.env["lead.intake.deadline"]._cancel(
            self, self.env._("Moved to a team without the procedure")
        )
        self._intake_todo_done("review", "complete", "look_again", "plan")
        guard.opened(self).write(
            {
                "intake_state": False,
                # Should it come back it is reviewed anew, whatever was said of it before.
                "intake_grade_id": False,
                "intake_hold_until": False,
                "intake_submitted_on": False,
            }
        )

    def _intake_stop_waiting(self):
        """A lead that was lost or archived doesn't wait for a review any more."""
        waiting = self.filtered(lambda lead: lead.intake_state == "submitted")
        waiting._intake_close_reviews("cancelled")
        guard.opened(waiting.with_context(mail_notrack=True)).write({"intake_state": "draft"})
        self.env["lead.intake.deadline"]._cancel(self, self.env._("Won, lost or archived"))
        self._intake_todo_done("review", "complete", "look_again", "plan")
