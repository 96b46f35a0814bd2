from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.month_name import month_name
from .crm_stage import INTAKE_STATUSES

MOST_SOURCES = 8
MOST_PEOPLE = 20


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # The leads of a month, however many there are of other months.
    _intake_acquired_idx = models.Index(
        "(date_acquired, team_id) WHERE date_acquired IS NOT NULL AND intake_state IS NOT NULL"
    )


class LeadIntakeDashboard(models.AbstractModel):
    """What supervisors and operations look at in the morning: what waits, what is late, how the
    month goes. Everything is counted under the reader's own rights, set by set, and every figure
    comes with the list it counts.
    """

    _name = "lead.intake.dashboard"
    _description = "Lead Dashboard"

    @api.model
    def get_figures(self):
        """Return the figures of the dashboard for the current user and companies.

        :return: ``teams`` (names), ``month`` (its name), ``updated`` (naive UTC), ``tiles``,
            ``late``, ``funnel``, ``sources`` and ``people``: lists of rows, each with ``label``,
            ``count`` and ``action`` (an ``ir.actions.act_window`` that lists what is counted)
        :rtype: dict
        :raise AccessError: if the user is neither a supervisor nor in operations
        """
        self._check_reader()
        teams = self._get_teams()
        start = self._get_month_start()
        month = self._lead_domain(teams) & Domain("date_acquired", ">=", start)
        month &= Domain("active", "in", [True, False])
        return {
            "teams": teams.mapped("name"),
            "month": month_name(self.env, self._today()),
            "tiles": self._get_tiles(teams) if teams else [],
            "late": self._get_late(teams) if teams else [],
            "funnel": self._get_funnel(month) if teams else [],
            "sources": self._get_sources(month) if teams else [],
            "people": self._get_people(teams) if teams else [],
        }

    @api.model
    def _check_reader(self):
        user = self.env.user
        if not (
            user.has_group("lead_intake.group_intake_supervisor")
            or user.has_group("lead_intake.group_intake_operations")
        ):
            raise AccessError(
                self.env._("The dashboard is for lead supervisors and lead operations.")
            )

    @api.model
    def _get_teams(self):
        """Return the teams the dashboard is about: for operations all of the current companies
        that work by the procedure, for a supervisor those they review.

        :rtype: crm.team
        """
        companies = [False, *self.env.companies.ids]
        teams = self.env["crm.team"].search(
            [("use_intake", "=", True), ("company_id", "in", companies)]
        )
        user = self.env.user
        if user.has_group("lead_intake.group_intake_operations"):
            return teams
        # sudo: who reviews a team is configuration.
        return teams.sudo().filtered(lambda team: team._can_review_intake(user)).sudo(False)

    @api.model
    def _lead_domain(self, teams):
        return Domain("team_id", "in", teams.ids) & Domain("intake_state", "!=", False)

    @api.model
    def _today(self):
        return fields.Date.context_today(self)

    @api.model
    def _get_month_start(self):
        """Return the first moment of this month where the reader is, as naive UTC."""
        first = fields.Datetime.to_datetime(self._today().replace(day=1))
        zone = pytz.timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        return zone.localize(first).astimezone(pytz.utc).replace(tzinfo=None)

    # --- what waits ------------------------------------------------------------------------

    @api.model
    def _get_tiles(self, teams):
        Lead, Deadline = self.env["crm.lead"], self.env["lead.intake.deadline"]
        pending = self._lead_domain(teams) & Domain("won_status", "=", "pending")
        now = fields.Datetime.now()
        deadlines = self._deadline_domain(teams)
        return [
            self._tile(
                self.env._("To Review"),
                Lead,
                pending & Domain("intake_state", "=", "submitted"),
                "fa-inbox",
            ),
            self._tile(
                self.env._("To Assign"),
                Lead,
                pending & Domain("intake_state", "=", "approved") & Domain("user_id", "=", False),
                "fa-user-plus",
            ),
            self._tile(
                self.env._("Returned"),
                Lead,
                pending & Domain("intake_state", "=", "returned"),
                "fa-reply",
            ),
            self._tile(
                self.env._("Due Within a Day"),
                Deadline,
                deadlines
                & Domain("state", "=", "running")
                & Domain("date_due", ">=", now)
                & Domain("date_due", "<", now + timedelta(days=1)),
                "fa-clock-o",
            ),
            self._tile(
                self.env._("Overdue"),
                Deadline,
                deadlines & self._late_domain(now),
                "fa-exclamation-triangle",
                alarming=True,
            ),
        ]

    @api.model
    def _tile(self, label, model, domain, icon, alarming=False):
        count = model.search_count(domain)
        return {
            **self._row(label, count, model, domain),
            "icon": icon,
            "alarming": bool(alarming and count),
        }

    @api.model
    def _deadline_domain(self, teams):
        return Domain("team_id", "in", teams.ids)

    @api.model
    def _late_domain(self, now):
        """Promises that are late now, whether or not the cron has marked them yet."""
        return Domain("state", "=", "overdue") | (
            Domain("state", "=", "running") & Domain("date_due", "<", now)
        )

    @api.model
    def _get_late(self, teams):
        Deadline = self.env["lead.intake.deadline"]
        domain = self._deadline_domain(teams) & self._late_domain(fields.Datetime.now())
        counts = dict(Deadline._read_group(domain, ["milestone"], ["__count"]))
        return [
            self._row(label, counts[key], Deadline, domain & Domain("milestone", "=", key))
            for key, label in Deadline._fields["milestone"]._description_selection(self.env)
            if counts.get(key)
        ]

    # --- how the month goes ----------------------------------------------------------------

    @api.model
    def _get_funnel(self, month):
        """Return what became of the leads acquired this month, up to now."""
        Lead = self.env["crm.lead"]
        labels = dict(
            self.env["crm.stage"]._fields["intake_status"]._description_selection(self.env)
        )
        approved = Domain("intake_grade_id", "!=", False)
        steps = [
            (self.env._("Registered"), Domain.TRUE),
            (self.env._("Approved"), approved),
            (
                self.env._("Contacted"),
                approved
                & (
                    Domain("intake_follow_up_ids", "any", [("counts_as_contact", "=", True)])
                    | self._reached("requirement_clear")
                ),
            ),
            *(
                (labels[status], self._reached(status))
                for status in ("requirement_clear", "proposal", "negotiating", "won")
            ),
        ]
        return [
            self._row(label, Lead.search_count(month & domain), Lead, month & domain)
            for label, domain in steps
        ]

    @api.model
    def _reached(self, status):
        """Return the leads that reached a status, or one behind it."""
        if status == "won":
            return Domain("won_status", "=", "won")
        names = [name for name, _label in INTAKE_STATUSES]
        stages = self.env["crm.stage"].search(
            [("intake_status", "in", names[names.index(status) :])]
        )
        return Domain("stage_id", "in", stages.ids) | Domain("won_status", "=", "won")

    @api.model
    def _get_sources(self, month):
        Lead = self.env["crm.lead"]
        rows = Lead._read_group(month, ["medium_id"], ["__count"], order="__count DESC")
        won = dict(Lead._read_group(month & self._reached("won"), ["medium_id"], ["__count"]))
        shown, rest = rows[:MOST_SOURCES], rows[MOST_SOURCES:]
        result = [
            {
                **self._row(
                    medium.display_name or self.env._("No channel"),
                    count,
                    Lead,
                    month & Domain("medium_id", "=", medium.id),
                ),
                "won": won.get(medium, 0),
            }
            for medium, count in shown
        ]
        if rest:
            others = [medium.id for medium, _count in rest]
            result.append(
                {
                    **self._row(
                        self.env._("%(count)s more", count=len(rest)),
                        sum(count for _medium, count in rest),
                        Lead,
                        month & Domain("medium_id", "in", others),
                    ),
                    "won": sum(won.get(medium, 0) for medium, _count in rest),
                }
            )
        return result

    # --- who has how much to do ------------------------------------------------------------

    @api.model
    def _get_people(self, teams):
        """Return who works how many open leads, and how many of their promises are late."""
        Lead, Deadline = self.env["crm.lead"], self.env["lead.intake.deadline"]
        mine = (
            self._lead_domain(teams)
            & Domain("won_status", "=", "pending")
            & Domain("intake_state", "=", "approved")
            & Domain("user_id", "!=", False)
        )
        late = self._deadline_domain(teams) & self._late_domain(fields.Datetime.now())
        late_by_user = dict(Deadline._read_group(late, ["responsible_id"], ["__count"]))
        rows = Lead._read_group(
            mine, ["user_id"], ["__count"], order="__count DESC", limit=MOST_PEOPLE
        )
        return [
            {
                **self._row(user.name, count, Lead, mine & Domain("user_id", "=", user.id)),
                "user_id": user.id,
                "late": self._row(
                    self.env._("Overdue of %(user)s", user=user.name),
                    late_by_user.get(user, 0),
                    Deadline,
                    late & Domain("responsible_id", "=", user.id),
                ),
            }
            for user, count in rows
        ]

    @api.model
    def _row(self, label, count, model, domain):
        return {
            "label": label,
            "count": count,
            "action": {
                "type": "ir.actions.act_window",
                "name": label,
                "res_model": model._name,
                "domain": list(domain),
                "views": [[False, "list"], [False, "form"]],
            },
        }
