from odoo import api, models
from odoo.exceptions import UserError

from ..tools import guard
from ..tools.funnel import STATUS_FIELDS

# Written by the steps of the procedure only.
GUARDED_FIELDS = frozenset(
    {
        *STATUS_FIELDS.values(),
        "intake_state",
        "intake_grade_id",
        "intake_submitted_on",
        "intake_hold_until",
        "intake_review_ids",
        # Computed from the clocks and stored: the ORM itself doesn't stop a client from writing.
        "intake_date_due",
        "intake_next_on",
        "intake_date_warning",
        "intake_milestone",
        "intake_responsible_id",
        "intake_deadline_ids",
        "intake_follow_up_ids",
        "intake_verification_ids",
        "intake_month_id",
        "intake_merged_references",
    }
)
# Locked with the fields under review: one names the source, the other fills several of them in.
LOCKED_TOO = ("referred", "partner_id")
# What may end or leave the procedure, and so is compared before and after a write.
WATCHED_FIELDS = frozenset(
    {
        "active",
        "company_id",
        "lost_reason_id",
        "partner_id",  # a lead without a company takes its customer's
        "probability",
        "stage_id",
        "team_id",
        "type",
        "user_id",
    }
)


class CrmLead(models.Model):
    """The door: every ``create`` and ``write`` passes here, whatever screen, import or API
    it comes from. Leads that aren't under the procedure pay for two set intersections.
    """

    _inherit = "crm.lead"

    def write(self, vals):
        if guard.is_open(self.env):
            return super().write(vals)
        self._intake_check_guarded_fields(vals)
        self._intake_check_locked(vals)
        before = self._intake_before(vals)
        res = super().write(vals)
        if before:
            self._intake_after(before)
        return res

    @api.model
    def default_get(self, fields):
        # A default comes from the client's context or from ir.default, which every user may
        # write: it is trusted as little as a value.
        defaults = super().default_get(fields)
        for name in GUARDED_FIELDS.intersection(defaults):
            del defaults[name]
        return defaults

    @api.model
    def _intake_check_create(self, vals_list):
        """Return copies of the values without what the procedure decides, if they don't try to
        decide it. "draft" is no attempt: a kanban column sends it, and new leads become it.
        """
        if guard.is_open(self.env):
            return [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._intake_check_guarded_fields(
                {name: value for name, value in vals.items() if value and value != "draft"}
            )
        return [
            {name: value for name, value in vals.items() if name not in GUARDED_FIELDS}
            for vals in vals_list
        ]

    def _intake_check_created(self):
        """A new lead of the procedure starts neither as won nor as lost without a reason."""
        for lead in self:
            if lead.stage_id.is_won:
                raise UserError(
                    self.env._(
                        "A lead of the team “%(team)s” is registered and reviewed first; "
                        "“%(lead)s” can't start as won.",
                        team=lead.team_id.name,
                        lead=lead.name,
                    )
                )
            if not lead.active and not lead.lost_reason_id:
                raise UserError(
                    self.env._(
                        "“%(lead)s” would start as archived: say why it is lost, with a lost "
                        "reason, or leave it active.",
                        lead=lead.name,
                    )
                )

    def _intake_check_guarded_fields(self, vals):
        touched = GUARDED_FIELDS.intersection(vals)
        if touched:
            labels = self._get_intake_labels(touched)
            raise UserError(
                self.env._(
                    "“%(field)s” follows the lead procedure: it is changed by submitting, "
                    "approving, returning or putting on hold, and can't be typed or imported.",
                    field=labels[min(touched)],
                )
            )

    def _intake_check_locked(self, vals):
        """While a lead waits for review, what is under review stays as it was submitted."""
        locked = (*self._get_intake_field_names(), *LOCKED_TOO)
        names = [name for name in locked if name in vals]
        if not names or guard.is_merging(self.env):
            return
        for lead in self:
            if lead.intake_state != "submitted" or not lead._is_under_intake():
                continue
            if not lead._refuse_reviewer():
                continue
            changed = [
                name
                for name in names
                if lead._intake_differs(name, vals[name])
                and not (name == "partner_id" and lead._intake_is_own_contact(vals[name]))
            ]
            if changed:
                labels = self._get_intake_labels(changed)
                raise UserError(
                    self.env._(
                        "“%(lead)s” waits for its review, so %(fields)s can't be changed now. "
                        "Take it back from review first, or ask the reviewer to return it.",
                        lead=lead.display_name,
                        fields=", ".join(labels[name] for name in changed),
                    )
                )

    def _intake_is_own_contact(self, partner_id):
        """Tell whether a partner only links the lead with its own contact's record, as Odoo
        does when a message is sent to a new address.
        """
        partner = self.env["res.partner"].browse(partner_id or [])
        return (
            not self.partner_id
            and bool(partner.email_normalized)
            and partner.email_normalized == self.email_normalized
        )

    def _intake_differs(self, name, value):
        field = self._fields[name]
        old = field.convert_to_write(self[name], self)
        new = field.convert_to_write(
            field.convert_to_record(field.convert_to_cache(value, self), self), self
        )
        return (old or False) != (new or False)

    # --- before and after a write ----------------------------------------------------------

    def _intake_before(self, vals):
        """Remember what a write may change of leads the procedure has an interest in."""
        if not WATCHED_FIELDS.intersection(vals) or not self.env["crm.team"]._has_intake_teams():
            return {}
        return {
            lead: {
                "held": lead._is_under_intake(),
                "state": lead.intake_state,
                "team": lead.team_id,
                "company": lead.company_id,
                "owner": lead.user_id,
                "stage": lead.stage_id,
                "type": lead.type,
                "open": lead.active and lead.won_status == "pending",
            }
            for lead in self
            if lead.intake_state or "team_id" in vals or "user_id" in vals
        }

    def _intake_after(self, before):
        """React to what changed, once for the batch."""
        leads = self.browse().concat(*before)
        moved = leads.filtered(lambda lead: lead.team_id != before[lead]["team"])
        moved._intake_check_left(before)
        left = moved.filtered(
            lambda lead: (
                lead.intake_state and lead.intake_state != "approved" and not lead.use_intake
            )
        )
        if left:
            left._intake_leave()
        gone = (moved - left).filtered(lambda lead: before[lead]["held"] and not lead.use_intake)
        if gone:
            gone._intake_clocks_left()
        back = moved.filtered(
            lambda lead: (
                not before[lead]["held"]
                and lead.intake_state == "approved"
                and lead._is_under_intake()
                and not lead._refuse_closed()
            )
        )
        if back:
            back._intake_clocks_owned()
        # sudo: whoever gave a lead to somebody else's team may not write it any more; that they
        # might do so was checked.
        moved.filtered("use_intake").sudo()._intake_enter()
        held = leads.filtered(lambda lead: before[lead]["held"] and lead._is_under_intake())
        # Another team may have other stages: Odoo's choice among them isn't the procedure's.
        unapproved = held.filtered(lambda lead: lead.intake_state != "approved")
        (unapproved & moved)._intake_wait_in_new_team(before)
        held._intake_check_unapproved(before)
        leads._intake_ownership_follows(before)
        held._intake_clocks_changed(before)
        handed = held.filtered(
            lambda lead: (
                (lead.user_id, lead.team_id) != (before[lead]["owner"], before[lead]["team"])
            )
        )
        if handed:
            handed._intake_todo_hand_over()
        closed = held.filtered(
            lambda lead: before[lead]["open"] and (not lead.active or lead.won_status != "pending")
        )
        if closed:
            closed._intake_check_closed()
            closed._intake_stop_waiting()
            closed._intake_drop_plan()
        reopened = held.filtered(
            lambda lead: (
                not before[lead]["open"]
                and lead.intake_state in ("draft", "returned")
                and not lead._refuse_closed()
            )
        )
        if reopened:
            reopened._intake_todo_start("complete")

    def _intake_check_left(self, before):
        """Only a reviewer takes a lead out of the procedure before it is approved."""
        for lead in self:
            was = before[lead]
            if (
                was["held"]
                and was["state"] != "approved"
                and not lead.use_intake
                and not was["team"]._can_review_intake(self.env.user)
            ):
                raise UserError(
                    self.env._(
                        "“%(lead)s” isn't approved yet. A reviewer of the team “%(team)s” can "
                        "move it to a team that doesn't use the lead procedure.",
                        lead=lead.display_name,
                        team=was["team"].name,
                    )
                )

    def _intake_check_unapproved(self, before):
        """Before approval a lead isn't moved through the pipeline, won or converted."""
        for lead in self:
            was = before[lead]
            if was["state"] == "approved":
                continue
            moved = lead.stage_id != was["stage"]
            if moved and lead.stage_id != lead.team_id._get_intake_first_stage():
                raise UserError(
                    self.env._(
                        "“%(lead)s” is not approved yet and stays in the stage “%(stage)s”. "
                        "Submit it for review; the approval moves it on.",
                        lead=lead.display_name,
                        stage=was["stage"].name,
                    )
                )
            if was["type"] == "lead" and lead.type == "opportunity":
                raise UserError(
                    self.env._(
                        "“%(lead)s” is not approved yet and can't become an opportunity. "
                        "Submit it for review first.",
                        lead=lead.display_name,
                    )
                )

    def _intake_wait_in_new_team(self, before):
        self.filtered(
            lambda lead: lead.stage_id != before[lead]["stage"] and not lead.stage_id.is_won
        )._intake_back_to_first_stage()

    def _intake_check_closed(self):
        """A lead under the procedure is lost, or put away, with a reason (step 5)."""
        for lead in self:
            if not lead._is_under_intake() or lead.lost_reason_id:
                continue
            if lead.won_status == "lost" or not lead.active:
                raise UserError(
                    self.env._(
                        "Say why “%(lead)s” is lost: use “Lost” and choose a reason. Archiving "
                        "a lead of the procedure needs a reason too.",
                        lead=lead.display_name,
                    )
                )

    def action_set_lost(self, **additional_values):
        # Odoo archives first and writes the reason afterwards; the rule looks at the whole.
        reason = additional_values.get("lost_reason_id")
        held = self.filtered(lambda lead: lead._is_under_intake())
        if reason and held:
            held.write({"lost_reason_id": reason})
        return super().action_set_lost(**additional_values)
