from odoo import api, fields, models
from odoo.fields import Domain

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
    """Step 2 · Review (线索审核): the state of a lead in the procedure, and who may move it where.
    The methods that do are in ``crm_lead_review_steps.py``; other steps call them, and
    ``crm_lead_guard.py`` refuses everyone else.
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
        help="The priority the reviewer decided on. It sets how soon the first contact is due.",
    )
    intake_submitted_on = fields.Datetime(string="Submitted On", copy=False, readonly=True)
    intake_hold_until = fields.Date(
        string="On Hold Until",
        copy=False,
        readonly=True,
        help="On this day somebody is asked to look at the lead again.",
    )
    intake_review_ids = fields.One2many("lead.intake.review", "lead_id", string="Reviews")
    can_submit = fields.Boolean(compute="_compute_can_submit")
    can_review = fields.Boolean(compute="_compute_intake_can", search="_search_can_review")
    can_withdraw = fields.Boolean(compute="_compute_intake_can")
    can_hold = fields.Boolean(compute="_compute_intake_can")
    can_reopen = fields.Boolean(compute="_compute_intake_can")

    # The queue of the reviewers, longest waiting first, however many leads are stored.
    _intake_to_review_idx = models.Index(
        "(intake_submitted_on, id) WHERE intake_state = 'submitted'"
    )

    # --- what may happen -------------------------------------------------------------------

    # On its own: every card asks for it, and for nothing else below.
    @api.depends("intake_state", "active", "won_status")
    def _compute_can_submit(self):
        for lead in self:
            draft = lead.intake_state in ("draft", "returned")
            lead.can_submit = draft and not lead._refuse_closed()

    @api.depends("intake_state", "team_id", "user_id", "active", "won_status")
    @api.depends_context("uid")
    def _compute_intake_can(self):
        for lead in self:
            state = lead.intake_state

            def may(target, again=False, lead=lead, state=state):
                # A card asks five times: the sentence that says why not is not built for it.
                known = (state, target) in TRANSITIONS
                return known and not lead._refuse_transition(target, again)

            # Who can't decide isn't told why: the sentence names the team, which would be read.
            decides = lead.team_id and lead.team_id._can_review_intake(self.env.user)
            # Not asked of "approved": what can't be approved, being incomplete, is returned.
            lead.can_review = decides and may("returned")
            lead.can_withdraw = may("draft")
            lead.can_hold = decides and may("on_hold")
            lead.can_reopen = (state == "on_hold" or (state == "approved" and decides)) and may(
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
