from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import guard

MILESTONES = [
    ("registration", "Registration"),
    ("review", "Review"),
    ("completion", "Completion"),
    ("plan", "Follow-Up Plan"),
    ("first_contact", "First Contact"),
    ("follow_up", "Next Follow-Up"),
    ("closing", "Closing Review"),
]
DEADLINE_STATES = [
    ("running", "Running"),
    ("overdue", "Overdue"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("late", "Met Late"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("running", "overdue", "paused")


class LeadIntakeDeadline(models.Model):
    """One promise with a clock: who does what by when, and what became of it.

    Its state has one writer, this model's private methods: ``_start``, ``_reach``, ``_cancel``,
    ``_pause``, ``_resume``, ``_hand_over`` and ``_replan`` here, ``_process_due`` in
    ``lead_intake_deadline_cron.py``. A promise met late stays missed: ``late`` is not ``met``.

    ``date_next`` is the next moment at which the row wants attention (to warn, to be marked
    overdue, to escalate); it is empty when nothing more is to come, so that the cron's partial
    index holds only rows with a future.
    """

    _name = "lead.intake.deadline"
    _inherit = "lead.intake.history"
    _description = "Lead Deadline"
    _order = "date_started desc, id desc"
    _rec_name = "milestone"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null", index=True)
    company_id = fields.Many2one("res.company", ondelete="set null", index=True)
    milestone = fields.Selection(MILESTONES, required=True)
    state = fields.Selection(DEADLINE_STATES, required=True, default="running")
    responsible_id = fields.Many2one("res.users", ondelete="set null", index=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Time",
        ondelete="set null",
        help="Empty: every hour counts.",
    )
    hours = fields.Float(required=True, help="What was promised, in hours.")
    date_started = fields.Datetime(string="Started", required=True)
    date_due = fields.Datetime(string="Due", required=True)
    date_warning = fields.Datetime(string="Warns On")
    date_warned = fields.Datetime(string="Warned")
    date_overdue = fields.Datetime(string="Marked Overdue")
    date_closed = fields.Datetime(string="Reached")
    date_paused = fields.Datetime(string="Paused")
    hours_left = fields.Float(help="What was left of the time when the clock was paused.")
    # Where the due time was last counted from: the start, or the end of a pause.
    counted_from = fields.Datetime()
    counted_hours = fields.Float()
    elapsed_hours = fields.Float(
        aggregator="avg", help="Hours it took, or working hours where a calendar counts."
    )
    escalation_level = fields.Integer(
        default=0, aggregator="max", help="1 the responsible, 2 the reviewers, 3 the team leader."
    )
    date_next = fields.Datetime(help="When the clock next wants attention.")
    close_reason = fields.Char(help="Why the clock was stopped.")
    explanation = fields.Char(compute="_compute_explanation", help="How it came to be due then.")
    on_time = fields.Float(
        string="On-Time Rate",
        compute="_compute_on_time",
        store=True,
        aggregator="avg",
        help="Share of promises kept in time among those that came due or were kept.",
    )

    _next_idx = models.Index("(date_next, id) WHERE date_next IS NOT NULL")
    _one_open = models.UniqueIndex(
        "(lead_id, milestone) WHERE state IN ('running', 'overdue', 'paused')",
        "A clock for this already runs on the lead.",
    )

    @api.depends("state")
    def _compute_on_time(self):
        for deadline in self:
            deadline.on_time = 100.0 if deadline.state == "met" else 0.0

    # --- the API of the steps --------------------------------------------------------------

    @api.model
    def _start(self, leads, milestone, at=None, hours=None, due=None):
        """Start a clock on each lead that has none open for ``milestone``.

        :param crm.lead leads: leads under the procedure
        :param str milestone: what is promised
        :param at: when the promise began: a naive UTC datetime, or ``{lead: datetime}``;
            now if omitted
        :param hours: how long it may take: a number, or ``{lead: number}``; the team's hours
            for the milestone if omitted
        :param dict due: ``{lead: datetime}`` where the due time is a given, such as a planned
            contact's, and doesn't follow from hours; naive UTC
        """
        now = fields.Datetime.now()
        running = self._get_open(leads).filtered(lambda row: row.milestone == milestone).lead_id
        wanted = []
        for lead in leads - running:
            start = (at.get(lead) if isinstance(at, dict) else at) or now
            # Settings are the team's; the promise binds whoever works the lead.
            span = hours.get(lead) if isinstance(hours, dict) else hours
            if due is not None:
                span = max((due[lead] - start).total_seconds() / 3600, 1 / 60)
            span = lead.team_id.sudo()._get_intake_hours(milestone) if span is None else span
            if span:
                wanted.append((lead, start, span))
        due_times = (
            [due[lead] for lead, _start, _span in wanted]
            if due is not None
            else self._plan(
                [
                    (lead.team_id.sudo().intake_calendar_id, start, span)
                    for lead, start, span in wanted
                ]
            )
        )
        rows = self._opened().create(
            [
                {
                    "lead_id": lead.id,
                    "team_id": lead.team_id.id,
                    "company_id": lead.company_id.id,
                    "milestone": milestone,
                    "responsible_id": lead._get_intake_responsible(milestone).id,
                    # A given due time is no sum of working hours.
                    "calendar_id": lead.team_id.sudo().intake_calendar_id.id
                    if due is None
                    else False,
                    "hours": span,
                    "date_started": start,
                    **lead.team_id.sudo()._prepare_intake_due(start, span, due),
                }
                for (lead, start, span), due in zip(wanted, due_times, strict=True)
            ]
        )
        rows._wake_cron()
        return rows

    @api.model
    def _reach(self, leads, milestone, at=None):
        """The promise was kept: in time, or late. Leads without an open clock are left alone.

        :param datetime at: when it was kept, naive UTC; now if omitted
        """
        at = at or fields.Datetime.now()
        rows = self._get_open(leads).filtered(lambda row: row.milestone == milestone)
        # Judged by the due time, not by whether the cron has been by already.
        late = rows.filtered(lambda row: row.state != "paused" and at > row.date_due)
        rows._close("met", at, exclude=late)
        late._close("late", at)
        return rows

    @api.model
    def _cancel(self, leads, reason, milestones=None):
        """Stop clocks that no longer apply.

        :param str reason: a sentence people read
        :param milestones: only these; all if omitted
        """
        rows = self._get_open(leads)
        if milestones:
            rows = rows.filtered(lambda row: row.milestone in milestones)
        rows._close("cancelled", fields.Datetime.now(), reason=reason)
        return rows

    @api.model
    def _pause(self, leads, at=None):
        """Stop the clocks and remember what is left of them. What is overdue stays overdue."""
        at = at or fields.Datetime.now()
        rows = self._get_open(leads).filtered(lambda row: row.state == "running")
        left = rows._elapsed([(at, row.date_due) for row in rows])
        for row, hours in zip(rows._opened(), left, strict=True):
            row.write(
                {
                    "state": "paused",
                    "date_paused": at,
                    "hours_left": max(hours, 0.0),
                    "date_next": False,
                }
            )
        overdue = self._get_open(leads).filtered(lambda row: row.state == "overdue")
        overdue._opened().write({"date_next": False})
        return rows

    @api.model
    def _resume(self, leads, at=None):
        """Let paused clocks go on with what was left of them."""
        at = at or fields.Datetime.now()
        rows = self._get_open(leads).filtered(lambda row: row.state == "paused")
        due_times = self._plan([(row.calendar_id, at, row.hours_left) for row in rows])
        for row, due in zip(rows._opened(), due_times, strict=True):
            values = row.team_id._prepare_intake_due(at, row.hours_left, due)
            row.write({"state": "running", "date_paused": False, **values})
        rows._wake_cron()
        return rows

    @api.model
    def _hand_over(self, leads):
        """Make whoever is responsible now responsible for what still runs."""
        for row in self._get_open(leads)._opened():
            responsible = row.lead_id._get_intake_responsible(row.milestone)
            if row.responsible_id != responsible:
                row.responsible_id = responsible

    def _replan(self):
        """Count running clocks anew by their team's present settings, from their start.

        :return: how many got another due time
        :rtype: int
        """
        rows = self.filtered(lambda row: row.state == "running")
        changed = 0
        plans = []
        for row in rows:
            team = row.lead_id.team_id
            hours = row.lead_id._get_intake_promised_hours(row.milestone) or row.hours
            plans.append((team.intake_calendar_id, row.date_started, hours))
        for row, (calendar, start, hours), due in zip(
            rows._opened(), plans, self._plan(plans), strict=True
        ):
            if (row.date_due, row.calendar_id) == (due, calendar) and row.hours == hours:
                continue
            changed += 1
            team = row.lead_id.team_id
            row.write(
                {
                    "team_id": team.id,
                    "company_id": row.lead_id.company_id.id,
                    "calendar_id": calendar.id,
                    "hours": hours,
                    **team._prepare_intake_due(start, hours, due),
                }
            )
        rows._wake_cron()
        return changed

    def _correct(self, due, reason):
        """Give a running clock another due time, or stop it, and say so in the chatter.

        :param due: naive UTC datetime; False stops the clock
        :param str reason: why
        :raise UserError: if the clock no longer runs
        """
        self.ensure_one()
        if self.state not in ("running", "overdue"):
            raise UserError(self.env._("This clock no longer runs; what happened stays."))
        milestone = dict(self._fields["milestone"]._description_selection(self.env))
        values = {"milestone": milestone[self.milestone], "reason": reason}
        if due:
            row = self._opened()
            values["due"] = format_datetime(self.env, due)
            body = self.env._("Deadline “%(milestone)s” moved to %(due)s: %(reason)s", **values)
            planned = row.team_id._prepare_intake_due(row.date_started, row.hours, due)
            # The due time no longer follows from the hours; the reason explains it.
            row.write({**planned, "close_reason": reason, "state": "running"})
            row._wake_cron()
        else:
            body = self.env._("Deadline “%(milestone)s” stopped: %(reason)s", **values)
            self._close("cancelled", fields.Datetime.now(), reason=reason)
        self.lead_id._message_log(body=body)

    # --- how it is done --------------------------------------------------------------------

    def _opened(self):
        # sudo and key: nobody may write a clock; the step that calls us was checked itself.
        return guard.opened(self.sudo())

    @api.model
    def _get_open(self, leads):
        # sudo: a clock may be another person's, on a lead the caller has already been checked on.
        return self.sudo().search(
            [("lead_id", "in", leads.ids), ("state", "in", OPEN_STATES)], order="id"
        )

    def _close(self, state, at, reason=False, exclude=None):
        rows = self - exclude if exclude else self
        elapsed = rows._elapsed([(row.date_started, at) for row in rows])
        for row, hours in zip(rows._opened(), elapsed, strict=True):
            row.write(
                {
                    "state": state,
                    "date_closed": at,
                    "elapsed_hours": max(hours, 0.0),
                    "close_reason": reason,
                    "date_next": False,
                }
            )

    @api.model
    def _counts_working_time(self, calendar):
        # A calendar that lost its hours after it was chosen must not stop anybody's work.
        return bool(calendar) and not calendar._intake_refuse_reason()

    @api.model
    def _plan(self, wanted):
        """Return the due time of each ``(calendar, start, hours)``, one batch per calendar."""
        due_times = [None] * len(wanted)
        by_calendar = {}
        for index, (calendar, start, hours) in enumerate(wanted):
            if self._counts_working_time(calendar):
                by_calendar.setdefault(calendar, []).append(index)
            else:
                due_times[index] = start + timedelta(hours=hours)
        for calendar, indexes in by_calendar.items():
            planned = calendar._intake_plan([wanted[index][1:] for index in indexes])
            for index, due in zip(indexes, planned, strict=True):
                due_times[index] = due
        return due_times

    def _elapsed(self, spans):
        """Return the hours of each ``(start, stop)``, counted in the row's working time."""
        hours = [0.0] * len(self)
        by_calendar = {}
        for index, (row, (start, stop)) in enumerate(zip(self, spans, strict=True)):
            if self._counts_working_time(row.calendar_id):
                by_calendar.setdefault(row.calendar_id, []).append(index)
            else:
                hours[index] = (stop - start).total_seconds() / 3600
        for calendar, indexes in by_calendar.items():
            counted = calendar._intake_elapsed([spans[index] for index in indexes])
            for index, value in zip(indexes, counted, strict=True):
                hours[index] = value
        return hours

    @api.depends("date_due", "close_reason")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for deadline in self:
            deadline.explanation = deadline._explain()

    def _explain(self):
        """Say in words how the due time came about, in the reader's language and time zone.

        :rtype: str
        """
        self.ensure_one()
        if self.close_reason and not self.date_closed:
            return self.env._("Corrected by an administrator: %(reason)s", reason=self.close_reason)
        if self.milestone == "follow_up":
            return self.env._(
                "The next contact, at the time it was planned for or by the rhythm of the grade."
            )
        return self.calendar_id._intake_explain(
            self.counted_from or self.date_started,
            self.date_due,
            self.counted_hours or self.hours,
        )
