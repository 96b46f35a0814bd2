from odoo import api, models, tools
from odoo.tools.sql import column_exists

# What is remembered of a team between requests.
REMEMBERED_FIELDS = frozenset(
    {
        "active",
        "company_id",
        "crm_team_member_all_ids",
        "crm_team_member_ids",
        "intake_required_field_ids",
        "intake_reviewer_ids",
        "member_ids",
        "use_intake",
        "user_id",
    }
)


class CrmTeam(models.Model):
    """What every lead asks of its team, remembered between requests: a pipeline of forty cards
    asks nothing of the database for it, and leads of other teams pay nothing at all.
    """

    _inherit = "crm.team"

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        if teams.filtered("use_intake"):
            teams._intake_forget()
        return teams

    def write(self, vals):
        if not REMEMBERED_FIELDS.intersection(vals):
            return super().write(vals)
        # What is remembered is from before; during the write nobody remembers anything else.
        self._intake_forget()
        res = super().write(vals)
        self._intake_forget()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_intake_forget(self):
        self._intake_forget()

    def _intake_forget(self):
        self.env.registry.clear_cache()
        self.env["crm.lead"].invalidate_model(
            ["use_intake", "intake_missing", "intake_completeness"], flush=False
        )

    @api.model
    @tools.ormcache()
    def _get_intake_team_ids(self):
        """Return the ids of the teams that work by the procedure, archived ones too.

        :rtype: frozenset[int]
        """
        if self._is_intake_leaving():
            return frozenset()
        # sudo: which teams use the addon is the same for everybody.
        teams = self.sudo().with_context(active_test=False)
        return frozenset(teams.search([("use_intake", "=", True)], order="id").ids)

    @api.model
    def _is_intake_leaving(self):
        """Tell whether the addon is being removed: its columns go before its code does."""
        return not column_exists(self.env.cr, self._table, "use_intake")

    @api.model
    def _has_intake_teams(self):
        """Tell whether any team works by the procedure: where none does, leads pay nothing.

        :rtype: bool
        """
        return bool(self._get_intake_team_ids())

    @api.model
    @tools.ormcache()
    def _has_intake_history(self):
        """Tell whether any lead was ever under the procedure. History only grows while a team
        uses it, and switching a team on or off clears the cache.

        :rtype: bool
        """
        if self._is_intake_leaving():
            return False
        rows = ("lead.intake.review", "lead.intake.deadline")
        # sudo: as above.
        return self._has_intake_teams() or any(
            self.env[name].sudo().search_count([], limit=1) for name in rows
        )

    @api.model
    @tools.ormcache("team_id")
    def _get_intake_required_names(self, team_id):
        """Return the names of the fields a team requires before a lead can be submitted.

        :param int team_id: a team, or False
        :rtype: frozenset[str]
        """
        # sudo: which fields a team requires is configuration, not anybody's data.
        return frozenset(self.browse(team_id or ()).sudo().intake_required_field_ids.mapped("name"))

    @api.model
    @tools.ormcache("team_id", "status")
    def _get_intake_stage_id(self, team_id, status):
        """Return the id of the stage ``_get_intake_stage`` tells, False if there is none."""
        # sudo and no context: the pipeline is the same whoever moves through it.
        leads = self.with_env(self.env(su=True, context={})).env["crm.lead"]
        domain = [("intake_status", "=", status)]
        stages = leads._stage_find(team_id=team_id, domain=domain, limit=None)
        return (stages.filtered("team_ids") or stages)[:1].id

    @api.model
    @tools.ormcache("team_id")
    def _get_intake_reviewer_ids(self, team_id):
        """Return the ids of who may review the leads of a team. Odoo forgets what it remembers
        when people come, leave, or change their groups or companies; what else decides is
        forgotten above and below.

        :param int team_id: a team, or False
        :rtype: tuple[int]
        """
        # sudo and no context: who reviews is no secret, and the same whoever asks.
        team = self.with_env(self.env(su=True, context={})).browse(team_id or ())
        return tuple(team._find_intake_reviewers().ids)
