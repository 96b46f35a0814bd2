from datetime import MAXYEAR, timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Datetime

from .lead_intake_deadline import EARLIEST

# A browser's clock and ours may differ by a little; a minute is the field's precision.
CLOCK_SKEW = timedelta(minutes=2)


class CrmLead(models.Model):
    """Step 1 · Registration (线索获取与初步登记): where a lead comes from and what it is about.

    The fields of this step live on every lead, but a lead comes under the procedure only when
    it is created in, or moved to, a team that uses it (``_intake_enter`` in
    ``crm_lead_enter.py``).
    """

    _inherit = "crm.lead"

    use_intake = fields.Boolean(compute="_compute_use_intake", search="_search_use_intake")
    # No field default: installing would write it to every lead the company already has.
    date_acquired = fields.Datetime(
        string="Acquired On",
        copy=False,
        help="When we came by this lead, to the minute. The 24 hours for registering it "
        "count from here.",
    )
    registrant_id = fields.Many2one(
        "res.users",
        string="First Contact Person",
        copy=False,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        help="Who on our side had the first contact and registered the lead.",
    )
    lead_type_id = fields.Many2one(
        "lead.intake.type",
        ondelete="restrict",
        index="btree_not_null",
        help="How we came to know the customer: a prospect, a referral, one a competitor lost …",
    )
    industry_id = fields.Many2one(
        "res.partner.industry", ondelete="restrict", index="btree_not_null"
    )
    initial_need = fields.Text(
        help="What the customer is looking for, in their words: what, how much, by when.",
    )
    need_fit = fields.Selection(
        [("high", "Good Fit"), ("medium", "Partial Fit"), ("low", "Poor Fit")],
        help="How well the need fits what we sell.",
    )
    estimated_budget = fields.Monetary(
        currency_field="company_currency",
        help="A first guess at what the customer can spend. The scorecard compares it with the team's minimum deal size.",
    )
    purchase_horizon = fields.Selection(
        [
            ("1", "Within a month"),
            ("3", "Within 3 months"),
            ("6", "Within 6 months"),
            ("12", "Within a year"),
            ("later", "Later or unknown"),
        ],
        string="Purchase Expected",
        help="How soon the customer means to buy. The sooner, the more points the scorecard gives.",
    )
    decision_maker = fields.Selection(
        [
            ("known", "Decision maker known"),
            ("partly", "Some roles known"),
            ("unknown", "Not known yet"),
        ],
        string="Decision Chain",
        help="How much we know of who takes part in the customer's decision.",
    )

    intake_proposed_grade_id = fields.Many2one(
        "lead.intake.grade",
        string="Proposed Grade",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="What whoever registers the lead takes it for. The review decides on its grade.",
    )

    @api.depends("team_id.use_intake")
    def _compute_use_intake(self):
        # Not a related field: it would read the team's record for every screen of leads.
        team_ids = self.env["crm.team"]._get_intake_team_ids()
        for lead in self:
            lead.use_intake = lead.team_id._origin.id in team_ids

    @api.model
    def _search_use_intake(self, operator, value):
        return [("team_id.use_intake", operator, value)]

    @api.constrains("date_acquired")
    def _check_date_acquired(self):
        now = fields.Datetime.now()
        for lead in self.filtered(lambda lead: lead.use_intake and lead.date_acquired):
            acquired = lead.date_acquired
            # At the ends of the calendar there is no local time to be told.
            if acquired < EARLIEST or acquired.year == MAXYEAR:
                raise ValidationError(
                    self.env._(
                        "“%(lead)s” can't have been acquired in the year %(year)s. "
                        "Enter the time at which you came by it.",
                        lead=lead.name,
                        year=acquired.year,
                    )
                )
            if acquired > now + CLOCK_SKEW:
                raise ValidationError(
                    self.env._(
                        "“%(lead)s” can't have been acquired in the future (%(date)s). "
                        "Enter the time at which you came by it.",
                        lead=lead.name,
                        date=fields.Datetime.context_timestamp(lead, acquired).strftime(
                            "%Y-%m-%d %H:%M"
                        ),
                    )
                )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "date_acquired" in fields:
            now = Datetime.now().replace(second=0)
            defaults.setdefault("date_acquired", now)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._intake_check_create(vals_list)
        for vals in vals_list:
            self._intake_prepare_registration(vals)
        leads = super().create(vals_list)
        intake = leads.filtered("use_intake")
        intake._intake_check_created()
        intake._intake_enter()
        return leads

    def write(self, vals):
        if vals.get("date_acquired"):
            vals = dict(vals)
            self._intake_cut_to_the_minute(vals)
        return super().write(vals)

    @api.model
    def _intake_cut_to_the_minute(self, vals):
        acquired = vals.get("date_acquired")
        if acquired:
            if isinstance(acquired, str) and acquired.endswith(":60"):
                acquired = f"{acquired[:-2]}59"  # a leap second, of which Python knows none
            acquired = fields.Datetime.to_datetime(acquired)
            vals["date_acquired"] = acquired.replace(second=0, microsecond=0)

    def _intake_prepare_registration(self, vals):
        """Complete the values of a lead about to be registered, before Odoo's defaults do.

        Whoever imports a file registers other people's leads: the importer is not, as Odoo's
        default has it, their owner.
        """
        self._intake_cut_to_the_minute(vals)
        # The client says whether it is an import; it decides a default and opens no door.
        if not self.env.context.get("import_file") or "user_id" in vals:
            return
        Team = self.env["crm.team"]
        if "team_id" not in vals:
            vals["team_id"] = Team._get_default_team_id().id
        if vals["team_id"] in Team._get_intake_team_ids():
            vals["user_id"] = False

    def _intake_get_registrant(self):
        """Return who had the first contact with a new lead: the person registering it, for an
        imported lead its salesperson, nobody for one that came by itself.

        :rtype: res.users
        """
        self.ensure_one()
        user = self.env.user
        if self.env.context.get("import_file"):  # as above
            return self.user_id
        if user._is_internal() and user.id != SUPERUSER_ID:
            return user
        return self.env["res.users"]

    def _intake_set_registrants(self):
        missing = self.filtered(lambda lead: not lead.registrant_id)
        for user, leads in missing.grouped(lambda lead: lead._intake_get_registrant()).items():
            if user:
                leads.with_context(mail_notrack=True).registrant_id = user
