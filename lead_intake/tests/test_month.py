from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.lead_intake.models.lead_intake_month_closing import LeadIntakeMonth
from odoo.addons.lead_intake.tools import guard

from .common import IntakeCommon

MONTH = date(2026, 3, 1)
IN_MARCH = datetime(2026, 3, 15)
LATER = datetime(2026, 4, 2)
HOSTILE = {"lead_intake_pass": True, "lead_intake_adjust": True, "lead_intake_merge": True}


class MonthCommon(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.company2.partner_id.tz = "America/New_York"
        cls.Month = cls.env["lead.intake.month"]

    def setUp(self):
        super().setUp()
        self.time = freeze_time(LATER)
        self.frozen = self.time.start()
        self.addCleanup(self.time.stop)

    def _closed_lead(self, won=False, on=IN_MARCH, **vals):
        lead = self._new_lead(**vals)
        values = {"intake_state": "approved", "date_acquired": on}
        if won:
            values |= {"intake_won_on": on, "stage_id": self.stage_won.id}
        else:
            values |= {
                "intake_lost_on": on,
                "active": False,
                "probability": 0,
                "lost_reason_id": self.lost_reason.id,
            }
        guard.opened(lead).write(values)
        return lead

    def _close(self, company=None, user=None, month=MONTH):
        values = {"company_id": (company or self.company).id, "date": month}
        record = self.Month.with_user(user or self.operations).create(values)
        record.action_close()
        return record.sudo().with_env(self.env)

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr, user=self.env.ref("base.user_root").id)[
                "lead.intake.month"
            ]._cron_close_months()
        self.env.invalidate_all()

    def _of(self, company):
        return self.Month.search([("company_id", "=", company.id)])


@tagged("post_install", "-at_install")
class TestClosing(MonthCommon, TransactionCase):
    """A month is closed once, by operations or by the clock, and stays as it was."""

    def test_close_freezes(self):
        won, lost = self._closed_lead(won=True), self._closed_lead()
        month = self._close()
        self.assertEqual((month.state, month.closed_by_id), ("closed", self.operations))
        self.assertEqual(month.closed_on, LATER)
        self.assertTrue(month.is_intact)
        happened = month.figures["funnel"]["happened"]
        self.assertEqual((happened["won"], happened["lost"]), (1, 1))
        self.assertEqual((won | lost).intake_month_id, month)
        line = month.total_ids.filtered(lambda line: line.status == "won")
        self.assertEqual((line.happened, line.cohort), (1, 1))
        for action in (line.action_open_happened(), line.action_open_cohort()):
            found = self.env["crm.lead"].with_context(**action["context"]).search(action["domain"])
            self.assertEqual(found, won)

    def test_every_line_opens_as_many_as_it_counts(self):
        competitor = self.env["lead.intake.competitor"].create({"name": "Acme (test)"})
        campaign = self.env["utm.campaign"].create({"title": "Fairs", "intake_cost": 300})
        for won in (True, False, True):
            lead = self._closed_lead(won=won, campaign_id=campaign.id)
            values = {
                "intake_registered_on": IN_MARCH,
                "intake_approved_on": IN_MARCH + timedelta(days=1),
                "intake_grade_id": self.grade_a.id,
            }
            if not won:
                values["lost_competitor_id"] = competitor.id
            guard.opened(lead).write(values)
        self._closed_lead(on=datetime(2026, 2, 28, 15, 59))
        self._new_lead(date_acquired=IN_MARCH)
        late = self._closed_lead()
        deadline = guard.opened(self.env["lead.intake.deadline"].sudo())
        for state in ("met", "late", "cancelled"):
            deadline.create(
                {
                    "lead_id": late.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "milestone": "review",
                    "state": state,
                    "date_started": IN_MARCH,
                    "date_due": IN_MARCH,
                    "hours": 48,
                }
            )
        month = self._close()
        for line in month.line_ids:
            for action, count in (
                (line.action_open_happened, line.happened),
                (line.action_open_cohort, line.cohort),
            ):
                if not count:
                    continue
                keys = (line.dimension, line.name, line.status, line.detail, line.detail_name)
                with self.subTest(line=keys):
                    found = action()
                    Model = self.env[found["res_model"]].with_context(**found["context"])
                    self.assertEqual(Model.search_count(found["domain"]), count)
                    self.assertNotIn("when the month was closed", found["name"])
        self.assertEqual(
            set(month.line_ids.mapped("dimension")),
            {
                *("total", "trend", "step", "promise", "team", "user", "grade", "industry"),
                *("channel", "source", "campaign", "reason", "competitor"),
            },
        )
        promises = month.line_ids.filtered(lambda line: line.key == "review")
        self.assertEqual(promises.mapped("happened"), [2, 1])

    def test_a_list_that_has_changed_says_so(self):
        lead = self._closed_lead(won=True)
        other = self._new_lead(date_acquired=IN_MARCH)
        month = self._close()
        line = month.total_ids.filtered(lambda line: line.status == "won")
        # Won later: it didn't count when the month was closed.
        guard.opened(other).write({"intake_won_on": LATER + timedelta(days=1)})
        action = line.action_open_cohort()
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), lead)
        guard.opened(lead).write({"intake_won_on": False})
        title = line.action_open_cohort()["name"]
        self.assertIn("1 when the month was closed, 0 now", title)

    def test_empty_month(self):
        month = self._close(month=date(2020, 1, 15))
        self.assertEqual(month.date, date(2020, 1, 1))
        self.assertEqual(set(month.total_ids.mapped("happened")), {0})
        self.assertTrue(month.is_intact)

    def test_a_month_that_runs_is_not_closed(self):
        with self.assertRaises(UserError):
            self._close(month=date(2026, 4, 1))

    def test_edge_in_each_time_zone(self):
        # April in Shanghai, March in New York.
        self.frozen.move_to(datetime(2026, 3, 31, 16, 0))
        self._close()
        with self.assertRaises(UserError):
            self._close(self.company2, self.env.ref("base.user_admin"))

    def test_not_twice(self):
        month = self._close()
        with self.assertRaises(UserError):
            month.with_user(self.operations).action_close()

    def test_only_operations_close(self):
        for user in (self.rep, self.supervisor, self.manager):
            month = self.Month.create({"company_id": self.company.id, "date": MONTH})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                month.with_user(user).action_close()
            month.unlink()

    def test_other_company_is_out_of_sight(self):
        month = self._close()
        found = self.Month.with_user(self.other_supervisor).search([("id", "=", month.id)])
        self.assertFalse(found)

    def test_frozen_on_every_path(self):
        month = self._close()
        values = {"figures": {}, "checksum": "x", "date": "2026-02-01", "state": "open"}
        for records in (
            month.with_user(self.operations),
            month.with_user(self.operations).with_context(**HOSTILE),
            month.sudo(),
            guard.opened(month.sudo()),
        ):
            for name, value in values.items():
                with self.subTest(name=name), self.assertRaises(UserError):
                    records.write({name: value})
            with self.assertRaises(UserError):
                records.unlink()
        result = self.Month.with_user(self.operations).load(
            [".id", "checksum"], [[str(month.id), "x"]]
        )
        self.assertTrue(result["messages"])
        for rows in (month.line_ids[:1], month.adjustment_ids):
            with self.assertRaises(AccessError):
                rows.sudo().with_context(**HOSTILE).create({"month_id": month.id})
        with self.assertRaises(AccessError):
            month.line_ids[:1].sudo().write({"happened": 5})
        self.assertTrue(month.is_intact)

    def test_figures_can_not_be_typed(self):
        records = self.Month.with_user(self.operations)
        values = {"company_id": self.company.id, "date": MONTH}
        for extra in ({"state": "closed"}, {"figures": {"a": 1}}, {"checksum": "x"}):
            with self.subTest(extra=extra), self.assertRaises(AccessError):
                records.with_context(**HOSTILE).create({**values, **extra})
        month = records.with_context(default_state="closed", default_checksum="x").create(values)
        self.assertEqual((month.state, month.checksum), ("open", False))

    def test_tampering_is_found(self):
        month = self._close()
        self.env.flush_all()
        for column, value in (
            ("figures", '{"funnel": {}}'),
            ("closed_on", "2026-04-01"),
            ("closed_by_id", str(self.manager.id)),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE lead_intake_month SET {column} = %s WHERE id = %s",
                    (value, month.id),
                )
                month.invalidate_recordset()
                self.assertFalse(month.is_intact)
                self.assertEqual(month.action_verify()["params"]["type"], "danger")
                savepoint.rollback()
            month.invalidate_recordset()
        self.assertEqual(month.action_verify()["params"]["type"], "success")
        self.env.cr.execute(
            "UPDATE lead_intake_month_line SET happened = 7 WHERE id = %s", month.line_ids[:1].ids
        )
        month.line_ids.invalidate_recordset()
        self.assertEqual(month.action_verify()["params"]["type"], "danger")

    def test_mails(self):
        month = self._close()
        mails = self.env["mail.mail"].search([("subject", "like", month.display_name)])
        told = " ".join(mails.mapped("email_to"))
        for user in (self.operations, self.supervisor, self.supervisor2):
            self.assertEqual(told.count(user.email), 1)
        self.assertNotIn(self.rep.email, told)
        self.assertNotIn(self.other_supervisor.email, told)

    def test_reports_are_made_of_the_frozen_figures(self):
        month = self._close()
        self.assertEqual(len(month.report_ids), 4)
        self.assertEqual(month.report_ids.mapped("res_id"), [month.id] * 4)
        mail = self.env["mail.mail"].search([("subject", "like", month.display_name)], limit=1)
        self.assertEqual(mail.attachment_ids, month.report_ids)
        self.assertTrue(month.report_ids.with_user(self.supervisor).mapped("raw"))

    def test_reports_in_each_language_that_is_read(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.supervisor2.lang = "zh_CN"
        month = self._close()
        names = month.report_ids.mapped("name")
        self.assertEqual(len(names), 8)
        for user, lang in ((self.supervisor, "en_US"), (self.supervisor2, "zh_CN")):
            mail = self.env["mail.mail"].search([("email_to", "like", user.email)])
            self.assertEqual(len(mail.attachment_ids), 4)
            for name in mail.attachment_ids.mapped("name"):
                self.assertIn(f"2026-03-{lang}.", name)

    def test_cron_twice(self):
        self._run_cron()
        self._run_cron()
        for company in (self.company, self.company2):
            [month] = self._of(company)
            self.assertEqual((month.date, month.state), (MONTH, "closed"))

    def test_cron_closes_what_is_over_where_it_is_over(self):
        self.frozen.move_to(datetime(2026, 3, 31, 16, 0))
        self._run_cron()
        self.assertEqual(self._of(self.company).date, MONTH)
        self.assertEqual(self._of(self.company2).date, date(2026, 2, 1))

    def test_cron_catches_up(self):
        self._close(month=date(2026, 1, 1))
        self._run_cron()
        months = self._of(self.company).mapped("date")
        self.assertEqual(months, [MONTH, date(2026, 2, 1), date(2026, 1, 1)])

    def test_cron_killed_between_months_goes_on_where_it_was(self):
        self._close(month=date(2025, 12, 1))
        close, closed = LeadIntakeMonth._close, []

        def die(month, user):
            close(month, user)
            closed.append(month.date)
            if month.date == date(2026, 2, 1):
                raise SystemExit("as if killed")

        with patch.object(LeadIntakeMonth, "_close", die), suppress(SystemExit):
            self._run_cron()
        self.assertEqual(closed, [date(2026, 1, 1), date(2026, 2, 1)])
        self.assertEqual(self._of(self.company).mapped("date")[0], date(2026, 1, 1))
        self._run_cron()
        self.assertEqual(len(self._of(self.company)), 4)
        self.assertEqual(set(self._of(self.company).mapped("state")), {"closed"})

    def test_one_company_fails_and_the_others_do_not(self):
        freeze = LeadIntakeMonth._mail
        broken = self.company

        def fail(month, reports):
            if month.company_id == broken:
                raise ValueError("as if killed")
            return freeze(month, reports)

        lead = self._closed_lead()
        with (
            patch.object(LeadIntakeMonth, "_mail", fail),
            self.assertLogs("odoo.addons.lead_intake.models.lead_intake_month_closing", "ERROR"),
        ):
            self._run_cron()
        self.assertFalse(self._of(self.company))
        self.assertFalse(lead.intake_month_id, "nothing is left half done")
        self.assertEqual(self._of(self.company2).state, "closed")
        self._run_cron()
        self.assertEqual(self._of(self.company).state, "closed")

    def test_queries_do_not_grow_with_the_leads(self):
        costs = []
        for count, month in ((2, date(2026, 2, 1)), (20, MONTH)):
            for _number in range(count):
                self._closed_lead(on=datetime(month.year, month.month, 10))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._close(month=month)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], costs[0] + 5)


@tagged("post_install", "-at_install")
class TestLock(MonthCommon, TransactionCase):
    """A closed lead of a closed month changes only by an adjustment that the month shows."""

    def setUp(self):
        super().setUp()
        self.lead = self._closed_lead()
        self.open = self._new_lead()
        self.month = self._close()

    def test_locked_on_every_path(self):
        lead = self.lead
        for user in (self.rep, self.supervisor, self.operations, self.manager):
            for records in (lead.with_user(user), lead.with_user(user).with_context(**HOSTILE)):
                for values in (
                    {"medium_id": False},
                    {"user_id": self.rep2.id},
                    {"expected_revenue": 5},
                    {"stage_id": self.stage_proposal.id},
                    {"active": True},
                ):
                    with self.subTest(user=user.login, values=values):
                        with self.assertRaises(UserError):
                            records.write(values)
                with self.assertRaises(UserError):
                    records.action_restore()
        result = (
            self.env["crm.lead"]
            .with_user(self.supervisor)
            .load([".id", "expected_revenue"], [[str(lead.id), "5"]])
        )
        self.assertTrue(result["messages"])
        with self.assertRaises(UserError):
            lead.sudo().unlink()
        with self.assertRaises(UserError):
            lead.with_user(self.manager).write({"intake_month_id": False})
        self.assertEqual(lead.intake_month_id, self.month)

    def test_merge_does_not_take_it_away(self):
        with self.assertRaises(UserError):
            (self.open | self.lead).with_user(self.supervisor).merge_opportunity()

    def test_what_is_not_counted_stays_free(self):
        self.lead.with_user(self.rep).write(
            {"description": "They called again.", "medium_id": self.lead.medium_id.id}
        )
        self.open.with_user(self.rep).write({"expected_revenue": 7})
        self.assertFalse(self.open.intake_month_id)
        self.assertFalse(self.lead.copy().intake_month_id)

    def test_what_comes_with_another_customer_is_not_counted_anew(self):
        industry = self.env["res.partner.industry"].search([("level", "=", "class")], limit=1)
        customer = self.env["res.partner"].create(
            {"name": "Presses Ltd", "is_company": True, "industry_id": industry.id}
        )
        self.lead.with_user(self.rep).write({"partner_id": customer.id})
        self.assertEqual(self.lead.partner_id, customer)
        self.assertFalse(self.lead.industry_id)
        self.open.with_user(self.rep).write({"partner_id": customer.id})
        self.assertEqual(self.open.industry_id, industry)

    def test_expected_revenue_beside_a_contract_is_free(self):
        """An order the customer confirms later raises it, and isn't refused."""
        won = self._closed_lead(won=True, contract_amount=100)
        uncounted = self._closed_lead(won=True)
        guard.opened(won | uncounted).write({"intake_month_id": self.month.id})
        won.with_user(self.rep).write({"expected_revenue": 250})
        self.assertEqual(won.expected_revenue, 250)
        with self.assertRaises(UserError):
            won.with_user(self.rep).write({"contract_amount": 0, "expected_revenue": 250})
        with self.assertRaises(UserError):
            uncounted.with_user(self.rep).write({"expected_revenue": 250})

    def test_adjust(self):
        figures = self.month.figures
        wizard = (
            self.env["lead.intake.adjust"]
            .with_user(self.operations)
            .with_context(default_lead_id=self.lead.id)
            .create({"reason": "The contract was for more.", "expected_revenue": 900})
        )
        wizard.action_apply()
        self.assertEqual(self.lead.expected_revenue, 900)
        [row] = self.month.adjustment_ids
        self.assertEqual(row.lead_id, self.lead)
        self.assertEqual((row.old_value, row.new_value), ("0.0", "900.0"))
        self.assertEqual((row.reason, row.user_id), ("The contract was for more.", self.operations))
        self.assertEqual(row.adjusted_on, LATER)
        self.assertEqual(self.month.figures, figures)
        self.assertTrue(self.month.is_intact)
        self.assertEqual(self.month.adjustment_count, 1)

    def test_adjust_is_for_operations_and_with_a_reason(self):
        for user in (self.rep, self.supervisor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.lead.with_user(user).intake_adjust({"expected_revenue": 1}, "Because")
        mine = self.lead.with_user(self.operations)
        for values, reason in (
            ({"expected_revenue": 1}, " "),
            ({"expected_revenue": 1}, False),
            ({"intake_state": "draft"}, "Because"),
            ({"name": "Other"}, "Because"),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                mine.intake_adjust(values, reason)
        with self.assertRaises(UserError):
            self.open.with_user(self.operations).intake_adjust({"expected_revenue": 1}, "Because")

    def test_reopen_is_an_adjustment(self):
        for user in (self.rep, self.supervisor):
            with self.assertRaises(UserError):
                self.lead.with_user(user).intake_undo_closing("They called.")
        self.lead.with_user(self.operations).intake_adjust({"active": True}, "Closed by mistake")
        self.assertTrue(self.lead.active)
        self.assertFalse(self.lead.intake_month_id)
        [row] = self.month.adjustment_ids
        self.assertEqual((row.old_value, row.new_value), ("False", "True"))

    def test_reopen_by_the_dialog(self):
        won = self._closed_lead(won=True, on=datetime(2026, 2, 10))
        self._close(month=date(2026, 2, 1))
        for lead in (self.lead, won):
            month = lead.intake_month_id
            dialog = (
                self.env["lead.intake.adjust"]
                .with_user(self.operations)
                .with_context(default_lead_id=lead.id)
                .create({"reason": "Closed by mistake", "reopen": True})
            )
            dialog.action_apply()
            self.assertEqual((lead.won_status, lead.active), ("pending", True))
            self.assertFalse(lead.intake_month_id)
            self.assertEqual(month.adjustment_ids.reason, "Closed by mistake")

    def test_month_does_not_lock_what_was_closed_before(self):
        early = self._closed_lead(on=datetime(2026, 2, 10) + timedelta(hours=1))
        self._close(month=date(2026, 1, 1))
        self.assertFalse(early.intake_month_id)
        early.with_user(self.supervisor).write({"expected_revenue": 3})
