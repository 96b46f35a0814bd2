from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import guard
from ..tools.lines import FEW, fetch_lines

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
    ("met", "Kept in Time"),
    ("late", "Kept Late"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("running", "overdue", "paused")
# What a lead in each state still owes; of two merged leads' promises only these live on.
OWED = {
    "draft": ("registration", "completion"),
    "submitted": ("review",),
    "returned": ("completion",),
    "approved": ("plan", "first_contact", "follow_up", "closing"),
    "on_hold": ("plan", "first_contact", "follow_up"),
}
EARLIEST = datetime(1970, 1, 1)  # what began before it was typed wrongly
OWED_BY_OWNER = ("plan", "first_contact", "follow_up")


class LeadIntakeDeadline(models.Model):
    """One promise with a clock: who does what by when, and what became of it.

    Its state has one writer, this model's private methods: ``_start``, ``_reach``, ``_cancel``,
    ``_pause``, ``_resume`` and ``_hand_over`` in ``lead_intake_deadline_steps.py``, ``_replan`` in
    ``lead_intake_deadline_plan.py``, ``_process_due`` in ``lead_intake_deadline_cron.py``. A
    promise met late stays missed: ``late`` is not ``met``.

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
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    company_id = fields.Many2one("res.company", ondelete="set null")
    milestone = fields.Selection(
        MILESTONES,
        string="Promise",
        required=True,
        help="What the procedure promises to do in time.",
    )
    state = fields.Selection(
        DEADLINE_STATES,
        required=True,
        default="running",
        help="Running, kept in time or late, missed, or stopped because nothing is due any more.",
    )
    responsible_id = fields.Many2one(
        "res.users", ondelete="set null", index=True, help="Who has to do it, and is warned."
    )
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
    date_warned = fields.Datetime(
        string="Warned", help="When the responsible person was told that time runs out."
    )
    date_overdue = fields.Datetime(
        string="Marked Overdue",
        help="When it was found missed and told to the reviewers. It stays, whatever becomes of it.",
    )
    date_closed = fields.Datetime(
        string="Ended", help="When it was done, or the clock was stopped."
    )
    date_paused = fields.Datetime(
        string="Paused",
        help="Since when the clock stands still, for example while the lead is on hold.",
    )
    hours_left = fields.Float(help="What was left of the time when the clock was paused.")
    hours_held = fields.Float(help="How long it was paused, in the hours the clock counts.")
    # From when the escalation counts: the due time, later by what was paused since.
    escalates_from = fields.Datetime()
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
    correction = fields.Char(
        string="Corrected Because",
        help="Why an administrator gave it the due time it has.",
    )
    on_time = fields.Float(
        string="On-Time Rate",
        compute="_compute_on_time",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Share of promises kept in time among those that came due or were kept.",
    )

    _next_idx = models.Index("(date_next, id) WHERE date_next IS NOT NULL")
    # What runs or is late in a team, however much is over.
    _open_idx = models.Index("(team_id, date_due) WHERE state IN ('running', 'overdue')")
    # What came due in a month, for its figures.
    _due_idx = models.Index("(date_due)")
    _one_open = models.UniqueIndex(
        "(lead_id, milestone) WHERE state IN ('running', 'overdue', 'paused')",
        "A clock for this already runs on the lead.",
    )

    @api.depends("milestone")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["milestone"]._description_selection(self.env))
        for deadline in self:
            deadline.display_name = labels.get(deadline.milestone, "")

    @api.depends("state")
    def _compute_on_time(self):
        for deadline in self:
            deadline.on_time = 100.0 if deadline.state == "met" else 0.0

    def _read_group_select(self, aggregate_spec, query):
        # Clocks that run, wait or were stopped in time say nothing of how promises are kept,
        # whatever filter a pivot is opened with; nor of how long it takes.
        select = super()._read_group_select(aggregate_spec, query)

        def column(name):
            return self._field_to_sql(self._table, name, query)

        if aggregate_spec == "elapsed_hours:avg":
            return SQL("%s FILTER (WHERE %s IS NOT NULL)", select, column("date_closed"))
        if aggregate_spec == "on_time:avg":
            return SQL(
                """
                %(select)s FILTER (
                    WHERE %(state)s IN ('met', 'late', 'overdue')
                       OR (%(state)s = 'running' AND %(due)s < %(now)s)
                       OR (%(state)s = 'cancelled' AND %(overdue)s IS NOT NULL)
                )
                """,
                select=select,
                state=column("state"),
                due=column("date_due"),
                now=fields.Datetime.now(),
                overdue=column("date_overdue"),
            )
        return select

    # --- how it is done --------------------------------------------------------------------

    def _opened(self):
        # sudo and key: nobody may write a clock; the step that calls us was checked itself.
        return guard.opened(self.sudo())

    @api.model
    def _get_open(self, leads, among=None):
        if among is not None:
            return among.filtered(lambda row: row.state in OPEN_STATES)
        # sudo: a clock may be another person's, on a lead the caller has already been checked on.
        # Of a few all are read, as their next due time will be looked for among them; of more only
        # those that are open, as ten times as many are over.
        if len(leads) <= FEW:
            rows = fetch_lines(leads.sudo(), "intake_deadline_ids")
            rows = rows.sorted("id").with_env(self.sudo().env)
            return rows.filtered(lambda row: row.state in OPEN_STATES)
        return self.sudo().search_fetch(
            [("lead_id", "in", leads.ids), ("state", "in", OPEN_STATES)],
            [name for name, field in self._fields.items() if field.prefetch],
            order="id",
        )

    def _close(self, state, at, reason=False, exclude=None):
        rows = self - exclude if exclude else self
        # A clock that is closed while it is paused took until the pause.
        elapsed = rows._elapsed([(row.date_started, row.date_paused or at) for row in rows])
        vals_list = []
        for row, hours in zip(rows, elapsed, strict=True):
            missed = row.date_overdue
            if state == "met":
                missed = False
            elif row.state == "running" and at > row.date_due:
                # Stopped after its time, but before the cron came by: it was missed as well.
                missed = row.date_due
            vals_list.append(
                {
                    "state": state,
                    "date_overdue": missed,
                    "date_closed": at,
                    "date_paused": False,
                    "elapsed_hours": max(hours - row.hours_held, 0.0),
                    "close_reason": reason,
                    "date_next": False,
                }
            )
        rows._opened()._write_each(vals_list)
