import hashlib
import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import guard

# What closing decides, and nothing changes afterwards.
FROZEN_FIELDS = frozenset(
    {"company_id", "date", "state", "figures", "checksum", "closed_on", "closed_by_id"}
)
# Set by closing only, never by a client.
CLOSING_FIELDS = FROZEN_FIELDS - {"company_id", "date"} | {"report_ids", "line_ids"}


class LeadIntakeMonth(models.Model):
    """One archived month of one company (step 5): its figures as they were, with a checksum.

    Until it is closed it is only a company and a month. ``lead_intake_month_closing.py`` closes
    it.
    """

    _name = "lead.intake.month"
    _description = "Archived Month"
    _order = "date desc, company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="restrict"
    )
    date = fields.Date(
        string="Month",
        required=True,
        default=lambda self: fields.Date.today().replace(day=1) - relativedelta(months=1),
        help="Any day of the month.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        copy=False,
        help="A closed month keeps its figures as they were; its leads are locked.",
    )
    figures = fields.Json(readonly=True, copy=False)
    checksum = fields.Char(
        readonly=True, copy=False, help="SHA-256 of the figures, who closed them and when."
    )
    closed_on = fields.Datetime("Month Closed On", readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", "Month Closed By", readonly=True, copy=False, ondelete="restrict"
    )
    is_intact = fields.Boolean(
        compute="_compute_is_intact", help="The figures are those that were frozen."
    )
    report_ids = fields.Many2many(
        "ir.attachment",
        string="Reports",
        readonly=True,
        copy=False,
        help="The reports made when the month was closed.",
    )
    line_ids = fields.One2many("lead.intake.month.line", "month_id", readonly=True, copy=False)
    total_ids = fields.One2many(
        "lead.intake.month.line",
        "month_id",
        string="Funnel",
        domain=[("dimension", "=", "total")],
        readonly=True,
    )
    adjustment_ids = fields.One2many(
        "lead.intake.month.adjustment", "month_id", string="Adjustments", readonly=True
    )
    adjustment_count = fields.Integer(compute="_compute_adjustment_count")

    _one_of_a_month = models.UniqueIndex(
        "(company_id, date)", "This month of the company is there already."
    )

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for month in self:
            month.display_name = month.date.strftime("%Y-%m") if month.date else ""

    @api.depends("figures", "checksum", "closed_on", "closed_by_id", "company_id", "date")
    def _compute_is_intact(self):
        for month in self:
            month.is_intact = bool(month.checksum) and month.checksum == month._get_checksum()

    @api.depends("adjustment_ids")
    def _compute_adjustment_count(self):
        counts = dict(
            self.env["lead.intake.month.adjustment"]._read_group(
                [("month_id", "in", self.ids)], ["month_id"], ["__count"]
            )
        )
        for month in self:
            month.adjustment_count = counts.get(month, 0)

    # --- the door ----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_month(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        closed = self.filtered(lambda month: month.state == "closed")
        # Not even our own key opens what is frozen.
        if closed and (FROZEN_FIELDS.intersection(vals) or not guard.is_open(self.env)):
            raise UserError(
                self.env._(
                    "The month %(month)s is closed: its figures stay as they are.",
                    month=closed[0].display_name,
                )
            )
        return super().write(self._prepare_month(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(month.state == "closed" for month in self):
            raise UserError(self.env._("A closed month is kept."))

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # A default may come from the client's context.
        for name in CLOSING_FIELDS.intersection(defaults) - {"state"}:
            del defaults[name]
        if "state" in defaults:
            defaults["state"] = "open"
        return defaults

    def _prepare_month(self, vals):
        """Return the values with the first of the month, and without what closing decides."""
        vals = dict(vals)
        if not guard.is_open(self.env):
            refused = {
                name
                for name in CLOSING_FIELDS.intersection(vals)
                if vals[name] and not (name == "state" and vals[name] == "open")
            }
            if refused:
                raise AccessError(
                    self.env._("A month is closed by its button; its figures can't be typed.")
                )
            for name in CLOSING_FIELDS:
                vals.pop(name, None)
        if vals.get("date"):
            vals["date"] = fields.Date.to_date(vals["date"]).replace(day=1)
        return vals

    # --- the checksum -----------------------------------------------------------------------

    def action_verify(self):
        """Compare the figures with their checksum, and the lines with the figures.

        :return: a notification that says whether they are as they were frozen
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        intact = self.is_intact and self.env["lead.intake.month.line"]._are_frozen(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if intact else "danger",
                "sticky": not intact,
                "message": self.env._("The figures are those that were frozen.")
                if intact
                else self.env._("The figures are NOT those that were frozen."),
            },
        }

    def _hash(self, figures, closed_on, closed_by):
        text = json.dumps(
            [
                self.company_id.id,
                str(self.date),
                closed_by.id,
                fields.Datetime.to_string(closed_on),
                self._get_plain(figures),
            ],
            sort_keys=True,
            ensure_ascii=True,
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _get_plain(self, value):
        """Return the value as every store gives it back: 5.0 and 5 are the same number."""
        if isinstance(value, dict):
            return {key: self._get_plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._get_plain(item) for item in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _get_checksum(self):
        if not self.closed_on:
            return ""
        return self._hash(self.figures, self.closed_on, self.closed_by_id)
