"""How promises are kept, as lists and pivots count it, and the filters of the leads' screens."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.lead_intake.tests.deadline_common import ClockCommon


@tagged("post_install", "-at_install")
class TestRates(ClockCommon):
    def _rate(self, *leads, aggregate="on_time:avg", groupby=()):
        rows = self.env["crm.lead"].concat(*leads).intake_deadline_ids
        return (
            self.env["lead.intake.deadline"]
            .with_user(self.supervisor)
            ._read_group([("id", "in", rows.ids)], groupby, [aggregate])
        )

    def test_only_what_was_judged_counts(self):
        """One kept, one kept late, one missed; others run, wait or were stopped in time."""
        kept, late, missed, stopped, running = (
            self._lead_in("draft", date_acquired=self.NOW) for _lead in range(5)
        )
        paused = self._lead_in("approved", date_acquired=self.NOW)
        paused.intake_deadline_ids.filtered("date_closed").sudo()
        self.assertEqual(self._rate(running), [(False,)])
        self.at(6)
        kept.with_user(self.rep).intake_submit()
        stopped.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.at(30)
        late.with_user(self.rep).intake_submit()
        first = [lead.intake_deadline_ids.sorted("id")[0] for lead in (kept, late, missed, stopped)]
        self.assertEqual([row.state for row in first], ["met", "late", "running", "cancelled"])
        rows = self.Deadline.concat(*first)

        def average(aggregate):
            ((value,),) = self.Deadline._read_group([("id", "in", rows.ids)], [], [aggregate])
            return value

        # The cron hasn't been by: the missed one is counted as missed all the same.
        self.assertAlmostEqual(average("on_time:avg"), 100 / 3)
        self._run_cron()
        self.assertAlmostEqual(average("on_time:avg"), 100 / 3)
        # The time it took: 6 and 30 hours, and 6 until it was stopped.
        self.assertAlmostEqual(average("elapsed_hours:avg"), 14)

    def test_the_pivot_and_its_groups(self):
        """By milestone, person, team and month, with rates that are those of the groups."""
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.at(1)
        lead.with_user(self.rep).intake_submit()
        self.at(50)
        lead.with_user(self.supervisor).intake_approve()
        groups = dict(self._rate(lead, groupby=["milestone"]))
        self.assertEqual(
            groups, {"registration": 100, "review": 0, "plan": False, "first_contact": False}
        )
        for groupby in ("responsible_id", "team_id", "date_due:month"):
            self.assertTrue(self._rate(lead, groupby=[groupby]))
        result = (
            self.env["lead.intake.deadline"]
            .with_user(self.supervisor)
            .formatted_read_group(
                [("lead_id", "=", lead.id)],
                ["milestone"],
                ["on_time:avg", "elapsed_hours:avg", "__count"],
                order="on_time:avg DESC",
            )
        )
        self.assertEqual(len(result), 4)


@tagged("post_install", "-at_install")
class TestFilters(ClockCommon):
    """*Due today*, *due soon*, *overdue*, *my overdue*: in the reader's day, on both screens."""

    VIEWS = ("crm.view_crm_case_opportunities_filter", "crm.view_crm_case_leads_filter")

    def _found(self, name, leads, user=None, tz="Asia/Shanghai"):
        """Return what a filter of either screen finds among ``leads``."""
        user = user or self.supervisor
        found = []
        for xmlid in self.VIEWS:
            arch = self.env["crm.lead"].get_view(self.env.ref(xmlid).id, "search")["arch"]
            node = etree.fromstring(arch).find(f".//filter[@name='{name}']")
            domain = safe_eval(node.get("domain"), {"uid": user.id})
            found.append(
                self.env["crm.lead"]
                .with_user(user)
                .with_context(tz=tz)
                .search([("id", "in", leads.ids), *domain], order="id")
            )
        self.assertEqual(*found)
        return found[0]

    def test_filters(self):
        # Registration is due 24 h after the acquisition, and warns after 18 h.
        missed, soon, today, tomorrow = (
            self._lead_in("draft", date_acquired=self._in(hours)) for hours in (-30, -20, -10, -8)
        )
        # It is 9:00 in Shanghai: due at 3:00, 13:00, 23:00 and, tomorrow, at 1:00.
        leads = missed | soon | today | tomorrow
        self.assertEqual(self._found("intake_overdue", leads), missed)
        self.assertEqual(self._found("intake_due_soon", leads), soon)
        self.assertEqual(self._found("intake_due_today", leads), missed | soon | today)
        self.assertEqual(self._found("intake_my_overdue", leads, self.rep), missed)
        self.assertFalse(self._found("intake_my_overdue", leads))
        # In Los Angeles it is 17:00 on the day before, and then only what is due by midnight.
        self.assertEqual(
            self._found("intake_due_today", leads, tz="America/Los_Angeles"), missed | soon
        )
        # What is paused, kept or over isn't due.
        missed.with_user(self.rep).intake_submit()
        self.at(1)
        missed.with_user(self.supervisor).intake_approve()
        missed.with_user(self.supervisor).intake_hold("2026-04-04")
        self.assertFalse(self._found("intake_overdue", leads))
