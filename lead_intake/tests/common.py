from contextlib import nullcontext
from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time

from odoo.addons.lead_intake.tools import guard
from odoo.addons.mail.tests.common import MailCase

PHONE = "+86 10 6552 9988"


class IntakeCommon(MailCase):
    """Two companies, and who is who in them::

        main company                              second company
        ├─ team           uses the procedure      └─ other_team   uses the procedure
        │  ├─ supervisor    leads it                 ├─ other_supervisor   leads it
        │  ├─ supervisor2   member                   └─ other_rep          member
        │  ├─ rep           member
        │  └─ rep2          member
        └─ plain_team     plain Odoo
           └─ outsider      member

        operations   lead operations, in no team
        manager      CRM administrator, in no team, not a supervisor

    ``team`` has stages of its own: New → To Follow Up → Proposal → Won; ``plain_team`` has
    Plain New → Plain Won. Every test runs against a team that works on opportunities only;
    a subclass with ``USE_LEADS = True`` runs it against a team that uses Odoo's leads.
    """

    NOW = datetime(2026, 3, 4, 1, 0)  # Wednesday, 09:00 in Shanghai
    USE_LEADS = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("sales_team.membership_multi", True)
        # What is counted in a transaction of its own would outlive the test (test_attempts.py).
        attempt = cls.env.registry["lead.intake.attempt"]
        cls.classPatch(attempt, "_own_cursor", lambda self: nullcontext(self.env.cr))
        # Whatever demo data or a real database brings stands behind what is made here.
        cls.env["crm.team"].search([]).write({"sequence": 9999})
        cls.env["crm.stage"].search([]).write({"sequence": 9999})
        cls.company = cls.env.ref("base.main_company")
        cls.company2 = cls.env["res.company"].create({"name": "Second Company"})
        cls.lead_type = "lead" if cls.USE_LEADS else "opportunity"
        cls._make_users()
        cls._make_teams()
        cls._make_stages()
        cls.medium = cls.env.ref("lead_intake.channel_trade_show")
        cls.source = cls.env["utm.source"].create({"name": "2026 Industry Expo (test)"})
        cls.lost_reason = cls.env["crm.lost.reason"].create({"name": "Budget too small (test)"})
        cls.grade_a = cls.env.ref("lead_intake.grade_a")
        cls.grade_b = cls.env.ref("lead_intake.grade_b")
        cls.grade_c = cls.env.ref("lead_intake.grade_c")

    @classmethod
    def _make_users(cls):
        salesman = "sales_team.group_sale_salesman"
        supervisor = "lead_intake.group_intake_supervisor"
        people = {
            "rep": (salesman, cls.company),
            "rep2": (salesman, cls.company),
            "outsider": (salesman, cls.company),
            "supervisor": (supervisor, cls.company),
            "supervisor2": (supervisor, cls.company),
            "operations": ("lead_intake.group_intake_operations", cls.company),
            "manager": ("sales_team.group_sale_manager", cls.company),
            "other_rep": (salesman, cls.company2),
            "other_supervisor": (supervisor, cls.company2),
        }
        common = ["base.group_partner_manager"] + ["crm.group_use_lead"] * cls.USE_LEADS
        # All at once: every class of tests does this.
        users = (
            cls.env["res.users"]
            .with_context(
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                mail_notrack=True,
                no_reset_password=True,
            )
            .create(
                [
                    {
                        "login": f"intake_{login}",
                        "password": f"intake_{login}",
                        "name": f"Test {login.title()}",
                        "email": f"{login}@intake.example.com",
                        "group_ids": [
                            Command.set([cls.env.ref(name).id for name in [group, *common]])
                        ],
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                        # A storm of mails would be seen.
                        "notification_type": "email",
                        "tz": "Asia/Shanghai",
                    }
                    for login, (group, company) in people.items()
                ]
            )
        )
        for login, user in zip(people, users, strict=True):
            setattr(cls, login, user)
        cls.users = {
            "rep": cls.rep,
            "supervisor": cls.supervisor,
            "operations": cls.operations,
            "manager": cls.manager,
        }

    @classmethod
    def _make_teams(cls):
        def team(name, leader, members, sequence, **vals):
            return cls.env["crm.team"].create(
                {
                    "name": name,
                    "user_id": leader.id,
                    "member_ids": [Command.set(members.ids)],
                    "sequence": sequence,
                    "company_id": cls.company.id,
                    "use_leads": cls.USE_LEADS,
                    "use_opportunities": True,
                    **vals,
                }
            )

        no_user = cls.env["res.users"]
        cls.team = team(
            "Intake Team",
            cls.supervisor,
            cls.rep | cls.rep2 | cls.supervisor2,
            1,
            use_intake=True,
            alias_name="intake.test",
        )
        cls.plain_team = team("Plain Team", no_user, cls.outsider, 2)
        cls.other_team = team(
            "Other Company's Team",
            cls.other_supervisor,
            cls.other_rep,
            3,
            use_intake=True,
            company_id=cls.company2.id,
        )
        # Not what a team asks at closing by default: tests of closings ask for it.
        (cls.team | cls.other_team).write(
            {"intake_won_field_ids": False, "intake_closing_field_ids": False}
        )

    @classmethod
    def _make_stages(cls):
        def stage(name, sequence, teams, **vals):
            return cls.env["crm.stage"].create(
                {
                    "name": name,
                    "sequence": sequence,
                    "team_ids": [Command.set(teams.ids)],
                    # Not what the status takes for granted: tests of gates ask for it.
                    "intake_gate_field_ids": [Command.clear()],
                    **vals,
                }
            )

        intake = cls.team | cls.other_team
        cls.stage_new = stage("New", 1, intake)
        cls.stage_follow = stage("To Follow Up", 2, intake, intake_status="to_follow_up")
        cls.stage_proposal = stage("Proposal", 3, intake, intake_status="proposal")
        cls.stage_won = stage("Won", 4, intake, intake_status="won", is_won=True)
        cls.plain_new = stage("Plain New", 5, cls.plain_team)
        cls.plain_won = stage("Plain Won", 6, cls.plain_team, is_won=True)

    # --- factories -------------------------------------------------------------------------

    @classmethod
    def _complete_vals(cls, **vals):
        """What a complete registration says."""
        return {
            "name": "Ten presses",
            "partner_name": "Hangzhou Presses Ltd",
            "contact_name": "Liu Wei",
            "phone": PHONE,
            "medium_id": cls.medium.id,
            "source_id": cls.source.id,
            **vals,
        }

    @classmethod
    def _new_lead(cls, user=None, **vals):
        """Register a complete lead as ``user`` (the representative, unless told)."""
        user = user or cls.rep
        lead = (
            cls.env["crm.lead"]
            .with_user(user)
            .create(
                cls._complete_vals(
                    **{
                        "team_id": cls.team.id,
                        "user_id": user.id,
                        "type": cls.lead_type,
                        **vals,
                    }
                )
            )
        )
        return lead.sudo(False).with_env(cls.env)

    @classmethod
    def _plain_lead(cls, **vals):
        return cls._new_lead(
            cls.outsider, **{"team_id": cls.plain_team.id, "name": "Plain lead", **vals}
        )

    @classmethod
    def _lead_in(cls, state, **vals):
        """Return a lead that went the regular way to ``state``."""
        lead = cls._new_lead(**vals)
        if state == "draft":
            return lead
        lead.with_user(cls.rep).intake_submit()
        decided = lead.with_user(cls.supervisor)
        if state == "returned":
            decided.intake_return({"phone": "Nobody answers there."}, "Please mend.")
        elif state == "approved":
            decided.intake_approve()
        elif state == "on_hold":
            with freeze_time(cls.NOW):
                decided.intake_hold("2026-04-04", "Budget comes in April.")
        return lead

    @classmethod
    def _old_lead(cls, **vals):
        """Return an open lead that was in the team before the procedure was."""
        lead = cls._new_lead(**vals)
        guard.opened(lead).write({"intake_state": False, "registrant_id": False})
        lead.activity_ids.unlink()
        lead.flush_recordset()
        cls.env.cr.execute(
            "UPDATE crm_lead SET date_acquired = NULL WHERE id IN %s", (tuple(lead.ids),)
        )
        lead.invalidate_recordset()
        return lead

    # --- assertions ------------------------------------------------------------------------

    def _todos(self, lead, kind):
        """Return the to-dos of a kind that are open on ``lead``."""
        activity_type = self.env.ref(f"lead_intake.mail_activity_type_{kind}")
        return lead.sudo().activity_ids.filtered(lambda a: a.activity_type_id == activity_type)

    def _chatter(self, lead):
        """Return what the lead's chatter says, as one text."""
        self.flush_tracking()
        messages = lead.sudo().message_ids
        values = messages.sudo().tracking_value_ids
        return "\n".join(
            [
                *(str(message.body) for message in messages),
                *(f"{v.old_value_char} → {v.new_value_char}" for v in values),
            ]
        )
