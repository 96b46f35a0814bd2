import pytz

from odoo import fields, models

from ..tools import xmlid

TODO_TYPES = {
    "review": "lead_intake.mail_activity_type_review",
    "complete": "lead_intake.mail_activity_type_complete",
    "look_again": "lead_intake.mail_activity_type_look_again",
    "assign": "lead_intake.mail_activity_type_assign",
    "plan": "lead_intake.mail_activity_type_plan",
    "closing": "lead_intake.mail_activity_type_closing",
}
# What is looked at when one is done or handed over.
TODO_FIELDS = [
    "res_id",
    "res_model",
    "activity_type_id",
    "user_id",
    "active",
    "date_deadline",
    "date_done",
]
TODO = object()  # in the context while to-dos are made; no client can send an object
# To-dos of whoever works the lead; the others are the reviewers'.
OWN_KINDS = ("complete", "plan", "closing")
# The to-do that reminds of a promise; a planned contact has its own.
TODO_OF_MILESTONE = {
    "registration": "complete",
    "completion": "complete",
    "review": "review",
    "plan": "plan",
    "closing": "closing",
}


class CrmLead(models.Model):
    """The one place where the procedure gives people to-dos, and takes them back when done.

    An activity is a reminder: the truth is the lead's state. They are made in one batch and
    silently: the activity menu counts them, no mail goes out per lead.
    """

    _inherit = "crm.lead"

    def _intake_todo_start(self, kind, deadline=None):
        """Give the right person a to-do on each lead that has somebody to do it.

        :param str kind: a key of ``TODO_TYPES``
        :param date deadline: the day; if omitted that on which the promise behind it is due,
            in the time zone of whoever has to keep it
        """
        activity_type = xmlid.known(self.env, TODO_TYPES[kind])
        model_id = self.env["ir.model"]._get_id("crm.lead")
        values = []
        for lead in self:
            user = lead._get_intake_todo_user(kind)
            if user:
                values.append(
                    {
                        "active": True,  # whatever defaults of their own people keep
                        "activity_type_id": activity_type.id,
                        "automated": True,
                        "date_deadline": deadline or lead._get_intake_todo_date(user),
                        "res_id": lead.id,
                        "res_model_id": model_id,
                        # Odoo would compute these later, and write them by one more query.
                        "res_name": lead.display_name,
                        "user_tz": user.sudo().tz,
                        # No summary: it would be in the language of whoever took the step. The
                        # name of the type is shown, in the reader's.
                        "user_id": user.id,
                    }
                )
        # sudo: a reviewer's to-do comes from the submission, whatever the submitter may write.
        quiet = {"mail_activity_quick_update": True, "intake_todo": TODO}
        self.env["mail.activity"].sudo().with_context(**quiet).create(values)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Leave whoever gets a to-do of the procedure as they are: to decide on a lead is no
        reason to read all that is written about it from then on.
        """
        if self.env.context.get("intake_todo") is TODO:
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    def _get_intake_todo_date(self, user):
        """Return the day on which the promise due next is due, where ``user`` is.

        :rtype: date
        """
        self.ensure_one()
        return self._get_intake_day(self.intake_date_due or fields.Datetime.now(), user)

    def _get_intake_day(self, moment, user):
        tz = user.with_user(user).context_get()["tz"]  # from the cache of their preferences
        return pytz.utc.localize(moment).astimezone(pytz.timezone(tz or "UTC")).date()

    def _intake_todo_move(self, milestone):
        """Have the to-do of a promise say the day on which it is due now.

        :param str milestone: a value of ``lead.intake.deadline.milestone``
        """
        kind = TODO_OF_MILESTONE.get(milestone)
        due = {
            row.lead_id: row.date_due
            for row in self.env["lead.intake.deadline"]._get_open(self)
            if row.milestone == milestone
        }
        if not kind or not due:
            return
        for activity in self._intake_open_todos([kind]):
            lead = self.browse(activity.res_id)
            day = due.get(lead) and lead._get_intake_day(due[lead], activity.user_id)
            if day and day != activity.date_deadline:
                activity.with_context(mail_activity_quick_update=True).date_deadline = day

    def _get_intake_todo_user(self, kind):
        """Return whose to-do it is, an empty recordset for nobody's.

        :param str kind: a key of ``TODO_TYPES``
        :rtype: res.users
        """
        self.ensure_one()
        if kind not in OWN_KINDS and not (kind == "look_again" and self.user_id):
            reviewers = self.team_id._get_intake_reviewers()
            # Whoever submits it can't decide on it.
            submitter = self._intake_waiting_reviews()[self].submitted_by_id or self.env.user
            others = reviewers - submitter
            leader = self.team_id.sudo().user_id
            return (others & leader or others or reviewers)[:1]
        user = self.user_id or self.registrant_id or self.team_id.sudo().user_id
        return user if user.sudo().active else self.team_id.sudo().user_id

    def _intake_todo_start_once(self, kind, deadline=None):
        """Give the to-do on leads that don't have it yet.

        :param str kind: a key of ``TODO_TYPES``
        :param date deadline: as in ``_intake_todo_start``
        """
        if self:
            open_ids = set(self._intake_open_todos([kind]).mapped("res_id"))
            new = self.filtered(lambda lead: lead.id not in open_ids)
            new._intake_todo_start(kind, deadline)

    def _intake_todo_done(self, *kinds):
        """Mark the open to-dos of these kinds done, without an entry per to-do: the chatter
        already says what happened.
        """
        self._intake_open_todos(kinds).write({"active": False})

    def _intake_todo_hand_over(self):
        """Give the open to-dos of leads that changed hands to whoever they are for now. From whom a
        lead was taken, there is nothing to plan any more.
        """
        unowned = self.filtered("intake_unassigned")
        if unowned:
            unowned._intake_todo_done("plan")
        kinds = {xmlid.known(self.env, name): kind for kind, name in TODO_TYPES.items()}
        for activity in self._intake_open_todos(kinds.values()):
            lead = self.browse(activity.res_id)
            user = lead._get_intake_todo_user(kinds[activity.activity_type_id])
            if user and user != activity.user_id:
                # As when they were made: silently.
                activity.with_context(mail_activity_quick_update=True).user_id = user

    def _intake_open_todos(self, kinds):
        types = [xmlid.known(self.env, TODO_TYPES[kind]).id for kind in kinds]
        # sudo: whoever decides closes the to-do of whoever it was given to.
        return (
            self.env["mail.activity"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "in", types),
                ],
                TODO_FIELDS,
            )
        )
