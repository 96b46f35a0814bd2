from odoo import api, fields, models

from ..tools.ranking import city_key

MEMBERSHIP = frozenset({"active", "crm_team_id", "user_id"})


class CrmTeamMember(models.Model):
    """What a member of a team is good at, and where (step 3).

    How much they can take, when they pause and which leads they may get at all are Odoo's own
    fields: ``assignment_max``, ``assignment_optout``, ``assignment_domain``.
    """

    _inherit = "crm.team.member"

    intake_industry_ids = fields.Many2many(
        "res.partner.industry",
        "crm_team_member_intake_industry_rel",
        string="Industry Expertise",
        help="Leads of these industries, and of all below them, rather go to this member.",
    )
    intake_country_ids = fields.Many2many(
        "res.country",
        "crm_team_member_intake_country_rel",
        string="Countries",
        help="The member's territory. Leave countries, states and cities empty for a member who "
        "works everywhere.",
    )
    intake_state_ids = fields.Many2many(
        "res.country.state",
        "crm_team_member_intake_state_rel",
        string="States",
        help="A state counts for more than its country.",
    )
    intake_cities = fields.Char(
        string="Cities",
        help="Names separated by commas, such as “Hangzhou, Ningbo”. A city counts for more "
        "than its state.",
    )

    # --- who may review is remembered (crm_team_cache.py) ------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env["crm.team"]._intake_forget()
        return members

    def write(self, vals):
        if not MEMBERSHIP.intersection(vals):
            return super().write(vals)
        self.env["crm.team"]._intake_forget()
        res = super().write(vals)
        self.env["crm.team"]._intake_forget()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_intake_forget(self):
        # Nobody is asked between this and the deletion.
        self.env["crm.team"]._intake_forget()

    def _get_intake_cities(self):
        """Return the member's cities in the form in which they are compared.

        :rtype: frozenset[str]
        """
        self.ensure_one()
        text = self.intake_cities or ""
        for separator in "，、;；\n":
            text = text.replace(separator, ",")
        return frozenset(filter(None, map(city_key, text.split(","))))
