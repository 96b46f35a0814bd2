import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as COLLISIONS
from odoo.tools import format_datetime, split_every

from ..tools import guard

_logger = logging.getLogger(__name__)

PEOPLE = 10  # told in one transaction
MOST_LINES = 50  # of a section of a digest; nobody reads the others
KINDS = [("warning", "Due Soon"), ("overdue", "Overdue"), ("escalated", "Escalated")]


class LeadIntakeNotice(models.Model):
    """Who is to be told, or was told, of which deadline. A row is written in the transaction
    that moves the deadline on, and the digest that tells of it marks it as sent, so that a
    server killed in between tells nobody twice and forgets nobody.
    """

    _name = "lead.intake.notice"
    _inherit = "lead.intake.history"
    _description = "Deadline Notice"
    _order = "id desc"
    _rec_name = "kind"

    deadline_id = fields.Many2one(
        "lead.intake.deadline", required=True, ondelete="cascade", index=True
    )
    lead_id = fields.Many2one(related="deadline_id.lead_id")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(KINDS, required=True)
    # A clock that was paused or corrected is due anew, and may be missed anew.
    date_due = fields.Datetime(string="Was Due", required=True)
    date_sent = fields.Datetime()

    _unsent_idx = models.Index("(user_id, id) WHERE date_sent IS NULL")
    _once = models.UniqueIndex(
        "(deadline_id, user_id, kind, date_due)",
        "This person was told of this deadline already.",
    )

    @api.model
    def _count_waiting(self):
        """Return how many people are to be told something."""
        return len(self._read_group([("date_sent", "=", False)], ["user_id"]))

    @api.model
    def _send_digests(self, commit):
        """Send one message to each person who has something to be told.

        :param commit: called after each person with the number sent; returns the seconds left
        """
        unsent = [("date_sent", "=", False)]
        # Whoever left since is told nothing; those who come into their place are told below.
        self.search([*unsent, ("user_id.active", "=", False)])._redirect()
        waiting = [user.id for (user,) in self._read_group(unsent, ["user_id"], order="user_id")]
        for some in split_every(PEOPLE, waiting):
            if not self._try_digests(some) and len(some) > 1:
                # One person's message keeps nobody else's back; the next run tries it again.
                for user_id in some:
                    self._try_digests([user_id])
                    commit(0)
            if not commit(len(some)):
                break
        if waiting:
            # Queued, so that a server killed here mails nobody twice; an hour is too long to wait.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _try_digests(self, user_ids):
        """Tell some people in one transaction; all of it is rolled back if one can't be told.

        :return: whether all were told
        :rtype: bool
        """
        self.env.invalidate_all()
        try:
            unsent = [("date_sent", "=", False), ("user_id", "in", user_ids)]
            notices = self.search(unsent, order="user_id, id").try_lock_for_update()
            guard.opened(notices).write({"date_sent": fields.Datetime.now()})
            # All that is told of these leads; a lead has a hundred fields more.
            notices.lead_id.fetch(["display_name"])
            for user, own in notices.grouped("user_id").items():
                own._send_digest(user)
            self.env.flush_all()
        except COLLISIONS:
            self.env.cr.rollback()  # another worker is at it
        except Exception:
            self.env.cr.rollback()
            if len(user_ids) == 1:
                _logger.exception("The deadlines of user %s could not be told", user_ids[0])
        else:
            return True
        return False

    def _redirect(self):
        """Pass on what people who left were to be told."""
        values = []
        for notice in self:
            values += notice.deadline_id._prepare_notices(notice.user_id, notice.kind)
        guard.opened(self).write({"date_sent": fields.Datetime.now()})
        self.deadline_id._create_notices(values)

    def _is_news(self):
        """Tell whether it still is as it was when the notice was written: what was kept,
        stopped, paused or planned anew in the meantime isn't told any more.
        """
        self.ensure_one()
        deadline = self.deadline_id
        expected = "running" if self.kind == "warning" else "overdue"
        return (
            deadline.state == expected
            and not deadline.date_paused
            and deadline.date_due == self.date_due
        )

    def _send_digest(self, user):
        """Send ``user`` one message that lists these notices, in their language and time zone."""
        now = fields.Datetime.now()
        notices = self.filtered(lambda notice: notice._is_news())
        if not notices or not user.active:
            return
        env = self.env(
            context=dict(self.env.context, lang=user.lang or "en_US", tz=user.tz or "UTC")
        )
        notices = notices.with_env(env)
        sections = Markup()
        for kind in ("escalated", "overdue", "warning"):
            of_kind = notices.filtered(lambda notice, kind=kind: notice.kind == kind)
            if of_kind:
                sections += of_kind._get_section(kind, now)
        env["mail.thread"].with_context(mail_notify_force_send=False).message_notify(
            partner_ids=user.partner_id.ids,
            subject=env._("Deadlines of your leads: %(count)s", count=len(notices)),
            body=sections,
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )

    def _get_section(self, kind, now):
        # What is due, or was missed, first comes first.
        rows = self.sorted("date_due")
        milestones = dict(self.deadline_id._fields["milestone"]._description_selection(self.env))
        lines = [notice._get_line(now, milestones) for notice in rows[:MOST_LINES]]
        if len(rows) > MOST_LINES:
            more = self.env._("… and %(count)s more", count=len(rows) - MOST_LINES)
            lines.append(Markup("<li>%s</li>") % more)
        return Markup("<p><strong>%s</strong></p><ul>%s</ul>") % (
            self._get_section_title(kind),
            Markup().join(lines),
        )

    def _get_section_title(self, kind):
        if kind == "escalated":
            return self.env._("Missed by others")
        if kind == "overdue":
            return self.env._("You missed")
        return self.env._("Due soon")

    def _get_line(self, now, milestones):
        self.ensure_one()
        deadline = self.deadline_id
        values = {
            "milestone": milestones[deadline.milestone],
            # Left alone, Odoo takes the time zone of env.user: here the cron's.
            "due": format_datetime(
                self.env, deadline.date_due, tz=self.env.context.get("tz"), dt_format="short"
            ),
            "hours": round(abs((now - deadline.date_due).total_seconds()) / 3600, 1),
            "person": deadline.responsible_id.name or "",
        }
        if self.kind == "escalated":
            text = self.env._(
                "%(milestone)s, %(person)s: %(hours)s hours overdue (was due %(due)s)", **values
            )
        elif self.kind == "overdue":
            text = self.env._("%(milestone)s: %(hours)s hours overdue (was due %(due)s)", **values)
        else:
            text = self.env._("%(milestone)s: due %(due)s, in %(hours)s hours", **values)
        return Markup('<li><a href="/odoo/crm.lead/%s">%s</a> · %s</li>') % (
            self.lead_id.id,
            self.lead_id.display_name,
            text,
        )

    @api.autovacuum
    def _gc_notices(self):
        """What was told half a year ago isn't needed to tell nobody twice."""
        old = fields.Datetime.subtract(fields.Datetime.now(), months=6)
        domain = [("date_sent", "<", old), ("deadline_id.date_next", "=", False)]
        guard.opened(self.search(domain, limit=10000)).unlink()
