from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class LeadIntakeDeadline(models.Model):
    """When a promise is due and when it warns, counted in the hours its team counts: of the
    clock, or of a calendar. One question per calendar, however many promises are asked about.
    """

    _inherit = "lead.intake.deadline"

    explanation = fields.Char(compute="_compute_explanation", help="How it came to be due then.")

    @api.model
    def _get_calendar(self, lead):
        """Return the calendar whose hours count on ``lead``, in the company whose days off do."""
        # sudo: a setting of the team binds whoever works its leads.
        return self._get_team_calendar(lead.team_id.sudo(), lead.company_id)

    @api.model
    def _get_team_calendar(self, team, company):
        company = company or team.company_id or self.env.company
        return team.intake_calendar_id.with_company(company)

    def _own_calendar(self):
        self.ensure_one()
        return self.calendar_id.with_company(self.company_id or self.env.company)

    @api.model
    def _group_by_calendar(self, calendars):
        """Return ``[(calendar, [index])], [index]``: where each calendar that counts stands, and
        where every hour counts. A calendar that companies share has the days off of each.
        """
        usable, by_calendar, others = {}, {}, []
        for index, calendar in enumerate(calendars):
            if calendar not in usable:
                # One that lost its hours after it was chosen must not stop anybody's work.
                usable[calendar] = bool(calendar) and not calendar._intake_refuse_reason()
            if usable[calendar]:
                by_calendar.setdefault((calendar, calendar.env.company), []).append(index)
            else:
                others.append(index)
        return [
            (calendar.with_company(company), indexes)
            for (calendar, company), indexes in by_calendar.items()
        ], others

    @api.model
    def _plan(self, wanted):
        """Return when each ``(calendar, start, hours)`` has passed, one batch per calendar."""
        moments = [None] * len(wanted)
        by_calendar, others = self._group_by_calendar([calendar for calendar, *_rest in wanted])
        for calendar, indexes in by_calendar:
            spans = [wanted[index][1:] for index in indexes]
            for index, moment in zip(indexes, self._plan_by(calendar, spans), strict=True):
                moments[index] = moment
        for index in others:
            _calendar, start, hours = wanted[index]
            moments[index] = start + timedelta(seconds=round(hours * 3600))
        return moments

    @api.model
    def _plan_by(self, calendar, spans):
        try:
            return calendar._intake_plan(spans)
        except UserError:
            # It holds too few hours to come, say its hours end with the year. Whoever submits
            # a lead can't mend that; the hours of the clock are a promise, too.
            if len(spans) > 1:
                return [moment for span in spans for moment in self._plan_by(calendar, [span])]
            start, hours = spans[0]
            return [start + timedelta(hours=hours)]

    @api.model
    def _schedule(self, wanted, dues=None):
        """Return the values of running clocks: when each is due, warns and wants attention.

        :param wanted: ``(team, calendar, start, hours, left)`` each: from ``start`` on, ``left``
            of the promised ``hours`` are to go
        :param dues: the due times, where these are given and not counted
        :return: list of dict, in the same order
        """
        now = fields.Datetime.now()
        counted = dues is None
        if counted:
            dues = self._plan([(calendar, start, left) for _t, calendar, start, _h, left in wanted])
        warnings = {}
        for index, (team, calendar, start, hours, left) in enumerate(wanted):
            if not counted:
                hours = left = (dues[index] - start).total_seconds() / 3600
            # A warning belongs to the whole promise: what was used up before a pause counts.
            after = team.sudo()._get_intake_warning_hours(hours) - (hours - left)  # a setting
            if 0 < after < left:
                warnings[index] = (calendar, start, after)
        moments = dict(zip(warnings, self._plan([*warnings.values()]), strict=True))
        result = []
        for index, (_team, _calendar, start, hours, left) in enumerate(wanted):
            due, warning = dues[index], moments.get(index, False)
            if warning:
                warning = warning.replace(microsecond=0)
                warning = start < warning < due and warning
            result.append(
                {
                    "hours": hours,
                    "counted_from": start,
                    "counted_hours": left,
                    "date_due": due,
                    "date_warning": warning,
                    # Started so late that the warning is past already: warn at once, while
                    # there is time.
                    "date_next": warning if warning and now < due else due,
                }
            )
        return result

    def _elapsed(self, spans):
        """Return the hours of each ``(start, stop)``, counted in the row's working time."""
        hours = [0.0] * len(self)
        by_calendar, others = self._group_by_calendar([row._own_calendar() for row in self])
        for calendar, indexes in by_calendar:
            counted = calendar._intake_elapsed([spans[index] for index in indexes])
            for index, value in zip(indexes, counted, strict=True):
                hours[index] = value
        for index in others:
            start, stop = spans[index]
            hours[index] = (stop - start).total_seconds() / 3600
        return hours

    def _replan(self):
        """Count running clocks anew by their lead's present settings, from where they were last
        counted from: the start, or the end of a pause. Of paused clocks what is left changes.
        What an administrator corrected, and a planned contact, keep the due time they were
        given; so does what is missed.

        :return: how many running ones got another due time
        :rtype: int
        """
        rows = self.filtered(
            lambda row: (
                row.state in ("running", "paused")
                and row.milestone != "follow_up"
                and not row.correction
            )
        )
        wanted = []
        for row in rows:
            lead = row.lead_id
            hours = lead._get_intake_promised_hours(row.milestone) or row.hours
            used = row.hours - (row.hours_left if row.state == "paused" else row.counted_hours)
            wanted.append(
                (
                    lead.team_id,
                    self._get_calendar(lead),
                    row.counted_from or row.date_started,
                    max(hours, used),
                    max(hours - used, 0.0),
                )
            )
        changed = self.browse()
        for row, (_team, calendar, _start, hours, left), planned in zip(
            rows._opened(), wanted, self._schedule(wanted), strict=True
        ):
            if row.state == "paused":
                row.write({"calendar_id": calendar.id, "hours": hours, "hours_left": left})
                continue
            if all(row[name] == planned[name] for name in ("date_due", "date_warning")):
                continue
            if row.date_due != planned["date_due"]:
                changed |= row
            row.write({"calendar_id": calendar.id, **planned})
        rows._wake_cron()
        changed._move_todos()
        return len(changed)

    def _move_todos(self):
        """Have people's to-dos say on which day these promises are due now."""
        for milestone, rows in self.grouped("milestone").items():
            rows.lead_id._intake_todo_move(milestone)

    # --- in words --------------------------------------------------------------------------

    @api.depends("date_due", "correction")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for deadline in self:
            deadline.explanation = deadline._explain()

    def _explain(self):
        """Say in words how the due time came about, in the reader's language and time zone.

        :rtype: str
        """
        self.ensure_one()
        if self.correction:
            return self.env._("Corrected by an administrator: %(reason)s", reason=self.correction)
        if self.milestone == "follow_up":
            return self.env._(
                "The next contact, at the time it was planned for or by the rhythm of the grade."
            )
        return self._own_calendar()._intake_explain(
            self.counted_from or self.date_started,
            self.date_due,
            self.counted_hours or self.hours,
        )
