from odoo import fields, models


class CrmLead(models.Model):
    """Step 4 · Records of contacts that took place before they came here, from a file."""

    _inherit = "crm.lead"

    def _refuse_imported_follow_up(self, is_operations):
        """Return why a record can't be imported for this lead, or False. Operations brings in
        what happened before a lead was reviewed, too; it is no contact it was approved for.
        """
        self.ensure_one()
        if not self._is_under_intake():
            return self.env._("It isn't under the lead procedure.")
        if is_operations and self.intake_state != "approved":
            return self._refuse_closed()
        return self._refuse_follow_up()

    def _intake_log_imported(self, author, contacted_on, outcome, summary, method, feedback=False):
        """Record a contact from a file. It counts as one recorded now: a promise that was missed
        isn't kept afterwards, and no plan is taken for fulfilled.

        :param res.users author: who made it
        :param contacted_on: when, naive UTC
        :param str outcome: a value of ``lead.intake.follow.up.outcome``
        :param str summary: what was said
        :param str method: how; the usual one of the channel if empty
        :param str feedback: what the customer said to it
        :rtype: lead.intake.follow.up
        """
        self.ensure_one()
        self._check_intake_follow_up_access()
        now = fields.Datetime.now()
        contacted_on = fields.Datetime.to_datetime(contacted_on)
        team = self.team_id.sudo()  # its settings, nobody's data
        FollowUp = self.env["lead.intake.follow.up"]
        counts = (
            self.intake_state == "approved"
            and FollowUp._has_substance(outcome, summary, team.intake_summary_length)
            and contacted_on >= self._get_intake_received_on()
        )
        late_after = fields.Datetime.subtract(now, hours=team.intake_record_hours)
        record = FollowUp._opened().create(
            {
                "lead_id": self.id,
                "team_id": self.team_id.id,
                "company_id": self.company_id.id,
                "state": "done",
                "user_id": author.id,
                "outcome": outcome,
                "method": method or self.medium_id.first_contact_method or "phone",
                "contacted_on": contacted_on,
                "recorded_on": now,
                "summary": summary,
                "feedback": feedback,
                "counts_as_contact": counts,
                "is_recorded_late": contacted_on < late_after,
                "is_imported": True,
            }
        )
        self._intake_say_contact(record)
        if self.intake_state == "approved":
            self._intake_follow(record)
        return record.with_env(self.env)
