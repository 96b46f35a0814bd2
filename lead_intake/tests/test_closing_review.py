from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_won import ClosingCommon


@tagged("post_install", "-at_install")
class TestClosingReview(ClosingCommon):
    """What a closing doesn't say at once has 72 hours."""

    def test_clock_runs_until_all_is_said(self):
        lead = self._win(self._approved())
        clock = self._clock(lead, "closing")
        self.assertEqual((clock.state, clock.date_due), ("running", self._in(72)))
        self.assertEqual(clock.responsible_id, self.rep)
        self._assert_open(lead, "closing")
        rest = self._rest()
        retrospective = rest.pop("retrospective")
        self.at(10)
        lead.with_user(self.rep).write(rest)
        self.assertEqual(clock.state, "running")
        lead.with_user(self.rep).retrospective = "无"
        self.assertEqual(clock.state, "running", "a placeholder is no retrospective")
        lead.with_user(self.rep).retrospective = retrospective
        self.assertEqual((clock.state, clock.date_closed), ("met", self._in(10)))

    def test_late(self):
        lead = self._win(self._approved())
        self.at(73)
        lead.with_user(self.rep).write(self._rest())
        self.assertEqual(self._clock(lead, "closing").state, "late")

    def test_met_at_once_when_all_is_said(self):
        lead = self._win(self._approved(), **self._rest())
        self.assertEqual(self._clock(lead, "closing").state, "met")

    def test_lost_asks_for_the_retrospective(self):
        lead = self._approved()
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        clock = self._clock(lead, "closing")
        self.assertEqual(clock.state, "running")
        self.assertEqual(lead.intake_milestone, "closing")
        found = self.env["crm.lead"].search(
            [("intake_milestone", "=", "closing"), ("active", "in", [True, False])]
        )
        self.assertIn(lead, found)
        lead.with_user(self.rep).retrospective = "We came too late."
        self.assertEqual(clock.state, "met")

    def test_the_owner_has_a_to_do_until_it_is_said(self):
        lead = self._win(self._approved())
        todo = self._todos(lead, "closing")
        self.assertEqual(
            (todo.user_id, todo.date_deadline),
            (self.rep, self._clock(lead, "closing").date_due.date()),
        )
        lead.with_user(self.rep).write(self._rest())
        self.assertFalse(self._todos(lead, "closing"))
        lead = self._win(self._approved(), contract_number="HT-2", **self._rest())
        self.assertFalse(self._todos(lead, "closing"))
        # What is opened again has nothing to look back on yet; the next closing has.
        lead = self._approved()
        for _time in range(2):
            lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
            self.assertEqual(len(self._todos(lead, "closing")), 1)
            lead.with_user(self.rep).intake_undo_closing()
            self.assertFalse(self._todos(lead, "closing"))

    def test_no_review_of_what_was_never_approved(self):
        lead = self._lead_in("draft")
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertFalse(self._clocks(lead, "closing"))

    def test_no_clock_where_nothing_is_asked(self):
        self.team.intake_closing_field_ids = False
        self.team.intake_won_field_ids = False
        self.assertFalse(self._clocks(self._win(self._approved()), "closing"))

    def test_the_cron_tells_of_a_missed_review(self):
        self._win(self._approved())
        self.at(73)
        self._run_cron()
        self.assertTrue(self._told(self.rep, "overdue"))

    def test_history_is_nobodys_to_write(self):
        row = self._win(self._approved()).intake_closing_ids
        self.assertEqual((row.outcome, row.stage_id), ("won", self.stage_follow))
        self.assertEqual((row.closed_by_id, row.closed_on), (self.rep, self.NOW))
        for records in (row.with_user(self.manager), row.sudo()):
            with self.assertRaises(AccessError):
                records.write({"outcome": "lost"})
            with self.assertRaises(AccessError):
                records.unlink()

    def test_history_is_seen_by_who_sees_the_lead(self):
        row = self._win(self._approved()).intake_closing_ids
        Closing = self.env["lead.intake.closing"]
        for user, sees in (
            (self.rep, True),
            (self.rep2, False),
            (self.supervisor, True),
            (self.operations, True),
            (self.other_rep, False),
            (self.other_supervisor, False),
        ):
            with self.subTest(user=user.login):
                found = Closing.with_user(user).search([("id", "=", row.id)])
                self.assertEqual(bool(found), sees)

    def test_forty_cost_no_more_each(self):
        costs = {}
        for count in (1, 40):
            leads = (
                self.env["crm.lead"]
                .with_user(self.rep)
                .create(
                    [
                        self._complete_vals(
                            team_id=self.team.id,
                            user_id=self.rep.id,
                            partner_name=f"Customer {count} {number}",
                            contract_number=f"HT-{count}-{number}",
                            contract_amount=1000,
                        )
                        for number in range(count)
                    ]
                )
            )
            leads.intake_submit()
            leads.with_user(self.supervisor).intake_approve()
            self.env.flush_all()
            before = self.cr.sql_log_count
            leads.write({"stage_id": self.stage_won.id})
            self.env.flush_all()
            costs[count] = self.cr.sql_log_count - before
        self.assertLessEqual(costs[40], costs[1] * 6, costs)
