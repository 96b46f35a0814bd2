from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestFollowUpTours(TourCommon):
    """From approved to followed up, in the browser."""

    def _approved(self, name="Tour lead", **vals):
        return self._lead_in("approved", name=name, **vals)

    def test_plan(self):
        lead = self._approved()
        self._play("lead_intake_plan", self.rep)
        self.assertRecordValues(
            lead.intake_follow_up_ids,
            [
                {
                    "state": "planned",
                    "goal": "Get the purchase schedule",
                    "talking_points": "The press they saw",
                    "user_id": self.rep.id,
                }
            ],
        )

    def test_log_and_plan_next_from_the_card(self):
        lead = self._approved()
        self._play("lead_intake_log_and_plan_next", self.rep)
        done, planned = lead.intake_follow_up_ids.sorted("id")
        self.assertEqual((done.state, done.outcome), ("done", "meeting"))
        self.assertEqual((planned.state, planned.goal), ("planned", "Send the quotation"))

    def test_tick_leads_to_the_record(self):
        lead = self._approved()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        lead.with_user(self.rep).intake_plan(tomorrow, "phone", goal="Get the schedule")
        self._play("lead_intake_tick_leads_to_the_record", self.rep)
        self.assertEqual(lead.intake_follow_up_ids.sorted("id")[:1].state, "done")

    def test_supervisor_assigns_ten(self):
        leads = self.env["crm.lead"]
        for number in range(10):
            leads += self._new_lead(name=f"Tour lead {number}", user_id=False)
        leads.with_user(self.supervisor2).intake_submit()
        leads.with_user(self.supervisor).intake_approve()
        self._play("lead_intake_assign_ten", self.supervisor, "/odoo/leads-to-assign")
        self.assertTrue(all(leads.mapped("user_id")))


@tagged("post_install", "-at_install")
class TestMyDayOnAPhone(TourCommon):
    """My Day is for the road: a phone, and fingers."""

    browser_size = "390x844"
    touch_enabled = True

    def test_my_day(self):
        soon = fields.Datetime.now()
        one = self._lead_in("approved", name="Tour lead one")
        two = self._lead_in("approved", name="Tour lead two")
        for lead in (one, two):
            lead.intake_grade_id.cadence_days = 30
        one.with_user(self.rep).intake_plan(soon + timedelta(minutes=1), "phone")
        two.with_user(self.rep).intake_plan(soon + timedelta(minutes=2), "phone")
        self._play("lead_intake_my_day", self.rep, "/odoo/my-day")
        self.assertEqual(one.intake_follow_up_ids.sorted("id")[0].state, "done")
        self.assertEqual(two.intake_follow_up_ids.state, "planned")
