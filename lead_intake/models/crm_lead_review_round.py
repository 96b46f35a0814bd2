from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount

from ..tools import guard
from ..tools.lines import FEW, fetch_lines


class CrmLead(models.Model):
    """The rounds of review: each submission opens a row, each decision closes it."""

    _inherit = "crm.lead"

    intake_rejections = fields.Json(
        compute="_compute_intake_rejections",
        export_string_translation=False,
        help="What the reviewer rejected in the round that returned the lead, for the form.",
    )

    intake_waiting_id = fields.Many2one(
        "lead.intake.review",
        string="Waiting Review",
        compute="_compute_intake_waiting_id",
        compute_sudo=True,  # it decides what its readers may do
        help="The round of review that waits for its decision.",
    )

    @api.depends("intake_state", "intake_review_ids")
    @api.depends_context("lang")
    def _compute_intake_rejections(self):
        returned = self.filtered(lambda lead: lead.intake_state == "returned")
        (self - returned).intake_rejections = False
        for lead in returned:
            # sudo: who may read the lead may read why it came back.
            reviews = lead.sudo().intake_review_ids
            # Not simply the last: merging brings in rounds of another lead.
            last = reviews.filtered(lambda row: row.state == "returned").sorted("round")[-1:]
            if not last:
                lead.intake_rejections = False
                continue
            lead.intake_rejections = {
                "reviewer": last.decided_by_id.name,
                "comment": last.comment or "",
                "fields": [
                    {
                        "name": rejection.field_name,
                        "label": rejection.field_label,
                        "reason": rejection.reason,
                        "old": rejection.old_value or "",
                    }
                    for rejection in last.rejection_ids
                ],
            }

    @api.depends("intake_state", "intake_review_ids.state")
    def _compute_intake_waiting_id(self):
        # One query for forty cards: only who submitted what waits decides who may do what.
        waiting = self.filtered(lambda lead: lead.intake_state == "submitted")
        if len(waiting) <= FEW:
            # All rounds of a few leads: the step that asks writes them next.
            reviews = waiting._origin._intake_waiting_reviews().values()
        else:
            reviews = self.env["lead.intake.review"].search_fetch(
                [("lead_id", "in", waiting.ids), ("state", "=", "waiting")],
                ["lead_id", "submitted_by_id", "team_id"],
                order="id",
            )
        by_lead = {review.lead_id.id: review for review in reviews}
        for lead in self:
            lead.intake_waiting_id = by_lead.get(lead._origin.id, False)

    def _intake_waiting_reviews(self):
        """Return for each lead its round that waits, empty if none.

        :rtype: dict[crm.lead, lead.intake.review]
        """
        Review = self.env["lead.intake.review"]
        found = {}
        fetch_lines(self.sudo(), "intake_review_ids")
        for lead in self:
            # sudo: whether a round waits decides what its readers may do, and who may see it.
            for review in lead.sudo().intake_review_ids:
                if review.state == "waiting":
                    found[lead] = review
        return {lead: found.get(lead, Review) for lead in self}

    def _intake_open_reviews(self, now, submitters=None):
        """Open the next round of each lead.

        :param datetime now: when it was submitted
        :param dict submitters: ``{lead: res.users}`` if it isn't the current user who submits
        """
        submitters = submitters or {}
        rounds = {lead: len(lead.sudo().intake_review_ids) + 1 for lead in self}
        # The round before may have been closed a moment ago, in this very transaction.
        self.env["lead.intake.review"].flush_model(["state"])
        # The submitter may write the lead (checked by the move) but never its history.
        guard.opened(self.env["lead.intake.review"].sudo()).create(
            [
                {
                    "lead_id": lead.id,
                    "team_id": lead.team_id.id,
                    "company_id": lead.company_id.id,
                    "round": rounds[lead],
                    "submitted_by_id": (submitters.get(lead) or self.env.user).id,
                    "submitted_on": now,
                }
                for lead in self
            ]
        )

    def _intake_get_submitters(self):
        """Return who stands behind what is up for review when it is taken up again: whoever
        does so if it is their own, else whoever submitted it last. A reviewer doesn't submit
        by reopening what others submitted.

        :rtype: dict[crm.lead, res.users]
        """
        user = self.env.user
        submitters = {}
        for lead in self:
            # sudo: the rounds of a lead one may reopen.
            rounds = lead.sudo().intake_review_ids.sorted("round")
            # Several, where leads were merged: what each of them submitted is in it now.
            passed = rounds.filtered(lambda row: row.state in ("approved", "on_hold"))
            is_own = user == lead.user_id or user in passed.submitted_by_id
            submitters[lead] = user if is_own else (passed or rounds)[-1:].submitted_by_id
        return submitters

    def _intake_close_reviews(
        self,
        state,
        comment=False,
        override_reason=False,
        suggestions=None,
        rejections=None,
        hold_until=False,
    ):
        """Close the round each lead waits in, with the decision and what it was based on."""
        vals = {
            "state": state,
            "decided_by_id": self.env.user.id,
            "decided_on": fields.Datetime.now(),
            "comment": comment,
            "hold_until": hold_until,
        }
        waiting = self._intake_waiting_reviews()
        if suggestions is None:
            self._intake_rows(waiting.values()).write(vals)
        else:
            decided = {
                review: {
                    **vals,
                    "grade_id": lead.intake_grade_id.id,
                    "suggested_grade_id": suggestions[lead]["grade"].id,
                    "override_reason": lead.intake_grade_id != suggestions[lead]["grade"]
                    and override_reason,
                    "score": suggestions[lead]["score"],
                    "score_reasons": suggestions[lead]["text"],
                }
                for lead, review in waiting.items()
                if review
            }
            self._intake_rows(decided)._write_each(decided.values())
        if rejections:
            self._intake_create_rejections(waiting, rejections)

    def _intake_rows(self, reviews):
        # The decision was checked by the move; the row itself nobody may write.
        return guard.opened(self.env["lead.intake.review"].concat(*reviews).sudo())

    def _intake_create_rejections(self, waiting, rejections):
        model_fields = self.env["ir.model.fields"]
        guard.opened(self.env["lead.intake.rejection"].sudo()).create(
            [
                {
                    "review_id": review.id,
                    "field_id": model_fields._get("crm.lead", name).id,
                    "field_name": name,
                    "reason": reason,
                    "old_value": lead._get_intake_value_text(name),
                }
                for lead, review in waiting.items()
                for name, reason in rejections.items()
            ]
        )

    def _get_intake_value_text(self, name):
        """Return the value of field ``name`` as a person reads it."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if not value:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "monetary":
            return format_amount(self.env, value, self[field.get_currency_field(self)])
        if field.type == "datetime":
            value = fields.Datetime.context_timestamp(self, value).strftime("%Y-%m-%d %H:%M")
        return str(value)

    def _intake_say(self, comment, lines=()):
        """Put the reviewer's words into the chatter entry of the state change that follows."""
        parts = [line for line in [*lines, (comment or "").strip()] if line]
        if parts:
            self._track_set_log_message(Markup("<br/>").join(parts))

    def _get_intake_pipeline_stages(self):
        """Return the stage “to follow up” of leads to be approved that aren't further already.

        :rtype: dict[crm.lead, crm.stage]
        """
        stages = {}
        for team, leads in self.grouped("team_id").items():
            stage = team._get_intake_stage("to_follow_up")
            (stage | leads.stage_id).mapped("sequence")  # read together
            for lead in leads if stage else ():
                if lead.stage_id.sequence < stage.sequence and not lead.stage_id.intake_status:
                    stages[lead] = stage
        return stages

    def _intake_back_to_first_stage(self):
        """Leads wait for their approval in their team's first stage."""
        for team, leads in self.grouped("team_id").items():
            stage = team._get_intake_first_stage()
            elsewhere = leads.filtered(lambda lead, stage=stage: lead.stage_id != stage)
            if stage and elsewhere:
                quiet = guard.opened(elsewhere.with_context(mail_notrack=True))
                quiet.write({"stage_id": stage.id})
