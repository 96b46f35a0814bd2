from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import xmlid

# process.md step 2, completeness: company, contact, phone, source.
DEFAULT_REQUIRED_FIELDS = ("partner_name", "contact_name", "phone", "medium_id", "source_id")


class CrmTeam(models.Model):
    """A team chooses to work by the procedure, and how."""

    _inherit = "crm.team"

    use_intake = fields.Boolean(
        string="Lead Intake",
        tracking=True,
        help="New leads of this team are registered, reviewed and graded before they are worked. "
        "Leads the team already has stay as they are until you bring them in.",
    )
    intake_reviewer_ids = fields.Many2many(
        "res.users",
        "crm_team_intake_reviewer_rel",
        string="Reviewers",
        domain=lambda self: [
            ("all_group_ids", "in", xmlid.known(self.env, "lead_intake.group_intake_supervisor").id)
        ],
        help="The supervisors who review this team's leads. Empty: the team leader and the "
        "members who are supervisors, else every supervisor.",
    )
    intake_self_review = fields.Boolean(
        string="Own Submissions",
        help="A supervisor may decide on a lead they submitted themselves. For teams with a "
        "single supervisor.",
    )
    intake_required_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_team_intake_required_field_rel",
        string="Required to Submit",
        domain=lambda self: self.env["crm.lead"]._get_intake_field_domain(),
        help="What a lead must say before it can be submitted for review.",
    )
    intake_focus_industry_ids = fields.Many2many(
        "res.partner.industry",
        string="Focus Industries",
        help="Leads of these industries, and of all industries below them, earn points.",
    )
    intake_currency_id = fields.Many2one(
        "res.currency", compute="_compute_intake_currency_id", string="Deal Currency"
    )
    intake_minimum_deal = fields.Monetary(
        string="Minimum Deal Size",
        currency_field="intake_currency_id",
        help="The least budget that makes a lead worth working.",
    )
    intake_open_count = fields.Integer(compute="_compute_intake_counts")
    intake_review_count = fields.Integer(string="To Review", compute="_compute_intake_counts")
    intake_outside_count = fields.Integer(
        compute="_compute_intake_counts",
        help="Open leads of the team that aren't under the procedure.",
    )

    def _intake_set_required_fields(self):
        """Give teams that start with the procedure what it asks for at the least."""
        required = (
            self.env["ir.model.fields"]
            .sudo()
            .search(  # field names are no secret
                [("model", "=", "crm.lead"), ("name", "in", DEFAULT_REQUIRED_FIELDS)]
            )
        )
        for team in self.filtered(lambda team: not team.intake_required_field_ids):
            team.intake_required_field_ids = required

    @api.depends("company_id")
    def _compute_intake_currency_id(self):
        for team in self:
            team.intake_currency_id = (team.company_id or self.env.company).currency_id

    @api.depends("use_intake")
    def _compute_intake_counts(self):
        counts = {
            (team, state): count
            for team, state, count in self.env["crm.lead"]._read_group(
                [("team_id", "in", self.ids), ("won_status", "=", "pending")],
                ["team_id", "intake_state"],
                ["__count"],
            )
        }
        for team in self:
            by_state = {state: count for (other, state), count in counts.items() if other == team}
            team.intake_outside_count = by_state.pop(False, 0)
            team.intake_review_count = by_state.get("submitted", 0)
            team.intake_open_count = sum(by_state.values())

    @api.constrains("intake_required_field_ids")
    def _check_intake_required_field_ids(self):
        allowed = self.env["crm.lead"]._get_intake_field_names()
        for team in self:
            strangers = team.intake_required_field_ids.sudo().filtered(
                lambda field: field.model != "crm.lead" or field.name not in allowed
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” can't be required at registration: choose one of the "
                        "fields a representative fills in.",
                        field=strangers[0].field_description,
                    )
                )

    @api.onchange("use_intake")
    def _onchange_use_intake(self):
        team = self._origin
        if team.use_intake and not self.use_intake and team.intake_open_count:
            return {"warning": team._prepare_intake_switch_off_warning()}

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams.filtered("use_intake")._intake_set_required_fields()
        return teams

    def write(self, vals):
        switched_off = (
            self.filtered("use_intake")
            if "use_intake" in vals and not vals["use_intake"]
            else self.browse()
        )
        notes = {team.id: team._prepare_intake_switch_off_warning() for team in switched_off}
        res = super().write(vals)
        if vals.get("use_intake"):
            self._intake_set_required_fields()
        for team in switched_off:
            team.message_post(body=notes[team.id]["message"], subtype_xmlid="mail.mt_note")
        return res

    def _prepare_intake_switch_off_warning(self):
        """Say what becomes of the team's leads when the procedure is switched off."""
        self.ensure_one()
        return {
            "title": self.env._("The procedure is switched off for %(team)s", team=self.name),
            "message": self.env._(
                "%(open)s open leads are under the procedure, %(waiting)s of them wait for a "
                "review. They can now be worked like any other lead: nothing is locked and "
                "nobody has to review them. Their reviews and grades are kept, and if you switch "
                "the procedure on again they go on where they stopped.",
                open=self.intake_open_count,
                waiting=self.intake_review_count,
            ),
        }

    def _get_intake_reviewers(self):
        """Return the users who may review this team's leads (step 2): the reviewers named on
        the team, else its leader and members who are supervisors, else every supervisor of
        its company.

        :rtype: res.users
        """
        self.ensure_one()
        return self.env["res.users"].browse(self._get_intake_reviewer_ids(self._origin.id))

    def _find_intake_reviewers(self):
        named = self.intake_reviewer_ids
        reviewers = (named or self.user_id | self.member_ids).filtered(
            lambda user: user.active and user.has_group("lead_intake.group_intake_supervisor")
        )
        if not reviewers:
            reviewers = self.env.ref("lead_intake.group_intake_supervisor").all_user_ids
            reviewers = reviewers.filtered(
                lambda user: (
                    user.active and (not self.company_id or self.company_id in user.company_ids)
                )
            )
        return reviewers

    def _can_review_intake(self, user):
        """Tell whether ``user`` is one of the team's reviewers."""
        self.ensure_one()
        return (
            user.has_group("lead_intake.group_intake_supervisor")
            and user in self._get_intake_reviewers()
        )

    def _get_intake_first_stage(self):
        """Return the stage in which the team's leads wait for their approval.

        :rtype: crm.stage
        """
        self.ensure_one()
        return self.env["crm.lead"]._stage_find(team_id=self.id, domain=[("is_won", "=", False)])

    def _get_intake_stage(self, status):
        """Return the team's first stage that stands for ``status``, its own before shared ones.

        :param str status: a value of ``crm.stage.intake_status``
        :rtype: crm.stage
        """
        stage_id = self._get_intake_stage_id(self._origin.id, status)
        return self.env["crm.stage"].browse(stage_id or ())
