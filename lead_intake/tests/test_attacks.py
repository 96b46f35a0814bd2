from odoo import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.lead_intake.models.lead_intake_verification import CODE_LIFE
from odoo.addons.lead_intake.tests.hostile_common import HostileCommon
from odoo.addons.lead_intake.tools import guard

HISTORY = (
    "lead.intake.review",
    "lead.intake.rejection",
    "lead.intake.deadline",
    "lead.intake.assignment",
    "lead.intake.follow.up",
    "lead.intake.verification",
    "lead.intake.closing",
)


@tagged("post_install", "-at_install")
class TestAttacksOnTheReview(HostileCommon):
    """A supervisor who wants their own lead approved, and nobody to look at it."""

    def _own(self, state="submitted", user=None, **vals):
        """Return a lead that ``user`` (the supervisor) registered, owns and submitted."""
        user = user or self.supervisor
        lead = self._new_lead(user, **vals)
        lead.with_user(user).intake_submit()
        if state == "on_hold":
            with freeze_time(self.NOW):
                lead.with_user(self.supervisor2).intake_hold("2026-04-04")
        elif state == "approved":
            lead.with_user(self.supervisor2).intake_approve()
        return lead

    def assertNotApproved(self, lead, user=None):
        user = user or self.supervisor
        self._refused(user, "crm.lead", "intake_approve", lead.ids)
        self._refused(user, "crm.lead", "intake_reopen", lead.ids)
        self._refused(user, "crm.lead", "intake_approve", lead.ids)
        self.assertNotEqual(lead.intake_state, "approved")

    def test_plainly(self):
        self.assertNotApproved(self._own())

    def test_defaults_of_ones_own(self):
        """Every user may have defaults of their own, of every model."""
        values = {
            "lead.intake.review": {
                "state": ("cancelled", "approved"),
                "decided_by_id": (self.supervisor2.id,),
                "submitted_by_id": (self.rep.id,),
            },
        }
        for model, fields in values.items():
            for name, tried in fields.items():
                for value in tried:
                    with self.subTest(field=name, value=value), self.cr.savepoint() as savepoint:
                        self._refused(
                            self.supervisor, "ir.default", "set", model, name, value, user_id=True
                        )
                        lead = self._own()
                        row = lead.intake_review_ids
                        self.assertEqual(row.state, "waiting")
                        self.assertEqual(row.submitted_by_id, self.supervisor)
                        self.assertFalse(row.decided_by_id)
                        self.assertNotApproved(lead)
                        savepoint.rollback()
                        self.env.invalidate_all()

    def test_defaults_in_the_context(self):
        lead = self._new_lead(self.supervisor)
        context = {"default_state": "cancelled", "default_submitted_by_id": self.rep.id}
        self._rpc(self.supervisor, "crm.lead", "intake_submit", lead.ids, context=context)
        self.assertEqual(lead.intake_review_ids.state, "waiting")
        self.assertNotApproved(lead)

    def test_owner_changed_in_between(self):
        lead = self._own()
        self._refused(self.supervisor, "crm.lead", "write", lead.ids, {"user_id": self.rep.id})
        self.assertNotApproved(lead)

    def test_taken_out_and_back(self):
        lead = self._own()
        for team in (self.plain_team, self.team):
            self._refused(self.supervisor, "crm.lead", "write", lead.ids, {"team_id": team.id})
        self.assertNotApproved(lead)

    def test_merged_so_that_somebody_else_submitted_last(self):
        """The survivor gets the rounds of the other lead; the last one isn't the survivor's."""
        own = self._own("on_hold")
        other = self._new_lead(self.rep)
        other.with_user(self.rep).intake_submit()
        (own | other).with_user(self.supervisor).merge_opportunity()
        survivor = (own | other).exists()
        self._refused(self.supervisor, "crm.lead", "write", survivor.ids, {"user_id": self.rep.id})
        if survivor == own:
            self.assertNotApproved(survivor)
        else:
            self.assertEqual(survivor.intake_state, "submitted")

    def test_merged_rounds_of_two_leads_on_hold(self):
        own = self._own("on_hold")
        other = self._lead_in("on_hold")
        (own | other).with_user(self.supervisor).merge_opportunity()
        survivor = (own | other).exists()
        self._refused(self.supervisor, "crm.lead", "write", survivor.ids, {"user_id": self.rep2.id})
        self.assertNotApproved(survivor)

    def test_an_approval_of_before_is_no_approval(self):
        """On hold, out of the procedure and back: what was approved once is reviewed anew."""
        lead = self._own("approved")
        with freeze_time(self.NOW):
            lead.with_user(self.supervisor).intake_hold("2026-04-04")
            for team in (self.plain_team, self.team):
                lead.with_user(self.supervisor).team_id = team
            lead.with_user(self.supervisor).partner_name = "Somebody else"
            lead.with_user(self.supervisor).intake_submit()
            lead.with_user(self.supervisor2).intake_hold("2026-04-04")
        self.assertNotApproved(lead)

    def test_submitted_instead_of_taken_up(self):
        """What is on hold is taken up again: neither submitted anew nor approved where it lies."""
        for state in ("approved", "on_hold"):
            lead = self._own(state)
            with freeze_time(self.NOW):
                if state == "approved":
                    lead.with_user(self.supervisor).intake_hold("2026-04-04")
                for method in ("intake_submit", "intake_approve"):
                    with self.subTest(state=state, method=method):
                        self.assertRefused(self.supervisor, "crm.lead", method, lead.ids)
                        self.assertEqual(lead.intake_state, "on_hold")

    def test_approved_by_its_submitter_while_on_hold(self):
        """The grade that an approval gives doesn't count as one given before."""
        lead = self._own("on_hold")
        grade_id = self.grade_a.id
        for method, args in (
            ("intake_approve", (grade_id, "Good.", "I know them.")),
            ("intake_reopen", ()),
            ("intake_approve", (grade_id, "Good.", "I know them.")),
        ):
            self._refused(self.supervisor, "crm.lead", method, lead.ids, *args)
        self.assertNotApproved(lead)

    def test_taken_up_instead_of_submitted(self):
        """Whoever puts a returned lead up for review stands behind it, not who did so before."""
        for state in ("draft", "returned"):
            lead = self._lead_in(state)
            self._refused(self.supervisor, "crm.lead", "intake_reopen", lead.ids)
            with self.subTest(state=state):
                self.assertEqual(lead.intake_state, state)

    def test_merged_into_an_approved_lead(self):
        approved = self._lead_in("approved", partner_name="Approved Ltd")
        own = self._own(partner_name="Own Ltd")
        (approved | own).with_user(self.supervisor).merge_opportunity()
        survivor = (approved | own).exists()
        self.assertEqual((survivor, survivor.partner_name), (approved, "Approved Ltd"))

    def test_copied(self):
        approved = self._own("approved")
        copy = self._rpc(self.supervisor, "crm.lead", "copy", approved.ids)
        copy = self.env["crm.lead"].browse(copy)
        self.assertEqual(copy.intake_state, "draft")
        self.assertFalse(copy.intake_grade_id)

    def test_configuration_is_the_administrators(self):
        stage = self.stage_won
        for user in (self.rep, self.supervisor, self.operations):
            for model, record, vals in (
                ("crm.team", self.team, {"intake_self_review": True}),
                ("crm.team", self.team, {"use_intake": False}),
                ("crm.team", self.team, {"intake_reviewer_ids": [Command.set(user.ids)]}),
                ("crm.team", self.team, {"user_id": user.id}),
                ("crm.team", self.team, {"member_ids": [Command.link(user.id)]}),
                ("crm.team", self.team, {"stage_ids": [Command.clear()]}),
                ("crm.stage", stage, {"is_won": False}),
                ("crm.stage", self.stage_new, {"intake_status": "won"}),
                ("lead.intake.grade", self.grade_a, {"first_contact_hours": 9999}),
                ("crm.lost.reason", self.lost_reason, {"active": False}),
            ):
                with self.subTest(user=user.login, model=model, vals=vals):
                    self.assertRefused(user, model, "write", record.ids, vals)
            for model, vals in (
                ("crm.team", {"name": "Mine", "use_intake": True, "intake_self_review": True}),
                ("crm.team.member", {"crm_team_id": self.team.id, "user_id": user.id}),
            ):
                with self.subTest(user=user.login, model=model):
                    self.assertRefused(user, model, "create", [vals])

    def test_ones_own_groups_and_companies(self):
        group = self.env.ref("lead_intake.group_intake_supervisor")
        for vals in (
            {"group_ids": [Command.link(group.id)]},
            {"company_ids": [Command.link(self.company2.id)]},
            {"company_id": self.company2.id},
            {"crm_team_ids": [Command.link(self.other_team.id)]},
        ):
            with self.subTest(vals=vals):
                self._refused(self.rep, "res.users", "write", self.rep.ids, vals)
                self.assertFalse(self.rep.has_group("lead_intake.group_intake_supervisor"))
                self.assertEqual(self.rep.company_ids, self.company)
        self.assertRefused(
            self.rep, "res.groups", "write", group.ids, {"user_ids": [Command.link(self.rep.id)]}
        )

    def test_whoever_submitted_can_not_be_deleted(self):
        lead = self._own()
        self._refused(self.manager, "res.users", "unlink", self.supervisor.ids)
        self.assertEqual(lead.intake_review_ids.submitted_by_id, self.supervisor)

    def test_mails_and_activities(self):
        lead = self._own()
        evil = {"intake_state": "approved", "intake_grade_id": self.grade_a.id}
        mail = {
            "subject": "Re: presses",
            "body": "Approved",
            "from": self.supervisor.email,
            "email_from": self.supervisor.email,
            "author_id": self.supervisor.partner_id.id,
            "date": "2026-03-04 01:00:00",
            "message_id": "<1@example.com>",
        }
        user = self.supervisor
        self.assertRefused(user, "crm.lead", "message_update", lead.ids, mail, evil)
        self.assertRefused(user, "crm.lead", "message_new", mail, {**evil, "team_id": self.team.id})
        for activity in lead.activity_ids:
            self._refused(user, "mail.activity", "action_feedback", activity.ids, "Approved")
        self.assertEqual(lead.intake_state, "submitted")
        self.assertNotApproved(lead)

    def test_servers_code_is_the_technicians(self):
        lead = self._own()
        for user in (self.rep, self.supervisor, self.operations, self.manager):
            self.assertRefused(
                user,
                "ir.actions.server",
                "create",
                [
                    {
                        "name": "Approve",
                        "model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "state": "code",
                        "code": "records.intake_approve()",
                    }
                ],
            )
        self.assertNotApproved(lead)

    def test_a_team_that_allows_it_is_no_way_round(self):
        """Submitted where nobody may decide on their own, decided where everybody may."""
        lax = self.env["crm.team"].create(
            {
                "name": "Lax",
                "user_id": self.supervisor.id,
                "company_id": self.company.id,
                "use_intake": True,
                "intake_self_review": True,
                "sequence": 50,
            }
        )
        lead = self._own()
        write = (self.supervisor, "crm.lead", "write", lead.ids)
        self._refused(*write, {"team_id": lax.id})
        self.assertNotApproved(lead)
        self.assertNotIn(lead, self._queue(self.supervisor))
        # Submitted there, too: then it is approved there, and stays there.
        lead.with_user(self.supervisor).intake_withdraw()
        self._refused(*write, {"team_id": lax.id})
        lead.with_user(self.supervisor).intake_submit()
        self.assertIn(lead, self._queue(self.supervisor))
        lead.with_user(self.supervisor).intake_approve()
        self.assertIn(
            "Put it up for review again", self._refused(*write, {"team_id": self.team.id})
        )
        self._refused(*write, {"team_id": self.plain_team.id})
        self.assertIn(
            "Put it up for review again", self._refused(*write, {"team_id": self.team.id})
        )

    def _queue(self, user):
        return self.env["crm.lead"].with_user(user).search([("can_review", "=", True)])

    def test_given_to_a_colleague_of_the_team(self):
        """Odoo takes a lead into its new owner's team; whoever gave it away sees it no more."""
        lead = self._plain_lead()
        lead.with_user(self.outsider).user_id = self.rep
        self.assertEqual((lead.team_id, lead.intake_state), (self.team, "draft"))
        self.assertEqual(lead.registrant_id, self.outsider)


@tagged("post_install", "-at_install")
class TestAttacksOnHistory(HostileCommon):
    """Rows that say what happened say it whatever a client has prepared."""

    def test_defaults_of_ones_own(self):
        """Nobody's promise is kept, and nobody's number proven, by a default."""
        defaults = {
            "lead.intake.deadline": {
                "state": "met",
                "date_overdue": "2020-01-01 00:00:00",
                "hours_held": 99,
                "date_closed": "2020-01-01 00:00:00",
                "escalation_level": 3,
            },
            "lead.intake.verification": {"state": "confirmed", "attempts": -99},
            "lead.intake.follow.up": {"counts_as_contact": True, "state": "done"},
            "lead.intake.assignment": {"how": "suggested"},
        }
        for model, values in defaults.items():
            for name, value in values.items():
                for user in (self.rep, self.supervisor):
                    self._refused(user, "ir.default", "set", model, name, value, user_id=True)
        lead = self._new_lead()
        clock = lead.intake_deadline_ids
        self.assertEqual(clock.state, "running")
        self.assertFalse(clock.date_overdue or clock.hours_held or clock.date_closed)
        self.assertFalse(clock.escalation_level)
        row = (
            self.env["lead.intake.verification"]
            .with_user(self.rep)
            ._open(lead, "phone", lead.phone_sanitized, "code", CODE_LIFE)
        )
        self.assertEqual((row.state, row.attempts), ("sent", 0))
        self.assertFalse(lead.intake_phone_verified)

    def test_nobodys_leave_is_the_companys(self):
        """A promise isn't due later because somebody made a holiday of their day off."""
        calendar = self.company.resource_calendar_id
        own = {
            "resource_id": self.env["resource.resource"]
            .create({"name": "Rep", "user_id": self.rep.id})
            .id,
            "calendar_id": calendar.id,
            "date_from": "2026-03-05 00:00:00",
            "date_to": "2026-03-25 00:00:00",
        }
        model = "resource.calendar.leaves"
        ids = self._rpc(self.rep, model, "create", [own])
        self.assertRefused(self.rep, model, "write", ids, {"resource_id": False})
        self.assertRefused(self.rep, model, "create", [{**own, "resource_id": False}])
        self._rpc(self.rep, model, "write", ids, {"date_to": "2026-03-26 00:00:00"})

    def test_what_the_chatter_notes_by_itself(self):
        lead = self._lead_in("returned")
        self._rpc(self.rep, "crm.lead", "write", lead.ids, {"phone": "+86 10 6552 1111"})
        self.flush_tracking()
        noted = lead.message_ids.filtered(lambda row: row.message_type == "notification")
        self.assertTrue(noted.tracking_value_ids)
        note = lead.with_user(self.rep).message_post(body="They called.", message_type="comment")
        before = self._chatter(lead)
        for user in (self.rep, self.supervisor, self.operations, self.manager):
            for message in noted:
                ids = message.ids
                self.assertRefused(user, "mail.message", "unlink", ids)
                for values in (
                    {"body": "Nothing"},
                    {"date": "2020-01-01"},
                    {"author_id": user.partner_id.id},
                    {"message_type": "comment"},
                    {"model": False, "res_id": False},
                    {"tracking_value_ids": [[5, 0, 0]]},
                ):
                    self.assertRefused(user, "mail.message", "write", ids, values)
            self.assertRefused(
                user, "crm.lead", "write", lead.ids, {"message_ids": [[2, noted[0].id, 0]]}
            )
        self.assertEqual(self._chatter(lead), before)
        # Not while it is out of the procedure either.
        self._rpc(self.supervisor, "crm.lead", "write", lead.ids, {"team_id": self.plain_team.id})
        self.assertFalse(lead.intake_state)
        self.assertRefused(self.supervisor, "mail.message", "unlink", noted.ids)
        self._rpc(self.supervisor, "crm.lead", "write", lead.ids, {"team_id": self.team.id})
        self._rpc(self.rep, "mail.message", "toggle_message_starred", noted[:1].ids)
        self._rpc(self.rep, "mail.message", "unlink", note.ids)
        plain = self._plain_lead().message_ids
        self._rpc(self.outsider, "mail.message", "unlink", plain.ids)

    def test_merged_with_itself(self):
        """Odoo deletes what a merge leaves over; a lead that is named twice was left over."""
        for lead in (self._lead_in("approved"), self._plain_lead()):
            other = self._new_lead(
                lead.user_id, team_id=lead.team_id.id, name="Other", partner_name="Other Ltd"
            )
            self.assertRefused(lead.user_id, "crm.lead", "merge_opportunity", [lead.id] * 2)
            self._rpc(lead.user_id, "crm.lead", "merge_opportunity", [lead.id, other.id, lead.id])
            self.assertEqual(len((lead | other).exists()), 1)

    def test_reports_of_a_closed_month(self):
        month = self.env["lead.intake.month"].create({"date": "2026-01-01"})
        file, other = self.env["ir.attachment"].create(
            [
                {"name": name, "raw": b"As it was", "res_model": month._name, "res_id": month.id}
                for name in ("report.pdf", "note.txt")
            ]
        )
        guard.opened(month).write({"report_ids": file.ids, "state": "closed"})
        for user in (self.operations, self.supervisor, self.manager):
            for vals in ({"raw": "Xk=="}, {"datas": "Xk=="}, {"res_id": 0}, {"name": "x.exe"}):
                self.assertRefused(user, "ir.attachment", "write", file.ids, vals)
            self.assertRefused(user, "ir.attachment", "unlink", file.ids)
            self.assertRefused(user, "lead.intake.month", "write", month.ids, {"report_ids": False})
        self.assertEqual(file.raw, b"As it was")
        # What people put beside them is theirs.
        self._rpc(self.operations, "ir.attachment", "unlink", other.ids)
        self.assertFalse(other.exists())

    def test_written_by_nobody(self):
        lead = self._lead_in("approved")
        lead.with_user(self.rep).intake_log("reached", "They want ten presses by May.")
        for model in HISTORY:
            rows = self.env[model].search([("lead_id", "=", lead.id)])
            for role, user in self.users.items():
                with self.subTest(model=model, role=role):
                    self.assertRefused(user, model, "create", [{"lead_id": lead.id}])
                    if rows:
                        self.assertRefused(user, model, "write", rows.ids, {"lead_id": lead.id})
                        self.assertRefused(user, model, "unlink", rows.ids)
                        self.assertRefused(user, model, "copy", rows.ids)


@tagged("post_install", "-at_install")
class TestAttacksOnComputedFields(HostileCommon):
    """What is computed and stored is computed, whatever a client writes."""

    def test_won_without_winning(self):
        for lead in (self._new_lead(), self._lead_in("approved")):
            for user in (self.rep, self.supervisor, self.manager):
                for value in ("won", "lost"):
                    with self.subTest(state=lead.intake_state, user=user.login, value=value):
                        self._refused(user, "crm.lead", "write", lead.ids, {"won_status": value})
                        self.assertEqual(lead.won_status, "pending")

    def test_every_one_of_ours(self):
        """A field that is added and computed is found here by itself."""
        for model, record in (
            ("crm.lead", self._lead_in("approved", email_from="liu@presses.example.com")),
            ("res.partner", self.env["res.partner"].create({"name": "Li", "is_company": True})),
        ):
            for name, field in self.env[model]._fields.items():
                ours = field._modules and "lead_intake" in field._modules
                if not (ours and field.compute and field.store and field.readonly):
                    continue
                before = record[name]
                value = {"many2one": self.manager.id, "datetime": "2030-01-01 00:00:00"}.get(
                    field.type, "plan" if field.type == "selection" else "x"
                )
                with self.subTest(model=model, field=name):
                    for user in (self.rep, self.supervisor, self.manager):
                        self._refused(user, model, "write", record.ids, {name: value})
                        self.assertEqual(record[name], before)

    def test_a_number_that_is_not_the_leads(self):
        """A code sent to one's own phone proves nothing about the customer's."""
        lead = self._new_lead(email_from="liu@presses.example.com")
        for name, value in (
            ("phone_sanitized", "+8613800138000"),
            ("email_normalized", "me@example.com"),
            ("intake_company_key", "-"),
        ):
            before = lead[name]
            self._refused(self.rep, "crm.lead", "write", lead.ids, {name: value})
            vals = self._complete_vals(team_id=self.team.id, email_from=lead.email_from)
            new = self._rpc(self.rep, "crm.lead", "create", {**vals, name: value})
            with self.subTest(name):
                self.assertEqual(lead[name], before)
                self.assertEqual(self.env["crm.lead"].browse(new)[name], before)

    def test_of_a_new_lead(self):
        vals = self._complete_vals(team_id=self.team.id)
        try:
            lead_id = self._rpc(self.rep, "crm.lead", "create", {**vals, "won_status": "won"})
        except Exception:
            return
        self.assertEqual(self.env["crm.lead"].browse(lead_id).won_status, "pending")
