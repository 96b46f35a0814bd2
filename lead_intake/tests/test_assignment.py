from datetime import timedelta
from itertools import count

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.models.crm_lead_review import INTAKE_STATES
from odoo.addons.lead_intake.tools import guard

from .common import IntakeCommon

# Leads of one customer would know their owner; most tests want strangers.
NUMBERS = count()


@tagged("post_install", "-at_install")
class TestAssignment(IntakeCommon, TransactionCase):
    """Who is suggested for a lead, and what assigning it leaves behind (step 3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = {member.user_id: member for member in cls.team.crm_team_member_ids}
        # Three who fit equally, so that each test gives one of them a reason.
        cls.third = cls.supervisor2
        cls.team.intake_weight_fairness = 0

    def _approved(self, user_id=False, **vals):
        lead = self._new_lead(**{"partner_name": f"Customer {next(NUMBERS)}", **vals})
        lead.with_user(self.rep).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        guard.opened(lead).write({"user_id": user_id})
        return lead

    def _scores(self, lead):
        [(_user, scores)] = lead._intake_rank().values()
        return {score.key: score for score in scores}

    def _best(self, lead):
        [(user, _scores)] = lead._intake_rank().values()
        return user

    def _part(self, lead, user, criterion):
        return self._scores(lead)[user.id].parts[criterion][0]

    def _history(self, user, won=True, days=5, **vals):
        """A lead of the past that ``user`` had."""
        vals = {"partner_name": "Hangzhou Presses Ltd", **vals}
        lead = self.env["crm.lead"].create(
            {"name": "Old", "user_id": user.id, "team_id": self.plain_team.id, **vals}
        )
        lead.flush_recordset()
        opened = fields.Datetime.now() - timedelta(days=days)
        self.env.cr.execute("UPDATE crm_lead SET date_open = %s WHERE id = %s", (opened, lead.id))
        lead.invalidate_recordset()
        if won:
            lead.action_set_won()
        return lead

    # --- criteria --------------------------------------------------------------------------

    def test_prior_cooperation_by_company_name(self):
        self._history(self.rep2, partner_name="杭州压力机（集团）有限公司")
        lead = self._approved(partner_name="杭州压力机集团")
        self.assertEqual(self._best(lead), self.rep2)
        self.assertEqual(self._part(lead, self.rep2, "relation"), 60)
        self.assertEqual(self._part(lead, self.rep, "relation"), 0)

    def test_prior_cooperation_by_partner(self):
        parent = self.env["res.partner"].create({"name": "Group", "is_company": True})
        left, right = self.env["res.partner"].create(
            [{"name": name, "parent_id": parent.id} for name in ("Left", "Right")]
        )
        self._history(self.rep2, partner_id=left.id, partner_name="Old Name")
        lead = self._approved(partner_id=right.id, partner_name="New Name")
        self.assertEqual(self._best(lead), self.rep2)

    def test_prior_cooperation_by_domain_but_no_free_mail(self):
        self._history(self.rep2, partner_name="A", email_from="old@acme-presses.example")
        self._history(self.third, partner_name="B", email_from="somebody@gmail.com")
        domain = self._approved(partner_name="C", email_from="new@acme-presses.example")
        self.assertEqual(self._best(domain), self.rep2)
        free = self._approved(partner_name="D", email_from="else@gmail.com")
        self.assertFalse(self._part(free, self.third, "relation"))
        same = self._approved(partner_name="E", email_from="somebody@gmail.com")
        self.assertTrue(self._part(same, self.third, "relation"))

    def test_prior_cooperation_stays_in_its_company(self):
        self.rep2.company_ids |= self.company2
        self.plain_team.company_id = False
        past = self._history(self.rep2, partner_name="Old Presses")
        past.company_id = self.company2
        lead = self._approved(partner_name="Old Presses", company_id=self.company.id)
        self.assertFalse(self._part(lead, self.rep2, "relation"))
        past.company_id = self.company
        self.assertTrue(self._part(lead, self.rep2, "relation"))
        # A lead that nobody owns, in a team of no company, has none yet.
        self.team.company_id = False
        lead.company_id = False
        self.assertTrue(self._part(lead, self.rep2, "relation"))

    def test_long_worked_counts_short_loss_does_not(self):
        long = self._history(self.rep2, won=False, days=60, partner_name="Long Ltd")
        short = self._history(self.rep2, won=False, days=2, partner_name="Short Ltd")
        for lead in (long, short):
            lead.action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(self._part(self._approved(partner_name="Long"), self.rep2, "relation"), 36)
        self.assertFalse(self._part(self._approved(partner_name="Short"), self.rep2, "relation"))

    def test_a_registration_proves_no_cooperation(self):
        self._new_lead(self.rep2, partner_name="Hangzhou Presses Ltd")
        lead = self._approved(partner_name="Hangzhou Presses")
        self.assertFalse(self._part(lead, self.rep2, "relation"))

    def test_industry_is_hierarchical(self):
        industries = self.env["res.partner.industry"].search([("parent_id", "!=", False)])
        leaf = next(i for i in industries if len(i._get_intake_ancestors()) == 4)
        top = leaf._get_intake_ancestors() - leaf
        self.members[self.rep2].intake_industry_ids = top[0]
        lead = self._approved(industry_id=leaf.id)
        self.assertEqual(self._best(lead), self.rep2)
        above = self._part(lead, self.rep2, "industry")
        self.members[self.rep].intake_industry_ids = leaf
        self.assertGreater(self._part(lead, self.rep, "industry"), above)

    def test_territory(self):
        china = self.env.ref("base.cn")
        state = self.env["res.country.state"].search([("country_id", "=", china.id)], limit=1)
        self.members[self.rep].intake_country_ids = china
        self.members[self.rep2].intake_cities = "宁波、 杭州市"
        self.members[self.third].intake_state_ids = state
        lead = self._approved(city="杭州", state_id=state.id, country_id=china.id)
        points = [self._part(lead, user, "territory") for user in (self.rep2, self.third, self.rep)]
        self.assertEqual(points, [20, 17, 14])

    def test_workload_counts_grades_against_capacity(self):
        for _number in range(2):
            self._approved(self.rep.id)
        loads = self.team._get_intake_loads(self.rep, self.env["crm.lead"])
        grade = self._approved().intake_grade_id
        self.assertEqual(loads[self.rep.id], 2 * grade.load_weight)
        self.assertNotEqual(self._best(self._approved()), self.rep)

    def test_tie_goes_to_who_waited_longest(self):
        order = []
        for _number in range(3):
            lead = self._approved()
            best = self._best(lead)
            lead.with_user(self.supervisor).intake_assign(best.id)
            guard.opened(lead).write({"user_id": False})  # the load is even again
            order.append(best)
        self.assertEqual(len(set(order)), 3)

    # --- availability ----------------------------------------------------------------------

    def _out(self, user, lead=None):
        out = self._scores(lead or self._approved())[user.id].out
        return out and out["code"]

    def test_capacity_of_one(self):
        self.members[self.rep].assignment_max = 1
        self._approved(self.rep.id)
        self.assertEqual(self._out(self.rep), "full")
        self.members[self.rep].assignment_max = 0
        self.assertFalse(self._out(self.rep), "no capacity named is no limit")

    def _leave(self, user, hours_from, hours_to, **vals):
        """Leave as Odoo's Time Off puts it into somebody's working time, in hours from now."""
        now = fields.Datetime.now()
        resource = self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, "company_id": self.company.id}
        )
        return self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "date_from": now + timedelta(hours=hours_from),
                "date_to": now + timedelta(hours=hours_to),
                **vals,
            }
        )

    def test_leave(self):
        self._leave(self.rep, -24, 72)
        lead = self._approved()
        self.assertEqual(self._out(self.rep, lead), "leave")
        self.assertNotEqual(self._best(lead), self.rep)

    def test_leave_before_the_plan_is_due(self):
        self.team.intake_plan_hours = 12
        self._leave(self.rep, 5, 500)
        self._leave(self.rep2, 7, 10)
        lead = self._approved()
        self.assertEqual(self._out(self.rep, lead), "leave")
        self.assertFalse(self._out(self.rep2, lead), "there is time to plan")
        lead.with_user(self.supervisor).intake_assign(self.rep2.id)
        self.assertIn("on leave from", lead.intake_assignment_ids.explanation)

    def test_work_elsewhere_is_no_leave(self):
        self._leave(self.rep, -24, 72, time_type="other")
        self.assertFalse(self._out(self.rep))

    def test_paused_archived_and_share_users(self):
        self.members[self.rep].assignment_optout = True
        self.assertEqual(self._out(self.rep), "paused")
        lead = self._approved()
        self.rep2.active = False
        self.members[self.rep2].active = True  # a membership that was forgotten
        self.assertEqual(self._out(self.rep2, lead), "inactive")
        self.third.write({"group_ids": [Command.set(self.env.ref("base.group_portal").ids)]})
        self.assertEqual(self._out(self.third, lead), "share")

    def test_filters_of_odoo(self):
        self.members[self.rep].assignment_domain = "[('city', '=', 'Ulm')]"
        self.members[self.rep2].assignment_domain_preferred = "[('city', '=', 'Bonn')]"
        lead = self._approved(city="Bonn")
        self.assertEqual(self._out(self.rep, lead), "filter")
        self.assertEqual(self._best(lead), self.rep2)

    def test_two_companies(self):
        self.team.company_id = False
        self.other_rep.company_ids = self.company2
        self.env["crm.team.member"].create(
            {"crm_team_id": self.team.id, "user_id": self.other_rep.id}
        )
        lead = self._approved(company_id=self.company.id)
        lead.company_id = self.company
        self.assertEqual(self._out(self.other_rep, lead), "company")
        with self.assertRaisesRegex(UserError, "doesn't work for"):
            lead.with_user(self.supervisor).intake_assign(self.other_rep.id)

    # --- assigning -------------------------------------------------------------------------

    def test_assign_explains_itself(self):
        self._history(self.rep2)
        lead = self._approved(partner_name="Hangzhou Presses")
        self.members[self.third].assignment_optout = True
        lead.with_user(self.supervisor).intake_assign(self.rep2.id, "Knows Mr Liu")
        self.assertEqual(lead.user_id, self.rep2)
        row = lead.intake_assignment_ids
        self.assertRecordValues(
            row,
            [
                {
                    "user_id": self.rep2.id,
                    "previous_user_id": False,
                    "assigned_by_id": self.supervisor.id,
                    "how": "suggested",
                    "note": "Knows Mr Liu",
                    "grade_id": lead.intake_grade_id.id,
                }
            ],
        )
        self.assertEqual(row.scores[0]["user"], self.rep2.id)
        text = str(row.with_user(self.rep2).explanation)
        for words in ("won 1 of this customer", "assignment is paused", "Knows Mr Liu"):
            self.assertIn(words, text)
        self.assertIn("Test Rep2 is the owner now", self._chatter(lead))

    def test_other_choice_is_logged_as_such(self):
        self._history(self.rep2)
        lead = self._approved(partner_name="Hangzhou Presses")
        lead.with_user(self.supervisor).intake_assign(self.rep.id)
        self.assertEqual(lead.intake_assignment_ids.how, "chosen")

    def test_every_change_of_owner_explains_itself(self):
        self._history(self.rep2)
        self.members[self.third].assignment_optout = True
        changes = {
            "other": lambda lead: lead.with_user(self.supervisor).write({"user_id": self.rep.id}),
            "handed_over": lambda lead: lead.with_user(self.rep).write({"user_id": self.rep2.id}),
        }
        lead = self._approved(partner_name="Hangzhou Presses")
        for how, change in changes.items():
            with self.subTest(how=how):
                change(lead)
                row = lead.intake_assignment_ids.sorted("id")[-1]
                self.assertEqual(row.how, how)
                self.assertEqual(row.scores[0]["user"], self.rep2.id)
                for words in ("won 1 of this customer", "assignment is paused"):
                    self.assertIn(words, row.explanation)

    def test_why_this_owner_is_asked_where_the_log_answers(self):
        """Of a lead that came back to who registered it as well; not of one given to its owner
        when it was registered.
        """
        lead = self._approved()
        given = self._new_lead(self.rep2, user_id=self.rep2.id)
        self.assertFalse((lead | given).filtered("has_intake_assignments"))
        with self.assertRaises(UserError):
            given.action_intake_why_owner()
        lead.with_user(self.supervisor).intake_assign(lead.registrant_id.id)
        self.assertEqual(lead.user_id, self.rep)
        mine = lead.with_user(self.rep)
        self.assertTrue(mine.has_intake_assignments)
        row = self.env["lead.intake.assignment"].browse(mine.action_intake_why_owner()["res_id"])
        self.assertEqual(row, lead.intake_assignment_ids)

    def test_only_approved_leads_by_reviewers_to_members(self):
        lead = self._approved()
        for user in (self.rep, self.operations, self.manager, self.other_supervisor):
            # AccessError is a UserError.
            with self.subTest(user=user.login), self.assertRaises(UserError):
                lead.with_user(user).intake_assign(self.rep.id)
        for state, _label in INTAKE_STATES:
            if state != "approved":
                other = self._new_lead()
                guard.opened(other).write({"intake_state": state})
                with self.subTest(state=state), self.assertRaises(UserError):
                    other.with_user(self.supervisor).intake_assign(self.rep2.id)
        for user in (self.outsider, self.other_rep, self.env["res.users"]):
            with self.assertRaises(UserError):
                lead.with_user(self.supervisor).intake_assign(user.id)
        self.assertFalse(lead.user_id)

    def test_assigning_starts_the_clocks_and_ends_the_to_do(self):
        lead = self._new_lead(user_id=False)
        lead.with_user(self.supervisor2).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(self._todos(lead, "assign").user_id, self.supervisor)
        lead.with_user(self.supervisor).intake_assign(self.rep2.id)
        self.assertFalse(self._todos(lead, "assign"))
        self.assertIn("first_contact", lead.intake_deadline_ids.mapped("milestone"))

    def test_taken_from_its_owner_somebody_is_told(self):
        """Also when the owner had nothing left to do: planned, contacted, or both."""
        lead = self._lead_in("approved")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        lead.with_user(self.rep).intake_plan(tomorrow, "phone", "Goal")
        lead.activity_ids.unlink()
        lead.with_user(self.supervisor).user_id = False
        self.assertEqual(self._todos(lead, "assign").user_id, self.supervisor)
        lead.with_user(self.supervisor).user_id = self.rep2
        self.assertFalse(self._todos(lead, "assign"))
        held = self._lead_in("on_hold")
        held.with_user(self.supervisor).user_id = False
        self.assertFalse(self._todos(held, "assign"), "it is looked at again first")

    # --- on approval -----------------------------------------------------------------------

    def test_assigned_on_approval(self):
        self.team.intake_auto_assign = "unowned"
        owned = self._lead_in("approved")
        self.assertEqual(owned.user_id, self.rep, "who has an owner keeps them")
        lead = self._new_lead(user_id=False)
        lead.with_user(self.supervisor2).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        self.assertIn(lead.user_id, self.team.member_ids)
        self.assertEqual(lead.intake_assignment_ids.how, "automatic")
        self.assertFalse(self._todos(lead, "assign"))

    def test_every_lead_assigned_on_approval(self):
        self.team.intake_auto_assign = "all"
        self._history(self.rep2)
        lead = self._lead_in("approved", partner_name="Hangzhou Presses")
        self.assertEqual(lead.user_id, self.rep2)
        self.assertEqual(lead.intake_assignment_ids.previous_user_id, self.rep)

    def test_nobody_fits_is_never_silent(self):
        self.team.intake_auto_assign = "unowned"
        for member in self.members.values():
            member.assignment_optout = True
        for fallback, owner in (("leader", self.supervisor), ("stay", self.env["res.users"])):
            with self.subTest(fallback=fallback):
                self.team.intake_fallback = fallback
                lead = self._new_lead(user_id=False)
                lead.with_user(self.supervisor2).intake_submit()
                lead.with_user(self.supervisor).intake_approve()
                self.assertEqual(lead.user_id, owner)
                self.assertTrue(self._todos(lead, "assign").user_id)
                self.assertIn("assignment is paused", self._chatter(lead))

    def test_back_without_an_owner_it_is_to_assign(self):
        """An approved lead was taken to another team, and its owner let go of it there."""
        lead = self._approved(self.rep.id)
        lead.with_user(self.supervisor).team_id = self.plain_team
        lead.with_user(self.rep).user_id = False
        self.assertFalse(self._todos(lead, "assign"))
        lead.with_user(self.rep).team_id = self.team
        self.assertTrue(lead.intake_unassigned)
        self.assertEqual(self._todos(lead, "assign").user_id, self.supervisor)

    def test_leads_of_a_leaver_are_to_assign(self):
        lead = self._lead_in("approved", partner_name="Leaver's Customer")
        draft, held = self._new_lead(), self._lead_in("on_hold")
        plain = self._plain_lead(user_id=self.outsider.id)
        self.assertFalse(lead.intake_unassigned)
        # Odoo deletes all their to-dos.
        leavers = self.rep | self.outsider
        leavers.with_user(self.env.ref("base.user_admin")).action_archive()
        self.assertTrue(lead.intake_unassigned)
        found = self.env["crm.lead"].search([("intake_unassigned", "=", True)])
        self.assertIn(lead, found)
        self.assertFalse(found & (draft | held | plain))
        self.assertEqual(self._todos(lead, "assign").user_id, self.supervisor)
        self.assertFalse(self._todos(draft, "assign") or plain.activity_ids)
        for kind, each in (("plan", lead), ("complete", draft), ("look_again", held)):
            self.assertEqual(self._todos(each, kind).user_id, self.supervisor)
        running = (lead | draft).intake_deadline_ids.filtered(lambda row: not row.date_closed)
        self.assertEqual(running.responsible_id, self.supervisor)
        self.assertEqual(lead.user_id, self.rep, "it was theirs until somebody takes over")
        lead.with_user(self.supervisor).intake_assign(self.rep2.id)
        self.assertFalse(lead.intake_unassigned or self._todos(lead, "assign"))

    def test_who_comes_back_has_their_leads_again(self):
        lead = self._lead_in("approved")
        self.rep.active = False
        self.rep.active = True
        self.assertFalse(lead.intake_unassigned or self._todos(lead, "assign"))
        self.assertEqual(self._todos(lead, "plan").user_id, self.rep)
        running = lead.intake_deadline_ids.filtered(lambda row: not row.date_closed)
        self.assertEqual(running.responsible_id, self.rep)

    # --- fairness --------------------------------------------------------------------------

    def _fairness(self, user, reader=None):
        self.env.flush_all()
        rows = self.env["lead.intake.fairness"].with_user(reader or self.supervisor)
        [(received, open_, load)] = rows._read_group(
            [("user_id", "=", user.id), ("team_id", "=", self.team.id)],
            [],
            ["received:sum", "open:sum", "load:sum"],
        )
        return received or 0, open_ or 0, load or 0.0

    def test_fairness_report(self):
        weight = self.grade_a.load_weight
        leads = [self._approved() for _number in range(2)]
        for lead in leads:
            guard.opened(lead).write({"intake_grade_id": self.grade_a.id})
            lead.with_user(self.supervisor).intake_assign(self.rep2.id)
        self.assertEqual(self._fairness(self.rep2), (2, 2, 2 * weight))
        # Given to somebody else and back again: received twice, had once.
        leads[0].with_user(self.supervisor).intake_assign(self.rep.id)
        self.assertEqual(self._fairness(self.rep2), (2, 1, weight))
        leads[0].with_user(self.supervisor).intake_assign(self.rep2.id)
        self.assertEqual(self._fairness(self.rep2), (3, 2, 2 * weight))
        leads[1].with_user(self.rep2).action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(self._fairness(self.rep2), (3, 1, weight))
        own = self._new_lead(self.third)
        self.assertEqual(self._fairness(self.third), (0, 1, 1.0), "registered, not received")
        self.assertEqual(self._fairness(self.third, self.other_supervisor), (0, 0, 0.0))
        guard.opened(own).write({"intake_state": "on_hold"})
        self.assertEqual(self._fairness(self.third)[1], 0)
        with self.assertRaises(AccessError):
            self._fairness(self.rep2, self.rep2)

    def test_fairness_and_the_ranking_count_the_same_load(self):
        for _number in range(2):
            self._approved(self.rep.id)
        self._new_lead()
        loads = self.team._get_intake_loads(self.rep, self.env["crm.lead"])
        self.assertEqual(self._fairness(self.rep)[2], loads[self.rep.id])

    # --- many ------------------------------------------------------------------------------

    def _many(self, count):
        leads = self.env["crm.lead"].create(
            [
                self._complete_vals(
                    name=f"Lead {number}",
                    partner_name=f"Company {number}",
                    team_id=self.team.id,
                    user_id=False,
                    type=self.lead_type,
                )
                for number in range(count)
            ]
        )
        guard.opened(leads).write({"intake_state": "approved", "intake_grade_id": self.grade_b.id})
        leads._intake_todo_done("complete")
        self.env.flush_all()
        return leads

    def test_bulk_previews_then_does_what_it_showed(self):
        leads = self._many(12)
        draft = self._new_lead()
        action = (leads | draft).with_user(self.supervisor).action_intake_assign()
        wizard = self.env[action["res_model"]].with_user(self.supervisor).browse(action["res_id"])
        self.assertIn(draft.name, wizard.refused_text)
        self.assertEqual(sum(wizard.line_ids.mapped("received")), 12)
        self.assertEqual(set(wizard.line_ids.mapped("received")), {4})
        self.assertEqual(wizard.line_ids[0].load_after, 6)
        self.assertFalse(leads.user_id, "a preview writes nothing")
        summary = wizard.action_apply()
        self.assertEqual(summary["params"]["type"], "success")
        self.assertEqual(
            {lead.id: lead.user_id.id for lead in leads},
            {int(lead_id): user_id for lead_id, user_id in wizard.plan.items()},
        )
        self.assertEqual(set(leads.intake_assignment_ids.mapped("how")), {"suggested"})

    def test_bulk_tells_each_owner_once(self):
        leads = self._many(6)
        with self.mock_mail_gateway():
            wizard_action = leads.with_user(self.supervisor).action_intake_assign()
            self.env["lead.intake.assign"].with_user(self.supervisor).browse(
                wizard_action["res_id"]
            ).action_apply()
            self.flush_tracking()
        subjects = [mail["subject"] for mail in self._mails]
        self.assertEqual(len(subjects), 3, subjects)

    def test_single_preselects_the_first_and_allows_another(self):
        self._history(self.rep2)
        lead = self._approved(partner_name="Hangzhou Presses").with_user(self.supervisor)
        wizard = (
            self.env["lead.intake.assign"]
            .with_user(self.supervisor)
            .browse(lead.action_intake_assign()["res_id"])
        )
        self.assertEqual(wizard.user_id, self.rep2)
        self.assertIn("won 1", wizard.line_ids[0].reasons)
        wizard.line_ids.filtered(lambda line: line.user_id == self.rep).action_choose()
        self.assertEqual(lead.user_id, self.rep)

    def test_a_forged_plan_gets_no_further(self):
        leads = self._many(2)
        dialogs = self.env["lead.intake.assign"].with_user(self.supervisor)
        for plan in (
            {str(lead.id): self.outsider.id for lead in leads},
            {str(leads[0].id): "abc", "x": 1},
            {str(leads[0].id): [self.rep.id]},
            {str(leads[0].id): -1},
            [1],
            "plan",
        ):
            with self.subTest(plan=plan):
                wizard = dialogs.create({"lead_ids": leads.ids, "plan": plan})
                with self.assertRaises(UserError):
                    wizard.action_apply()
        with self.assertRaises(AccessError):
            self.env["lead.intake.assign"].with_user(self.rep).create({"lead_ids": leads.ids})

    def _count_queries(self, number, assign):
        leads = self._many(number)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        assign(leads)
        self.env.flush_all()
        self.flush_tracking()
        self.assertTrue(all(leads.mapped("user_id")))
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_follow_the_number_of_leads(self):
        # Odoo inserts rows by the hundred, and each lead has two clocks: fifty leads are one batch.
        # The lines of a handful are read in another way (tools/lines.py).
        self.team.crm_team_member_ids.assignment_max = 0

        def bulk(leads):
            action = leads.with_user(self.supervisor).action_intake_assign()
            wizard = self.env[action["res_model"]].with_user(self.supervisor)
            wizard.browse(action["res_id"]).action_apply()

        def automatic(leads):
            leads.with_user(self.supervisor)._intake_assign_automatically()

        for assign in (bulk, automatic):
            with self.subTest(assign=assign.__name__):
                self._count_queries(20, assign)  # caches
                few = self._count_queries(20, assign)
                self.assertLessEqual(self._count_queries(50, assign), few)

    # --- the log ---------------------------------------------------------------------------

    def test_log_can_not_be_written(self):
        lead = self._approved()
        lead.with_user(self.supervisor).intake_assign(self.rep2.id)
        row = lead.intake_assignment_ids
        for user in (self.rep2, self.supervisor, self.manager):
            own = row.with_user(user)
            with self.assertRaises(AccessError):
                own.write({"note": "x"})
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create({"lead_id": lead.id, "assigned_on": self.NOW, "how": "suggested"})
        self.assertFalse(row.with_user(self.rep).has_access("read"))
        self.assertTrue(row.with_user(self.rep2).has_access("read"))

    def test_merge_keeps_the_log_of_both(self):
        leads = self.env["crm.lead"]
        for user in (self.rep, self.rep2):
            lead = self._approved()
            lead.with_user(self.supervisor).intake_assign(user.id)
            leads |= lead
        rows = leads.intake_assignment_ids
        merged = leads.merge_opportunity(auto_unlink=True)
        self.assertEqual(rows & merged.intake_assignment_ids, rows)

    def test_import_without_salesperson_stays_unowned(self):
        result = (
            self.env["crm.lead"]
            .with_user(self.supervisor)
            .with_context(import_file=True)
            .load(["name", "team_id/.id"], [["Imported", str(self.team.id)]])
        )
        self.assertFalse(self.env["crm.lead"].browse(result["ids"]).user_id)

    def test_keys_of_old_leads_are_filled_by_the_cron(self):
        lead = self._plain_lead(partner_name="Old Presses GmbH")
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET intake_company_key = NULL WHERE id = %s", (lead.id,)
        )
        lead.invalidate_recordset()
        with self.enter_registry_test_mode():
            self.env.ref("lead_intake.ir_cron_company_keys").method_direct_trigger()
        lead.invalidate_recordset()
        self.assertEqual(lead.intake_company_key, "oldpresses")
