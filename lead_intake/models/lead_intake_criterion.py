import logging
from ast import literal_eval
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class ScorecardLine(NamedTuple):
    """A criterion as it is remembered between requests; a condition that can't be read is None."""

    id: int
    name: str
    domain: Domain | None
    points: int
    team_ids: frozenset[int]
    company_id: int | bool

    def applies_to(self, lead):
        """Tell whether this line counts for ``lead``'s team and company."""
        return (not self.team_ids or lead.team_id._origin.id in self.team_ids) and (
            not self.company_id
            or not lead.company_id
            or lead.company_id._origin.id == self.company_id
        )

    def match(self, leads):
        """Return those of ``leads`` that earn the points. A condition that can't be applied any
        more matches none and is logged, so that it never stops a review.
        """
        if self.domain is None:
            return leads.browse()
        try:
            return leads.filtered_domain(self.domain)
        except AccessError:
            # Nothing is wrong with the condition: whoever asks may not see the lead.
            raise
        except Exception:
            _logger.warning("Scorecard criterion %s can't be evaluated", self.id, exc_info=True)
            return leads.browse()


class LeadIntakeCriterion(models.Model):
    """One line of the scorecard that suggests a grade (step 2): a domain on the lead, its
    points, and the sentence shown as the reason.
    """

    _name = "lead.intake.criterion"
    _description = "Scorecard Criterion"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        string="Reason",
        required=True,
        translate=True,
        help="A sentence the reviewer reads beside the points, such as "
        "“Their industry is one of our focus industries”.",
    )
    domain = fields.Char(
        string="Applies When",
        required=True,
        default="[]",
        help="Leads that match earn the points.",
    )
    points = fields.Integer(required=True, default=10, help="Less than zero takes points off.")
    team_ids = fields.Many2many("crm.team", string="Sales Teams", help="Empty: every team.")
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_broken = fields.Boolean(
        compute="_compute_is_broken",
        help="The condition can no longer be read, for example because a field it names was "
        "removed. Reviews go on without it.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for criterion in self:
            try:
                self.env["crm.lead"].new({}).filtered_domain(criterion._read_domain())
                self.env["crm.lead"].search(Domain(literal_eval(criterion.domain)), limit=1)
            except Exception as error:  # whatever a mistyped condition can raise
                raise ValidationError(
                    self.env._(
                        "The condition of “%(criterion)s” can't be read: %(error)s\n"
                        "Use the editor beside the field, or a list such as "
                        "[('need_fit', '=', 'high')].",
                        criterion=criterion.name,
                        error=error,
                    )
                ) from error

    @api.depends("domain")
    def _compute_is_broken(self):
        blank = self.env["crm.lead"].new({})
        for criterion in self:
            try:
                blank.filtered_domain(criterion._read_domain())
                criterion.is_broken = False
            except Exception:
                criterion.is_broken = True

    def _read_domain(self):
        self.ensure_one()
        return Domain(literal_eval(self.domain))

    # --- remembered between requests ---------------------------------------------------------

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_scorecard(self):
        """Return the scorecard as every review needs it, in the reader's language.

        :rtype: tuple[ScorecardLine]
        """
        lines = []
        # sudo, and of the context the language only: what is remembered is everybody's.
        remembered = self.env(su=True, context={"lang": self.env.lang})
        for criterion in self.with_env(remembered).search([]):
            try:
                domain = criterion._read_domain()
            except Exception:
                _logger.warning("Scorecard criterion %s can't be read", criterion.id, exc_info=True)
                domain = None
            lines.append(
                ScorecardLine(
                    criterion.id,
                    criterion.name,
                    domain,
                    criterion.points,
                    frozenset(criterion.team_ids.ids),
                    criterion.company_id.id,
                )
            )
        return tuple(lines)

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        self.env.registry.clear_cache()
        return criteria

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    @api.ondelete(at_uninstall=True)
    def _unlink_forget(self):
        self.env.registry.clear_cache()
