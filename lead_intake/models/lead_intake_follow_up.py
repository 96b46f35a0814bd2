from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ..tools import arguments, guard
from ..tools.completeness import is_placeholder
from .utm_medium import CONTACT_METHODS

OUTCOMES = [
    ("reached", "Reached"),
    ("meeting", "Met"),
    ("no_answer", "No Answer"),
    ("declined", "Not Interested Now"),
]
SUBSTANTIAL = ("reached", "meeting", "declined")
CORRECTION_TIME = timedelta(days=1)


class LeadIntakeFollowUp(models.Model):
    """One contact with the customer (steps 3 and 4): planned with a date and a time, then
    recorded. Written by ``crm.lead``'s ``intake_plan`` and ``intake_log``; a record is its
    author's, who may correct it within a day (the first wording is kept) and add to it later.
    """

    _name = "lead.intake.follow.up"
    _inherit = "lead.intake.history"
    _description = "Follow-Up"
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null", index=True)
    company_id = fields.Many2one("res.company", ondelete="set null", index=True)
    user_id = fields.Many2one("res.users", string="By", ondelete="restrict", index=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Replaced")],
        required=True,
        default="planned",
        help="Planned, done, or replaced by another plan.",
    )
    date = fields.Datetime(
        compute="_compute_date", store=True, help="When it took place, or is planned."
    )
    # the plan
    planned_on = fields.Datetime()
    method = fields.Selection(CONTACT_METHODS, required=True)
    talking_points = fields.Text(help="What to talk about, in the order it is to come up.")
    goal = fields.Char(help="What the contact is to achieve, e.g. get the purchase schedule.")
    date_reminder = fields.Datetime(string="Remind On")
    activity_id = fields.Many2one("mail.activity", ondelete="set null", index="btree_not_null")
    # the record
    contacted_on = fields.Datetime()
    outcome = fields.Selection(
        OUTCOMES, help="Whether the customer was reached. An unanswered call is no contact."
    )
    summary = fields.Text()
    feedback = fields.Text(string="Customer's Feedback")
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    counts_as_contact = fields.Boolean(
        help="A record of substance: it keeps the promise of the first contact."
    )
    first_wording = fields.Text(help="What the summary said before it was corrected.")
    first_feedback = fields.Text(
        string="Feedback as First Written", help="What the feedback said before it was corrected."
    )
    additions = fields.Text(help="What was added later, each with its date and author.")
    recorded_on = fields.Datetime()
    is_recorded_late = fields.Boolean(
        string="Recorded Late",
        help="It was recorded so long after it took place that it counts from then.",
    )

    is_imported = fields.Boolean(
        string="Imported",
        help="It was brought in from a file; it took place before it was recorded here.",
    )

    _reminder_idx = models.Index(
        "(date_reminder, id) WHERE date_reminder IS NOT NULL AND state = 'planned'"
    )
    _one_plan = models.UniqueIndex(
        "(lead_id) WHERE state = 'planned'", "This lead already has a planned contact."
    )

    @api.depends("planned_on", "contacted_on")
    def _compute_date(self):
        for follow_up in self:
            follow_up.date = follow_up.contacted_on or follow_up.planned_on

    @api.model
    def _has_substance(self, outcome, summary, minimum):
        """Tell whether a record keeps the promise of a contact: somebody was reached, and the
        summary says something.

        :param int minimum: the least length of the summary, in characters
        """
        text = (summary or "").strip()
        return outcome in SUBSTANTIAL and not is_placeholder(text) and len(text) >= minimum

    @arguments.takes(summary=arguments.text, feedback=arguments.text)
    def intake_correct(self, summary, feedback=None):
        """Correct the wording of one's own record within a day (step 4). The first wording is
        kept, and the lead's history says what it was corrected to.

        :param str summary: the new summary
        :param str feedback: the new feedback; None leaves it
        :raise AccessError: if the record is somebody else's
        :raise UserError: if it isn't a record, or a day has passed
        """
        self.ensure_one()
        self._check_author()
        if fields.Datetime.now() > self.recorded_on + CORRECTION_TIME:
            raise UserError(
                self.env._(
                    "A record can be corrected within a day. Add to it instead; what was "
                    "written stays."
                )
            )
        if not (summary or "").strip():
            raise UserError(self.env._("The summary can't be left empty."))
        feedback = self.feedback if feedback is None else feedback
        if (summary, feedback or "") == (self.summary, self.feedback or ""):
            return True
        values = {"summary": summary, "feedback": feedback}
        if not self.first_wording:
            values.update(first_wording=self.summary, first_feedback=self.feedback)
        self._opened().write(values)
        self._say_amended(self.env._("Corrected"), [summary, feedback])
        return True

    @arguments.takes(text=arguments.text)
    def intake_add(self, text):
        """Add to one's own record; nothing that was written is changed.

        :param str text: what to add
        :raise AccessError: if the record is somebody else's
        """
        self.ensure_one()
        self._check_author()
        if not (text or "").strip():
            raise UserError(self.env._("Write what you want to add."))
        now = format_datetime(self.env, fields.Datetime.now())
        line = f"{now} · {self.env.user.name}: {text.strip()}"
        self._opened().additions = "\n".join(filter(None, [self.additions, line]))
        self._say_amended(self.env._("Added"), [text.strip()])
        return True

    def _say_amended(self, what, lines):
        """Put what was corrected or added into the lead's history: what was said there first
        stays, and would be all that people read.
        """
        methods = dict(self._fields["method"]._description_selection(self.env))
        head = self.env._(
            "%(what)s · %(method)s on %(date)s",
            what=what,
            method=methods[self.method],
            date=format_datetime(self.env, self.contacted_on, dt_format="short"),
        )
        body = self.env["ir.qweb"]._render(
            "lead_intake.follow_up_message", {"lines": [head, *filter(None, lines)]}
        )
        # sudo: its author may be a collaborator, or not the owner any more.
        self.lead_id.sudo()._message_log(body=body)

    def action_intake_correct(self):
        """Open the dialog that corrects or adds to one's own record."""
        self.ensure_one()
        self._check_author()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct or Add"),
            "res_model": "lead.intake.amend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_follow_up_id": self.id},
        }

    def _check_author(self):
        self.check_access("read")
        if self.state != "done":
            raise UserError(self.env._("This contact is only planned so far; record it first."))
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only %(author)s may change this record.", author=self.user_id.name)
            )

    def _opened(self):
        # sudo and key: nobody may write a follow-up; the step that calls us was checked itself.
        return guard.opened(self.sudo())
