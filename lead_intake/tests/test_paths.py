from functools import partial

from psycopg2.errors import ForeignKeyViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.models.crm_lead_guard import GUARDED_FIELDS
from odoo.addons.lead_intake.tests.common import PHONE, IntakeCommon
from odoo.addons.lead_intake.tools import guard

HOSTILE_CONTEXTS = [
    {},
    {guard.CONTEXT_KEY: True},
    {guard.CONTEXT_KEY: 1},
    {guard.CONTEXT_KEY: "object"},
    {guard.CONTEXT_KEY: {"object": "PASS"}},
    {guard.MERGE_KEY: True},
    {"tracking_disable": True},
    {"import_file": True},
    {"install_mode": True},
    {"mail_activity_automation_skip": True},
    {"mail_notrack": True, "mail_create_nolog": True},
    {"active_test": False},
    {"default_intake_state": "approved"},
    {"default_intake_grade_id": 1},
]
REFUSALS = (UserError, AccessError, ValidationError)


class PathsCommon(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Hangzhou Presses Ltd"})

    def _people(self):
        """Everyone who is no reviewer of the team, the superuser included."""
        return {
            "rep": self.rep,
            "operations": self.operations,
            "manager": self.manager,
            "superuser": self.env.user,
        }

    def _load(self, user, columns, row, **context):
        """Import one row as the client does; refuse as the client shows it."""
        Lead = self.env["crm.lead"].with_user(user).with_context(**{**context, "import_file": True})
        with mute_logger("odoo.models", "odoo.sql_db", "odoo.orm.models"):
            result = Lead.load(columns, [row])
        if not result["ids"]:
            raise UserError(result["messages"][0]["message"])
        return self.env["crm.lead"].browse(result["ids"])

    def _try(self, step):
        """Take a step that may be refused, undoing what a refused one began.

        :return: the message if it was refused
        """
        try:
            with self.cr.savepoint():
                step()
                self.env.flush_all()
        except REFUSALS as error:
            self.env.invalidate_all()
            return str(error) or "refused"
        return False


@tagged("post_install", "-at_install")
class TestPathsToApproved(PathsCommon):
    """Nobody but a supervisor can bring a lead to approved, by any path."""

    def _paths(self, lead, user, context):
        """Yield every path by which ``user`` may try: a name and what to call."""
        mine = lead.with_user(user).with_context(**context)
        Lead = self.env["crm.lead"].with_user(user).with_context(**context)
        vals = self._complete_vals(team_id=self.team.id, type=self.lead_type)
        evil = {"intake_state": "approved"}
        yield "button", mine.intake_approve
        yield "button with grade", lambda: mine.intake_approve(self.grade_a.id, "x", "y")
        yield "action", mine.action_intake_approve
        yield "reopen", mine.intake_reopen
        yield "action reopen", mine.action_intake_reopen
        yield "write", lambda: mine.write(dict(evil))
        yield "web_save", lambda: mine.web_save(dict(evil), {})
        yield "web_save_multi", lambda: mine.web_save_multi([dict(evil)], {})
        yield "update_field", lambda: setattr(mine, "intake_state", "approved")
        yield "grade", lambda: mine.write({"intake_grade_id": self.grade_a.id})
        yield "create", lambda: Lead.create({**vals, **evil})
        yield (
            "create with default",
            lambda: Lead.with_context(default_intake_state="approved").create(dict(vals)),
        )
        yield (
            "name_create",
            lambda: Lead.with_context(
                default_intake_state="approved", default_team_id=self.team.id
            ).name_create("Evil"),
        )
        yield "copy", lambda: mine.copy(dict(evil))
        yield "copy with default", lambda: mine.with_context(default_intake_state="approved").copy()
        yield (
            "load",
            lambda: self._load(
                user,
                ["name", "team_id/.id", "intake_state"],
                ["Evil", str(self.team.id), "approved"],
            ),
        )
        yield (
            "load over",
            lambda: self._load(
                user, [".id", "intake_state"], [str(lead.id), "Approved"], **context
            ),
        )
        yield (
            "partner commands",
            lambda: self.partner.with_user(user).write(
                {"opportunity_ids": [Command.update(lead.id, dict(evil))]}
            ),
        )
        yield (
            "partner creates",
            lambda: self.partner.with_user(user).write(
                {"opportunity_ids": [Command.create({**vals, **evil})]}
            ),
        )
        yield (
            "review commands",
            lambda: mine.write(
                {
                    "intake_review_ids": [
                        Command.create({"submitted_on": self.NOW, "state": "approved"})
                    ]
                }
            ),
        )
        yield (
            "review update",
            lambda: mine.write(
                {
                    "intake_review_ids": [
                        Command.update(row.id, {"state": "approved"})
                        for row in lead.intake_review_ids
                    ]
                    or [Command.clear()]
                }
            ),
        )
        yield (
            "create with reviews",
            lambda: Lead.create(
                {
                    **vals,
                    "intake_review_ids": [
                        Command.create({"submitted_on": self.NOW, "state": "approved"})
                    ],
                }
            ),
        )
        yield (
            "wizard",
            lambda: (
                self.env["lead.intake.decision"]
                .with_user(user)
                .with_context(**context)
                .create({"lead_ids": [Command.set(lead.ids)], "decision": "approved"})
                .action_apply()
            ),
        )
        yield "sudo", lambda: mine.sudo().intake_approve()
        yield "sudo write", lambda: mine.sudo().write(dict(evil))
        yield "won", mine.action_set_won
        yield "rainbowman", mine.action_set_won_rainbowman
        yield "convert", lambda: mine.convert_opportunity(self.env["res.partner"])
        yield "to plain team", lambda: mine.write({"team_id": self.plain_team.id})
        yield "activity", lambda: mine.activity_ids.action_feedback("Approved")

    def test_nobody_but_a_supervisor(self):
        for state in ("draft", "submitted", "returned", "on_hold"):
            lead = self._lead_in(state, partner_id=self.partner.id)
            for role, user in self._people().items():
                for name, step in self._paths(lead, user, {}):
                    with self.subTest(state=state, role=role, path=name):
                        known = self.env["crm.lead"].with_context(active_test=False).search([])
                        with self.cr.savepoint() as savepoint:
                            self._try(step)
                            after = self.env["crm.lead"].with_context(active_test=False).search([])
                            for record in (after - known) | lead:
                                self.assertNotEqual(record.intake_state, "approved")
                                self.assertFalse(record.intake_grade_id)
                                self.assertNotEqual(record.won_status, "won")
                            savepoint.rollback()
                        self.env.invalidate_all()

    def test_hostile_context(self):
        lead = self._lead_in("submitted")
        for context in HOSTILE_CONTEXTS:
            for name, step in self._paths(lead, self.rep, context):
                with self.subTest(context=context, path=name):
                    with self.cr.savepoint() as savepoint:
                        known = self.env["crm.lead"].search([])
                        self._try(step)
                        for record in (self.env["crm.lead"].search([]) - known) | lead:
                            self.assertNotEqual(record.intake_state, "approved")
                            self.assertFalse(record.intake_grade_id)
                        savepoint.rollback()
                    self.env.invalidate_all()

    def test_the_paths_are_real(self):
        """The same button in a supervisor's hand does approve: the test above can fail."""
        lead = self._lead_in("submitted")
        for name, step in self._paths(lead, self.supervisor, {}):
            if name in ("button", "wizard"):
                with self.subTest(path=name), self.cr.savepoint() as savepoint:
                    step()
                    self.assertEqual(lead.intake_state, "approved")
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_even_a_supervisor_types_no_state(self):
        lead = self._lead_in("submitted").with_user(self.supervisor)
        for name in GUARDED_FIELDS:
            with self.assertRaisesRegex(UserError, "can't be typed or imported"):
                lead.write({name: False})

    def test_user_default_opens_nothing(self):
        self.env["ir.default"].with_user(self.rep).sudo().set(
            "crm.lead", "intake_state", "approved", user_id=self.rep.id
        )
        lead = self._new_lead()
        self.assertEqual(lead.intake_state, "draft")

    def test_default_state_of_a_kanban_column(self):
        """Quick-create in the column "To Complete" is no attempt at anything."""
        Lead = self.env["crm.lead"].with_user(self.rep)
        lead = Lead.with_context(default_intake_state="draft").create({"name": "Column"})
        self.assertEqual((lead.intake_state, lead.registrant_id), ("draft", self.rep))
        lead = Lead.create({"name": "Column", "intake_state": "draft"})
        self.assertEqual((lead.intake_state, lead.registrant_id), ("draft", self.rep))
        plain = Lead.with_user(self.outsider).create(
            {"name": "Plain", "team_id": self.plain_team.id, "intake_state": "draft"}
        )
        self.assertFalse(plain.intake_state)


@tagged("post_install", "-at_install")
class TestPathsToApprovedLeads(TestPathsToApproved):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True


@tagged("post_install", "-at_install")
class TestPathsThroughThePipeline(PathsCommon):
    """Before approval a lead isn't moved on, won or converted, by any path; lost with a reason."""

    UNAPPROVED = ("draft", "submitted", "returned", "on_hold")

    def _moves(self, lead, user):
        mine = lead.with_user(user)
        stage = {"stage_id": self.stage_proposal.id}
        yield "kanban drag", lambda: mine.web_save(dict(stage), {})
        yield "list mass edit", lambda: mine.web_save_multi([dict(stage)], {})
        yield "write", lambda: mine.write(dict(stage))
        yield "sudo", lambda: mine.sudo().write(dict(stage))
        yield "won stage", lambda: mine.write({"stage_id": self.stage_won.id})
        yield "won button", mine.action_set_won
        yield "rainbowman", mine.action_set_won_rainbowman
        yield (
            "import",
            lambda: self._load(
                user, [".id", "stage_id/.id"], [str(lead.id), str(self.stage_won.id)]
            ),
        )
        yield (
            "partner",
            lambda: self.partner.with_user(user).write(
                {"opportunity_ids": [Command.update(lead.id, dict(stage))]}
            ),
        )
        yield "with its state", lambda: mine.write({**stage, "active": True, "probability": 100})

    def test_cannot_be_moved_or_won(self):
        for state in self.UNAPPROVED:
            lead = self._lead_in(state, partner_id=self.partner.id)
            for user in (self.rep, self.supervisor, self.manager, self.env.user):
                for name, step in self._moves(lead, user):
                    with self.subTest(state=state, user=user.login, path=name):
                        self.assertTrue(self._try(step))
                        self.assertEqual(lead.stage_id, self.stage_new)
                        self.assertEqual(lead.won_status, "pending")

    def test_approved_can(self):
        for index in range(10):
            lead = self._lead_in("approved", partner_id=self.partner.id)
            name, step = list(self._moves(lead, self.rep))[index]
            with self.subTest(path=name):
                self.assertFalse(self._try(step))
                self.assertIn(lead.stage_id, self.stage_proposal | self.stage_won)

    def test_refusal_names_the_lead_the_stage_and_the_way_out(self):
        lead = self._lead_in("draft")
        with self.assertRaises(UserError) as refused:
            lead.with_user(self.rep).stage_id = self.stage_proposal
        for words in ("Ten presses", "“New”", "Submit it for review"):
            self.assertIn(words, str(refused.exception))

    def test_mixed_recordset_moves_all_or_none(self):
        plain = self._plain_lead()
        leads = self._lead_in("approved") | self._lead_in("draft") | plain
        with self.assertRaises(UserError):
            leads.with_user(self.supervisor).write({"priority": "1", "stage_id": self.stage_won.id})
        self.assertNotIn("won", leads.mapped("won_status"))

    def test_new_leads_wait_in_the_first_stage(self):
        """Quick-create into a later column, by each way there is to create."""
        Lead = self.env["crm.lead"].with_user(self.rep)
        later = Lead.with_context(
            default_stage_id=self.stage_proposal.id, default_team_id=self.team.id
        )
        with Form(later, view="crm.quick_create_opportunity_form") as form:
            form.name = "Quick"
        for lead in (
            form.record,
            later.browse(later.name_create("Quick")[0]),
            later.create({"name": "RPC"}),
            self._load(
                self.rep,
                ["name", "team_id/.id", "stage_id/.id"],
                ["File", str(self.team.id), str(self.stage_proposal.id)],
            ),
        ):
            self.assertEqual((lead.intake_state, lead.stage_id), ("draft", self.stage_new))

    def test_changing_the_team_is_no_lift(self):
        team2 = self.team.copy({"name": "Second Intake Team", "alias_name": False})
        second_new = self.env["crm.stage"].create(
            {"name": "Second New", "sequence": 0, "team_ids": [Command.set(team2.ids)]}
        )
        second_late = self.env["crm.stage"].create(
            {"name": "Second Late", "sequence": 9, "team_ids": [Command.set(team2.ids)]}
        )
        lead = self._lead_in("draft")
        lead.with_user(self.manager).write({"team_id": team2.id, "stage_id": second_late.id})
        self.assertEqual(lead.stage_id, second_new)
        self.assertEqual(lead.intake_state, "draft")

    def test_leaving_for_a_plain_team(self):
        for state in (*self.UNAPPROVED, "approved"):
            for user in (self.rep, self.operations, self.manager, self.env.user):
                lead = self._lead_in(state)
                mine = lead.with_user(user)
                for vals in (
                    {"team_id": self.plain_team.id},
                    {"team_id": False},
                    {"user_id": self.outsider.id},
                    {"team_id": self.plain_team.id, "stage_id": self.plain_won.id},
                ):
                    with self.subTest(state=state, user=user.login, vals=vals):
                        self.assertRegex(
                            self._try(partial(mine.write, vals)),
                            "A reviewer|isn't a member|Only the owner",
                        )
                        self.assertEqual(lead.team_id, self.team)

    def test_a_reviewer_lets_it_leave(self):
        lead = self._lead_in("submitted")
        lead.with_user(self.supervisor).write({"team_id": self.plain_team.id, "user_id": False})
        self.assertFalse(lead.intake_state)
        self.assertEqual(lead.intake_review_ids.state, "cancelled")
        self.assertFalse(lead.activity_ids)
        lead.stage_id = self.plain_won
        self.assertEqual(lead.won_status, "won")

    def test_a_lead_that_left_can_be_opened(self):
        """Graded, then without a team: its form reads every ``can_…``."""
        lead = self._lead_in("approved")
        with freeze_time(self.NOW):
            lead.with_user(self.supervisor).intake_hold("2026-04-04")
        lead.with_user(self.supervisor).write({"team_id": False, "user_id": False})
        self.assertFalse(lead.with_user(self.supervisor).can_reopen)
        with self.assertRaisesRegex(UserError, "isn't under"):
            lead.with_user(self.supervisor).intake_reopen()

    def test_a_deleted_or_archived_team(self):
        archived = self._lead_in("draft")
        self.team.active = False
        self.assertTrue(self._try(archived.with_user(self.rep).action_set_won))
        self.team.active = True
        approved = self._lead_in("approved")
        # Odoo keeps a team that has stages of its own.
        stages = self.env["crm.stage"].search([("team_ids", "in", self.team.ids)])
        stages.write({"team_ids": [Command.unlink(self.team.id)]})
        self.team.unlink()
        for lead in archived | approved:
            self.assertFalse(lead.with_user(self.supervisor).can_review)
            self.assertFalse(lead.intake_review_ids.team_id)

    def test_a_deleted_stage(self):
        lead = self._lead_in("draft")
        with self.assertRaises(ForeignKeyViolation), mute_logger("odoo.sql_db"):
            self.stage_new.unlink()
        self.assertEqual(lead.stage_id, self.stage_new)

    # --- lost ------------------------------------------------------------------------------

    def _ways_to_lose(self, lead, user, reason):
        mine = lead.with_user(user)
        values = {"lost_reason_id": reason.id} if reason else {}
        yield "button", lambda: mine.action_set_lost(**values)
        yield (
            "wizard",
            lambda: (
                self.env["crm.lead.lost"]
                .with_user(user)
                .create({"lead_ids": [Command.set(lead.ids)], **values})
                .action_lost_reason_apply()
            ),
        )
        yield "write", lambda: mine.write({"active": False, "probability": 0, **values})
        if not reason:
            yield "archive", mine.action_archive
            yield "web_save", lambda: mine.web_save({"active": False}, {})

    def test_lost_needs_a_reason(self):
        for state in (*self.UNAPPROVED, "approved"):
            lead = self._lead_in(state)
            for user in (self.rep, self.supervisor, self.env.user):
                for name, step in self._ways_to_lose(lead, user, None):
                    with self.subTest(state=state, user=user.login, path=name):
                        self.assertIn("reason", self._try(step) or "")
                        self.assertTrue(lead.active)

    def test_lost_with_a_reason(self):
        for state in (*self.UNAPPROVED, "approved"):
            for index in range(3):
                lead = self._lead_in(state)
                ways = list(self._ways_to_lose(lead, self.rep, self.lost_reason))
                name, step = ways[index]
                with self.subTest(state=state, path=name):
                    self.assertFalse(self._try(step))
                    self.assertEqual(lead.won_status, "lost")
                    self.assertEqual(lead.lost_reason_id, self.lost_reason)
                    self.assertFalse(lead.activity_ids)
                    self.assertNotIn("waiting", lead.intake_review_ids.mapped("state"))

    def test_lost_on_plain_leads_is_plain_odoo(self):
        lead = self._plain_lead()
        lead.with_user(self.outsider).action_set_lost()
        self.assertEqual(lead.won_status, "lost")

    def test_lost_mixed_with_plain_leads(self):
        plain, held = self._plain_lead(), self._lead_in("draft")
        both = (plain | held).with_user(self.supervisor)
        self.assertIn("Ten presses", self._try(both.action_set_lost))
        self.assertTrue(plain.active)
        both.action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual((plain | held).mapped("won_status"), ["lost", "lost"])

    def test_restored_lead_goes_on(self):
        for state, then in (("draft", "draft"), ("submitted", "draft"), ("returned", "returned")):
            lead = self._lead_in(state)
            mine = lead.with_user(self.rep)
            mine.action_set_lost(lost_reason_id=self.lost_reason.id)
            mine.action_restore()
            self.assertEqual(lead.intake_state, then)
            self.assertEqual(self._todos(lead, "complete").user_id, self.rep)
            self.assertTrue(self._try(mine.action_set_won))
            mine.intake_submit()
            self.assertEqual(lead.intake_state, "submitted")

    def test_somebody_is_told_of_a_restored_lead(self):
        for state, owner, kind in (
            ("on_hold", self.rep, "look_again"),
            ("approved", self.rep, "plan"),
            ("approved", self.env["res.users"], "assign"),
        ):
            with self.subTest(state=state, owner=owner.login):
                lead = self._lead_in(state)
                lead.with_user(self.supervisor).user_id = owner
                lead.with_user(self.supervisor).action_set_lost(lost_reason_id=self.lost_reason.id)
                self.assertFalse(self._todos(lead, kind))
                lead.with_user(self.supervisor).action_restore()
                self.assertEqual(len(self._todos(lead, kind)), 1)

    def test_restored_approved_lead_stays_approved(self):
        lead = self._lead_in("approved").with_user(self.rep)
        lead.action_set_lost(lost_reason_id=self.lost_reason.id)
        lead.action_restore()
        self.assertEqual(lead.intake_state, "approved")
        lead.action_set_won()
        self.assertEqual(lead.won_status, "won")

    def test_cannot_be_archived_at_birth(self):
        self.assertIn("reason", self._try(lambda: self._new_lead(active=False)))

    # --- Odoo's automatic assignment ---------------------------------------------------------

    def test_assignment_leaves_unapproved_leads(self):
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        self.team.crm_team_member_ids.assignment_max = 300
        waiting = self._new_lead(user_id=False)
        approved = self._new_lead(user_id=False)
        approved.with_user(self.operations).intake_submit()
        approved.with_user(self.supervisor).intake_approve()
        for lead in waiting | approved:
            lead.write({"user_id": False, "date_open": False})
        with mute_logger("odoo.addons.crm.models.crm_team"):
            self.team.with_user(self.manager)._action_assign_leads(force_quota=True)
        self.assertFalse(waiting.user_id)
        self.assertEqual((waiting.type, waiting.intake_state), (self.lead_type, "draft"))
        self.assertTrue(approved.user_id)
        self.assertEqual(approved.type, "opportunity")


@tagged("post_install", "-at_install")
class TestPathsThroughThePipelineLeads(TestPathsThroughThePipeline):
    """The same in a team that uses Odoo's leads, and what only happens there: converting."""

    USE_LEADS = True

    def _conversions(self, lead, user):
        mine = lead.with_user(user)
        wizard = {"active_model": "crm.lead", "active_id": lead.id, "active_ids": lead.ids}
        yield "method", lambda: mine.convert_opportunity(self.env["res.partner"])
        yield "write", lambda: mine.write({"type": "opportunity"})
        yield (
            "wizard",
            lambda: (
                self.env["crm.lead2opportunity.partner"]
                .with_user(user)
                .with_context(**wizard)
                .create({"name": "convert", "action": "create"})
                .action_apply()
            ),
        )
        yield (
            "mass wizard",
            lambda: (
                self.env["crm.lead2opportunity.partner.mass"]
                .with_user(user)
                .with_context(**wizard)
                .create({"name": "convert", "deduplicate": False, "user_ids": self.rep.ids})
                .action_mass_convert()
            ),
        )
        yield (
            "import",
            lambda: self._load(user, [".id", "type"], [str(lead.id), "Opportunity"]),
        )

    def test_cannot_be_converted(self):
        for state in self.UNAPPROVED:
            lead = self._lead_in(state)
            for user in (self.rep, self.supervisor, self.env.user):
                for name, step in self._conversions(lead, user):
                    with self.subTest(state=state, user=user.login, path=name):
                        partners = self.env["res.partner"].search_count([])
                        # Or that its customer can't be changed now.
                        self.assertRegex(self._try(step) or "", "not approved yet|waits for")
                        self.assertEqual(lead.type, "lead")
                        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_converted_into_the_procedure(self):
        """A lead of another team becomes an opportunity of its owner's, as Odoo has it, by any
        path; there it is registered and reviewed like any other.
        """
        for index in range(5):
            lead = self.env["crm.lead"].create(
                {
                    "name": "Theirs",
                    "type": "lead",
                    "user_id": self.rep.id,
                    "team_id": self.plain_team.id,
                }
            )
            self.assertFalse(lead.intake_state)
            name, step = list(self._conversions(lead, self.rep))[index]
            with self.subTest(path=name):
                self.assertFalse(self._try(step))
                self.assertEqual(lead.team_id, self.team)
                self.assertEqual(lead.intake_state, "draft")
                self.assertTrue(self._todos(lead, "complete"))

    def test_approved_can_be_converted(self):
        for index in range(5):
            lead = self._lead_in("approved")
            name, step = list(self._conversions(lead, self.rep))[index]
            with self.subTest(path=name):
                self.assertFalse(self._try(step))
                self.assertEqual(lead.type, "opportunity")
                self.assertEqual(lead.intake_state, "approved")


@tagged("post_install", "-at_install")
class TestPathsOfMerging(PathsCommon):
    """Merging loses nothing, and approves nothing by the way."""

    def _merge(self, leads, user=None, **values):
        merged = leads.with_user(user or self.rep).merge_opportunity(**values)
        self.flush_tracking()
        self.env.flush_all()
        return merged.sudo(False).with_env(self.env)

    def test_history_moves_to_the_survivor(self):
        for order in (1, -1):
            leads = self._lead_in("returned", name="One") | self._lead_in("submitted", name="Two")
            rows = leads.intake_review_ids
            rejections = rows.rejection_ids
            merged = self._merge(leads[::order])
            self.assertEqual(merged.intake_review_ids, rows)
            self.assertTrue(rejections.exists())
            self.assertEqual(sorted(rows.mapped("round")), [1, 2])
            self.assertNotEqual(merged.intake_state, "approved")
            states = sorted(rows.mapped("state"))
            if merged.intake_state == "submitted":
                self.assertEqual(states, ["returned", "waiting"])
            else:
                self.assertEqual(states, ["cancelled", "returned"])

    def test_unapproved_leads_stay_unapproved(self):
        for one in ("draft", "submitted", "returned", "on_hold"):
            for two in ("draft", "submitted", "returned", "on_hold"):
                merged = self._merge(self._lead_in(one) | self._lead_in(two))
                self.assertIn(merged.intake_state, (one, two))
                self.assertFalse(merged.intake_grade_id)
                self.assertEqual(merged.stage_id, self.stage_new)

    def test_the_approved_one_survives(self):
        for order in (1, -1):
            approved = self._lead_in("approved", name="Approved one")
            other = self._lead_in("submitted", name="Other", contact_name="Somebody Else")
            merged = self._merge((approved | other)[::order])
            self.assertEqual(merged, approved)
            self.assertEqual(merged.contact_name, "Liu Wei")
            self.assertEqual(merged.intake_state, "approved")
            self.assertEqual(merged.intake_grade_id, self.grade_c)
            self.assertEqual(len(merged.intake_review_ids), 2)

    def test_an_approved_lead_that_is_lost_does_not_survive(self):
        """Or the open lead would be gone with it."""
        lost = self._lead_in("approved")
        lost.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        new = self._lead_in("draft")
        self.assertEqual(self._merge(lost | new), new)
        self.assertTrue(new.active)
        self.assertEqual(new.intake_state, "draft")

    def test_merging_into_a_lead_outside_is_no_way_around(self):
        plain = self._plain_lead()
        plain.stage_id = self.env["crm.stage"].create(
            {"name": "Plain Late", "sequence": 50, "team_ids": [Command.set(self.plain_team.ids)]}
        )
        plain.type = "opportunity"
        held = self._lead_in("draft")
        merged = self._merge(plain | held, self.operations)
        self.assertEqual((merged, merged.intake_state), (held, "draft"))
        self.assertEqual((merged.team_id, merged.stage_id), (self.team, self.stage_new))
        self.assertEqual(merged.type, self.lead_type)

    def test_merging_into_a_plain_team_is_refused(self):
        leads = self._lead_in("draft") | self._lead_in("draft")
        for user in (self.rep, self.operations):
            refused = self._try(
                lambda user=user: self._merge(leads, user, team_id=self.plain_team.id)
            )
            self.assertIn("is under the lead procedure", refused)

    def test_plain_leads_merge_as_in_plain_odoo(self):
        leads = self._plain_lead(name="A") | self._plain_lead(name="B")
        merged = self._merge(leads, self.outsider)
        self.assertFalse(merged.intake_state)

    def test_waiting_lead_takes_what_merging_adds(self):
        """The lock on what is under review doesn't stand in the way: its own values stay."""
        waiting = self._lead_in("submitted", initial_need="Ten presses")
        more = self._new_lead(
            initial_need="By June", website="https://p.example.com", partner_name="Other Ltd"
        )
        waiting.flush_recordset()
        merged = self._merge(waiting | more)
        self.assertEqual(merged, waiting)
        self.assertEqual(merged.intake_state, "submitted")
        self.assertEqual(merged.partner_name, "Hangzhou Presses Ltd")
        self.assertEqual(merged.initial_need, "Ten presses\n\nBy June")
        with self.assertRaisesRegex(UserError, "waits for its review"):
            merged.with_user(self.rep).initial_need = "Something else"

    def test_the_key_of_a_merge_stays_inside(self):
        merged = self._lead_in("draft") | self._lead_in("draft")
        merged = merged.with_user(self.rep).merge_opportunity()
        self.assertNotIn(guard.MERGE_KEY, merged.env.context)

    def test_first_acquisition_counts(self):
        leads = self._new_lead(date_acquired="2026-02-02 02:00:00") | self._new_lead(
            date_acquired="2026-01-01 01:00:00"
        )
        self.assertEqual(str(self._merge(leads).date_acquired), "2026-01-01 01:00:00")

    def test_to_dos_are_not_doubled(self):
        merged = self._merge(self._lead_in("draft") | self._lead_in("submitted"))
        kind = {"draft": "complete", "submitted": "review"}[merged.intake_state]
        self.assertEqual(len(merged.activity_ids), 1)
        self.assertEqual(len(self._todos(merged, kind)), 1)

    def test_the_reason_of_a_lost_lead_is_not_the_survivors(self):
        lost = self._new_lead()
        lost.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        merged = self._merge(self._new_lead(probability=0) | lost)
        self.assertTrue(merged.active)
        self.assertFalse(merged.lost_reason_id)
        self.assertIn("lost", self._try(merged.with_user(self.rep).action_archive))

    def test_leads_kept_after_merging_wait_no_more(self):
        leads = self._lead_in("submitted") | self._lead_in("submitted")
        merged = self._merge(leads, auto_unlink=False)
        self.assertEqual((leads - merged).intake_state, "draft")

    def test_rejections_survive(self):
        returned = self._lead_in("returned")
        other = self._lead_in("submitted")
        other.with_user(self.rep).intake_withdraw()
        merged = self._merge(returned | other)
        self.assertEqual(merged, returned)
        self.assertEqual(merged.intake_rejections["fields"][0]["name"], "phone")

    def test_merging_after_a_resubmission_counts_on(self):
        merged = self._merge(self._lead_in("returned") | self._lead_in("returned"))
        merged.with_user(self.rep).intake_submit()
        self.assertEqual(sorted(merged.intake_review_ids.mapped("round")), [1, 2, 3])


@tagged("post_install", "-at_install")
class TestPathsOfMergingLeads(TestPathsOfMerging):
    """The same in a team that uses Odoo's leads."""

    USE_LEADS = True

    def test_convert_wizard_that_merges(self):
        leads = self._lead_in("draft") | self._lead_in("draft")
        leads.write({"email_from": "liu@presses.example.com"})
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads[:1].ids)
            .create({"name": "merge", "duplicated_lead_ids": [Command.set(leads.ids)]})
        )
        self.assertIn("not approved yet", self._try(wizard.action_apply))
        self.assertEqual(len(leads.exists()), 2)


@tagged("post_install", "-at_install")
class TestPathsOfImport(PathsCommon):
    """What an import that is refused tells, and that it leaves nothing behind."""

    def test_refusal_names_row_and_column(self):
        Lead = self.env["crm.lead"].with_user(self.rep).with_context(import_file=True)
        columns = ["name", "team_id/.id", "intake_state"]
        rows = [["Good", str(self.team.id), ""], ["Evil", str(self.team.id), "approved"]]
        with mute_logger("odoo.models", "odoo.sql_db"):
            result = Lead.load(columns, rows)
        self.assertFalse(result["ids"])
        message = result["messages"][-1]
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertIn("Intake", message["message"])
        self.assertFalse(Lead.search([("name", "in", ["Good", "Evil"])]))

    @freeze_time("2026-03-04 01:00:00")
    def test_acquired_in_the_future(self):
        refused = self._try(
            lambda: self._load(
                self.rep,
                ["name", "team_id/.id", "date_acquired"],
                ["Late", str(self.team.id), "2027-01-01 00:00:00"],
            )
        )
        self.assertIn("in the future", refused)

    def test_locked_while_it_waits(self):
        lead = self._lead_in("submitted")
        row = [str(lead.id), "Other Ltd"]
        refused = self._try(lambda: self._load(self.rep, [".id", "partner_name"], row))
        self.assertIn("waits for its review", refused)
        self.assertEqual(lead.partner_name, "Hangzhou Presses Ltd")

    def test_lock_holds_on_every_path(self):
        lead = self._lead_in("submitted", partner_id=self.partner.id)
        vals = {"contact_name": "Somebody"}
        mine = lead.with_user(self.rep)
        for context in HOSTILE_CONTEXTS:
            for step in (
                lambda c=context: mine.with_context(**c).write(dict(vals)),
                lambda c=context: mine.with_context(**c).web_save(dict(vals), {}),
                lambda c=context: mine.with_context(**c).web_save_multi([dict(vals)], {}),
                lambda c=context: mine.sudo().with_context(**c).write(dict(vals)),
                lambda c=context: (
                    self.partner.with_user(self.rep)
                    .with_context(**c)
                    .write({"opportunity_ids": [Command.update(lead.id, dict(vals))]})
                ),
            ):
                self.assertIn("waits for its review", self._try(step) or "", context)

    def test_the_customer_does_not_change_what_waits(self):
        """Odoo takes over a customer's new number and address; not while the lead waits."""
        self.partner.write({"phone": PHONE, "email": "liu@presses.example.com"})
        lead, draft = (
            self._lead_in(state, partner_id=self.partner.id) for state in ("submitted", "draft")
        )
        number, address = "+86 10 6552 1111", "other@presses.example.com"
        draft.with_user(self.rep).phone = number
        self.partner.with_user(self.rep).email = address
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((draft.phone, draft.email_from), (number, address))
        self.assertEqual(self.partner.phone, number)
        self.assertEqual((lead.phone, lead.email_from), (PHONE, "liu@presses.example.com"))
        # The reviewer may correct what waits, that way as well.
        self.partner.with_user(self.supervisor).phone = "+86 10 6552 2222"
        self.assertEqual(lead.with_user(self.supervisor).phone, "+86 10 6552 2222")

    def test_the_server_adds_to_what_waits(self):
        """Enrichment by a cron comes when it comes; what was submitted stays."""
        lead = self._lead_in("submitted")
        server = lead.with_user(self.env.ref("base.user_root"))
        server.write({"city": "Hangzhou", "website": "https://presses.example.com"})
        self.assertEqual(lead.city, "Hangzhou")
        with self.assertRaisesRegex(UserError, "waits for its review"):
            server.write({"partner_name": "Other Ltd", "function": "CEO"})


@tagged("post_install", "-at_install")
class TestPathsOfWebsiteAndMail(PathsCommon):
    """What arrives by itself is registered like everything else."""

    def test_mail_gateway(self):
        self._init_mail_gateway()
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "crm.lead",
                f"From: Liu <liu@presses.example.com>\nTo: intake.test@{self.alias_domain}\n"
                "Subject: Ten presses by mail\nMessage-Id: <1@presses.example.com>\n\nHello",
            )
        lead = self.env["crm.lead"].search([("name", "=", "Ten presses by mail")])
        self.assertEqual(
            (lead.team_id, lead.intake_state, lead.stage_id),
            (self.team, "draft", self.stage_new),
        )
        self.assertFalse(lead.registrant_id)

    def test_answer_by_mail_while_it_waits(self):
        """A message to a new address links the contact; the lock doesn't refuse the message."""
        lead = self._lead_in("submitted", email_from="liu@presses.example.com")
        partner = self.env["res.partner"].create(
            {
                "name": "Liu Wei",
                "email": "liu@presses.example.com",
                "phone": "+86 10 6552 1111",
                "function": "CEO",
            }
        )
        lead.with_user(self.rep).message_post(body="Hello", partner_ids=partner.ids)
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual((lead.phone, lead.function), (PHONE, False))

    def test_another_application_changes_nothing_that_waits(self):
        """It writes for somebody who has nothing to do with leads, and isn't refused."""
        leads = waiting, draft = self._lead_in("submitted") | self._lead_in("draft")
        visitor = self.env.ref("base.public_user")
        leads.with_user(visitor).sudo().write(
            {"phone": "+86 10 6552 1111", "partner_name": "Other Ltd", "priority": "2"}
        )
        self.assertEqual((waiting.phone, waiting.partner_name), (PHONE, "Hangzhou Presses Ltd"))
        self.assertEqual((draft.phone, draft.partner_name), ("+86 10 6552 1111", "Other Ltd"))
        self.assertEqual(leads.mapped("priority"), ["2", "2"])
        chatter = self._chatter(waiting)
        self.assertIn("+86 10 6552 1111", chatter)
        self.assertIn("Other Ltd", chatter)
        with self.assertRaisesRegex(UserError, "waits for its review"):
            waiting.with_user(self.rep).sudo().write({"phone": "+86 10 6552 1111"})

    def test_website_form(self):
        public = self.env.ref("base.public_user")
        Lead = self.env["crm.lead"].with_user(public).sudo()
        with self.assertRaises(UserError):
            Lead.create({"name": "Evil", "team_id": self.team.id, "intake_state": "approved"})
        lead = Lead.create(
            {"name": "Form", "team_id": self.team.id, "stage_id": self.stage_proposal.id}
        )
        self.assertEqual((lead.intake_state, lead.stage_id), ("draft", self.stage_new))
        self.assertTrue(self._try(lead.action_set_won))
