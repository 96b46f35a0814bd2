from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ..tools import arguments, guard
from .lead_intake_follow_up import OUTCOMES
from .utm_medium import CONTACT_METHODS


class CrmLead(models.Model):
    """Step 4 · Follow-up records (跟进记录): after every contact what was said, what the customer
    thinks of it and what comes next. The first of substance keeps the promise of step 2.
    """

    _inherit = "crm.lead"

    intake_follow_up_ids = fields.One2many(
        "lead.intake.follow.up", "lead_id", string="Follow-Ups", copy=False
    )
    can_follow_up = fields.Boolean(compute="_compute_can_follow_up")

    @api.depends("intake_state", "active", "won_status", "team_id")
    @api.depends_context("uid")
    def _compute_can_follow_up(self):
        for lead in self:
            lead.can_follow_up = lead._is_under_intake() and not lead._refuse_follow_up()

    def _refuse_follow_up(self):
        """Return why no contact can be planned or recorded on this lead, or False."""
        self.ensure_one()
        if self.intake_state != "approved":
            return self.env._("It isn't approved yet; it is followed up after its review.")
        if self.won_status == "lost" or not self.active:
            return self.env._("It is closed. Restore it first.")
        return False

    def _check_follow_up(self):
        self.ensure_one()
        self._check_intake_follow_up_access()
        if self._is_under_intake() and (reason := self._refuse_follow_up()):
            raise UserError(self._intake_refusal_text({self: reason}))

    def _check_intake_follow_up_access(self):
        """Whoever may write the lead may follow it up. A seam: collaborators may, too."""
        self.check_access("write")

    def _may_follow_up(self):
        """Tell whether the user may plan and record contacts on this lead now."""
        self.ensure_one()
        try:
            self._check_intake_follow_up_access()
        except AccessError:
            return False
        return self._is_under_intake() and not self._refuse_follow_up()

    # --- the record ------------------------------------------------------------------------

    @arguments.takes(
        outcome=arguments.text,
        summary=arguments.text,
        method=arguments.text,
        contacted_on=arguments.moment,
        feedback=arguments.text,
        attachments=arguments.ids,
    )
    def intake_log(
        self, outcome, summary, method=False, contacted_on=False, feedback=False, attachments=None
    ):
        """Record a contact (step 4). It fulfils the plan, if there is one.

        :param str outcome: a value of ``lead.intake.follow.up.outcome``
        :param str summary: what was said
        :param str method: how; the planned method if omitted
        :param datetime contacted_on: when, naive UTC; now if omitted
        :param str feedback: what the customer said to it
        :param attachments: a requirement list, a quotation …: ``ir.attachment`` or their ids
        :return: the record
        :rtype: lead.intake.follow.up
        :raise UserError: if the summary is empty, the time is yet to come, or the lead isn't to
            be followed up
        :raise AccessError: if an attachment isn't one the user may read

        A contact counts from when it took place; one recorded later than the team allows
        (``intake_record_hours``) counts from when it was recorded, or a promise that was missed
        could be kept afterwards.
        """
        self._check_follow_up()
        now = fields.Datetime.now()
        contacted_on = contacted_on or now
        if contacted_on > now + timedelta(minutes=2):
            raise UserError(self.env._("A contact can't be recorded before it took place."))
        if not (summary or "").strip():
            raise UserError(self.env._("Say in a sentence what the contact was about."))
        if outcome not in dict(OUTCOMES):
            raise UserError(self.env._("Choose what came of the contact."))
        plan = self._get_intake_plan()[:1]
        method = method or plan.method or self.medium_id.first_contact_method or "phone"
        if method not in dict(CONTACT_METHODS):
            raise UserError(self.env._("Choose how the customer was contacted."))
        team = self.team_id.sudo()  # its settings, nobody's data
        is_late = contacted_on < now - timedelta(hours=team.intake_record_hours)
        is_contact = plan._has_substance(outcome, summary, team.intake_summary_length)
        values = {
            "state": "done",
            "user_id": self.env.user.id,
            "outcome": outcome,
            "method": method,
            "contacted_on": contacted_on,
            "recorded_on": now,
            "summary": summary,
            "feedback": feedback,
            "date_reminder": False,
            "is_recorded_late": is_late,
            # What was said before the lead was approved is not the contact it was approved for.
            "counts_as_contact": is_contact and contacted_on >= self._get_intake_received_on(),
        }
        if plan:
            record = plan._opened()
            record.write(values)
        else:
            record = plan._opened().create(
                {
                    **values,
                    "lead_id": self.id,
                    "team_id": self.team_id.id,
                    "company_id": self.company_id.id,
                }
            )
        if attachments:
            files = self.env["ir.attachment"].browse(attachments).exists()
            record.attachment_ids = self._intake_take_attachments(files)
        self._intake_todo_done("plan")
        record.activity_id.filtered("active").write({"active": False})
        self._intake_say_contact(record)
        self._intake_follow(record)
        return record.with_env(self.env)

    def _get_intake_received_on(self):
        """Return since when the lead is to be followed up: its first approval, to the minute, as
        people type times. Leads brought in as approved have none.

        :return: naive UTC datetime
        """
        # sudo: when it was approved is no secret to who follows it up.
        approvals = self.sudo().intake_review_ids.filtered(lambda row: row.state == "approved")
        moments = [row.decided_on.replace(second=0) for row in approvals if row.decided_on]
        return min(moments, default=datetime.min)

    def _intake_take_attachments(self, attachments):
        """Return the attachments; what the user has just uploaded becomes the lead's, so that
        whoever reads the lead can open it.
        """
        attachments.check_access("read")
        loose = attachments.filtered(
            lambda file: (
                file.create_uid == self.env.user
                and not file.res_id
                and file.res_model in (False, "lead.intake.log")
            )
        )
        # sudo: the lead is followed up by collaborators, too, who can't write it.
        loose.sudo().write({"res_model": "crm.lead", "res_id": self.id})
        return attachments

    def _intake_follow(self, record):
        """What follows from a contact: its clocks, and the stage of a first one."""
        self._intake_clocks_contacted(record)
        if record.counts_as_contact and self.stage_id.intake_status == "to_follow_up":
            stage = self.team_id._get_intake_stage("following_up")
            if stage:
                guard.opened(self.sudo()).write({"stage_id": stage.id})

    def _intake_say_contact(self, record):
        """Put the contact into the lead's history as a person reads it."""
        labels = {
            name: dict(record._fields[name]._description_selection(self.env))
            for name in ("method", "outcome")
        }
        head = self.env._(
            "%(method)s on %(date)s: %(outcome)s",
            method=labels["method"][record.method],
            date=format_datetime(self.env, record.contacted_on, dt_format="short"),
            outcome=labels["outcome"].get(record.outcome, ""),
        )
        late = record.is_recorded_late and self.env._(
            "Recorded afterwards, on %(date)s; it counts from then.",
            date=format_datetime(self.env, record.recorded_on, dt_format="short"),
        )
        lines = [head, record.summary, record.feedback, late]
        body = self.env["ir.qweb"]._render(
            "lead_intake.follow_up_message", {"lines": [line for line in lines if line]}
        )
        self._message_log(body=body, attachment_ids=record.attachment_ids.ids)

    def _intake_has_contact(self):
        """Tell whether a contact of substance was recorded."""
        self.ensure_one()
        return any(self.sudo().intake_follow_up_ids.mapped("counts_as_contact"))  # as above
