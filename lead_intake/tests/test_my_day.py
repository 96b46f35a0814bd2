from odoo.tests import TransactionCase, tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestMyDay(FollowUpCommon, TransactionCase):
    """What a representative has to do today, the most urgent first."""

    def _my_day(self, user=None, search="today"):
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_intake.crm_lead_action_my_day")
        user = user or self.rep
        Lead = self.env["crm.lead"].with_user(user)
        domain = [("intake_responsible_id", "=", user.id), ("intake_next_on", "!=", False)]
        self.assertEqual(
            action["domain"],
            "[('intake_responsible_id', '=', uid), ('intake_next_on', '!=', False)]",
        )
        if search:
            domain += [("intake_next_on", "<", "today +1d")]
        return Lead.search(domain, order="intake_next_on, id").sudo(False).with_env(self.env)

    def test_overdue_first_then_by_the_time(self):
        late = self._lead_in("returned")
        self.at(30)  # the completion of it was due after 24 hours
        self.lead.unlink()
        at_two, at_one, tomorrow = (self._lead_in("approved") for _n in range(3))
        self._plan(at_two, hours=2)
        self._plan(at_one, hours=1)
        self._plan(tomorrow, hours=40)
        found = self._my_day()
        self.assertEqual(found[:3], late | at_one | at_two)

    def test_a_plan_for_today_is_there_although_its_promise_is_due_later(self):
        self.lead.intake_grade_id.first_contact_hours = 72
        lead = self._lead_in("approved")
        self._plan(lead, hours=3)
        self.assertGreater(lead.intake_date_due, self._in(24))
        self.assertIn(lead, self._my_day())

    def test_rules_of_access_read_nothing_more(self):
        """The query that finds leads reads what the rules ask of them; one more reads with whom
        each is shared.
        """
        self._lead_in("approved")
        Lead = self.env["crm.lead"].with_user(self.rep)
        domain = [("intake_responsible_id", "=", self.rep.id), ("intake_next_on", "!=", False)]
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            self.rep.company_ids.mapped("name")
            start = self.cr.sql_log_count
            found = Lead.web_search_read(domain, {"name": {}}, limit=80)
            queries = self.cr.sql_log_count - start
        self.assertTrue(found["records"])
        self.assertLessEqual(queries, 2)

    def test_only_what_is_mine(self):
        foreign = self._new_lead(self.rep2)
        foreign.with_user(self.rep2).intake_submit()
        foreign.with_user(self.supervisor).intake_approve()
        self.assertNotIn(foreign, self._my_day(search=""))
        self.assertIn(foreign, self._my_day(self.rep2, search=""))

    def test_closed_leads_are_gone(self):
        self._plan()
        self.lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertFalse(self.lead.intake_next_on)
