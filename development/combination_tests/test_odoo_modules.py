"""What other modules of Odoo do with leads, with Lead Intake beside them."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged

from odoo.addons.lead_intake.tests.common import PHONE, IntakeCommon
from odoo.addons.lead_intake.tools import guard

NUMBER = "+861065529988"  # as Odoo writes an attendee's


@tagged("post_install", "-at_install")
class TestLeadsOfOtherModules(IntakeCommon, TransactionCase):
    """What comes from elsewhere is registered like everything else, and isn't in the way."""

    def _registration(self, **vals):
        event = self.env["event.event"].create(
            {
                "name": "Open day (test)",
                "date_begin": datetime(2030, 1, 1, 8),
                "date_end": datetime(2030, 1, 1, 18),
            }
        )
        self.env["event.lead.rule"].search([]).active = False
        self.env["event.lead.rule"].create(
            {
                "name": "Everybody (test)",
                "lead_creation_basis": "attendee",
                "lead_creation_trigger": "create",
                "lead_type": "opportunity",
                "lead_sales_team_id": self.team.id,
                "lead_user_id": self.rep.id,
            }
        )
        desk = self.env["res.users"].create(
            {
                "name": "Desk (test)",
                "login": "intake_desk",
                "group_ids": [
                    Command.set([self.env.ref("event.group_event_registration_desk").id])
                ],
            }
        )
        registration = self.env["event.registration"].create(
            {
                "event_id": event.id,
                "name": "Liu Wei",
                "email": "liu@presses.example.com",
                "phone": NUMBER,
                **vals,
            }
        )
        return registration.with_user(desk)

    def test_attendees_become_leads_to_complete(self):
        lead = self._registration().sudo().lead_ids
        self.assertEqual((lead.team_id, lead.intake_state), (self.team, "draft"))
        self.assertEqual((lead.stage_id, lead.user_id), (self.stage_new, self.rep))

    def test_an_attendee_who_corrects_their_number_is_not_refused(self):
        """The lead waits for its review; whoever is at the desk has never heard of it."""
        registration = self._registration()
        lead = registration.sudo().lead_ids.with_env(self.env)
        lead.with_user(self.rep).write(
            {key: value for key, value in self._complete_vals().items() if key != "phone"}
        )
        lead.with_user(self.rep).intake_submit()
        before = lead.description
        registration.write({"phone": "+86 10 6552 1111"})
        self.env.flush_all()
        self.assertEqual(registration.phone, "+86 10 6552 1111")
        self.assertEqual((lead.phone, lead.intake_state), (NUMBER, "submitted"))
        self.assertNotEqual(lead.description, before, "what isn't under review is written")
        self.assertIn("+86 10 6552 1111", self._chatter(lead))

    def test_a_survey_makes_a_lead_to_complete(self):
        survey = self.env["survey.survey"].create(
            {"title": "Needs (test)", "survey_type": "survey", "team_id": self.team.id}
        )
        question = self.env["survey.question"].create(
            {
                "survey_id": survey.id,
                "title": "Do you need a press?",
                "question_type": "simple_choice",
                "suggested_answer_ids": [Command.create({"value": "Yes", "generate_lead": True})],
            }
        )
        answer = self.env["survey.user_input"].create(
            {
                "survey_id": survey.id,
                "user_input_line_ids": [
                    Command.create(
                        {
                            "question_id": question.id,
                            "answer_type": "suggestion",
                            "suggested_answer_id": question.suggested_answer_ids.id,
                        }
                    )
                ],
            }
        )
        answer.with_user(self.env.ref("base.public_user")).sudo()._mark_done()
        lead = answer.lead_id
        self.assertEqual((lead.team_id, lead.intake_state), (self.team, "draft"))
        self.assertEqual(lead.stage_id, self.stage_new)
        self.assertFalse(lead.registrant_id)

    def test_a_lead_out_of_a_chat(self):
        channel = (
            self.env["discuss.channel"]
            .with_user(self.rep)
            ._create_group(self.rep.partner_id.ids, name="Visitor")
        )
        lead = channel._convert_visitor_to_lead(self.rep.partner_id, "/lead Ten presses")
        self.assertFalse(lead.intake_state, "it has no team yet")
        lead.sudo().team_id = self.team
        self.assertEqual(lead.sudo().intake_state, "draft")

    def test_enrichment_adds_and_changes_nothing(self):
        lead = self._new_lead(email_from="liu@presses.example.com")
        other = self._new_lead(name="Other", email_from="li@presses.example.com")
        lead.with_user(self.rep).intake_submit()
        found = {
            str(each.id): {
                "name": "Presses Inc",
                "clearbit_id": "x",
                "location": "1 Press Road",
                "city": "Hangzhou",
                "postal_code": "310000",
                "phone_numbers": ["+1 555 0100"],
                "country_code": "CN",
            }
            for each in lead | other
        }
        root = self.env["crm.lead"].with_user(self.env.ref("base.user_root"))
        with patch.object(self.env.registry["crm.lead"], "message_post_with_source"):
            root._iap_enrich_from_response(found)
        for each in lead | other:
            self.assertTrue(each.iap_enrich_done)
            self.assertEqual((each.city, each.phone), ("Hangzhou", PHONE))
        self.assertEqual(lead.partner_name, "Hangzhou Presses Ltd")

    def test_an_order_after_the_month_was_closed(self):
        """A repeat order on a lead that was counted long ago is confirmed as any other."""
        lead = self._new_lead(user=self.supervisor)
        partner = self.env["res.partner"].create({"name": "Presses Ltd"})
        month = self.env["lead.intake.month"].create(
            {"company_id": self.company.id, "date": "2026-03-01"}
        )
        guard.opened(lead).write(
            {
                "intake_state": "approved",
                "stage_id": self.stage_won.id,
                "intake_won_on": datetime(2026, 3, 15),
                "contract_amount": 100,
                "partner_id": partner.id,
                "intake_month_id": month.id,
            }
        )
        product = self.env["product.product"].create({"name": "Press", "list_price": 500})
        order = (
            self.env["sale.order"]
            .with_user(self.supervisor)
            .create(
                {
                    "partner_id": partner.id,
                    "opportunity_id": lead.id,
                    "order_line": [Command.create({"product_id": product.id, "tax_ids": False})],
                }
            )
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual((lead.expected_revenue, lead.contract_amount), (500, 100))


@tagged("post_install", "-at_install")
class TestTimeOff(IntakeCommon, TransactionCase):
    """Odoo's time off: nobody gets a lead on their leave, and public holidays don't count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.company.resource_calendar_id
        cls.calendar.tz = "Asia/Shanghai"
        cls.env.user.tz = "Asia/Shanghai"
        cls.leave_type = cls.env["hr.leave.type"].create(
            {"name": "Leave (test)", "requires_allocation": False, "request_unit": "day"}
        )

    def test_who_is_on_leave_gets_no_lead(self):
        employees = self.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "company_id": self.company.id}
                for user in (self.rep, self.rep2)
            ]
        )
        today = fields.Date.today()
        leave = self.env["hr.leave"].create(
            {
                "name": "Holiday",
                "employee_id": employees[0].id,
                "holiday_status_id": self.leave_type.id,
                "request_date_from": today - timedelta(days=3),
                "request_date_to": today + timedelta(days=10),
            }
        )
        lead = self._lead_in("approved", user_id=False)
        outs = self._get_outs(lead)
        self.assertNotIn(self.rep, outs, "asked for, not granted yet")
        leave.action_approve()
        self.env.flush_all()
        outs = self._get_outs(lead)
        self.assertEqual(outs[self.rep]["code"], "leave")
        self.assertNotIn(self.rep2, outs)

    def _get_outs(self, lead):
        ((_user, scores),) = lead._intake_rank().values()
        return {self.env["res.users"].browse(score.key): score.out for score in scores if score.out}

    def test_a_public_holiday_does_not_count(self):
        self.team.intake_calendar_id = self.calendar
        with freeze_time(self.NOW):  # Wednesday, 09:00 in Shanghai
            before = self._lead_in("submitted").intake_date_due
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Founders' Day",
                    "company_id": self.company.id,
                    "calendar_id": self.calendar.id,
                    "date_from": datetime(2026, 3, 4, 16),
                    "date_to": datetime(2026, 3, 5, 15, 59, 59),
                }
            )
            after = self._lead_in("submitted").intake_date_due
        self.assertGreaterEqual(after - before, timedelta(days=1))


@tagged("post_install", "-at_install")
class TestWebsiteForm(IntakeCommon, HttpCase):
    def test_the_form_of_the_website(self):
        website = self.env["website"].search([], limit=1)
        website.write({"crm_default_team_id": self.team.id, "crm_default_user_id": False})
        self.authenticate(None, None)
        answer = self.url_open(
            "/website/form/crm.lead",
            data={
                "name": "Ten presses by the website (test)",
                "contact_name": "Liu Wei",
                "email_from": "liu@presses.example.com",
                "partner_name": "Hangzhou Presses Ltd",
                # What a visitor adds by hand.
                "intake_state": "approved",
                "intake_grade_id": str(self.grade_a.id),
                "stage_id": str(self.stage_won.id),
                "registrant_id": str(self.rep.id),
            },
        )
        self.assertEqual(answer.status_code, 200)
        lead = self.env["crm.lead"].search([("name", "=", "Ten presses by the website (test)")])
        self.assertRecordValues(
            lead,
            [
                {
                    "team_id": self.team.id,
                    "intake_state": "draft",
                    "intake_grade_id": False,
                    "stage_id": self.stage_new.id,
                    "registrant_id": False,
                    "medium_id": self.env.ref("lead_intake.channel_website_form").id,
                }
            ],
        )
