from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestDashboard(TourCommon):
    """Every figure is the number of records its list opens, and of those only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls._new_lead(name="Dashboard draft")
        cls.submitted = cls._lead_in("draft", name="Dashboard waits")
        cls.submitted.with_user(cls.rep).intake_submit()
        cls.approved = cls._lead_in("approved", name="Dashboard approved")
        cls.contacted = cls._lead_in("approved", name="Dashboard contacted")
        cls.contacted.with_user(cls.rep).intake_log("reached", "They want ten presses.")
        cls.foreign = cls._new_lead(cls.other_rep, team_id=cls.other_team.id, name="Foreign")
        cls.foreign.with_user(cls.other_rep).intake_submit()

    def _figures(self, user):
        return self.env["lead.intake.dashboard"].with_user(user).get_figures()

    def _count(self, figures, part, label):
        return next(row["count"] for row in figures[part] if row["label"] == label)

    def _rows(self, figures):
        for part in ("tiles", "late", "funnel", "sources", "people"):
            yield from ((part, row) for row in figures[part])
        yield from (("late of", row["late"]) for row in figures["people"])

    def test_figures_are_their_lists(self):
        for user in (self.supervisor, self.operations):
            for part, row in self._rows(self._figures(user)):
                action = row["action"]
                Model = self.env[action["res_model"]].with_user(user)
                with self.subTest(user=user.login, part=part, row=row["label"]):
                    self.assertEqual(Model.search_count(action["domain"]), row["count"])

    def test_what_waits(self):
        figures = self._figures(self.supervisor)
        self.assertEqual(figures["teams"], [self.team.name])
        self.assertEqual(self._count(figures, "tiles", "To Review"), 1)
        self.assertEqual(self._count(figures, "tiles", "Returned"), 0)
        self.assertEqual(self._count(figures, "funnel", "Acquired"), 4)
        self.assertEqual(self._count(figures, "funnel", "Registered"), 3)
        self.assertEqual(self._count(figures, "funnel", "Approved"), 2)
        self.assertEqual(self._count(figures, "funnel", "Contacted"), 1)
        self.assertEqual(self._count(figures, "funnel", "Won"), 0)
        self.assertEqual([row["count"] for row in figures["sources"]], [4])
        self.assertEqual(
            [(row["label"], row["count"]) for row in figures["people"]], [("Test Rep", 2)]
        )

    def test_late_before_the_cron_has_seen_it(self):
        before = self._count(self._figures(self.supervisor), "tiles", "Overdue")
        deadline = self.env["lead.intake.deadline"].search(
            [("lead_id", "=", self.approved.id), ("state", "=", "running")], limit=1
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_intake_deadline SET date_due = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(hours=1), deadline.id),
        )
        self.env.invalidate_all()
        after = self._figures(self.supervisor)
        self.assertEqual(self._count(after, "tiles", "Overdue"), before + 1)

    def test_lost_leads_stay_in_the_funnel(self):
        self.contacted.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        figures = self._figures(self.supervisor)
        self.assertEqual(self._count(figures, "funnel", "Acquired"), 4)
        self.assertEqual(self._count(figures, "funnel", "Contacted"), 1)

    def test_companies_stay_apart(self):
        figures = self._figures(self.other_supervisor)
        self.assertEqual(figures["teams"], [self.other_team.name])
        self.assertEqual(self._count(figures, "funnel", "Registered"), 1)
        self.assertNotIn(self.other_team.name, self._figures(self.operations)["teams"])

    def test_month_begins_at_the_company_s_midnight(self):
        for zone, hour in (("Asia/Shanghai", 16), ("Asia/Tokyo", 15)):
            self.company.partner_id.tz = zone
            start = self.env["lead.intake.dashboard"]._get_month_start()
            self.assertEqual((start.hour, start.minute), (hour, 0))

    def test_only_for_those_who_supervise(self):
        for user in (self.rep, self.outsider):
            with self.assertRaises(AccessError):
                self._figures(user)

    def test_supervisor_of_no_team(self):
        self.team.write({"user_id": False, "member_ids": [(3, self.supervisor2.id)]})
        figures = self._figures(self.supervisor2)
        if not figures["teams"]:
            self.assertEqual([figures[part] for part in ("tiles", "funnel", "people")], [[]] * 3)

    def test_cost_does_not_grow_with_the_leads(self):
        self._figures(self.supervisor)
        for number in range(20):
            self._new_lead(name=f"More {number}")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(22):
            self._figures(self.supervisor)

    def test_tour(self):
        self._play("lead_intake_dashboard", self.supervisor, "/odoo/lead-dashboard")
