from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.lead_intake.tests.common import IntakeCommon


@tagged("post_install", "-at_install")
class TestRegistration(IntakeCommon):
    """Step 1: acquisition time, registrant, and who an imported lead belongs to."""

    def _load(self, rows, columns=("name", "team_id/.id"), user=None):
        """Import as the client does, and return the leads."""
        Lead = self.env["crm.lead"].with_user(user or self.operations)
        result = Lead.with_context(import_file=True).load(list(columns), rows)
        self.assertTrue(result["ids"], result["messages"])
        return self.env["crm.lead"].browse(result["ids"])

    # --- acquisition time ------------------------------------------------------------------

    @freeze_time("2026-03-04 01:00:42")
    def test_acquired_now_by_default_to_the_minute(self):
        self.assertEqual(self._new_lead().date_acquired, self.NOW)

    def test_acquired_is_cut_to_the_minute_on_create_and_write(self):
        lead = self._new_lead(date_acquired="2026-03-03 08:15:59")
        self.assertEqual(str(lead.date_acquired), "2026-03-03 08:15:00")
        lead.with_user(self.rep).date_acquired = "2026-03-02 07:10:59"
        self.assertEqual(str(lead.date_acquired), "2026-03-02 07:10:00")

    @freeze_time("2026-03-04 01:00:00")
    def test_acquired_never_in_the_future(self):
        lead = self._new_lead()
        for day in ("2026-03-05 00:00:00", "2026-03-04 01:05:00"):
            with self.assertRaisesRegex(ValidationError, "in the future"):
                lead.with_user(self.rep).date_acquired = day
            with self.assertRaisesRegex(ValidationError, "in the future"):
                self._new_lead(date_acquired=day)

    @freeze_time("2026-03-04 01:00:00")
    def test_clocks_that_differ_by_a_minute_are_no_future(self):
        acquired = self.NOW + timedelta(minutes=1)
        self.assertEqual(self._new_lead(date_acquired=acquired).date_acquired, acquired)

    def test_refusal_names_the_lead_and_the_time_in_the_users_zone(self):
        with freeze_time(self.NOW), self.assertRaises(ValidationError) as refused:
            self._new_lead(date_acquired="2026-03-05 00:00:00")
        self.assertIn("Ten presses", str(refused.exception))
        self.assertIn("2026-03-05 08:00", str(refused.exception))

    # --- registrant ------------------------------------------------------------------------

    def test_registrant_is_who_fills_in_the_form(self):
        with Form(self.env["crm.lead"].with_user(self.rep)) as form:
            form.name = "Typed"
        self.assertEqual(form.record.team_id, self.team)
        self.assertEqual(form.record.registrant_id, self.rep)
        self.assertEqual(form.record.intake_state, "draft")

    def test_registrant_differs_from_the_salesperson(self):
        lead = self._new_lead(user=self.supervisor, user_id=self.rep.id)
        self.assertEqual(lead.registrant_id, self.supervisor)
        self.assertEqual(lead.user_id, self.rep)

    def test_registrant_can_be_told(self):
        self.assertEqual(self._new_lead(registrant_id=self.rep2.id).registrant_id, self.rep2)

    def test_importer_neither_owns_nor_registers(self):
        lead = self._load([["Imported", str(self.team.id)]])
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.registrant_id)
        self.assertEqual(lead.intake_state, "draft")

    def test_importer_without_a_team_column_does_not_own_either(self):
        lead = self._load([["Imported"]], ["name"], user=self.rep)
        self.assertEqual(lead.team_id, self.team)
        self.assertFalse(lead.user_id)

    def test_imported_salesperson_is_the_registrant(self):
        lead = self._load(
            [["Imported", str(self.team.id), str(self.rep.id)]],
            ("name", "team_id/.id", "user_id/.id"),
        )
        self.assertEqual(lead.user_id, self.rep)
        self.assertEqual(lead.registrant_id, self.rep)

    def test_import_into_a_plain_team_is_plain_odoo(self):
        lead = self._load([["Imported", str(self.plain_team.id)]], user=self.outsider)
        self.assertEqual(lead.user_id, self.outsider)
        self.assertFalse(lead.intake_state)

    def test_nobody_registered_what_came_by_itself(self):
        public = self.env.ref("base.public_user")
        website = self.env["crm.lead"].with_user(public).sudo()
        lead = website.create({"name": "Form", "team_id": self.team.id, "user_id": False})
        self.assertFalse(lead.registrant_id)
        self.assertEqual(lead.intake_state, "draft")
        bot = self.env["crm.lead"].create({"name": "Cron", "team_id": self.team.id})
        self.assertFalse(bot.registrant_id)

    def test_gateway(self):
        lead = self.env["crm.lead"].message_new(
            {"subject": "Quote?", "from": "liu@customer.example.com", "email_from": "x"},
            {"team_id": self.team.id},
        )
        self.assertEqual(lead.intake_state, "draft")
        self.assertFalse(lead.registrant_id)
        # Odoo gives what nobody owns to the team's leader.
        self.assertEqual(lead.user_id, self.supervisor)

    # --- copies and defaults ---------------------------------------------------------------

    def test_copy_is_a_new_lead(self):
        with freeze_time("2026-03-01 00:00:00"):
            lead = self._lead_in("approved")
        with freeze_time(self.NOW):
            copy = lead.with_user(self.rep2).sudo().copy()
        self.assertEqual(copy.intake_state, "draft")
        self.assertEqual(copy.stage_id, self.stage_new)
        self.assertEqual(copy.date_acquired, self.NOW)
        self.assertEqual(copy.registrant_id, self.rep2)
        self.assertFalse(copy.intake_grade_id)
        self.assertFalse(copy.intake_review_ids)
        self.assertEqual(copy.partner_name, lead.partner_name)

    def test_copy_of_a_won_lead_starts_over(self):
        lead = self._lead_in("approved")
        lead.with_user(self.rep).action_set_won()
        copy = lead.with_user(self.supervisor).copy()
        self.assertEqual((copy.intake_state, copy.stage_id), ("draft", self.stage_new))
        self.assertEqual(copy.won_status, "pending")

    def test_channel_brings_its_first_contact_method(self):
        for channel, method in (("trade_show", "phone"), ("webinar", "email")):
            record = self.env.ref(f"lead_intake.channel_{channel}")
            self.assertEqual(record.first_contact_method, method)
            self.assertTrue(record.is_intake_channel)

    def test_types_are_shipped(self):
        for name in ("prospect", "referral", "competitor"):
            self.assertTrue(self.env.ref(f"lead_intake.lead_type_{name}").active)

    # --- coming under the procedure --------------------------------------------------------

    def test_plain_team_is_left_alone(self):
        lead = self._plain_lead()
        self.assertFalse(lead.intake_state)
        self.assertFalse(lead.registrant_id)
        self.assertFalse(lead.activity_ids)

    def test_lead_without_a_team_is_left_alone(self):
        lead = self.env["crm.lead"].create({"name": "No team", "user_id": False, "team_id": False})
        self.assertFalse(lead.intake_state)

    def test_moving_in_enters(self):
        lead = self._plain_lead(stage_id=self.plain_new.id)
        lead.with_user(self.manager).team_id = self.team
        self.assertEqual(lead.intake_state, "draft")
        self.assertEqual(lead.stage_id, self.stage_new)

    def test_new_salesperson_brings_the_lead_into_their_team(self):
        lead = self._plain_lead()
        lead.with_user(self.manager).user_id = self.rep
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.intake_state, "draft")

    def test_entering_gives_a_to_do_to_the_owner(self):
        self.assertEqual(self._todos(self._new_lead(), "complete").user_id, self.rep)
        unowned = self._new_lead(user=self.operations, user_id=False, registrant_id=False)
        self.assertEqual(self._todos(unowned, "complete").user_id, self.operations)

    def test_cannot_start_as_won(self):
        with self.assertRaisesRegex(UserError, "can't start as won"):
            self._new_lead(stage_id=self.stage_won.id)

    def test_a_later_stage_is_put_right(self):
        self.assertEqual(self._new_lead(stage_id=self.stage_proposal.id).stage_id, self.stage_new)

    def test_starting_as_lost_is_no_way_around(self):
        lead = self._new_lead(active=False, lost_reason_id=self.lost_reason.id)
        self.assertEqual(lead.intake_state, "draft")
        lead.with_user(self.rep).action_unarchive()
        self.assertEqual(lead.intake_state, "draft")
        with self.assertRaisesRegex(UserError, "not approved yet"):
            lead.with_user(self.rep).stage_id = self.stage_proposal

    def test_lost_lead_that_moves_in_is_held_when_restored(self):
        lead = self._plain_lead()
        lead.action_set_lost()
        lead.with_user(self.manager).team_id = self.team
        lead.with_user(self.manager).action_restore()
        self.assertEqual(lead.intake_state, "draft")


@tagged("post_install", "-at_install")
class TestRegistrationLeads(TestRegistration):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True


@tagged("post_install", "-at_install")
class TestInstall(IntakeCommon):
    """Leads that existed before the addon, or before a team uses it."""

    def test_no_default_is_written_to_existing_leads(self):
        """A field default would fill the column of every lead there is at installation."""
        for name in ("date_acquired", "registrant_id", "intake_state"):
            field = self.env["crm.lead"]._fields[name]
            self.assertFalse(field.default, name)
            self.assertFalse(field.compute, name)
        lead = self._plain_lead()
        self.assertEqual(lead.date_acquired.date(), fields.Date.today())

    def test_old_leads_behave_as_in_plain_odoo(self):
        lead = self._old_lead()
        self.assertFalse(lead.date_acquired)
        lead.with_user(self.rep).write({"stage_id": self.stage_proposal.id, "phone": "-"})
        lead.with_user(self.rep).action_set_won()
        self.assertEqual(lead.won_status, "won")
        self.assertFalse(lead.intake_state)
        self.assertFalse(lead.date_acquired)
