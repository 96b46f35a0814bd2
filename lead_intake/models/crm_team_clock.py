from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .lead_intake_deadline import OPEN_STATES, OWED


class CrmTeam(models.Model):
    """How long each promise of the procedure may take, and who is told when."""

    _inherit = "crm.team"

    intake_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Time",
        check_company=True,
        help="Only its working time counts, in its time zone: for what is due, for warnings and "
        "for the escalation. Empty: every hour counts.",
    )
    intake_registration_hours = fields.Float(
        string="Hours to Register", default=24, help="From the acquisition to the submission."
    )
    intake_review_hours = fields.Float(
        string="Hours to Review", default=48, help="From the submission to the decision."
    )
    intake_completion_hours = fields.Float(
        string="Hours to Complete", default=24, help="From a return to the next submission."
    )
    intake_plan_hours = fields.Float(
        string="Hours to Plan", default=12, help="From receiving a lead to the follow-up plan."
    )
    intake_closing_hours = fields.Float(
        string="Hours to Close", default=72, help="From won or lost to the closing review."
    )
    intake_warning_share = fields.Float(
        string="Warn After",
        default=75,
        help="Warn when this share of the time, in percent, has passed. 0: don't warn by share.",
    )
    intake_warning_hours = fields.Float(
        string="Warn Before",
        help="Warn this many hours before the due time instead. 0: by the share.",
    )
    intake_supervisor_delay = fields.Float(
        string="Tell Reviewers After",
        default=24,
        help="Hours after the due time at which the reviewers are told of a missed promise.",
    )
    intake_leader_delay = fields.Float(
        string="Tell Team Leader After",
        default=48,
        help="Hours after the due time at which the team leader is told of a missed promise.",
    )

    _intake_hours_positive = models.Constraint(
        "CHECK (intake_registration_hours >= 0 AND intake_review_hours >= 0"
        " AND intake_completion_hours >= 0 AND intake_plan_hours >= 0"
        " AND intake_closing_hours >= 0 AND intake_warning_hours >= 0"
        " AND intake_supervisor_delay >= 0 AND intake_leader_delay >= 0"
        " AND intake_warning_share >= 0 AND intake_warning_share <= 100)",
        "Hours can't be less than zero, and a share of the time is between 0 and 100 percent.",
    )
    _intake_hours_sane = models.Constraint(
        "CHECK (GREATEST(intake_registration_hours, intake_review_hours,"
        " intake_completion_hours, intake_plan_hours, intake_closing_hours,"
        " intake_warning_hours, intake_supervisor_delay, intake_leader_delay,"
        " intake_follow_up_hours, intake_record_hours) <= 8784)",
        "A promise may take a year (8,784 hours) at the most.",
    )

    @api.constrains("intake_calendar_id")
    def _check_intake_calendar_id(self):
        for team in self:
            if team.intake_calendar_id:
                team.intake_calendar_id._intake_check_usable()

    @api.constrains("intake_supervisor_delay", "intake_leader_delay")
    def _check_intake_delays(self):
        for team in self:
            if team.intake_leader_delay < team.intake_supervisor_delay:
                raise ValidationError(
                    self.env._(
                        "The team leader of “%(team)s” is told after the reviewers, not before: "
                        "give the leader at least as many hours.",
                        team=team.name,
                    )
                )

    def write(self, vals):
        switched = (
            self.filtered(lambda team: team.use_intake != bool(vals["use_intake"]))
            if "use_intake" in vals
            else self.browse()
        )
        res = super().write(vals)
        switched._intake_switch_clocks()
        return res

    def _intake_switch_clocks(self):
        """Stop the clocks of teams that no longer use the procedure; let them go on where they
        stopped when it is switched on again.
        """
        Deadline = self.env["lead.intake.deadline"]
        for team in self:
            # sudo: whoever switches a team over may do so with all its leads.
            rows = Deadline.sudo().search(
                [("lead_id.team_id", "=", team.id), ("state", "in", OPEN_STATES)]
            )
            if not team.use_intake:
                Deadline._pause(rows.lead_id)
                continue
            for state, leads in rows.lead_id.grouped("intake_state").items():
                if state != "on_hold":
                    Deadline._resume(leads, milestones=OWED.get(state, ("",)))

    def _get_intake_hours(self, milestone):
        """Return how long ``milestone`` may take in this team, in hours; 0 for no clock.

        :param str milestone: a value of ``lead.intake.deadline.milestone``
        :rtype: float
        """
        name = f"intake_{milestone}_hours"
        return self[name] if name in self._fields else 0.0

    def _get_intake_warning_hours(self, hours):
        """Return after how many of ``hours`` a promise warns; 0 for no warning.

        :rtype: float
        """
        if self.intake_warning_hours:
            return hours - self.intake_warning_hours
        return hours * self.intake_warning_share / 100

    def action_intake_replan(self):
        """Count the running clocks of the teams anew by their present settings.

        :return: a notification that says how many got another due time
        :rtype: dict
        """
        self.check_access("write")
        # sudo: clocks are nobody's to write; whoever sets the hours may have them applied.
        rows = (
            self.env["lead.intake.deadline"]
            .sudo()
            .search([("lead_id.team_id", "in", self.ids), ("state", "=", "running")])
        )
        count = rows._replan()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(changed)s of %(all)s running deadlines were planned anew.",
                    changed=count,
                    all=len(rows),
                ),
            },
        }
