import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as COLLISIONS

from ..tools import guard

_logger = logging.getLogger(__name__)

BATCH = 500
RETRY = timedelta(hours=1)  # after which a row that failed is tried again


class LeadIntakeDeadline(models.Model):
    """What happens when time passes: a warning, the promise missed, and the escalation to the
    responsible at once, then the reviewers, then the team leader; each level once.

    The cron reads rows whose ``date_next`` has come from a partial index, a batch at a time,
    and commits each batch with the notices it owes. Another worker takes other rows: those it
    has locked are skipped, those it has moved on since our snapshot make PostgreSQL refuse the
    lock (a collision), and we look again.
    """

    _inherit = "lead.intake.deadline"

    def _wake_cron(self):
        """Have the cron run at the minute at which the first of these rows wants attention."""
        moments = [row.date_next for row in self if row.date_next]
        if moments:
            cron = self._get_cron()
            first, now = min(moments), fields.Datetime.now()
            if cron and first > now:
                # As _trigger would, which reads the job to learn whether a run at once is wanted.
                # sudo: whoever submits a lead may set the alarm that watches it.
                self.env["ir.cron.trigger"].sudo().create({"cron_id": cron.id, "call_at": first})
            elif cron:
                cron.sudo()._trigger(at=now)

    @api.model
    def _get_cron(self):
        # Not env.ref(): it asks the database, at every step of every lead, whether it is there.
        name = "lead_intake.ir_cron_deadlines"
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(name, raise_if_not_found=False)
        return self.env["ir.cron"].browse(cron_id or [])

    @api.model
    def _get_due_domain(self):
        return Domain("date_next", "<=", fields.Datetime.now())

    @api.model
    def _cron_process_due(self, limit=BATCH):
        """Warn, mark overdue and escalate what is due, then tell people once each.

        :param int limit: rows in a batch, which is also what one transaction changes
        """
        domain = self._get_due_domain()
        Notice = self.env["lead.intake.notice"]
        commit = self.env["ir.cron"]._commit_progress
        # Digests count as work, too: a run that has no time left for them is continued at once.
        # The count is a hint for the runner, so it needn't go through all there is.
        waiting = self.search_count(domain, limit=limit * 20)
        left = commit(remaining=waiting + Notice._count_waiting())
        busy = []
        while left:
            # What the last transaction knew may have changed, and 100,000 rows fill the memory.
            self.env.invalidate_all()
            try:
                found = self.search(
                    domain & Domain("id", "not in", busy), limit=limit, order="date_next, id"
                )
                if not found:
                    break
                rows = found.try_lock_for_update(allow_referencing=True)
                # Somebody else is at them. What comes behind them doesn't wait.
                busy += (found - rows).ids
                rows = rows.filtered_domain(domain)
                if rows:
                    left = rows._process_batch(commit)
            except COLLISIONS:
                self.env.cr.rollback()
                left = commit(0)
        # Whoever has more than one batch coming gets one digest: not before all is processed.
        if left:
            commit(remaining=Notice._count_waiting())
            Notice._send_digests(commit)
        self._wake_at_next()

    def _process_batch(self, commit):
        """Process the rows in one transaction, or, if one of them fails, one by one."""
        try:
            self._process_due()
            self.env.flush_all()
            return commit(len(self))
        except COLLISIONS:
            raise
        except Exception:
            self.env.cr.rollback()
            _logger.warning("A batch of lead deadlines failed; trying them one by one")
        left = 1
        for row_id in self.ids:
            # Each in its own transaction; the next one looks at it anew.
            self.env.invalidate_all()
            row = self.browse(row_id).try_lock_for_update(allow_referencing=True)
            try:
                row.filtered_domain(self._get_due_domain())._process_due()
                self.env.flush_all()
            except COLLISIONS:
                raise
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("Lead deadline %s could not be processed", row_id)
                # Out of the way, or it would come first in every run from now on.
                row = self.browse(row_id).try_lock_for_update(allow_referencing=True)
                guard.opened(row).write({"date_next": fields.Datetime.now() + RETRY})
            left = commit(1)
            if not left:
                break
        return left

    def _process_due(self):
        """Move each row on to where it stands now, however long nobody looked."""
        now = fields.Datetime.now()
        notices = []
        reviewers = {team: team._get_intake_reviewers() for team in self.team_id}
        rows = guard.opened(self)
        early = rows.filtered(lambda row: row.state == "running" and now < row.date_due)
        for row in early:
            notices += row._prepare_notices(row.responsible_id, "warning")
            row.write({"date_warned": now, "date_next": row.date_due})
        missed = rows - early
        vals_list = []
        for row, moments in zip(missed, missed._get_escalation_moments(), strict=True):
            level, steps = row.escalation_level, row._get_escalation(moments, reviewers)
            for number, (at, users) in enumerate(steps, start=1):
                if number > level and at <= now:
                    kind = "overdue" if number == 1 else "escalated"
                    notices += row._prepare_notices(users, kind)
                    level = number
            vals_list.append(
                {
                    "state": "overdue",
                    "date_overdue": row.date_overdue or now,
                    "escalation_level": level,
                    "date_next": steps[level][0] if level < len(steps) else False,
                }
            )
        missed._write_each(vals_list)
        self._create_notices(notices)

    def _get_escalation_moments(self):
        """Return from when the reviewers and the team leader are told of each row: after so many
        hours as the team counts them, or its leader is told on Sunday what could be done on
        Monday.

        :return: ``[(datetime, datetime)]``, naive UTC
        """
        wanted = []
        for row in self:
            team = row.team_id
            calendar = self._get_team_calendar(team, row.company_id)
            missed = row.escalates_from or row.date_due
            wanted.append((calendar, missed, team.intake_supervisor_delay))
            wanted.append((calendar, missed, team.intake_leader_delay))
        moments = self._plan(wanted)
        return list(zip(moments[::2], moments[1::2], strict=True))

    def _get_escalation(self, moments, reviewers):
        """Return whom to tell when: ``[(datetime, res.users)]``, one entry a level.

        :param moments: from when the reviewers and the team leader are told
        :param dict reviewers: ``{crm.team: res.users}`` of the teams of the batch
        """
        self.ensure_one()
        team = self.team_id
        return [
            (self.date_due, self.responsible_id),
            (moments[0], reviewers.get(team, team.user_id)),
            (moments[1], team.user_id),
        ]

    def _prepare_notices(self, users, kind):
        self.ensure_one()
        # Leavers are told nothing; their leads are their team leader's business.
        active = users.filtered("active") or self.team_id.user_id.filtered("active")
        if kind == "escalated":
            active -= self.responsible_id
        return [
            {
                "deadline_id": self.id,
                "user_id": user.id,
                "kind": kind,
                "date_due": self.date_due,
            }
            for user in active
        ]

    def _create_notices(self, values):
        Notice = guard.opened(self.env["lead.intake.notice"])
        known = {
            (notice.deadline_id.id, notice.user_id.id, notice.kind, notice.date_due)
            for notice in Notice.search([("deadline_id", "in", self.ids)])
        }
        new = []
        for vals in values:
            key = (vals["deadline_id"], vals["user_id"], vals["kind"], vals["date_due"])
            if key not in known:
                known.add(key)
                new.append(vals)
        Notice.create(new)

    @api.model
    def _wake_at_next(self):
        """Set the alarm for the row that is due next."""
        row = self.search([("date_next", "!=", False)], order="date_next, id", limit=1)
        cron = self._get_cron()
        if not row or not cron:
            return
        now = fields.Datetime.now()
        # What is due and left was somebody else's, or there was no time: look again in a minute.
        moment = max(row.date_next, now + timedelta(minutes=1))
        # A run that finds its successor's alarm set need not set it once more.
        alarm = [("cron_id", "=", cron.id), ("call_at", ">", now), ("call_at", "<=", moment)]
        if not self.env["ir.cron.trigger"].sudo().search_count(alarm, limit=1):
            cron.sudo()._trigger(at=moment)
