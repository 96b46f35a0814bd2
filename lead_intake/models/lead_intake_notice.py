from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..tools import guard

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
    date_sent = fields.Datetime()

    _unsent_idx = models.Index("(user_id, id) WHERE date_sent IS NULL")
    _once = models.UniqueIndex(
        "(deadline_id, user_id, kind)", "This person was told of this deadline already."
    )

    @api.model
    def _send_digests(self, commit):
        """Send one message to each person who has something to be told.

        :param commit: called after each person with the number sent; returns the seconds left
        """
        waiting = [
            user
            for (user,) in self._read_group([("date_sent", "=", False)], ["user_id"], order="user_id")
        ]
        for user in waiting:
            notices = self.search(
                [("date_sent", "=", False), ("user_id", "=", user.id)], order="id"
            ).try_lock_for_update()
            if notices:
                notices._send_digest(user)
            if not commit(1):
                break

    def _send_digest(self, user):
        """Send ``user`` one message that lists these notices, in their language and time zone."""
        now = fields.Datetime.now()
        guard.opened(self).write({"date_sent": now})
        # What was kept or stopped in the meantime is no news any more.
        notices = self.filtered(lambda notice: not notice.deadline_id.date_closed)
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
                sections += Markup("<p><strong>%s</strong></p><ul>%s</ul>") % (
                    of_kind._get_section_title(kind),
                    Markup().join(notice._get_line(now) for notice in of_kind),
                )
        env["mail.thread"].with_context(mail_notify_force_send=False).message_notify(
            partner_ids=user.partner_id.ids,
            subject=env._("Deadlines of your leads: %(count)s", count=len(notices)),
            body=sections,
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )

    def _get_section_title(self, kind):
        if kind == "escalated":
            return self.env._("Missed by others")
        if kind == "overdue":
            return self.env._("You missed")
        return self.env._("Due soon")

    def _get_line(self, now):
        self.ensure_one()
        deadline = self.deadline_id
        milestone = dict(deadline._fields["milestone"]._description_selection(self.env))
        values = {
            "milestone": milestone[deadline.milestone],
            "due": format_datetime(self.env, deadline.date_due, dt_format="short"),
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
