from collections import Counter
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.month_name import month_name

MOST_PEOPLE = 20


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # The leads of a month, however many there are of other months.
    _intake_acquired_idx = models.Index(
        "(date_acquired, team_id) WHERE date_acquired IS NOT NULL AND intake_state IS NOT NULL"
    )
    # Who works how many of the leads that are open, however many are closed.
    _intake_workload_idx = models.Index(
        "(team_id, user_id, company_id) "
        "WHERE active IS TRUE AND won_status = 'pending' AND intake_state = 'approved'"
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
        month = Domain("team_id", "in", teams.ids)
        month &= Domain("date_acquired", ">=", self._get_month_start())
        figures = dict.fromkeys(("tiles", "late", "funnel", "sources", "people"), [])
        if teams:
            # Each set of leads or promises is counted once, for all that tells of it.
            late, working = self._count_late(teams), self._count_working(teams)
            [total], channels = self._count_month(month)
            figures = {
                "tiles": self._get_tiles(teams, late, working),
                "late": self._get_late(teams, late),
                "funnel": self._get_funnel(month, total),
                "sources": self._get_sources(month, channels),
                "people": self._get_people(teams, late, working),
            }
        return {
            "teams": teams.mapped("name"),
            "month": month_name(self.env, self._get_today()),
            **figures,
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
    def _get_today(self):
        """Return the day it is in the company, as its monthly reports count."""
        zone = pytz.timezone(self.env["lead.intake.figures"]._get_timezone(self.env.company))
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    @api.model
    def _get_month_start(self):
        """Return the first moment of this month in the company, as naive UTC."""
        return self.env["lead.intake.figures"]._get_period(self.env.company, self._get_today())[0]

    # --- what waits ------------------------------------------------------------------------

    @api.model
    def _get_tiles(self, teams, late, working):
        Lead, Deadline = self.env["crm.lead"], self.env["lead.intake.deadline"]
        pending = self._lead_domain(teams) & Domain("won_status", "=", "pending")
        waiting = dict(
            Lead._read_group(
                pending & Domain("intake_state", "in", ["submitted", "returned"]),
                ["intake_state"],
                ["__count"],
            )
        )
        now = fields.Datetime.now()
        deadlines = self._deadline_domain(teams)
        return [
            self._tile(
                self.env._("To Review"),
                Lead,
                pending & Domain("intake_state", "=", "submitted"),
                "fa-inbox",
                count=waiting.get("submitted", 0),
            ),
            self._tile(
                self.env._("To Assign"),
                Lead,
                self._working_domain(teams) & Domain("user_id", "=", False),
                "fa-user-plus",
                count=working.get(self.env["res.users"], 0),
            ),
            self._tile(
                self.env._("Returned"),
                Lead,
                pending & Domain("intake_state", "=", "returned"),
                "fa-reply",
                count=waiting.get("returned", 0),
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
                count=sum(late.values()),
                alarming=True,
            ),
        ]

    @api.model
    def _tile(self, label, model, domain, icon, count=None, alarming=False):
        if count is None:
            count = model.search_count(domain)
        return {
            **self._row(label, count, model, domain),
            "icon": icon,
            "alarming": bool(alarming and count),
        }

    @api.model
    def _working_domain(self, teams):
        """Return the domain of the approved leads that are open."""
        return (
            self._lead_domain(teams)
            & Domain("won_status", "=", "pending")
            & Domain("intake_state", "=", "approved")
        )

    @api.model
    def _count_working(self, teams):
        """Return how many open leads each person works, the most first; and how many nobody.

        :return: ``{user: leads}``
        :rtype: dict
        """
        return dict(
            self.env["crm.lead"]._read_group(
                self._working_domain(teams), ["user_id"], ["__count"], order="__count DESC"
            )
        )

    @api.model
    def _deadline_domain(self, teams):
        return Domain("team_id", "in", teams.ids)

    @api.model
    def _late_domain(self, now):
        """Promises that are late now, whether or not the cron has marked them yet."""
        return Domain("state", "in", ["running", "overdue"]) & Domain("date_due", "<", now)

    @api.model
    def _count_late(self, teams):
        """Count the late promises once, for all that tells of them.

        :return: ``{(milestone, responsible): promises}``
        :rtype: dict
        """
        rows = self.env["lead.intake.deadline"]._read_group(
            self._deadline_domain(teams) & self._late_domain(fields.Datetime.now()),
            ["milestone", "responsible_id"],
            ["__count"],
        )
        return {(milestone, user): count for milestone, user, count in rows}

    @api.model
    def _get_late(self, teams, late):
        Deadline = self.env["lead.intake.deadline"]
        domain = self._deadline_domain(teams) & self._late_domain(fields.Datetime.now())
        rows = []
        for key, label in Deadline._fields["milestone"]._description_selection(self.env):
            count = sum(n for (milestone, _user), n in late.items() if milestone == key)
            if count:
                rows.append(
                    self._row(label, count, Deadline, domain & Domain("milestone", "=", key))
                )
        return rows

    # --- who has how much to do ------------------------------------------------------------

    @api.model
    def _get_people(self, teams, late_promises, working):
        """Return who works how many open leads, and how many of their promises are late."""
        Lead, Deadline = self.env["crm.lead"], self.env["lead.intake.deadline"]
        mine = self._working_domain(teams)
        late = self._deadline_domain(teams) & self._late_domain(fields.Datetime.now())
        late_by_user = Counter()
        for (_milestone, responsible), count in late_promises.items():
            late_by_user[responsible] += count
        rows = [(user, count) for user, count in working.items() if user][:MOST_PEOPLE]
        return [
            {
                **self._row(user.name, count, Lead, mine & Domain("user_id", "=", user.id)),
                "user_id": user.id,
                "late": self._row(
                    self.env._("Overdue of %(user)s", user=user.name),
                    late_by_user[user],
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
