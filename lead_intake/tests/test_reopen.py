from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_won import ClosingCommon


@tagged("post_install", "-at_install")
class TestReopen(ClosingCommon):
    """A closed lead is opened again by its owner or a supervisor, and keeps its history."""

    def _lost(self, **vals):
        lead = self._approved(**vals)
        lead.stage_id = self.stage_proposal
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        return lead

    def _won(self, **vals):
        lead = self._approved(**vals)
        lead.stage_id = self.stage_proposal
        return self._win(lead, contract_number=f"HT-{lead.id}")

    def _ways(self, lead, user):
        mine = lead.with_user(user)
        yield "dialog", lambda: mine.intake_undo_closing("They called again.")
        if lead._get_intake_outcome() == "won":
            yield "drag", lambda: mine.write({"stage_id": self.stage_proposal.id})
        else:
            yield "restore", mine.action_restore
            yield "unarchive", mine.action_unarchive
            yield "write", lambda: mine.write({"active": True})

    def test_every_way(self):
        for make, ways in ((self._won, 2), (self._lost, 4)):
            for number in range(ways):
                lead = make(name=f"{make.__name__} {number}", partner_name=f"C{number} Ltd")
                way, reopen = list(self._ways(lead, self.rep))[number]
                with self.subTest(outcome=make.__name__, way=way):
                    self.at(5)
                    reopen()
                    self.assertEqual((lead.won_status, lead.active), ("pending", True))
                    self.assertEqual(lead.stage_id, self.stage_proposal)
                    row = lead.intake_closing_ids
                    self.assertEqual((row.reopened_by_id, row.reopened_on), (self.rep, self._in(5)))
                    self.assertEqual(self._clock(lead, "closing").state, "cancelled")
                    self.assertIn("reopened it", self._chatter(lead))

    def test_what_was_said_is_kept(self):
        lead = self._won()
        lead.with_user(self.rep).retrospective = "Too early to say."
        lead.with_user(self.rep).intake_undo_closing("They withdrew.")
        row = lead.intake_closing_ids
        self.assertEqual((row.contract_number, row.contract_amount), (f"HT-{lead.id}", 90000))
        self.assertEqual(row.retrospective, "Too early to say.")
        self.assertEqual(row.reopened_reason, "They withdrew.")
        self.assertFalse(lead.retrospective, "the next closing has its own")
        self.assertEqual(lead.contract_number, f"HT-{lead.id}")
        self.assertIn("They withdrew.", self._chatter(lead))

    def test_lost_reason_is_kept(self):
        lead = self._lost()
        lead.with_user(self.rep).action_restore()
        self.assertFalse(lead.lost_reason_id)
        self.assertEqual(lead.intake_closing_ids.lost_reason_id, self.lost_reason)

    def test_closed_again(self):
        lead = self._won()
        lead.with_user(self.rep).intake_undo_closing("They withdrew.")
        self._win(lead)
        self.assertEqual(len(lead.intake_closing_ids), 2)
        self.assertEqual(self._clocks(lead, "closing").mapped("state"), ["cancelled", "running"])

    def test_promises_run_again(self):
        lead = self._lost()
        lead.with_user(self.rep).action_restore()
        self._assert_open(lead, "plan", "first_contact")

    def test_who_may(self):
        for user, allowed in (
            (self.rep, True),
            (self.supervisor, True),
            (self.supervisor2, True),
            (self.operations, False),
            (self.manager, False),
            (self.rep2, False),
            (self.other_supervisor, False),
        ):
            for make in (self._won, self._lost):
                lead = make(name=f"{user.login}", partner_name=f"{user.login} Ltd")
                self.assertEqual(lead.with_user(self.rep).can_undo_closing, True)
                for way, reopen in self._ways(lead, user):
                    with self.subTest(user=user.login, outcome=make.__name__, way=way):
                        if allowed:
                            reopen()
                            self.assertFalse(lead._get_intake_outcome())
                            break
                        with self.assertRaises(UserError), self.cr.savepoint():
                            reopen()

    def test_dialog(self):
        lead = self._won().with_user(self.rep)
        action = lead.action_intake_undo_closing()
        wizard = self.env[action["res_model"]].with_user(self.rep)
        with Form(wizard.with_context(**action["context"])) as dialog:
            dialog.reason = "The order was cancelled."
        dialog.record.action_reopen()
        self.assertEqual(lead.stage_id, self.stage_proposal)

    def test_stage_that_is_gone(self):
        lead = self._won()
        self.stage_proposal.team_ids = self.plain_team
        lead.with_user(self.rep).intake_undo_closing("They withdrew.")
        self.assertEqual(lead.stage_id, self.stage_follow)

    def test_open_lead_has_nothing_to_undo(self):
        with self.assertRaisesRegex(UserError, "open already"):
            self._approved().with_user(self.rep).intake_undo_closing()

    def test_hostile_reason(self):
        for reason in (1, ["x"], {"a": 1}, True, "<script>alert(1)</script>"):
            lead = self._lost(name="Hostile", partner_name="Hostile Ltd")
            lead.with_user(self.rep).with_context(intake_reopen_reason=reason).action_restore()
            self.assertNotIn("<script>", self._chatter(lead))

    def test_plain_team(self):
        lead = self._plain_lead()
        lead.with_user(self.outsider).action_set_lost()
        lead.with_user(self.outsider).action_restore()
        self.assertEqual(lead.won_status, "pending")
        self.assertFalse(lead.intake_closing_ids)
