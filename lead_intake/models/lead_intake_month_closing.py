import json
import logging

import pytz
from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import disk, guard
from ..tools.frozen import Frozen

_logger = logging.getLogger(__name__)

# What is printed of a closed month, beside the workbook.
REPORTS = ("conversion", "sources", "losses")
# How far back months that nobody closed are caught up with.
MOST_MONTHS = 12


class LeadIntakeMonth(models.Model):
    """The closing of a month: count, freeze, report, and lock what was closed in it. All of it in
    one transaction, so that a server killed on the way leaves nothing half done.
    """

    _inherit = "lead.intake.month"

    def action_close(self):
        """Close the months (step 5): count, freeze, report, and lock the closed leads.

        :raise AccessError: if the user isn't of lead operations
        :raise UserError: if a month isn't over yet, or is closed already
        """
        for month in self:
            month._check_close()
            month._close(self.env.user)
        return True

    def _check_close(self):
        """Refuse to close the month for whoever may not, or while it can't be closed."""
        self.ensure_one()
        if not self.env.user.has_group("lead_intake.group_intake_operations"):
            raise AccessError(self.env._("Only lead operations close a month."))
        self.check_access("write")
        if self.state == "closed":
            raise UserError(self.env._("The month %(month)s is closed.", month=self.display_name))
        _start, stop = self.env["lead.intake.figures"]._get_period(self.company_id, self.date)
        if stop > fields.Datetime.now():
            raise UserError(
                self.env._("The month %(month)s isn't over yet.", month=self.display_name)
            )

    def _close(self, user):
        self.ensure_one()
        # The same figures whoever closes: a person's rights, time zone and language don't matter.
        Figures = (
            self.env["lead.intake.figures"]
            .with_user(SUPERUSER_ID)
            .with_context(lang=self._get_company_lang())
        )
        start, stop = Figures._get_period(self.company_id, self.date)
        now = fields.Datetime.now()
        # As the database gives it back: what is frozen is what is read.
        figures = json.loads(json.dumps(Figures._compute_month(self.company_id, self.date)))
        # sudo and key: whoever closes was checked, or is the scheduled action.
        month = guard.opened(self.sudo())
        month.write(
            {
                "figures": figures,
                "closed_on": now,
                "closed_by_id": user.id,
                "checksum": month._hash(figures, now, user),
                "state": "closed",
            }
        )
        self.env["lead.intake.month.line"]._freeze(month)
        month._lock_leads(Figures, start, stop)
        reports = month._render_reports()
        month.write({"report_ids": [Command.set([id_ for ids in reports.values() for id_ in ids])]})
        month._mail(reports)

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

    # --- the reports ---------------------------------------------------------------------------

    def _get_company_lang(self):
        """Return the language of the company's own papers."""
        installed = dict(self.env["res.lang"].get_installed())
        lang = self.company_id.sudo().partner_id.lang
        return lang if lang in installed else next(iter(installed))

    def _get_langs(self):
        """Return the languages the month is reported in: the company's, and those of its readers.

        :rtype: list[str]
        """
        installed = dict(self.env["res.lang"].get_installed())
        mine = self._get_company_lang()
        read = {user.lang for user in self._get_recipients()}
        return [mine, *sorted(lang for lang in read if lang in installed and lang != mine)]

    def _render_reports(self):
        """Make the month's reports from the frozen figures, in each language that is read.

        :return: ``{language: ids of attachments}``
        :rtype: dict
        """
        langs = self._get_langs()
        return {
            lang: self.with_context(lang=lang, tz=self.figures["timezone"])
            ._render_reports_in_lang(f"-{lang}" if len(langs) > 1 else "")
            .ids
            for lang in langs
        }

    def _render_reports_in_lang(self, suffix):
        name = f"{self.display_name}{suffix}"
        key = {"intake_figures": Frozen(self.figures)}
        # sudo: made for the company; who closes was checked.
        printed = (
            self.env["lead.intake.print.month"]
            .sudo()
            .with_context(**key)
            .create({"company_id": self.company_id.id, "month": self.date, "masked": False})
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
        with disk.told(self.env):
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

    # --- the mails -------------------------------------------------------------------------------

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
        """Queue one mail to each recipient, in their language and with the reports in it.

        :param dict reports: ``{language: ids of attachments}``
        """
        mails = []
        for user in self._get_recipients():
            lang = user.lang if user.lang in reports else self._get_company_lang()
            env = self.with_context(lang=lang).env
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
                    "attachment_ids": [Command.set(reports.get(lang, []))],
                    "auto_delete": True,
                }
            )
        self.env["mail.mail"].sudo().create(mails)

    # --- the scheduled action ------------------------------------------------------------------

    @api.model
    def _cron_close_months(self):
        """Close the months that are over, each in its own transaction."""
        # sudo isn't needed: the scheduled action is the superuser's.
        due = self._get_due_months()
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=len(due))
        failed = set()
        for company_id, date in due:
            if not left:
                break
            if company_id not in failed:
                self.env.invalidate_all()
                try:
                    self._close_due_month(company_id, date)
                    self.env.flush_all()
                except Exception:
                    # The others' months don't wait; this one is tried again in an hour, and the
                    # months after it are closed after it.
                    self.env.cr.rollback()
                    self.env.invalidate_all()
                    failed.add(company_id)
                    _logger.exception("%s of company %s could not be closed", date, company_id)
            left = commit(1)

    @api.model
    def _get_due_months(self):
        """Return the months that are over and not closed: of each company with a team of the
        procedure the last one, and those since the last that was closed.

        :return: ``[(company's id, first of the month)]``, the oldest first
        :rtype: list
        """
        Figures = self.env["lead.intake.figures"].with_user(SUPERUSER_ID)
        teams = self.env["crm.team"].browse(self.env["crm.team"]._get_intake_team_ids()).exists()
        main = self.env.ref("base.main_company")
        due = []
        for company in {team.company_id or main for team in teams}:
            zone = pytz.timezone(Figures._get_timezone(company))
            today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
            last = today.replace(day=1) - relativedelta(months=1)
            closed = self.search(
                [("company_id", "=", company.id), ("state", "=", "closed")], limit=1
            )
            date = closed.date + relativedelta(months=1) if closed else last
            date = max(date, last - relativedelta(months=MOST_MONTHS))
            while date <= last:
                due.append((company.id, date))
                date += relativedelta(months=1)
        return sorted(due, key=lambda month: (month[1], month[0]))

    @api.model
    def _close_due_month(self, company_id, date):
        month = self.search([("company_id", "=", company_id), ("date", "=", date)])
        if month.state != "closed":
            month = month or self.create({"company_id": company_id, "date": date})
            month._close(self.env.user)
