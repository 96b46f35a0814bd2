from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import guard
from .lead_intake_deadline import EARLIEST, OWED


class LeadIntakeDeadline(models.Model):
    """What the steps of the procedure do with clocks: start, reach, pause, resume and cancel them,
    and what a change of owner or a merge needs. Nothing else changes what became of a promise.
    """

    _inherit = "lead.intake.deadline"

    @api.model
    def _start(self, leads, milestone, at=None, hours=None, due=None, among=None):
        """Start a clock on each lead that has none open for ``milestone``.

        :param crm.lead leads: leads under the procedure
        :param str milestone: what is promised
        :param at: when the promise began: a naive UTC datetime, or ``{lead: datetime}``;
            now if omitted
        :param hours: how long it may take: a number, or ``{lead: number}``; the team's hours
            for the milestone if omitted
        :param dict due: ``{lead: datetime}`` where the due time is a given, such as a planned
            contact's, and doesn't follow from hours; naive UTC
        :param among: the open clocks of these leads, if the caller looked already
        """
        return self._start_prepared(
            self._prepare_start(leads, milestone, at=at, hours=hours, due=due, among=among)
        )

    @api.model
    def _start_prepared(self, vals_list):
        """Start what ``_prepare_start`` returned, of several milestones at once."""
        # Only one of a kind may be open: one that was closed a moment ago makes room first.
        self.flush_model()
        rows = self._opened().create(vals_list)
        rows._wake_cron()
        return rows

    @api.model
    def _prepare_start(self, leads, milestone, at=None, hours=None, due=None, among=None):
        """Return the values of the clocks ``_start`` is asked for.

        :rtype: list[dict]
        """
        now = fields.Datetime.now()
        running = (
            self._get_open(leads, among).filtered(lambda row: row.milestone == milestone).lead_id
        )
        wanted = []
        for lead in leads - running:
            # A lead of a plain team may be as old as anybody types.
            start = max((at.get(lead) if isinstance(at, dict) else at) or now, EARLIEST)
            # Settings are the team's; the promise binds whoever works the lead.
            span = hours.get(lead) if isinstance(hours, dict) else hours
            if due is not None:
                span = max((due[lead] - start).total_seconds() / 3600, 1 / 60)
            span = lead.team_id.sudo()._get_intake_hours(milestone) if span is None else span
            if span:
                wanted.append((lead, start, span))
        # A given due time is no sum of working hours.
        calendars = [self._get_calendar(lead) for lead, _start, _span in wanted]
        if due is not None:
            calendars = [calendar.browse() for calendar in calendars]
        times = self._schedule(
            [
                (lead.team_id, calendar, start, span, span)
                for (lead, start, span), calendar in zip(wanted, calendars, strict=True)
            ],
            None if due is None else [due[lead] for lead, _start, _span in wanted],
        )
        return [
            {
                "lead_id": lead.id,
                "team_id": lead.team_id.id,
                "company_id": lead.company_id.id,
                "milestone": milestone,
                "responsible_id": lead._get_intake_responsible(milestone).id,
                "calendar_id": calendar.id,
                "date_started": start,
                **values,
            }
            for (lead, start, _span), calendar, values in zip(wanted, calendars, times, strict=True)
        ]

    @api.model
    def _reach(self, leads, milestone, at=None, among=None):
        """The promise was kept: in time, or late. Leads without an open clock are left alone.

        :param datetime at: when it was kept, naive UTC; now if omitted
        :param among: the open clocks of these leads, if the caller looked already
        """
        at = at or fields.Datetime.now()
        rows = self._get_open(leads, among).filtered(lambda row: row.milestone == milestone)
        # Judged by the due time, not by whether the cron has been by already: what was kept in
        # time and recorded a little later was kept.
        late = rows.filtered(
            lambda row: (
                (row.state != "paused" and at > row.date_due)
                or (row.state == "overdue" and at == row.date_due)
            )
        )
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
    def _pause(self, leads, at=None, milestones=None, among=None):
        """Stop the clocks and remember what is left of them. What is missed stays missed; only
        its escalation waits.

        :param datetime at: since when, naive UTC; now if omitted
        :param milestones: only these; all if omitted
        :param among: the open clocks of these leads, if the caller looked already
        """
        at = at or fields.Datetime.now()
        rows = self._get_open(leads, among).filtered(
            lambda row: not row.date_paused and row.milestone in (milestones or row.milestone)
        )
        # Judged by the due time, not by whether the cron has been by already.
        missed = rows.filtered(lambda row: row.state == "overdue" or at > row.date_due)
        for row in missed._opened():
            row.write(
                {
                    "state": "overdue",
                    "date_overdue": row.date_overdue or at,
                    "date_paused": at,
                    "date_next": False,
                }
            )
        rows -= missed
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
        return rows | missed

    @api.model
    def _resume(self, leads, at=None, milestones=None, among=None):
        """Let paused clocks go on with what was left of them, and the escalation of what was
        missed before.

        :param datetime at: from when on, naive UTC; now if omitted
        :param milestones: only these; all if omitted
        :param among: the open clocks of these leads, if the caller looked already
        """
        at = at or fields.Datetime.now()
        rows = self._get_open(leads, among).filtered(
            lambda row: row.date_paused and row.milestone in (milestones or row.milestone)
        )
        held = rows._elapsed([(row.date_paused, at) for row in rows])
        times = self._schedule(
            [(row.team_id, row._own_calendar(), at, row.hours, row.hours_left) for row in rows]
        )
        for row, hours, planned in zip(rows._opened(), held, times, strict=True):
            values = {"date_paused": False, "hours_held": row.hours_held + max(hours, 0.0)}
            if row.state == "overdue":
                missed = row.escalates_from or row.date_due
                values["escalates_from"] = missed + (at - row.date_paused)
                # The cron finds out which level comes when.
                values["date_next"] = at
            else:
                values.update(planned, state="running")
            row.write(values)
        rows._wake_cron()
        rows._move_todos()
        return rows

    @api.model
    def _hand_over(self, leads):
        """Make whoever is responsible now responsible for what still runs."""
        for row in self._get_open(leads)._opened():
            lead = row.lead_id
            values = {
                "responsible_id": lead._get_intake_responsible(row.milestone),
                "team_id": lead.team_id,
                "company_id": lead.company_id,
            }
            changed = {name: value.id for name, value in values.items() if row[name] != value}
            if changed:
                row.write(changed)

    def _correct(self, due, reason):
        """Give a running clock another due time, or stop it, and say so in the chatter.

        :param due: naive UTC datetime; False stops the clock
        :param str reason: why
        :raise UserError: if the clock no longer runs
        """
        self.ensure_one()
        if self.state not in ("running", "overdue") or self.date_paused:
            raise UserError(self.env._("This clock no longer runs; what happened stays."))
        milestone = dict(self._fields["milestone"]._description_selection(self.env))
        values = {"milestone": milestone[self.milestone], "reason": reason}
        if due:
            row = self._opened()
            values["due"] = format_datetime(self.env, due)
            body = self.env._("Deadline “%(milestone)s” moved to %(due)s: %(reason)s", **values)
            (planned,) = self._schedule(
                [(row.team_id, row.calendar_id.browse(), row.date_started, row.hours, row.hours)],
                [due],
            )
            # The due time no longer follows from the hours; the reason explains it.
            # It is a promise anew: people are told when this one is missed.
            row.write(
                {
                    **planned,
                    "correction": reason,
                    "state": "running",
                    "date_overdue": False,
                    "date_warned": False,
                    "escalates_from": False,
                    "escalation_level": 0,
                }
            )
            row._wake_cron()
            row._move_todos()
        else:
            body = self.env._("Deadline “%(milestone)s” stopped: %(reason)s", **values)
            self._close("cancelled", fields.Datetime.now(), reason=reason)
            # Whoever corrects it says that nothing was missed.
            self._opened().date_overdue = False
        self.lead_id._message_log(body=body)

    @api.model
    def _merge(self, head, leads):
        """Move the clocks of ``leads`` to the lead they are merged into. Of two clocks for the
        same promise the one that is due first runs on; one that the surviving lead doesn't owe
        is stopped. What is over moves along as history.

        :param crm.lead head: the lead that survives
        :param crm.lead leads: those that don't
        """
        owed = OWED.get(head.intake_state, ()) if head._is_under_intake() else ()
        if head._refuse_closed():
            owed = tuple(milestone for milestone in owed if milestone == "closing")
        # Clocks that stand are compared with clocks that stand.
        if head.intake_state == "on_hold":
            self._pause(leads)
        else:
            self._resume(leads, milestones=owed or ("",))
        open_rows = self._get_open(head | leads).sorted(lambda row: (row.date_due, row.id))
        kept = self.browse()
        for row in open_rows:
            if row.milestone in owed and row.milestone not in kept.mapped("milestone"):
                kept |= row
        stopped = (open_rows - kept).filtered(
            # What the survivor owes by its own history is its own affair.
            lambda row: row.lead_id != head or row.milestone in kept.mapped("milestone")
        )
        stopped._close("cancelled", fields.Datetime.now(), reason=self.env._("Merged"))
        # sudo: rows that nobody may write move along with their lead.
        rows = leads.sudo().intake_deadline_ids
        # Only one may be open: the one that makes room first reaches the database first.
        rows.flush_model()
        guard.opened(rows).write({"lead_id": head.id})
        self._hand_over(head)
