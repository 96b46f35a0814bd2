from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import arguments, guard
from .utm_medium import CONTACT_METHODS

FARTHEST = timedelta(days=5 * 366)
A_YEAR = 366 * 24 * 60  # minutes
ACTIVITY_TYPES = {
    "phone": "mail.mail_activity_data_call",
    "email": "mail.mail_activity_data_email",
    "visit": "mail.mail_activity_data_meeting",
    "video": "mail.mail_activity_data_meeting",
    "chat": "mail.mail_activity_data_todo",
}


class CrmLead(models.Model):
    """Step 3 · The follow-up plan (跟进计划): how, when, what about, to what end. A lead has one
    planned contact at a time; planning anew replaces it.
    """

    _inherit = "crm.lead"

    intake_plan_id = fields.Many2one(
        "lead.intake.follow.up", string="Next Contact", compute="_compute_intake_plan_id"
    )
    intake_planned_on = fields.Datetime(
        string="Next Contact On",
        compute="_compute_intake_plan_id",
        help="When the owner means to contact the customer next. A reminder comes in time.",
    )
    intake_planned_method = fields.Selection(
        CONTACT_METHODS, string="Next Contact By", compute="_compute_intake_plan_id"
    )
    intake_planned_goal = fields.Char(
        string="Goal",
        compute="_compute_intake_plan_id",
        help="What the next contact is to achieve.",
    )
    intake_next_on = fields.Datetime(
        string="Next",
        compute="_compute_intake_next_on",
        store=True,
        copy=False,
        help="The next planned contact or promise that is due, whichever comes first.",
    )

    _intake_next_idx = models.Index(
        "(intake_responsible_id, intake_next_on) WHERE intake_next_on IS NOT NULL"
    )

    @api.depends("intake_follow_up_ids.state")
    def _compute_intake_plan_id(self):
        for lead in self:
            plan = lead._get_intake_plan()
            lead.intake_plan_id = plan
            lead.intake_planned_on = plan.planned_on
            lead.intake_planned_method = plan.method
            lead.intake_planned_goal = plan.goal

    @api.depends("intake_date_due", "intake_follow_up_ids.state", "intake_follow_up_ids.planned_on")
    def _compute_intake_next_on(self):
        for lead in self:
            moments = (lead.intake_date_due, lead._get_intake_plan().planned_on)
            lead.intake_next_on = min(filter(None, moments), default=False)

    def _get_intake_plan(self):
        """Return the planned contacts of these leads.

        :rtype: lead.intake.follow.up
        """
        # sudo: a plan is for everybody to see who may see the lead.
        return self.sudo().intake_follow_up_ids.filtered(lambda row: row.state == "planned")

    @arguments.takes(
        planned_on=arguments.moment,
        method=arguments.text,
        goal=arguments.text,
        talking_points=arguments.text,
        remind_before=arguments.number,
    )
    def intake_plan(
        self, planned_on, method, goal=False, talking_points=False, remind_before=15, event=False
    ):
        """Plan the next contact (step 3); it replaces the one planned before.

        :param datetime planned_on: when, naive UTC
        :param str method: a value of ``lead.intake.follow.up.method``
        :param str goal: what the contact is to achieve
        :param str talking_points: what to talk about
        :param int remind_before: minutes before at which the owner is reminded; False for none
        :param bool event: put it into the calendar, whose alarm reminds then
        :return: the planned contact
        :rtype: lead.intake.follow.up
        :raise UserError: if the time is past or the lead isn't to be followed up
        """
        self._check_follow_up()
        if not planned_on or planned_on <= fields.Datetime.now():
            raise UserError(self.env._("Plan the contact for a time to come."))
        if planned_on > fields.Datetime.now() + FARTHEST:
            raise UserError(self.env._("Plan the contact within the next five years."))
        if method not in dict(CONTACT_METHODS):
            raise UserError(self.env._("Choose how the customer is to be contacted."))
        reminder = False
        if remind_before is not False and not event:
            # Planned for sooner than that: remind at once rather than not at all.
            reminder = planned_on - timedelta(minutes=min(max(remind_before, 0), A_YEAR))
        self._intake_drop_plan()
        self._intake_todo_done("plan")
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
                    "date_reminder": reminder,
                }
            )
        )
        plan.activity_id = self._intake_plan_activity(plan)
        if event:
            plan.activity_id.calendar_event_id = self._intake_plan_event(plan, remind_before)
        plan._wake_cron()
        self._intake_clocks_planned(planned_on)
        return plan.with_env(self.env)

    def _intake_drop_plan(self):
        """Replace what was planned, with its to-do and its meeting."""
        plans = self._get_intake_plan()
        plans._opened().write({"state": "cancelled", "date_reminder": False})
        activities = plans.activity_id.filtered("active")
        events = activities.calendar_event_id
        activities.unlink()
        # Nobody is told: what takes its place is planned in the same moment, or the lead is over.
        events.with_context(dont_notify=True).unlink()

    def _intake_hand_over_plan(self, before):
        """A new owner plans anew (step 3): what the former one had planned is dropped, and kept
        in the history.

        :param dict before: what ``_intake_before`` remembered
        """
        for lead in self.filtered(lambda lead: lead._get_intake_plan()):
            plan = lead._get_intake_plan()
            lead._message_log(
                body=self.env._(
                    "The contact %(former)s had planned for %(time)s was dropped with the "
                    "hand-over; the new owner plans it anew.",
                    former=before[lead]["owner"].sudo().name or self.env._("nobody yet"),
                    time=format_datetime(self.env, plan.planned_on, dt_format="short"),
                )
            )
        self._intake_drop_plan()

    def _intake_plan_activity(self, plan):
        """Give the owner Odoo's to-do for the plan."""
        return (
            self.env["mail.activity"]
            .sudo()  # the plan itself was checked; its to-do belongs to the owner
            .with_context(mail_activity_quick_update=True)
            .create(
                {
                    "activity_type_id": self.env.ref(ACTIVITY_TYPES[plan.method]).id,
                    "automated": True,
                    "res_id": self.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "note": plan.talking_points,
                    "user_id": plan.user_id.id,
                    **self._prepare_intake_plan_time(plan),
                }
            )
        )

    def _prepare_intake_plan_time(self, plan):
        """Return the day and the summary of a plan's to-do, where the owner is."""
        owner = self.with_context(tz=plan.user_id.tz or "UTC")
        local = fields.Datetime.context_timestamp(owner, plan.planned_on)
        return {
            "date_deadline": local.date(),
            "summary": f"{local:%H:%M} {plan.goal or self.display_name}",
        }

    def _intake_move_plan(self, planned_on):
        """The meeting of a plan was moved in the calendar: the plan moves along.

        :param datetime planned_on: when it is now, naive UTC
        """
        plan = self._get_intake_plan()
        plan._opened().planned_on = planned_on
        activity = plan.activity_id.with_context(mail_activity_quick_update=True)
        activity.write(self._prepare_intake_plan_time(plan))
        if planned_on > fields.Datetime.now():
            self._intake_clocks_planned(planned_on)

    def _intake_plan_event(self, plan, remind_before):
        """Put a visit or a video call into the owner's calendar, with an alarm if one is wanted.

        :param int remind_before: minutes; False for no alarm
        """
        user = plan.user_id
        alarm = self.env["calendar.alarm"]
        if remind_before is not False:
            # sudo: alarms are a shared list of "15 minutes before" and the like.
            alarms = alarm.sudo()
            minutes = max(remind_before, 0)
            alarm = alarms.search(
                [("alarm_type", "=", "notification"), ("duration_minutes", "=", minutes)], limit=1
            ) or alarms.create(
                {
                    "name": self.env._("Notification - %(minutes)s minutes", minutes=minutes),
                    "alarm_type": "notification",
                    "interval": "minutes",
                    "duration": minutes,
                }
            )
        return (
            self.env["calendar.event"]
            # The owner is the one who plans, or is told by the plan itself.
            .with_context(dont_notify=True, mail_create_nosubscribe=True)
            .create(
                {
                    "name": plan.goal or self.name,
                    "description": plan.talking_points,
                    "start": plan.planned_on,
                    "stop": plan.planned_on + timedelta(hours=1),
                    "opportunity_id": self.id,
                    "user_id": user.id,
                    "partner_ids": [fields.Command.set(user.partner_id.ids)],
                    "alarm_ids": [fields.Command.set(alarm.ids)],
                    # Goal and talking points are for those who see the lead.
                    "privacy": "private",
                }
            )
        )

    def _intake_unplanned(self):
        """The to-do of a plan was cancelled: so is the plan, and a new one is owed."""
        plans = self._get_intake_plan()
        guard.opened(plans).write({"state": "cancelled", "date_reminder": False})
        owing = self.filtered(lambda lead: lead._is_under_intake() and not lead._refuse_follow_up())
        owing._intake_clocks_owned()
