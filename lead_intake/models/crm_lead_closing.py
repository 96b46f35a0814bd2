from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools import guard

# What a closing says, in the order of its dialog.
CLOSING_FIELDS = (
    "contract_number",
    "contract_amount",
    "contract_date",
    "payment_period",
    "service_from",
    "success_factor_ids",
    "retrospective",
)
# Any of these may complete a closing.
CLOSING_PARTS = frozenset({*CLOSING_FIELDS, "service_to"})


class CrmLead(models.Model):
    """Step 5 · Won (成交): the contract, what won it, and what there is to learn from it.

    What the team requires is refused here on every path that ends in a won stage; the rest is
    asked by the closing review (``crm_lead_closing_review.py``).
    """

    _inherit = "crm.lead"

    contract_number = fields.Char(
        copy=False,
        tracking=70,
        help="As it stands on the contract. No two leads of a company have the same.",
    )
    contract_amount = fields.Monetary(
        currency_field="contract_currency_id",
        copy=False,
        tracking=71,
        help="What was signed. Reports count it in place of the expected revenue.",
    )
    contract_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_contract_currency_id",
        store=True,
        readonly=False,
        copy=False,
    )
    contract_date = fields.Date(
        string="Signed On",
        copy=False,
        prefetch="intake_closing",
        help="The day on which the contract was signed.",
    )
    payment_period = fields.Char(
        copy=False, help="When the customer pays.", prefetch="intake_closing"
    )
    service_from = fields.Date(copy=False, prefetch="intake_closing")
    service_to = fields.Date(copy=False, prefetch="intake_closing")
    success_factor_ids = fields.Many2many(
        "lead.intake.success.factor",
        string="Key Success Factors",
        copy=False,
        help="What made the customer choose us.",
    )
    retrospective = fields.Text(
        copy=False,
        help="What went well, what didn't, and what to do differently next time.",
        prefetch="intake_closing",
    )

    _contract_number_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), contract_number) WHERE contract_number IS NOT NULL",
        "Another lead of the company has this contract number already.",
    )

    @api.depends("contract_amount")
    def _compute_contract_currency_id(self):
        """The company's currency, until somebody says another."""
        for lead in self:
            if not lead.contract_currency_id and lead.contract_amount:
                lead.contract_currency_id = lead.company_currency

    @api.constrains("service_from", "service_to", "contract_amount")
    def _check_contract(self):
        for lead in self:
            if lead.service_from and lead.service_to and lead.service_from > lead.service_to:
                raise ValidationError(
                    self.env._(
                        "The service term of “%(lead)s” ends before it begins.", lead=lead.name
                    )
                )
            if lead.contract_amount < 0:
                raise ValidationError(
                    self.env._(
                        "The contract amount of “%(lead)s” can't be less than zero.",
                        lead=lead.name,
                    )
                )

    @api.constrains("contract_number", "company_id")
    def _check_contract_number(self):
        """Say which other lead has the number, before the database refuses it without a word."""
        numbered = self.filtered("contract_number")
        if not numbered:
            return
        mine = {}
        for lead in numbered:
            key = lead.company_id.id, lead.contract_number
            if key in mine:
                mine[key]._intake_refuse_number(lead)
            mine[key] = lead
        # Not a search: it would write these leads out first, and PostgreSQL refuse them.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, company_id, contract_number
                  FROM crm_lead
                 WHERE contract_number = ANY(%s) AND id != ALL(%s)
                """,
                numbered.mapped("contract_number"),
                numbered.ids,
            )
        )
        for lead_id, company_id, number in rows:
            lead = mine.get((company_id or False, number))
            if lead:
                lead._intake_refuse_number(self.browse(lead_id))

    def _intake_refuse_number(self, other):
        number = self.contract_number
        if other.sudo(False).has_access("read"):
            raise ValidationError(
                self.env._(
                    "Contract number %(number)s is already used by “%(lead)s”.",
                    number=number,
                    lead=other.display_name,
                )
            )
        raise ValidationError(
            self.env._("Contract number %(number)s is already used by another lead.", number=number)
        )

    @api.model_create_multi
    def create(self, vals_list):
        numbers = [(vals.get("contract_number") or "").strip() for vals in vals_list]
        if any(numbers):
            # Written afterwards, so that a number in use is refused by name, not by PostgreSQL.
            vals_list = [{**vals, "contract_number": False} for vals in vals_list]
        leads = super().create(vals_list)
        for lead, number in zip(leads, numbers, strict=True):
            if number:
                lead.contract_number = number
        return leads

    def write(self, vals):
        if not CLOSING_PARTS.intersection(vals):
            return super().write(vals)
        if "contract_number" in vals:
            vals = {**vals, "contract_number": (vals["contract_number"] or "").strip() or False}
        res = super().write(vals)
        # Merging takes a contract from one lead and gives it to another.
        if self.env["crm.team"]._has_intake_teams() and not guard.is_merging(self.env):
            closed = self.filtered(
                lambda lead: lead._is_under_intake() and lead._get_intake_outcome()
            )
            closed._intake_check_closing()
            closed._intake_review_closing()
        return res

    # --- what a closing says ---------------------------------------------------------------

    @api.model
    def _get_intake_closing_names(self):
        """Return the fields a team may ask for at closing.

        :rtype: tuple[str]
        """
        return CLOSING_FIELDS

    @api.model
    def _get_intake_closing_domain(self):
        return [("model", "=", "crm.lead"), ("name", "in", list(self._get_intake_closing_names()))]

    @api.model
    def _get_intake_labels(self, names):
        labels = super()._get_intake_labels(names)
        if "service_from" in labels:
            labels["service_from"] = self.env._("Service Term")
        return labels

    def _is_intake_filled(self, name):
        if name == "service_from":
            return bool(self.service_from and self.service_to)
        return super()._is_intake_filled(name)

    def _get_intake_outcome(self):
        """Return how the lead is closed: "won", "lost" (put away included), or False.

        :rtype: str | bool
        """
        self.ensure_one()
        if self.won_status == "won":
            return "won"
        return False if self.active else "lost"

    def _get_intake_closing_gaps(self, required_only=False):
        """Return the names of what the closing of this lead still lacks.

        :param bool required_only: what the closing can't do without, not what the review asks
        :rtype: list[str]
        """
        self.ensure_one()
        asked = self._get_intake_closing_asked(self._get_intake_outcome(), required_only)
        names = self._get_intake_closing_names()
        return [name for name in names if name in asked and not self._is_intake_filled(name)]

    def _get_intake_closing_asked(self, outcome, required_only=False):
        won, review, retrospective = self.env["crm.team"]._get_intake_closing_asked(
            self.team_id._origin.id
        )
        if outcome == "lost":
            asked = {"retrospective"} if retrospective else set()
            return asked if required_only else asked | (review & {"retrospective"})
        return won if required_only else won | review

    def _intake_check_closing(self):
        """Refuse closings without what the team requires at once.

        :raise UserError: naming all gaps of all leads
        """
        refused = {}
        for lead in self:
            gaps = lead._get_intake_closing_gaps(required_only=True)
            if gaps:
                labels = self._get_intake_labels(gaps)
                wanted = ", ".join(labels[name] for name in gaps)
                refused[lead] = (
                    self.env._("to be won it needs %(fields)s.", fields=wanted)
                    if lead._get_intake_outcome() == "won"
                    else self.env._("to be lost it needs %(fields)s.", fields=wanted)
                )
        if refused:
            raise UserError(self._intake_refusal_text(refused))

    # --- the dialog ------------------------------------------------------------------------

    def _intake_stage_action(self, stage):
        action = super()._intake_stage_action(stage)
        if action or not stage.is_won:
            return action
        return self._intake_won_action(stage)

    def _intake_won_action(self, stage):
        """Return the dialog in which one lead is won, or False if it says all there is to say."""
        asked = self._get_intake_closing_asked("won") if len(self) == 1 else ()
        if all(self._is_intake_filled(name) for name in asked):
            return False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Won"),
            "res_model": "lead.intake.won",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id, "default_stage_id": stage.id},
        }

    def action_intake_pass_gate(self):
        stage_id = self.env.context.get("intake_gate_stage_id")
        if isinstance(stage_id, int):
            stage = self.env["crm.stage"].browse(stage_id).exists()
            # What the stage asks for was just filled in; the contract comes next.
            action = stage.is_won and self.intake_get_stage_action(stage.id)
            if action:
                return action
        return super().action_intake_pass_gate()

    def action_set_won_rainbowman(self):
        action = super().action_set_won_rainbowman()
        if isinstance(action, dict) and action.get("res_model") == "lead.intake.won":
            # A dragged card brings its own.
            action["context"]["intake_rainbow"] = True
        return action
