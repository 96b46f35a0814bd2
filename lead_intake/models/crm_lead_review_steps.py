from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, frozendict

from ..tools import arguments, guard


class CrmLead(models.Model):
    """Step 2 · Review (线索审核): what people do with a lead, and the only writer of its state. Who
    may do what is in ``crm_lead_review.py``.
    """

    _inherit = "crm.lead"

    @arguments.takes()
    def intake_submit(self):
        """Submit for review (step 2) what is to be completed or was returned. What is on hold or
        approved is taken up again instead (``intake_reopen``).

        :raise UserError: if any of the leads can't be submitted; then none is
        """
        now = fields.Datetime.now()
        # It is reviewed anew, whatever was said of it before.
        anew = {"intake_submitted_on": now, "intake_grade_id": False, "intake_hold_until": False}
        self._intake_move("submitted", values=dict.fromkeys(self, anew))
        self._intake_open_reviews(now)
        self._intake_todo_done("complete")
        self._intake_todo_start("review")
        return True

    @arguments.takes()
    def intake_withdraw(self):
        """Take back one's own submission to work on it again.

        :raise UserError: if somebody else submitted it
        """
        self._intake_move("draft")
        self._intake_close_reviews("withdrawn")
        self._intake_todo_done("review")
        self._intake_todo_start("complete")
        return True

    @arguments.takes(
        grade_id=arguments.one_id, comment=arguments.text, override_reason=arguments.text
    )
    def intake_approve(self, grade_id=False, comment=False, override_reason=False):
        """Approve with a grade (step 2) and move on to the stage “to follow up”.

        :param int grade_id: a ``lead.intake.grade``; False takes each lead's suggested grade
        :param str comment: what the representative reads
        :param str override_reason: needed where the grade isn't the one suggested
        :raise UserError: if any of the leads can't be approved; then none is
        """
        chosen = self.env["lead.intake.grade"].browse(grade_id or []).exists()
        if grade_id and not chosen.active:
            raise UserError(self.env._("This grade isn't used any more. Choose another one."))
        # Judged before the lead moves: the decision is on what the reviewer saw.
        suggestions = self._get_intake_suggestions()
        for lead in self:
            suggested = suggestions[lead]["grade"]
            if not (chosen or suggested):
                raise UserError(self.env._("Create a grade first: there is none to give."))
            if chosen and suggested and chosen != suggested and not (override_reason or "").strip():
                raise UserError(
                    self.env._(
                        "The scorecard suggests grade %(suggested)s for “%(lead)s”. Say why it "
                        "is to be %(chosen)s.",
                        suggested=suggested.name,
                        lead=lead.name,
                        chosen=chosen.name,
                    )
                )
        self._intake_say(comment)
        # With the state: the grade says within how many hours of it the contact is due.
        stages = self._get_intake_pipeline_stages()
        self._intake_move(
            "approved",
            values={
                lead: {
                    "intake_grade_id": (chosen or suggestions[lead]["grade"]).id,
                    "intake_hold_until": False,
                    **({"stage_id": stages[lead].id} if lead in stages else {}),
                }
                for lead in self
            },
        )
        self._intake_close_reviews(
            "approved",
            comment=comment,
            override_reason=override_reason,
            suggestions=suggestions,
        )
        self._intake_todo_done("review")
        return True

    @arguments.takes(rejections=arguments.texts_by_name, comment=arguments.text)
    def intake_return(self, rejections=None, comment=False):
        """Return to the representative (退回) with what is to be mended.

        :param dict rejections: ``{field name: reason}``, for every lead of the batch
        :param str comment: what the representative reads
        :raise UserError: if nothing says what to mend, or a lead can't be returned
        """
        rejections = {name: reason.strip() for name, reason in (rejections or {}).items()}
        self._check_intake_rejections(rejections, comment)
        labels = self._get_intake_labels(rejections)
        self._intake_say(
            comment, [f"{labels[name]}: {reason}" for name, reason in rejections.items()]
        )
        self._intake_move("returned")
        self._intake_close_reviews("returned", comment=comment, rejections=rejections)
        self._intake_todo_done("review")
        self._intake_todo_start("complete")
        return True

    def _check_intake_rejections(self, rejections, comment):
        if not rejections and not (comment or "").strip():
            raise UserError(
                self.env._("Say what is to be mended: reject a field, or write a comment.")
            )
        strangers = set(rejections) - set(self._get_intake_field_names())
        if strangers:
            raise UserError(
                self.env._(
                    "“%(field)s” isn't a field of the registration.", field=sorted(strangers)[0]
                )
            )
        labels = self._get_intake_labels(rejections)
        for name, reason in rejections.items():
            if not reason:
                raise UserError(self.env._("Say why “%(field)s” is rejected.", field=labels[name]))

    @arguments.takes(until=arguments.day, comment=arguments.text)
    def intake_hold(self, until, comment=False):
        """Put on hold (暂不跟进) until a date at which somebody looks again.

        :param date until: the day to look again, in the user's time zone
        :param str comment: why
        :raise UserError: if the date is missing or past, or a lead can't be put on hold
        """
        if not until or until <= fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day after today on which to look again."))
        self._intake_say(
            comment,
            [self.env._("On hold until %(date)s", date=format_date(self.env, until))],
        )
        waiting = self.filtered(lambda lead: lead.intake_state == "submitted")
        self._intake_move("on_hold")
        guard.opened(self).write({"intake_hold_until": until})
        waiting._intake_close_reviews("on_hold", comment=comment, hold_until=until)
        self._intake_todo_done("review")
        self._intake_todo_start("look_again", deadline=until)
        return True

    @arguments.takes(comment=arguments.text)
    def intake_reopen(self, comment=False):
        """Take up again: a lead on hold goes on where it stopped, an approved one is put up
        for review once more.

        :param str comment: why
        :raise UserError: if a lead can't be reopened by this user
        """
        self._intake_say(comment)
        now = fields.Datetime.now()
        for target, leads in self.grouped(lambda lead: lead._intake_reopen_target()).items():
            leads._intake_move(target, again=True)
            guard.opened(leads).write({"intake_hold_until": False})
            if target == "submitted":
                guard.opened(leads).write({"intake_submitted_on": now, "intake_grade_id": False})
                leads._intake_open_reviews(now, leads._intake_get_submitters())
                leads._intake_todo_start("review")
        self._intake_todo_done("look_again")
        return True

    # --- the only writer of the state ------------------------------------------------------

    def _intake_move(self, target, again=False, values=None):
        """Move all of ``self`` to ``target``, or none.

        :param bool again: whether the leads are taken up again
        :param dict values: ``{lead: {field: value}}`` to write in the same step
        :raise UserError: naming every lead that can't be moved, and why
        """
        self.check_access("write")
        self._intake_prefetch_people()
        refused = {
            lead: reason for lead in self if (reason := lead._refuse_transition(target, again))
        }
        if refused:
            raise UserError(self._intake_refusal_text(refused))
        before = {lead: lead.intake_state for lead in self}
        steps = self._prepare_intake_step(target)
        for lead, vals in (values or {}).items():
            steps[lead].update(vals)
        for vals, leads in self.grouped(lambda lead: frozendict(steps[lead])).items():
            leads._intake_write_step(dict(vals))
        self._intake_clocks_follow(before, target)

    def _prepare_intake_step(self, target):
        """Return what a step writes on each lead, whatever else it decides.

        :param str target: the ``intake_state`` they move to
        :rtype: dict[crm.lead, dict]
        """
        return {lead: {"intake_state": target} for lead in self}

    def _intake_prefetch_people(self):
        """Read whom a step concerns by two queries: it asks for one after the other."""
        # sudo: who takes part in a step is known; nothing of it is shown.
        people = self.sudo().user_id | self.env.user.sudo()
        for team in self.team_id:
            people |= team._get_intake_reviewers().sudo()
        people.partner_id.mapped("tz")

    @api.model
    def _intake_refusal_text(self, refused, most=10):
        """Say in one text which leads could not be done, and why.

        :param dict refused: ``{lead: reason}``
        :param int most: how many leads are named
        :rtype: str
        """
        lines = [
            self.env._("“%(lead)s”: %(reason)s", lead=lead.display_name, reason=reason)
            for lead, reason in list(refused.items())[:most]
        ]
        if len(refused) > most:
            lines.append(self.env._("… and %(count)s more.", count=len(refused) - most))
        return "\n".join(lines)
