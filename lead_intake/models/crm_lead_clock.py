from datetime import timedelta

from odoo import api, fields, models

from .lead_intake_deadline import MILESTONES, OWED_BY_OWNER


class CrmLead(models.Model):
    """The clocks of a lead as its screens show them: the promise due next, stored, so that a
    pipeline is filtered and sorted by it without a look at the deadlines.

    They change when a clock starts, stops or is planned anew, not when it becomes overdue:
    the cron never writes a lead.
    """

    _inherit = "crm.lead"

    intake_deadline_ids = fields.One2many(
        "lead.intake.deadline", "lead_id", string="Deadlines", copy=False
    )
    intake_date_due = fields.Datetime(
        string="Due",
        compute="_compute_intake_due",
        store=True,
        copy=False,
        help="When the next promise of the procedure is due.",
    )
    intake_date_warning = fields.Datetime(compute="_compute_intake_due", store=True, copy=False)
    intake_milestone = fields.Selection(
        MILESTONES,
        string="Due Next",
        compute="_compute_intake_due",
        store=True,
        copy=False,
        help="The promise of the procedure that is due next.",
    )
    intake_responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_intake_due",
        store=True,
        copy=False,
        index="btree_not_null",
        help="Who has to keep the promise that is due next.",
    )

    _intake_due_idx = models.Index("(intake_date_due, id) WHERE intake_date_due IS NOT NULL")

    # Not on the state: that a promise became overdue changes nothing on the lead.
    @api.depends(
        "intake_deadline_ids.date_due",
        "intake_deadline_ids.date_warning",
        "intake_deadline_ids.date_closed",
        "intake_deadline_ids.date_paused",
        "intake_deadline_ids.responsible_id",
    )
    def _compute_intake_due(self):
        for lead in self:
            # sudo: what is due is everybody's to see who may see the lead.
            running = lead.sudo().intake_deadline_ids.filtered(
                lambda row: not row.date_closed and not row.date_paused
            )
            first = running.sorted("date_due")[:1]
            lead.intake_date_due = first.date_due
            lead.intake_date_warning = first.date_warning
            lead.intake_milestone = first.milestone
            lead.intake_responsible_id = first.responsible_id

    # --- clocks follow the lead -------------------------------------------------------------

    def _intake_clocks_follow(self, before, target):
        """Start, reach and stop the clocks of a step of the review.

        :param dict before: ``{lead: state}`` the leads came from
        :param str target: the ``intake_state`` they are in now
        """
        Deadline = self.env["lead.intake.deadline"]
        # Looked up once for all that follows.
        rows = Deadline._get_open(self)
        if target == "submitted":
            # Up for review once more: its owner can do nothing until that is decided.
            Deadline._pause(self, milestones=OWED_BY_OWNER, among=rows)
            Deadline._reach(self, "registration", among=rows)
            Deadline._reach(self, "completion", among=rows)
            Deadline._start(self, "review", among=rows)
        elif target == "draft":
            Deadline._cancel(self, self.env._("Taken back from review"), ["review"])
            Deadline._start(self, "completion")
        else:
            Deadline._reach(self, "review", among=rows)
        if target == "approved":
            Deadline._resume(self, among=rows)
            self._intake_clocks_owned(rows)
        elif target == "returned":
            Deadline._start(self, "completion")
        elif target == "on_hold":
            Deadline._pause(self, among=rows)

    def _intake_clocks_changed(self, before):
        """Make the clocks follow a change of owner, team or company, and start one on leads that
        were restored before they were submitted.

        :param dict before: what ``_intake_before`` remembered
        """
        Deadline = self.env["lead.intake.deadline"]
        # An owner of another company takes the lead, and so its days off, along.
        moved = self.filtered(
            lambda lead: (
                (lead.team_id, lead.company_id) != (before[lead]["team"], before[lead]["company"])
            )
        )
        if moved:
            Deadline._get_open(moved)._replan()
        handed = self.filtered(lambda lead: lead.user_id != before[lead]["owner"])
        if handed:
            # Before the rest changes hands: the plan was, or wasn't, the former owner's.
            Deadline._cancel(handed, self.env._("Handed over"), ["plan"])
            handed._intake_hand_over_plan(before)
        if moved | handed:
            Deadline._hand_over(moved | handed)
        if handed:
            handed.filtered(
                lambda lead: lead.intake_state == "approved" and not lead._refuse_closed()
            )._intake_clocks_owned()
        restored = self.filtered(
            lambda lead: (
                not before[lead]["open"]
                and lead.active
                and lead.intake_state in ("draft", "returned")
            )
        )
        if restored:
            Deadline._start(restored, "completion")
        revived = self.filtered(
            lambda lead: (
                not before[lead]["open"]
                and lead.intake_state == "approved"
                and not lead._refuse_closed()
            )
        )
        if revived:
            revived._intake_clocks_owned()

    def _intake_clocks_left(self):
        """Stop the clocks of leads that left for a team without the procedure."""
        self.env["lead.intake.deadline"]._cancel(
            self, self.env._("Moved to a team without the procedure")
        )

    def _intake_clocks_owned(self, rows=None):
        """An approved lead with an owner is to be planned and contacted (step 3).

        :param lead.intake.deadline rows: their open clocks, if the caller looked already
        """
        owned = self.filtered("user_id")
        Deadline = self.env["lead.intake.deadline"]
        if rows is None:
            rows = Deadline._get_open(owned)
        unplanned = owned.filtered(lambda lead: not lead.intake_plan_id)
        new = owned.filtered(lambda lead: not lead._intake_has_contact())
        hours = {lead: lead.intake_grade_id.first_contact_hours for lead in new}
        Deadline._start_prepared(
            Deadline._prepare_start(unplanned, "plan", among=rows)
            + Deadline._prepare_start(new, "first_contact", hours=hours, among=rows)
        )
        unplanned._intake_todo_start_once("plan")

    def _intake_clocks_planned(self, planned_on):
        """A contact was planned: the plan is there, and after the first contact the planned
        time is a promise of its own.
        """
        Deadline = self.env["lead.intake.deadline"]
        Deadline._reach(self, "plan")
        # What moved to a team without the procedure is followed up, too, but nothing is promised.
        contacted = self.filtered(
            lambda lead: lead._is_under_intake() and lead._intake_has_contact()
        )
        Deadline._cancel(contacted, self.env._("Planned anew"), ["follow_up"])
        grace = {
            lead: timedelta(hours=lead.team_id.sudo().intake_follow_up_hours)  # a setting
            for lead in contacted
        }
        Deadline._start(
            contacted, "follow_up", due={lead: planned_on + grace[lead] for lead in contacted}
        )

    def _intake_clocks_contacted(self, record):
        """A contact was recorded: what it keeps, and by when the next one follows."""
        Deadline = self.env["lead.intake.deadline"]
        counts_on = record.recorded_on if record.is_recorded_late else record.contacted_on
        Deadline._reach(self, "plan", counts_on)
        Deadline._reach(self, "follow_up", counts_on)
        if record.counts_as_contact:
            Deadline._reach(self, "first_contact", counts_on)
            cadence = self.intake_grade_id.cadence_days
            if cadence and self.won_status == "pending" and self._is_under_intake():
                Deadline._start(
                    self,
                    "follow_up",
                    due={self: record.contacted_on + timedelta(days=cadence)},
                )

    def _intake_clocks_merged(self):
        """What was done on one of the merged leads needn't be done again on the other."""
        Deadline = self.env["lead.intake.deadline"]
        if self._get_intake_plan():
            Deadline._cancel(self, self.env._("Merged"), ["plan"])
        if self._intake_has_contact():
            Deadline._cancel(self, self.env._("Merged"), ["first_contact"])

    def _get_intake_responsible(self, milestone):
        """Return who has to keep a promise on this lead: reviewers decide, the owner does the
        rest, the team leader where there is no owner.

        :param str milestone: a value of ``lead.intake.deadline.milestone``
        :rtype: res.users
        """
        self.ensure_one()
        if milestone == "review":
            return self._get_intake_todo_user("review")
        return self._get_intake_todo_user("complete")

    def _get_intake_promised_hours(self, milestone):
        """Return how long ``milestone`` may take on this lead, in hours.

        :param str milestone: a value of ``lead.intake.deadline.milestone``
        :rtype: float
        """
        self.ensure_one()
        if milestone == "first_contact":
            return self.intake_grade_id.first_contact_hours
        return self.team_id.sudo()._get_intake_hours(milestone)  # a setting, nobody's data

    def intake_explain_due(self):
        """Say in words how the due time of the next promise came about.

        :return: a sentence in the reader's language and time zone, or False
        :rtype: str | bool
        """
        self.ensure_one()
        self.check_access("read")
        row = (
            self.sudo()  # as in _compute_intake_due
            .intake_deadline_ids.filtered(lambda row: not row.date_closed and not row.date_paused)
            .sorted("date_due")[:1]
        )
        return row._explain() if row else False
