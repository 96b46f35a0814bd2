from odoo import api, models
from odoo.exceptions import AccessError

from .crm_stage import INTAKE_STATUSES
from .crm_team import DEFAULT_REQUIRED_FIELDS

HOURS = ("registration", "review", "completion", "plan", "closing")


class LeadIntakeFirstSteps(models.AbstractModel):
    """What an administrator sets up, in the order it is needed: where each step stands, what it
    does, how to take it back, and the screen where it is. Only the first one has to be taken;
    all others have defaults to work by.
    """

    _name = "lead.intake.first.steps"
    _description = "Lead Intake: First Steps"

    @api.model
    def get_steps(self):
        """Return what the screen of the first steps shows.

        :return: ``teams``: rows of ``id``, ``name`` and ``used`` (the team works by the
            procedure), and ``steps``: rows of ``key``, ``state`` (``todo``, ``default`` or
            ``done``), ``title``, ``text``, ``summary`` (how it is now), ``undo``, ``label`` and
            ``action`` (False where the user has no right to the screen)
        :rtype: dict
        :raise AccessError: if the user doesn't administer sales
        """
        self._check_administrator()
        teams = self._get_teams()
        used = teams.filtered("use_intake")
        return {
            "teams": [{"id": t.id, "name": t.name, "used": t.use_intake} for t in teams],
            "steps": [
                self._step_teams(used),
                self._step_stages(used),
                self._step_supervisors(used),
                self._step_registration(used),
                self._step_hours(used),
                self._step_calendar(used),
                self._step_scorecard(used),
                self._step_operations(),
                self._step_first_lead(used),
            ],
        }

    @api.model
    def set_team(self, team_id, used):
        """Let a team work by the procedure, with the stages it needs, or no longer.

        :param int team_id: the sales team
        :param bool used: whether it works by the procedure from now on
        :return: the screen's contents, see :meth:`get_steps`
        :rtype: dict
        :raise AccessError: if the user doesn't administer sales
        """
        self._check_administrator()
        team = self._get_teams().filtered(lambda team: team.id == team_id)
        if team and team.use_intake != bool(used):
            team.use_intake = bool(used)
            if used:
                team.action_intake_create_stages()
        return self.get_steps()

    @api.model
    def _check_administrator(self):
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Lead Intake is set up by those who administer sales."))

    @api.model
    def _is_wanted(self):
        """Tell whether to invite the user: they may set it up, and nobody has begun."""
        return (
            self.env.user.has_group("sales_team.group_sale_manager")
            and not self.env["crm.team"]._has_intake_teams()
        )

    @api.model
    def _get_teams(self):
        return self.env["crm.team"].search([("company_id", "in", [False, *self.env.companies.ids])])

    # --- the steps ---------------------------------------------------------------------------

    @api.model
    def _step_teams(self, used):
        return {
            "key": "teams",
            "state": "done" if used else "todo",
            "title": self.env._("Choose the teams"),
            "text": self.env._(
                "New leads of these teams are registered, reviewed and graded before they are "
                "worked. Leads a team already has stay as they are until you bring them in."
            ),
            "summary": ", ".join(used.mapped("name"))
            or self.env._("No team works by the procedure yet."),
            "undo": self.env._(
                "Switch the team off again: nothing stays locked, reviews and grades are kept."
            ),
            **self._link_teams(used, self.env._("Open Teams")),
        }

    @api.model
    def _step_stages(self, used):
        labels = dict(
            self.env["crm.stage"]._fields["intake_status"]._description_selection(self.env)
        )
        missing = []
        for team in used:
            known = set(team._get_intake_visible_stages().mapped("intake_status"))
            missing += [labels[status] for status, _l in INTAKE_STATUSES if status not in known]
        return {
            "key": "stages",
            "state": "todo" if missing or not used else "done",
            "title": self.env._("Give the pipeline its stages"),
            "text": self.env._(
                "The procedure's statuses are stages of the pipeline. Switching a team on maps "
                "the stages you have and adds those that are missing; a stage can ask for "
                "fields before a lead enters it."
            ),
            "summary": self.env._("Missing: %(stages)s", stages=", ".join(dict.fromkeys(missing)))
            if missing
            else self.env._("Every status has its stage.")
            if used
            else self.env._("Comes with the first team."),
            "undo": self.env._("Rename, reorder, map or delete stages like any others."),
            "label": self.env._("Open Stages"),
            "action": self._get_action("crm.crm_stage_action"),
        }

    @api.model
    def _step_supervisors(self, used):
        reviewers = self.env["res.users"]
        own = bool(used)
        for team in used:
            named = team.intake_reviewer_ids or (team.user_id | team.member_ids).filtered(
                lambda user: user.has_group("lead_intake.group_intake_supervisor")
            )
            own = own and bool(named)
            reviewers |= team._get_intake_reviewers()
        return {
            "key": "supervisors",
            "state": "done" if own else "default" if reviewers else "todo",
            "title": self.env._("Say who supervises"),
            "text": self.env._(
                "Supervisors review, return, grade and assign. Give them “Lead Review: "
                "Supervisor”; a team's leader and members who have it review its leads, or "
                "those you name on the team."
            ),
            "summary": self.env._("Reviewing now: %(people)s", people=self._names(reviewers))
            if reviewers
            else self.env._("Nobody yet."),
            "undo": self.env._("Take the right away; decisions that were made are kept."),
            **self._link_users("lead_intake.group_intake_supervisor"),
        }

    @api.model
    def _step_registration(self, used):
        # sudo: the names and labels of fields are no secret.
        required = used.sudo().intake_required_field_ids.mapped("name")
        labels = self.env["crm.lead"]._get_intake_labels(required)
        changed = any(
            set(team.intake_required_field_ids.mapped("name")) != set(DEFAULT_REQUIRED_FIELDS)
            for team in used.sudo()
        )
        return {
            "key": "registration",
            "state": "done" if changed else "default" if used else "todo",
            "title": self.env._("Say what a registration needs"),
            "text": self.env._(
                "A lead can't be submitted before these fields say something. The form tells "
                "what is missing while it is filled in."
            ),
            "summary": ", ".join(labels[name] for name in required)
            or self.env._("Company, contact, phone, channel and source, once a team is on."),
            "undo": self.env._("Add and remove fields at any time, leads keep what they say."),
            **self._link_teams(used, self.env._("Choose Fields")),
        }

    @api.model
    def _step_hours(self, used):
        fields_ = self.env["crm.team"]._fields
        team = used[:1] or self.env["crm.team"].new({})
        changed = any(
            team[f"intake_{name}_hours"] != fields_[f"intake_{name}_hours"].default(team)
            for team in used
            for name in HOURS
        )
        return {
            "key": "hours",
            "state": "done" if changed else "default" if used else "todo",
            "title": self.env._("Set the hours"),
            "text": self.env._(
                "Every promise has a clock that warns, is missed and is told to the reviewers "
                "and the team leader. How soon a customer is called is set by the grade."
            ),
            "summary": self.env._(
                "Register %(registration)s h, review %(review)s h, complete %(completion)s h, "
                "plan %(plan)s h, close %(closing)s h",
                **{name: f"{team[f'intake_{name}_hours']:g}" for name in HOURS},
            ),
            "undo": self.env._(
                "Change them at any time; running clocks follow when you plan them anew."
            ),
            **self._link_teams(used, self.env._("Set Hours")),
        }

    @api.model
    def _step_calendar(self, used):
        calendars = used.intake_calendar_id
        return {
            "key": "calendar",
            "state": "done" if calendars else "default" if used else "todo",
            "title": self.env._("Choose the working time"),
            "text": self.env._(
                "With a working schedule on the team only its hours count, without its "
                "holidays and with make-up working days. Every due time can explain itself."
            ),
            "summary": ", ".join(calendars.mapped("name"))
            or self.env._("Every hour counts, day and night."),
            "undo": self.env._("Empty the field: every hour counts again."),
            **self._link_teams(used, self.env._("Choose a Schedule")),
        }

    @api.model
    def _step_scorecard(self, used):
        focus, deal = used.intake_focus_industry_ids, max(used.mapped("intake_minimum_deal") or [0])
        return {
            "key": "scorecard",
            "state": "done" if focus or deal else "default" if used else "todo",
            "title": self.env._("Say what a good lead is"),
            "text": self.env._(
                "Focus industries and the least deal worth working earn points; the sum "
                "suggests grade A, B or C to the reviewer and says why."
            ),
            "summary": ", ".join(focus.mapped("display_name"))
            or self.env._("No focus industry, no minimum deal size."),
            "undo": self.env._("Change them at any time; a decided review keeps its score."),
            **self._link_teams(used, self.env._("Set the Scorecard")),
        }

    @api.model
    def _step_operations(self):
        # sudo: who has the right is told by the step, nothing else of the people.
        people = self.env.ref("lead_intake.group_intake_operations").sudo().all_user_ids
        people = people.filtered(lambda user: user.active and user.id != self.env.uid)
        return {
            "key": "operations",
            "state": "done" if people else "default",
            "title": self.env._("Name the operations people"),
            "text": self.env._(
                "They import, see all leads, close the month and send its reports; they decide "
                "on no lead. Months close by themselves on the first of the next one."
            ),
            "summary": self._names(people) or self.env._("Administrators do it meanwhile."),
            "undo": self.env._("Take the right away; closed months are kept."),
            **self._link_users("lead_intake.group_intake_operations"),
        }

    @api.model
    def _step_first_lead(self, used):
        leads = self.env["crm.lead"].search_count(
            [("team_id", "in", used.ids), ("intake_state", "!=", False)], limit=1
        )
        action = self._get_action("crm.crm_lead_action_pipeline")
        if action and used:
            action["context"] = {"default_type": "opportunity", "default_team_id": used[:1].id}
            action["domain"] = [("team_id", "in", used.ids)]
        return {
            "key": "first_lead",
            "state": "done" if leads else "todo",
            "title": self.env._("Register a first lead"),
            "text": self.env._(
                "Create a lead in the pipeline, complete it and submit it. It then waits under "
                "To Review, and the clocks run."
            ),
            "summary": self.env._("Leads are under the procedure.")
            if leads
            else self.env._("No lead is under the procedure yet."),
            "undo": self.env._("Delete a trial lead: it counts nowhere then."),
            "label": self.env._("Open the Pipeline"),
            "action": action,
        }

    # --- where a step is ---------------------------------------------------------------------

    @api.model
    def _names(self, people, most=5):
        names = people.sudo().mapped("name")  # as above
        shown = ", ".join(names[:most])
        if len(names) > most:
            return self.env._("%(names)s and %(count)s more", names=shown, count=len(names) - most)
        return shown

    @api.model
    def _link_teams(self, teams, label):
        action = self._get_action("sales_team.crm_team_action_config")
        if action and len(teams) == 1:
            action.update(views=[(False, "form")], view_mode="form", res_id=teams.id)
        return {"label": label, "action": action}

    @api.model
    def _link_users(self, group_xmlid):
        action = False
        if self.env["res.users"].has_access("write"):
            action = self._get_action("base.action_res_users")
            action["context"] = {"search_default_filter_no_share": 1}
        return {"label": self.env._("Open Users"), "action": action}

    @api.model
    def _get_action(self, xmlid):
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        return {**action, "context": {}} if action else False
