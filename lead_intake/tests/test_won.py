from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .deadline_common import ClockCommon


class ClosingCommon(ClockCommon):
    """A team that requires the contract's number and amount, and asks the rest in the review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.factor = cls.env.ref("lead_intake.success_factor_service")
        cls.team.write({"intake_won_field_ids": False, "intake_closing_field_ids": False})
        cls.team._intake_set_required_fields()

    def _approved(self, **vals):
        return self._lead_in("approved", **vals)

    def _contract(self, **vals):
        return {"contract_number": "HT-2026-1", "contract_amount": 90000, **vals}

    def _rest(self):
        return {
            "contract_date": "2026-03-04",
            "payment_period": "30 days after delivery",
            "service_from": "2026-04-01",
            "service_to": "2027-03-31",
            "success_factor_ids": self.factor.ids,
            "retrospective": "Their engineers trusted ours from the first visit on.",
        }

    def _win(self, lead, **vals):
        lead.with_user(self.rep).write({"stage_id": self.stage_won.id, **self._contract(**vals)})
        return lead


@tagged("post_install", "-at_install")
class TestWon(ClosingCommon):
    """A lead is won with what its team requires, on every path."""

    def _ways_to_win(self, lead, user):
        mine = lead.with_user(user)
        yield "drag", lambda: mine.write({"stage_id": self.stage_won.id})
        yield "button", mine.action_set_won
        yield (
            "probability",
            lambda: mine.write({"stage_id": self.stage_won.id, "probability": 100}),
        )
        yield "web_save", lambda: mine.web_save({"stage_id": self.stage_won.id}, {})
        yield (
            "hostile context",
            lambda: mine.with_context(
                lead_intake_pass=True, import_file=True, install_mode=True
            ).write({"stage_id": self.stage_won.id}),
        )
        yield "log", lambda: self._win_by_log(mine)

    def _win_by_log(self, mine):
        wizard = self.env["lead.intake.log"].with_user(mine.env.user)
        wizard.create(
            {
                "lead_id": mine.id,
                "outcome": "reached",
                "method": "phone",
                "summary": "They sign the contract tomorrow morning.",
                "stage_id": self.stage_won.id,
            }
        ).action_log()

    def test_refused_without_what_is_required(self):
        lead = self._approved()
        for way, win in self._ways_to_win(lead, self.rep):
            with self.subTest(way=way):
                with (
                    self.assertRaisesRegex(UserError, "Contract Number, Contract Amount"),
                    self.cr.savepoint(),
                ):
                    win()
                self.assertEqual(lead.won_status, "pending")

    def test_won_with_what_is_required(self):
        for way in range(6):
            lead = self._approved(name=f"Lead {way}", partner_name=f"Customer {way} Ltd")
            lead.with_user(self.rep).write(self._contract(contract_number=f"HT-{way}"))
            name, win = list(self._ways_to_win(lead, self.rep))[way]
            with self.subTest(way=name):
                win()
                self.assertEqual(lead.won_status, "won")

    def test_import(self):
        lead = self._approved()
        self.env["ir.model.data"].create(
            {"name": "won", "module": "__import__", "model": "crm.lead", "res_id": lead.id}
        )
        Lead = self.env["crm.lead"].with_user(self.supervisor).with_context(import_file=True)
        header = ["id", "stage_id/.id", "contract_number", "contract_amount"]
        row = ["__import__.won", str(self.stage_won.id), "", "5000"]
        done = Lead.load(header, [row])
        self.assertFalse(done["ids"])
        self.assertIn("Contract Number", done["messages"][0]["message"])
        row[2] = " HT-1 "
        self.assertTrue(Lead.load(header, [row])["ids"])
        self.assertEqual((lead.won_status, lead.contract_number), ("won", "HT-1"))

    def test_probability_alone_wins_nothing(self):
        lead = self._approved()
        lead.with_user(self.rep).probability = 100
        self.assertEqual(lead.won_status, "pending")

    def test_all_gaps_of_all_leads(self):
        leads = self._approved() | self._approved(name="Other", partner_name="Other Ltd")
        leads[0].contract_number = "HT-1"
        with self.assertRaises(UserError) as caught:
            leads.with_user(self.rep).write({"stage_id": self.stage_won.id})
        self.assertIn("“Ten presses”: to be won it needs Contract Amount.", str(caught.exception))
        self.assertIn("“Other”: to be won it needs Contract Number", str(caught.exception))

    def test_a_lost_lead_meets_the_same_rule(self):
        lead = self._approved()
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        with self.assertRaisesRegex(UserError, "Contract Number"), self.cr.savepoint():
            lead.with_user(self.rep).write({"stage_id": self.stage_won.id})
        self._win(lead)
        self.assertEqual((lead.won_status, lead.active), ("won", True))
        self.assertEqual(lead.intake_closing_ids.sorted("id").mapped("outcome"), ["lost", "won"])

    def test_what_was_required_stays(self):
        lead = self._win(self._approved())
        for name in ("contract_number", "contract_amount"):
            with self.subTest(name=name), self.assertRaises(UserError), self.cr.savepoint():
                lead.with_user(self.rep).write({name: False})
        lead.with_user(self.rep).contract_amount = 95000

    def test_before_approval(self):
        lead = self._lead_in("submitted")
        with self.assertRaisesRegex(UserError, "not approved yet"):
            lead.with_user(self.supervisor).write(
                {"stage_id": self.stage_won.id, **self._contract()}
            )

    def test_who_may(self):
        for user, allowed in (
            (self.rep, True),
            (self.supervisor, True),
            (self.operations, False),
            (self.manager, False),
            (self.rep2, False),
        ):
            lead = self._approved(name=f"For {user.login}", partner_name=f"{user.login} Ltd")
            lead.write({"intake_collaborator_ids": self.rep2.ids, "contract_amount": 5000})
            lead.contract_number = user.login
            for way, win in list(self._ways_to_win(lead, user))[:2]:
                with self.subTest(user=user.login, way=way):
                    if allowed:
                        win()
                        self.assertEqual(lead.won_status, "won")
                        break
                    with self.assertRaises(UserError), self.cr.savepoint():
                        win()

    def test_plain_team(self):
        lead = self._plain_lead()
        lead.with_user(self.outsider).action_set_won()
        self.assertEqual(lead.won_status, "won")
        self.assertFalse(lead.intake_closing_ids)

    # --- the contract ----------------------------------------------------------------------

    def test_contract_number_is_unique_in_the_company(self):
        first = self._win(self._approved())
        other = self._approved(name="Other", partner_name="Other Ltd")
        number = {"contract_number": " HT-2026-1 "}
        used = "already used by “Ten presses”"
        with self.assertRaisesRegex(ValidationError, used), self.cr.savepoint():
            other.with_user(self.rep).write(number)
        with self.assertRaisesRegex(ValidationError, used), self.cr.savepoint():
            self._new_lead(name="New", **number)
        foreign = self._new_lead(user=self.other_rep, team_id=self.other_team.id, **number)
        self.assertEqual(foreign.contract_number, first.contract_number)
        with self.assertRaisesRegex(ValidationError, "already used by"), self.cr.savepoint():
            both = other | self._approved(name="Third", partner_name="Third Ltd")
            both.write({"contract_number": "HT-9"})

    def test_contract_number_of_a_lead_one_may_not_see(self):
        lead = self._win(self._approved())
        other = self._new_lead(user=self.rep2, name="Other")
        with self.assertRaises(ValidationError) as caught:
            other.with_user(self.rep2).contract_number = lead.contract_number
        self.assertIn("already used by another lead", str(caught.exception))
        self.assertNotIn("Ten presses", str(caught.exception))

    def test_contract_number_of_a_lost_lead(self):
        lead = self._approved(contract_number="HT-1")
        lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        with self.assertRaises(ValidationError):
            self._new_lead(name="Other", contract_number="HT-1")

    def test_service_term(self):
        lead = self._approved()
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            lead.write({"service_from": "2026-04-02", "service_to": "2026-04-01"})

    def test_currency_is_the_companys_unless_said(self):
        lead = self._win(self._approved())
        self.assertEqual(lead.contract_currency_id, self.company.currency_id)

    def test_merging_keeps_the_contract(self):
        head, tail = self._approved(), self._approved(name="Other")
        head.stage_id = self.stage_proposal
        tail.write({**self._contract(), **self._rest()})
        merged = (tail | head).with_user(self.supervisor).merge_opportunity()
        self.assertEqual(merged, head)
        self.assertEqual((merged.contract_number, merged.contract_amount), ("HT-2026-1", 90000))
        self.assertEqual(merged.success_factor_ids, self.factor)
        self.assertIn("trusted ours", merged.retrospective)
        self.assertEqual(str(merged.service_to), "2027-03-31")

    def test_merging_keeps_a_contract_whole(self):
        head, tail = self._approved(contract_number="HT-1"), self._approved(name="Other")
        head.stage_id = self.stage_proposal
        tail.write(self._contract())
        merged = (tail | head).with_user(self.supervisor).merge_opportunity()
        self.assertEqual((merged.contract_number, merged.contract_amount), ("HT-1", 0))

    def test_copy_is_no_second_contract(self):
        copy = self._win(self._approved()).copy()
        self.assertFalse(copy.contract_number or copy.contract_amount)

    # --- the dialog ------------------------------------------------------------------------

    def _dialog(self, action, user=None):
        wizard = self.env[action["res_model"]].with_user(user or self.rep)
        return Form(wizard.with_context(**action["context"]))

    def test_button_and_drag_open_the_same_dialog(self):
        lead = self._approved(expected_revenue=88000).with_user(self.rep)
        by_button = lead.action_set_won_rainbowman()
        by_drag = lead.intake_get_stage_action(self.stage_won.id)
        self.assertEqual(by_button["res_model"], "lead.intake.won")
        self.assertEqual(by_drag["res_model"], "lead.intake.won")
        self.assertEqual(lead.won_status, "pending")
        with self._dialog(by_drag) as dialog:
            self.assertEqual(dialog.contract_amount, 88000)
            self.assertTrue(dialog._get_modifier("contract_number", "required"))
            self.assertFalse(dialog._get_modifier("retrospective", "required"))
            dialog.contract_number = "HT-7"
            dialog.success_factor_ids.add(self.factor)
        dialog.record.action_win()
        self.assertEqual((lead.won_status, lead.contract_number), ("won", "HT-7"))
        self.assertEqual(lead.success_factor_ids, self.factor)
        self.assertEqual(lead.contract_amount, 88000)

    def test_no_dialog_where_nothing_is_left_to_ask(self):
        lead = self._approved()
        lead.write({**self._contract(), **self._rest()})
        self.assertFalse(lead.with_user(self.rep).intake_get_stage_action(self.stage_won.id))
        lead.with_user(self.rep).action_set_won_rainbowman()
        self.assertEqual(lead.won_status, "won")

    def test_dialog_is_no_way_around(self):
        lead = self._approved()
        wizard = self.env["lead.intake.won"]
        for user, error in ((self.rep, UserError), (self.rep2, AccessError)):
            values = {"lead_id": lead.id, "stage_id": self.stage_won.id}
            with self.subTest(user=user.login), self.assertRaises(error), self.cr.savepoint():
                wizard.with_user(user).create(values).action_win()
        self.assertEqual(lead.won_status, "pending")

    def test_gate_first_then_the_contract(self):
        city = self.env["ir.model.fields"]._get("crm.lead", "city")
        self.stage_won.intake_gate_field_ids = city
        lead = self._approved().with_user(self.rep)
        action = lead.intake_get_stage_action(self.stage_won.id)
        self.assertEqual(action["context"]["intake_gate_fields"], ["city"])
        lead.city = "Hangzhou"
        action = lead.with_context(**action["context"]).action_intake_pass_gate()
        self.assertEqual(action["res_model"], "lead.intake.won")
        self.assertEqual(lead.won_status, "pending")

    # --- what a team asks ------------------------------------------------------------------

    def test_team_asks_only_for_what_a_closing_says(self):
        phone = self.env["ir.model.fields"]._get("crm.lead", "phone")
        for name in ("intake_won_field_ids", "intake_closing_field_ids"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.team[name] = phone

    def test_service_term_needs_both_ends(self):
        self.team.intake_won_field_ids = self.env["ir.model.fields"]._get(
            "crm.lead", "service_from"
        )
        lead = self._approved().with_user(self.rep)
        with self.assertRaisesRegex(UserError, "Service Term"), self.cr.savepoint():
            lead.write({"stage_id": self.stage_won.id, "service_from": "2026-01-01"})
        lead.write(
            {
                "stage_id": self.stage_won.id,
                "service_from": "2026-01-01",
                "service_to": "2026-12-31",
            }
        )
