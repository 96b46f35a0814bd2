from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import guard
from .utm_medium import CONTACT_METHODS

ACTIVITY_TYPES = {
    "phone": "mail.mail_activity_data_call",
    "email": "mail.mail_activity_data_email",
    "visit": "mail.mail_activity_data_meeting",
    "video": "mail.mail_activity_data_meeting",
    "chat": "mail.mail_activity_data_todo",
}


class CrmLead(models.Model):
    """Steps 3 and 4 · Plans and records: a contact is planned with a time, then recorded in one
    form that also plans the next one and moves the stage.
    """

    _inherit = "crm.lead"

    intake_follow_up_ids = fields.One2many(
        "lead.intake.follow.up", "lead_id", string="Follow-Ups", copy=False
    )
    intake_plan_id = fields.Many2one(
        "lead.intake.follow.up", string="Next Contact", compute="_compute_intake_plan_id"
    )
    intake_planned_on = fields.Datetime(string="Next Contact On", compute="_compute_intake_plan_id")
    intake_planned_method = fields.Selection(
        CONTACT_METHODS, string="Next Contact By", compute="_compute_intake_plan_id"
    )
    intake_planned_goal = fields.Char(string="Goal", compute="_compute_intake_plan_id")
    can_follow_up = fields.Boolean(compute="_compute_can_follow_up")

    @api.depends("intake_follow_up_ids.state")
    def _compute_intake_plan_id(self):
        for lead in self:
            # sudo: a plan is for everybody to see who may see the lead.
            plan = lead.sudo().intake_follow_up_ids.filtered(lambda row: row.state == "planned")
            lead.intake_plan_id = plan[:1]
            lead.intake_planned_on = plan[:1].planned_on
            lead.intake_planned_method = plan[:1].method
            lead.intake_planned_goal = plan[:1].goal

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

    # --- the plan --------------------------------------------------------------------------

    def intake_plan(
        self, planned_on, method, goal=False, talking_points=False, remind_before=15, event=False
    ):
        """Plan the next contact (step 3); it replaces the one planned before.

        :param datetime planned_on: when, naive UTC
        :param str method: a value of ``lead.intake.follow.up.method``
        :param str goal: what the contact is to achieve
        :param str talking_points: what to talk about
        :param int remind_before: minutes before at which the owner is reminded; False for none
        :param bool event: put it into the calendar too
        :return: the planned contact
        :rtype: lead.intake.follow.up
        :raise UserError: if the time is past or the lead isn't to be followed up
        """
        self._check_follow_up()
        planned_on = fields.Datetime.to_datetime(planned_on)
        if not planned_on or planned_on <= fields.Datetime.now():
            raise UserError(self.env._("Plan the contact for a time to come."))
        if method not in dict(CONTACT_METHODS):
            raise UserError(self.env._("Choose how the customer is to be contacted."))
        self._intake_drop_plan()
        user = self.user_id or self.env.user
        plan = (
            self.env["lead.intake.follow.up"]
            ._opened()
            .create(
                {
                    "lead_id": self.id,
                    "team_id": self.team_id.id,
                    "company_id": self.company_id.id,
                    "user_id": user.id,
                    "planned_on": planned_on,
                    "method": method,
                    "goal": goal,
                    "talking_points": talking_points,
                    "date_reminder": planned_on - timedelta(minutes=remind_before)
                    if remind_before is not False
                    else False,
                }
            )
        )
        plan.activity_id = self._intake_plan_activity(plan, event)
        plan._wake_cron()
        self._intake_clocks_planned(planned_on)
        return plan.with_env(self.env)

    def _intake_drop_plan(self):
        """Replace what was planned, with its to-do."""
        # sudo: the plan may be a predecessor's.
        plans = self.sudo().intake_follow_up_ids.filtered(lambda row: row.state == "planned")
        plans.activity_id.filtered("active").unlink()
        plans._opened().write({"state": "cancelled", "date_reminder": False})

    def _intake_plan_activity(self, plan, event):
        """Give the owner Odoo's to-do for the plan, and a meeting where one is wanted."""
        user = plan.user_id
        owner = self.with_context(tz=user.tz or "UTC")
        local = fields.Datetime.context_timestamp(owner, plan.planned_on)
        summary = f"{local:%H:%M} {plan.goal or self.display_name}"
        activity = (
            self.env["mail.activity"]
            .sudo()  # the plan itself was checked; its to-do belongs to the owner
            .with_context(mail_activity_quick_update=True)
            .create(
                {
                    "activity_type_id": self.env.ref(ACTIVITY_TYPES[plan.method]).id,
                    "automated": True,
                    "date_deadline": local.date(),
                    "res_id": self.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "summary": summary,
                    "note": plan.talking_points,
                    "user_id": user.id,
                }
            )
        )
        if event:
            activity.calendar_event_id = self.env["calendar.event"].create(
                {
                    "name": plan.goal or self.name,
                    "start": plan.planned_on,
                    "stop": plan.planned_on + timedelta(hours=1),
                    "opportunity_id": self.id,
                    "user_id": user.id,
                    "partner_ids": [fields.Command.link(user.partner_id.id)],
                }
            )
        return activity

    # --- the record ------------------------------------------------------------------------

    def intake_log(
        self, outcome, summary, method=False, contacted_on=False, feedback=False, attachments=None
    ):
        """Record a contact (step 4). It fulfils the plan, if there is one.

        :param str outcome: a value of ``lead.intake.follow.up.outcome``
        :param str summary: what was said
        :param str method: how; the planned method if omitted
        :param datetime contacted_on: when, naive UTC; now if omitted
        :param str feedback: what the customer said to it
        :param ir.attachment attachments: a requirement list, a quotation …
        :return: the record
        :rtype: lead.intake.follow.up
        :raise UserError: if the summary is empty, the time is yet to come, or the lead isn't to
            be followed up
        """
        self._check_follow_up()
        now = fields.Datetime.now()
        contacted_on = fields.Datetime.to_datetime(contacted_on) or now
        if contacted_on > now + timedelta(minutes=2):
            raise UserError(self.env._("A contact can't be recorded before it took place."))
        if not (summary or "").strip():
            raise UserError(self.env._("Say in a sentence what the contact was about."))
        # sudo: as in _compute_intake_plan_id
        plan = self.sudo().intake_follow_up_ids.filtered(lambda row: row.state == "planned")[:1]
        method = method or plan.method or self.medium_id.first_contact_method or "phone"
        minimum = self.team_id.sudo().intake_summary_length  # a setting, nobody's data
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
            "counts_as_contact": plan._has_substance(outcome, summary, minimum),
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
            attachments.check_access("read")
            record.attachment_ids = attachments
        record.activity_id.filtered("active").write({"active": False})
        self._intake_say_contact(record)
        self._intake_follow(record)
        return record.with_env(self.env)

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
        lines = [head, record.summary, record.feedback]
        body = self.env["ir.qweb"]._render(
            "lead_intake.follow_up_message", {"lines": [line for line in lines if line]}
        )
        self._message_log(body=body, attachment_ids=record.attachment_ids.ids)

    def _intake_has_contact(self):
        """Tell whether a contact of substance was recorded."""
        self.ensure_one()
        return any(self.sudo().intake_follow_up_ids.mapped("counts_as_contact"))  # as above
