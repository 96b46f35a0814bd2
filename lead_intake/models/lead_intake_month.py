import hashlib
import json
import logging
from datetime import datetime

import pytz
from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import guard
from ..tools.frozen import Frozen
from ..tools.funnel import FUNNEL
from .lead_intake_figures import DIMENSIONS

_logger = logging.getLogger(__name__)

# What closing decides, and nothing changes afterwards.
FROZEN_FIELDS = frozenset(
    {"company_id", "date", "state", "figures", "checksum", "closed_on", "closed_by_id"}
)
# Set by closing only, never by a client.
CLOSING_FIELDS = FROZEN_FIELDS - {"company_id", "date"} | {"report_ids", "line_ids"}
# What is printed of a closed month, beside the workbook.
REPORTS = ("conversion", "sources", "losses")
# How far back months that nobody closed are caught up with.
MOST_MONTHS = 12


class LeadIntakeMonth(models.Model):
    """One archived month of one company (step 5): its figures as they were, with a checksum.

    Until it is closed it is only a company and a month. Closing happens in one transaction, so
    that a server killed on the way leaves nothing half done.
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
        [("open", "Open"), ("closed", "Closed")], default="open", required=True, copy=False
    )
    figures = fields.Json(readonly=True, copy=False)
    checksum = fields.Char(
        readonly=True, copy=False, help="SHA-256 of the figures, who closed them and when."
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    is_intact = fields.Boolean(
        compute="_compute_is_intact", help="The figures are those that were frozen."
    )
    report_ids = fields.Many2many("ir.attachment", string="Reports", readonly=True, copy=False)
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

    # --- closing -----------------------------------------------------------------------------

    def action_close(self):
        """Close the months (step 5): count, freeze, report, and lock the closed leads.

        :raise AccessError: if the user isn't of lead operations
        :raise UserError: if a month isn't over yet, or is closed already
        """
        if not self.env.user.has_group("lead_intake.group_intake_operations"):
            raise AccessError(self.env._("Only lead operations close a month."))
        self.check_access("write")
        for month in self:
            month._close(self.env.user)
        return True

    def action_verify(self):
        """Compare the figures with their checksum.

        :return: a notification that says whether they are as they were frozen
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        intact = self.is_intact
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

    def _close(self, user):
        self.ensure_one()
        if self.state == "closed":
            raise UserError(self.env._("The month %(month)s is closed.", month=self.display_name))
        # The same figures whoever closes: rights and the time zone of a person don't matter.
        Figures = self.env["lead.intake.figures"].with_user(SUPERUSER_ID)
        start, stop = Figures._get_period(self.company_id, self.date)
        if stop > fields.Datetime.now():
            raise UserError(
                self.env._("The month %(month)s isn't over yet.", month=self.display_name)
            )
        figures = Figures._compute_month(self.company_id, self.date)
        # sudo and key: whoever closes was checked, or is the scheduled action.
        month = guard.opened(self.sudo())
        # As the database gives it back: what is frozen is what is read.
        figures = json.loads(json.dumps(figures, default=float))
        values = {
            "figures": figures,
            "closed_on": fields.Datetime.now(),
            "closed_by_id": user.id,
        }
        values["checksum"] = self._hash(figures, self.company_id.id, self.date, user.id, values)
        month.write({**values, "state": "closed"})
        self.env["lead.intake.month.line"]._freeze(month)
        month._lock_leads(Figures, start, stop)
        reports = month._render_reports()
        if reports:
            month.write({"report_ids": [Command.set(reports.ids)]})
        month._mail(reports)

    @api.model
    def _hash(self, figures, company_id, date, user_id, values):
        closed_on = fields.Datetime.to_string(values["closed_on"])
        text = json.dumps(
            [company_id, str(date), user_id, closed_on, self._get_plain(figures)],
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
        values = {"closed_on": self.closed_on}
        return self._hash(self.figures, self.company_id.id, self.date, self.closed_by_id.id, values)

    def _lock_leads(self, Figures, start, stop):
        """Lock the leads that were won or lost in the month, in one statement."""
        where = Figures._any_within(("intake_won_on", "intake_lost_on"), start, stop)
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead SET intake_month_id = %s
                 WHERE intake_month_id IS NULL AND id IN (SELECT id FROM %s) RETURNING 1
                """,
                self.id,
                Figures._leads(self.company_id, where),
            )
        )
        self.env["crm.lead"].invalidate_model(["intake_month_id"])

    def _render_reports(self):
        """Return the month's reports, made from the frozen figures, as attachments.

        :rtype: ir.attachment
        """
        name = self.display_name
        key = {"intake_figures": Frozen(self.figures)}
        # sudo: made for the company; who closes was checked.
        printed = (
            self.env["lead.intake.print.month"]
            .sudo()
            .with_context(**key)
            .create({"company_id": self.company_id.id, "month": self.date})
        )
        files = {f"leads-{name}.xlsx": printed._build_xlsx()}
        report = self.env["ir.actions.report"].sudo().with_context(**key)
        for kind in REPORTS:
            try:
                with self.env.cr.savepoint():
                    content, extension = report._render_qweb_pdf(
                        f"lead_intake.action_report_lead_{kind}", printed.ids
                    )
                    files[f"{kind}-{name}.{extension}"] = content
            except Exception:
                # A printer's trouble doesn't keep the month open; it can be printed any time.
                _logger.exception("The report “%s” of %s could not be printed", kind, name)
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {"name": file, "raw": raw, "res_model": self._name, "res_id": self.id}
                    for file, raw in files.items()
                ]
            )
        )

    def _get_recipients(self):
        """Return who is told of the closing: lead operations and supervisors of the company."""
        groups = ("group_intake_operations", "group_intake_supervisor")
        users = self.env["res.users"].union(
            *(self.env.ref(f"lead_intake.{name}").sudo().all_user_ids for name in groups)
        )
        return users.filtered(
            lambda user: user.active and user.email and self.company_id in user.company_ids
        )

    def _mail(self, reports):
        """Queue one mail to each recipient, in their language."""
        mails = []
        for user in self._get_recipients():
            env = self.with_context(lang=user.lang).env
            values = {"month": self.display_name, "company": self.company_id.name}
            subject = env._("Leads of %(month)s, %(company)s: the month is closed", **values)
            url = (
                f"{self.get_base_url()}/odoo/action-lead_intake.lead_intake_month_action/{self.id}"
            )
            body = Markup('<p>%s</p><p><a href="%s">%s</a></p>') % (
                env._("The figures are frozen. The reports are attached where there are any."),
                url,
                env._("Open the month"),
            )
            mails.append(
                {
                    "subject": subject,
                    "body_html": body,
                    "email_to": user.email_formatted,
                    "attachment_ids": [Command.set(reports.ids)],
                    "auto_delete": True,
                }
            )
        self.env["mail.mail"].sudo().create(mails)

    # --- the scheduled action ------------------------------------------------------------------

    @api.model
    def _cron_close_months(self):
        """Close the months that are over, company by company, each in its own transaction."""
        # sudo isn't needed: the scheduled action is the superuser's.
        teams = self.env["crm.team"].browse(self.env["crm.team"]._get_intake_team_ids())
        main = self.env.ref("base.main_company")
        company_ids = sorted({(team.company_id or main).id for team in teams.exists()})
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=len(company_ids))
        for company_id in company_ids:
            if not left:
                break
            self.env.invalidate_all()
            try:
                self._close_what_is_over(self.env["res.company"].browse(company_id))
                self.env.flush_all()
            except Exception:
                # The others' months don't wait; this one is tried again in an hour.
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("The month of company %s could not be closed", company_id)
            left = commit(1)

    def _close_what_is_over(self, company):
        Figures = self.env["lead.intake.figures"].with_user(SUPERUSER_ID)
        zone = pytz.timezone(company.partner_id.tz or Figures.env.user.tz or "UTC")
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        last = datetime(now.year, now.month, 1).date() - relativedelta(months=1)
        known = self.search([("company_id", "=", company.id)], order="date desc")
        closed = known.filtered(lambda month: month.state == "closed")
        first = closed[0].date + relativedelta(months=1) if closed else last
        first = max(first, last - relativedelta(months=MOST_MONTHS))
        while first <= last:
            month = known.filtered(lambda month, date=first: month.date == date)
            month = month or self.create({"company_id": company.id, "date": first})
            month._close(self.env.user)
            first += relativedelta(months=1)


class LeadIntakeMonthLine(models.Model):
    """One number of a closed month's funnel, counted both ways, and the leads behind it."""

    _name = "lead.intake.month.line"
    _inherit = "lead.intake.history"
    _description = "Figure of an Archived Month"
    _order = "month_id, dimension desc, name, sequence"

    month_id = fields.Many2one("lead.intake.month", required=True, ondelete="cascade", index=True)
    dimension = fields.Selection(
        [
            ("total", "All Leads"),
            ("team", "Sales Team"),
            ("user", "Salesperson"),
            ("grade", "Grade"),
            ("industry", "Industry"),
        ],
        required=True,
    )
    dimension_id = fields.Integer(string="Record", aggregator=None)
    name = fields.Char()
    sequence = fields.Integer(aggregator=None)
    status = fields.Selection(
        [
            ("acquired", "Acquired"),
            ("registered", "Registered"),
            ("approved", "Approved"),
            ("contacted", "Contacted"),
            ("requirement_clear", "Requirement Clear"),
            ("proposal", "Proposal Submitted"),
            ("negotiating", "Negotiating"),
            ("won", "Won"),
            ("lost", "Lost"),
        ],
        required=True,
    )
    happened = fields.Integer(
        string="In the Month", help="Leads that reached the status in the month."
    )
    cohort = fields.Integer(
        string="Month's Leads",
        help="Of the leads acquired in the month, those that got at least so far.",
    )

    def _freeze(self, month):
        """Write the lines of a month that is being closed, all at once."""
        funnel = month.figures["funnel"]
        blocks = [("total", {"id": None, "name": False, **funnel})]
        blocks += [(name, line) for name, lines in funnel["by"].items() for line in lines]
        return guard.opened(self.sudo()).create(
            [
                {
                    "month_id": month.id,
                    "dimension": dimension,
                    "dimension_id": line["id"] or 0,
                    "name": line["name"] or False,
                    "sequence": sequence,
                    "status": status,
                    # Acquired in the month: the two ways of counting are the same.
                    "happened": line["happened"].get(status, line["cohort"].get(status, 0)),
                    "cohort": line["cohort"].get(status, 0),
                }
                for dimension, line in blocks
                for sequence, status in enumerate(("acquired", *FUNNEL, "lost"))
            ]
        )

    def action_open_happened(self):
        """Open the leads that reached the status in the month.

        :return: an action
        :rtype: dict
        """
        return self._open_leads(cohort=False)

    def action_open_cohort(self):
        """Open the leads acquired in the month that got so far.

        :return: an action
        :rtype: dict
        """
        return self._open_leads(cohort=True)

    def _open_leads(self, cohort):
        self.ensure_one()
        self.check_access("read")
        values = (
            {DIMENSIONS[self.dimension]: self.dimension_id or None}
            if self.dimension != "total"
            else {}
        )
        figures = self.month_id.figures
        domain = self.env["lead.intake.figures"]._get_domain(
            self.month_id.company_id,
            self.status,
            figures["date_from"],
            figures["date_to"],
            cohort=cohort,
            **values,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads"),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": list(domain),
            "context": {"active_test": False, "create": False},
        }


class LeadIntakeMonthAdjustment(models.Model):
    """A change to a lead after its month was closed: what, why, who and when."""

    _name = "lead.intake.month.adjustment"
    _inherit = "lead.intake.history"
    _description = "Adjustment after Closing"
    _order = "adjusted_on desc, id desc"
    _rec_name = "lead_name"

    month_id = fields.Many2one("lead.intake.month", required=True, ondelete="cascade", index=True)
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    lead_name = fields.Char(string="Lead's Name")
    field_label = fields.Char(string="Field")
    old_value = fields.Char(string="Before")
    new_value = fields.Char(string="After")
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", string="Adjusted By", ondelete="restrict")
    adjusted_on = fields.Datetime()
