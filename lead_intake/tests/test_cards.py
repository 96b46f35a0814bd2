from odoo.tests import tagged

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestCards(IntakeCommon):
    """A card says and offers what the form does, though it is told for many leads at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        states = ("draft", "submitted", "returned", "approved", "on_hold")
        cls.leads = cls.env["crm.lead"].concat(
            *(cls._lead_in(state, name=f"Card {state}") for state in states),
            cls._lead_in("draft", name="Card incomplete", phone=False),
            cls._lead_in("approved", name="Card unowned", user_id=False),
        )
        # Nobody decides on their own submission.
        cls.own = cls._lead_in("draft", name="Card of the supervisor")
        cls.own.with_user(cls.supervisor).intake_submit()
        cls.leads |= cls.own
        cls.lost = cls._lead_in("approved", name="Card lost")
        cls.lost.action_set_lost(lost_reason_id=cls.lost_reason.id)
        cls.leads |= cls.lost
        cls.leads |= cls._plain_lead(name="Card of a plain team")

    def test_a_card_is_what_the_form_says(self):
        for user in (self.rep, self.supervisor, self.supervisor2, self.manager):
            leads = self.leads.with_user(user)._filtered_access("read")
            self.env.invalidate_all()
            cards = {lead: lead.intake_card for lead in leads}
            self.env.invalidate_all()
            for lead in leads:
                with self.subTest(user=user.login, lead=lead.name):
                    card = cards[lead]
                    if not lead._is_under_intake():
                        self.assertFalse(card)
                        continue
                    self.assertEqual(card["submit"], lead.can_submit)
                    self.assertEqual(card["review"], lead.can_review)
                    self.assertEqual(card["follow_up"], lead.can_follow_up)
                    self.assertEqual(card["assign"], lead.can_assign)
                    if lead.intake_state in ("draft", "returned"):
                        self.assertEqual(card["missing"], lead.intake_missing)
                        self.assertEqual(card["completeness"], lead.intake_completeness)

    def test_all_kinds_are_there(self):
        cards = [
            card for card in self.leads.with_user(self.supervisor).mapped("intake_card") if card
        ]
        for name in ("submit", "review", "follow_up", "assign", "missing"):
            with self.subTest(name=name):
                self.assertEqual({bool(card[name]) for card in cards}, {True, False})
        self.assertFalse(self.own.with_user(self.supervisor).intake_card["review"])
        self.assertTrue(self.own.with_user(self.supervisor2).intake_card["review"])

    def test_a_new_lead_has_a_card(self):
        """The card of a lead that isn't saved yet asks the database for nothing it can't find."""
        lead = self.env["crm.lead"].with_user(self.rep).new({"team_id": self.team.id})
        self.assertFalse(lead.intake_card)
