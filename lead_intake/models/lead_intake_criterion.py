import logging
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


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
                criterion._match(self.env["crm.lead"].new({}), raise_on_error=True)
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
                criterion._match(blank, raise_on_error=True)
                criterion.is_broken = False
            except Exception:
                criterion.is_broken = True

    def _match(self, leads, raise_on_error=False):
        """Return those of ``leads`` that earn the points; a condition that can't be read
        any more matches none and is logged, so that it never stops a review.
        """
        self.ensure_one()
        try:
            return leads.filtered_domain(Domain(literal_eval(self.domain)))
        except Exception:
            if raise_on_error:
                raise
            _logger.warning("Scorecard criterion %s can't be evaluated", self.id, exc_info=True)
            return leads.browse()

    def _applies_to(self, lead):
        """Tell whether this line counts for ``lead``'s team and company."""
        self.ensure_one()
        return (not self.team_ids or lead.team_id in self.team_ids) and (
            not self.company_id or not lead.company_id or lead.company_id == self.company_id
        )
