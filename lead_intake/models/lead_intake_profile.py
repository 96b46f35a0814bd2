from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.profile import CONTACT_ROLES, EARLIEST_YEAR, EMPLOYEE_RANGES

# Read together when one of them is wanted, and not with every lead and partner that is looked at.
PREFETCH = "intake_profile"


class LeadIntakeProfile(models.AbstractModel):
    """The fields of a company (公司概况) that a lead and a partner share."""

    _name = "lead.intake.profile"
    _description = "Company Profile"

    founded_year = fields.Integer(
        string="Founded In", help="The year in which the company was founded.", prefetch=PREFETCH
    )
    company_age = fields.Integer(
        string="Years in Business", compute="_compute_company_age", aggregator=None
    )
    employee_range = fields.Selection(
        EMPLOYEE_RANGES,
        string="Number of Employees",
        prefetch=PREFETCH,
        help="Of the whole company, not of the site alone.",
    )
    annual_revenue = fields.Monetary(
        currency_field="annual_revenue_currency_id",
        prefetch=PREFETCH,
        help="Of the company's last full year, as far as it is known.",
    )
    annual_revenue_currency_id = fields.Many2one(
        "res.currency",
        string="Revenue Currency",
        compute="_compute_annual_revenue_currency_id",
        store=True,
        readonly=False,
        prefetch=PREFETCH,
    )
    main_business = fields.Char(
        help="What the company lives on, in a few words.", prefetch=PREFETCH
    )
    main_products = fields.Text(
        string="Main Products and Services",
        prefetch=PREFETCH,
        help="What the customer makes or sells themselves.",
    )

    @api.depends("founded_year")
    def _compute_company_age(self):
        year = fields.Date.context_today(self).year
        for record in self:
            record.company_age = max(year - record.founded_year, 0) if record.founded_year else 0

    @api.depends("annual_revenue")
    def _compute_annual_revenue_currency_id(self):
        """The company's currency, until somebody says another."""
        for record in self:
            if record.annual_revenue and not record.annual_revenue_currency_id:
                company = record.company_id or self.env.company
                record.annual_revenue_currency_id = company.currency_id

    @api.constrains("founded_year")
    def _check_founded_year(self):
        this_year = fields.Date.context_today(self).year
        for record in self:
            year = record.founded_year
            if year and not EARLIEST_YEAR <= year <= this_year:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” can't have been founded in %(year)s: enter a year with four "
                        "digits that isn't in the future.",
                        name=record.display_name,
                        year=year,
                    )
                )


class LeadIntakePerson(models.AbstractModel):
    """The fields of a person at the customer's that leads, their contacts and partners share."""

    _name = "lead.intake.person"
    _description = "Contact Profile"

    contact_role = fields.Selection(
        CONTACT_ROLES,
        help="What the person decides on, whatever is printed on the visiting card.",
        prefetch=PREFETCH,
    )
    chat_account = fields.Char(
        help="Their WeChat account, or that of another messenger.", prefetch=PREFETCH
    )
    chat_remark = fields.Char(
        help="How they are named in your chat, such as “Company – Li”.", prefetch=PREFETCH
    )
