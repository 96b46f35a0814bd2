from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

# Without these a lead isn't won; the rest may follow within the hours of the closing review.
DEFAULT_WON_FIELDS = ("contract_number", "contract_amount")
DEFAULT_CLOSING_FIELDS = (
    "contract_date",
    "payment_period",
    "service_from",
    "success_factor_ids",
    "retrospective",
)
REMEMBERED = frozenset(
    {"intake_won_field_ids", "intake_closing_field_ids", "intake_lost_retrospective"}
)


class CrmTeam(models.Model):
    """What a team asks when a lead is closed (step 5), at once and within the closing review."""

    _inherit = "crm.team"

    intake_won_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_team_intake_won_field_rel",
        string="Required to Win",
        domain=lambda self: self.env["crm.lead"]._get_intake_closing_domain(),
        help="What a lead must say before it can be won.",
    )
    intake_closing_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_team_intake_closing_field_rel",
        string="Asked in the Closing Review",
        domain=lambda self: self.env["crm.lead"]._get_intake_closing_domain(),
        help="What may follow within the hours of the closing review. Of these a lost lead is "
        "asked for the retrospective only.",
    )
    intake_lost_retrospective = fields.Boolean(
        string="Retrospective to Lose",
        help="A lead can't be lost without a word on what is to be learned from it.",
    )

    def _intake_set_required_fields(self):
        res = super()._intake_set_required_fields()
        Fields = self.env["ir.model.fields"].sudo()  # the names of fields are no secret
        for team in self:
            if team.intake_won_field_ids or team.intake_closing_field_ids:
                continue
            team.intake_won_field_ids = Fields.concat(
                *(Fields._get("crm.lead", name) for name in DEFAULT_WON_FIELDS)
            )
            team.intake_closing_field_ids = Fields.concat(
                *(Fields._get("crm.lead", name) for name in DEFAULT_CLOSING_FIELDS)
            )
        return res

    @api.constrains("intake_won_field_ids", "intake_closing_field_ids")
    def _check_intake_closing_fields(self):
        allowed = self.env["crm.lead"]._get_intake_closing_names()
        for team in self.sudo():  # the names of fields are no secret
            for field in team.intake_won_field_ids | team.intake_closing_field_ids:
                if field.model != "crm.lead" or field.name not in allowed:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” can't be asked at closing: choose one of the fields of "
                            "the closing.",
                            field=field.field_description,
                        )
                    )

    def write(self, vals):
        res = super().write(vals)
        if REMEMBERED.intersection(vals):
            self._intake_forget()
        return res

    @api.model
    @tools.ormcache("team_id")
    def _get_intake_closing_asked(self, team_id):
        """Return what a team asks at closing.

        :param int team_id: a team, or False
        :return: the names required to win, those asked in the closing review, and whether a
            lost lead needs its retrospective at once
        :rtype: tuple[frozenset[str], frozenset[str], bool]
        """
        # sudo: what a team asks is configuration, not anybody's data.
        team = self.browse(team_id or ()).sudo()
        return (
            frozenset(team.intake_won_field_ids.mapped("name")),
            frozenset(team.intake_closing_field_ids.mapped("name")),
            bool(team.intake_lost_retrospective),
        )
