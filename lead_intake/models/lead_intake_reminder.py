import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as COLLISIONS
from odoo.tools import format_datetime

_logger = logging.getLogger(__name__)

BATCH = 200
RETRY = timedelta(hours=1)  # after which a reminder that failed is tried again


class LeadIntakeFollowUp(models.Model):
    """Reminders of planned contacts (step 3): they reach the owner at the minute, in the owner's
    language and time zone, each once.
    """

    _inherit = "lead.intake.follow.up"

    def _wake_cron(self):
        """Have the cron run at the minute of the first of these reminders."""
        moments = [row.date_reminder for row in self if row.date_reminder]
        cron = self.env.ref("lead_intake.ir_cron_reminders", raise_if_not_found=False)
        if moments and cron:
            # sudo: whoever plans a contact may set the alarm that reminds of it.
            cron.sudo()._trigger(at=max(min(moments), fields.Datetime.now()))

    @api.model
    def _get_reminder_domain(self):
        return [("date_reminder", "<=", fields.Datetime.now()), ("state", "=", "planned")]

    @api.model
    def _cron_remind(self, limit=BATCH):
        """Remind people of the contacts they planned. Each reminder is committed by itself, so
        that none is sent twice if the run is killed; one that fails is tried again later.

        :param int limit: reminders in one run; the rest follows at once
        """
        domain = self._get_reminder_domain()
        commit = self.env["ir.cron"]._commit_progress
        waiting = self.search(domain, order="date_reminder, id", limit=limit * 20).ids
        left = commit(remaining=len(waiting))
        for row_id in waiting[:limit]:
            if not left:
                break
            # Another worker may have been here since.
            self.env.invalidate_all()
            try:
                row = self.browse(row_id).try_lock_for_update(allow_referencing=True)
                row.filtered_domain(domain)._remind()
                self.env.flush_all()
            except COLLISIONS:
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("The reminder of contact %s could not be sent", row_id)
                row = self.browse(row_id).try_lock_for_update(allow_referencing=True)
                # Out of the way, or it would come first in every run from now on.
                row._opened().write({"date_reminder": fields.Datetime.now() + RETRY})
            left = commit(1)
        self.search(
            [("date_reminder", "!=", False), ("state", "=", "planned")],
            order="date_reminder, id",
            limit=1,
        )._wake_cron()

    def _remind(self):
        """Tell the owner of each contact, on the screen and in the inbox."""
        for follow_up in self:
            follow_up._opened().date_reminder = False
            user = follow_up.user_id
            if not user.active or follow_up.lead_id._refuse_follow_up():
                continue  # left, or closed or put on hold since
            text = follow_up._prepare_reminder(user)
            user._bus_send("simple_notification", {"type": "info", "message": text, "sticky": True})
            lines = [text, follow_up.goal, follow_up.talking_points]
            follow_up.lead_id.message_notify(
                partner_ids=user.partner_id.ids,
                subject=text,
                body="\n".join(line for line in lines if line),
            )

    def _prepare_reminder(self, user):
        """Return the reminder as ``user`` reads it: "10:00 · Phone: Ten presses"."""
        self.ensure_one()
        reader = self.with_context(lang=user.lang or "en_US")
        methods = dict(reader._fields["method"]._description_selection(reader.env))
        return reader.env._(
            "%(time)s · %(method)s: %(lead)s",
            time=format_datetime(
                reader.env,
                self.planned_on,
                # Cron runs as a user of its own, elsewhere.
                tz=user.tz or "UTC",
                dt_format="short",
                lang_code=user.lang or "en_US",
            ),
            method=methods[self.method],
            lead=self.lead_id.display_name,
        )
