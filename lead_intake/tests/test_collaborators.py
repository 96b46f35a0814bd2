from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.tools import guard

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestOneOwner(IntakeCommon, TransactionCase):
    """One owner closes a lead and hands it over; others may help (step 3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead_in("approved")
        # Sees and may write every lead by Odoo's rules, but owns and supervises none.
        cls.sees_all = cls.operations

    def _refused(self, call, words="."):
        # assertRaisesRegex would leave behind what was written before the refusal.
        with self.assertRaises(UserError) as caught:
            call()
        self.assertRegex(str(caught.exception), words)

    def _closing(self, lead):
        yield lambda: lead.write({"stage_id": self.stage_won.id})
        yield lambda: lead.action_set_won()
        yield lambda: lead.action_set_lost(lost_reason_id=self.lost_reason.id)
        yield lambda: lead.write({"lost_reason_id": self.lost_reason.id, "active": False})
        yield lambda: lead.action_archive()

    # --- owner -----------------------------------------------------------------------------

    def test_strangers_neither_close_nor_hand_over(self):
        lead = self.lead.with_user(self.sees_all)
        for close in self._closing(lead):
            self._refused(close, "Only the owner|Say why")
        for vals in (
            {"user_id": self.sees_all.id},
            {"user_id": self.rep2.id},
            {"user_id": False},
            {"team_id": self.plain_team.id},
            {"team_id": self.plain_team.id, "user_id": self.outsider.id},
        ):
            self._refused(lambda vals=vals: lead.write(vals), "Only the owner")
        self.assertEqual(self.lead.user_id, self.rep)

    def test_administrator_is_told_how_to_become_a_supervisor(self):
        lead = self.lead.with_user(self.manager)
        self._refused(lambda: lead.write({"user_id": self.rep2.id}), "Lead Review: Supervisor")
        self.assertFalse(lead.can_assign)
        self.manager.group_ids |= self.env.ref("lead_intake.group_intake_supervisor")
        self.team.intake_reviewer_ids = self.manager
        lead.write({"user_id": self.rep2.id})
        self.assertEqual(self.lead.user_id, self.rep2)

    def test_owner_and_supervisor_close(self):
        self.lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(self.lead.won_status, "lost")
        other = self._lead_in("approved")
        other.with_user(self.supervisor).action_set_won()
        self.assertEqual(other.won_status, "won")

    def test_owner_hands_over_within_the_team(self):
        lead = self.lead
        reviews = lead.intake_review_ids
        self._refused(
            lambda: lead.with_user(self.rep).write({"user_id": self.outsider.id}), "isn't a member"
        )
        self._refused(lambda: lead.with_user(self.rep).write({"user_id": False}), "needs an owner")
        lead.with_user(self.rep).write({"user_id": self.rep2.id})
        self.assertRecordValues(
            lead.intake_assignment_ids,
            [
                {
                    "how": "handed_over",
                    "user_id": self.rep2.id,
                    "previous_user_id": self.rep.id,
                    "assigned_by_id": self.rep.id,
                }
            ],
        )
        self.assertEqual(lead.intake_review_ids, reviews)
        self.assertIn("Test Rep2 is the owner now, before: Test Rep", self._chatter(lead))
        plan = lead.intake_deadline_ids.filtered(
            lambda row: row.milestone == "plan" and not row.date_closed
        )
        self.assertEqual(plan.responsible_id, self.rep2)
        self._refused(lambda: lead.with_user(self.rep).write({"user_id": self.rep.id}))

    def test_former_owner_is_told_once_for_all(self):
        leads = self.lead | self._lead_in("approved", name="Another")
        with self.mock_mail_gateway():
            leads.with_user(self.supervisor).write({"user_id": self.rep2.id})
            self.flush_tracking()
        told = [mail for mail in self._mails if self.rep.email in str(mail["email_to"])]
        self.assertEqual([mail["subject"] for mail in told], ["Leads taken over from you: 2"])
        self.assertIn("Another", told[0]["body"])
        self.assertIn("Test Rep2", told[0]["body"])
        with self.mock_mail_gateway():
            self.lead.with_user(self.rep2).write({"user_id": self.rep.id})
            self.flush_tracking()
        self.assertFalse([mail for mail in self._mails if "taken over" in mail["subject"]])

    def test_unassigned_approved_leads_are_not_for_the_taking(self):
        guard.opened(self.lead).write({"user_id": False})
        take = {"user_id": self.rep2.id}
        self._refused(lambda: self.lead.with_user(self.rep2).write(take), "A supervisor")
        self._refused(
            lambda: self.lead.with_user(self.outsider).write({"user_id": self.outsider.id}),
            "A supervisor",
        )
        for close in self._closing(self.lead.with_user(self.rep2)):
            self._refused(close)
        self.team.intake_take_unassigned = True
        self._refused(
            lambda: self.lead.with_user(self.outsider).write({"user_id": self.outsider.id}),
            "A supervisor",
        )
        self.lead.with_user(self.rep2).write(take)
        self.assertEqual(self.lead.intake_assignment_ids[0].how, "taken")

    def test_before_approval_members_settle_it_among_themselves(self):
        own = self._lead_in("draft")
        own.with_user(self.rep).write({"user_id": self.rep2.id})
        self.assertEqual(own.user_id, self.rep2)
        imported = self._new_lead(user_id=False)
        imported.with_user(self.rep).write({"user_id": self.rep.id})
        self.assertEqual(imported.user_id, self.rep)
        self._refused(
            lambda: imported.with_user(self.sees_all).write({"user_id": self.rep2.id}),
            "Only the owner",
        )

    def test_context_opens_nothing(self):
        for context in (
            {"lead_intake_origin": True},
            {"lead_intake_origin": {"how": "engine"}},
            {"lead_intake_pass": True},
        ):
            lead = self.lead.with_user(self.sees_all).with_context(**context)
            self._refused(lambda lead=lead: lead.write({"user_id": self.rep2.id}), "Only the")

    def test_plain_teams_are_left_alone(self):
        plain = self._plain_lead()
        plain.with_user(self.outsider).write({"intake_collaborator_ids": [(4, self.rep2.id)]})
        plain.with_user(self.sees_all).action_set_lost()
        self.assertFalse(plain.intake_assignment_ids)

    # --- collaborators ---------------------------------------------------------------------

    def test_collaborator_sees_and_changes_nothing(self):
        lead = self.lead.with_user(self.rep2)
        self.assertFalse(lead.has_access("read"))
        self.lead.with_user(self.rep).write({"intake_collaborator_ids": [(4, self.rep2.id)]})
        self.assertTrue(lead.has_access("read"))
        self.assertIn(lead, self.env["crm.lead"].with_user(self.rep2).search([]))
        for records in (lead.intake_review_ids, lead.intake_deadline_ids):
            self.assertTrue(records.has_access("read"))
        self.assertTrue(lead.partner_name)
        for vals in ({"name": "Mine"}, {"user_id": self.rep2.id}, {"team_id": False}):
            with self.assertRaises(AccessError):
                lead.write(vals)
        for close in self._closing(lead):
            with self.assertRaises(AccessError):
                close()
        with self.assertRaises(AccessError):
            lead.unlink()

    def test_collaborator_can_not_merge_it_away(self):
        self.lead.with_user(self.rep).write({"intake_collaborator_ids": [(4, self.rep2.id)]})
        own = self._new_lead(self.rep2)
        with self.assertRaises(UserError):
            (own | self.lead).with_user(self.rep2).merge_opportunity()
        self.assertTrue(self.lead.exists())

    def test_only_owner_and_supervisor_choose_them(self):
        share = {"intake_collaborator_ids": [(4, self.outsider.id)]}
        self._refused(lambda: self.lead.with_user(self.sees_all).write(share), "Only the owner")
        guard.opened(self.lead).write({"user_id": False})
        self._refused(lambda: self.lead.with_user(self.rep2).write(share), "Only the owner")
        self.lead.with_user(self.supervisor).write(share)
        self.assertEqual(self.lead.intake_collaborator_ids, self.outsider)

    def test_merge_keeps_the_collaborators_of_both(self):
        other = self._lead_in("approved")
        self.lead.intake_collaborator_ids = self.rep2
        other.intake_collaborator_ids = self.outsider
        merged = (self.lead | other).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(merged.intake_collaborator_ids, self.rep2 | self.outsider)
