import threading
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, api, fields, models

from .lead_intake_demo_data import LEADS
from .lead_intake_demo_history import HISTORY

COLUMNS = (
    "days",
    "login",
    "name",
    "partner_name",
    "contact_name",
    "phone",
    "channel",
    "source",
    "industry",
    "need_fit",
    "estimated_budget",
    "purchase_horizon",
    "decision_maker",
    "initial_need",
    "events",
)
COPIED = (
    "name",
    "partner_name",
    "contact_name",
    "phone",
    "need_fit",
    "estimated_budget",
    "purchase_horizon",
    "decision_maker",
    "initial_need",
)


class LeadIntakeDemo(models.AbstractModel):
    """Tells the story of the demo leads through the same methods the buttons call, each step at
    the time it happened, counted back from now. Called by the demo data only; nothing of it can
    be called from outside.

    A story needs a clock that can be set: due times, calendars, scores and the figures of a
    month are what the product makes of them, nothing is typed in. Rows put into the database
    with made-up times would say what the author thought the product does. So ``_at`` gives the
    thread that tells the story, and no other, its own `now`.
    """

    _name = "lead.intake.demo"
    _description = "Lead Intake Demo Data"

    @api.model
    def _tell(self):
        self._introduce_members()
        now = fields.Datetime.now().replace(second=0)
        leads = {}
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in (*HISTORY, *LEADS)]
        moments = [
            (now - timedelta(days=days), number, step, arguments)
            for number, row in enumerate(rows)
            for days, step, arguments in [(row["days"], "register", {}), *row["events"]]
        ]
        moments += self._get_month_moments(now)
        for when, number, step, arguments in sorted(moments, key=lambda moment: moment[:2]):
            if number < 0:
                with self._at(when):
                    getattr(self, f"_step_{step}")(**arguments)
                    self.env.flush_all()
                continue
            row = rows[number]
            with self._at(when):
                if step == "register":
                    leads[number] = self._create_lead(row, when)
                else:
                    getattr(self, f"_step_{step}")(leads[number], row, **arguments)
                self._settle(when, leads[number])
        self.env["crm.lead"].invalidate_model()

    def _get_month_moments(self, now):
        """Hook: what happens to no lead in particular, with numbers below zero."""
        return []

    def _introduce_members(self):
        """Say who of the team knows what, and where; the supervisor takes no leads."""
        members = self.env.ref("lead_intake.demo_team").crm_team_member_ids
        users = members.user_id | self._user("operations")
        if "odoobot_state" in users._fields:
            # Odoo's bot would greet each of them with a chat that covers a phone's screen.
            users.odoobot_state = "disabled"
        knows = {
            "rep": {"industries": ("34", "37"), "cities": "Hangzhou, Suzhou, Wuxi"},
            "rep2": {"industries": ("33", "38"), "cities": "Foshan, Zhongshan, 西安"},
            "rep3": {"industries": ("39", "65"), "cities": "Guiyang, Ningde"},
        }
        for member in members:
            for login, known in knows.items():
                if member.user_id == self._user(login):
                    ids = [
                        self.env.ref(f"lead_intake.industry_{n}").id for n in known["industries"]
                    ]
                    member.intake_industry_ids = ids
                    member.intake_cities = known["cities"]
            member.assignment_optout = member.user_id == self._user("supervisor")

    @contextmanager
    def _at(self, when):
        """Let ``when`` be now, for this thread."""
        thread, real = threading.current_thread(), fields.Datetime.now

        def now(*_args):
            return when if threading.current_thread() is thread else real()

        cursor = self.env.cr
        before = cursor._now
        cursor._now = when
        try:
            with patch.object(fields.Datetime, "now", staticmethod(now)):
                yield
        finally:
            cursor._now = before

    def _settle(self, when, lead):
        """Write out the step and its chatter entries while it is still ``when``."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = lead.sudo().message_ids.filtered(lambda message: message.date > when)
        messages.date = when
        self.env.flush_all()

    def _user(self, login):
        return self.env.ref(f"lead_intake.demo_user_{login}")

    def _as(self, lead, login):
        return lead.with_user(self._user(login))

    def _create_lead(self, row, when):
        source = self.env["utm.source"]
        if row["source"]:
            source = source.search([("name", "=", row["source"])], limit=1) or source.create(
                {"name": row["source"]}
            )
        industry = row["industry"] and self.env.ref(f"lead_intake.industry_{row['industry']}")
        referred = row["channel"] in ("customer_referral", "partner_referral")
        lead = self._as(self.env["crm.lead"], row["login"]).create(
            {
                **{name: row[name] for name in COPIED if row[name]},
                "type": "opportunity",
                "team_id": self.env.ref("lead_intake.demo_team").id,
                # What operations imports has no owner yet.
                "user_id": row["login"] != "operations" and self._user(row["login"]).id,
                "date_acquired": when,
                "expected_revenue": row["estimated_budget"],
                "medium_id": self.env.ref(f"lead_intake.channel_{row['channel']}").id,
                "source_id": source.id,
                "referred": "Customer Li, Suzhou" if referred else False,
                "lead_type_id": self.env.ref(
                    f"lead_intake.lead_type_{'referral' if referred else 'prospect'}"
                ).id,
                "industry_id": industry and industry.id,
                "country_id": self.env.ref("base.cn").id,
                "tag_ids": [Command.clear()],
            }
        )
        return lead.sudo(False).with_env(self.env)

    # --- the steps, by whom they are taken ---------------------------------------------------

    def _step_locate(self, lead, row, city):
        self._as(lead, row["login"]).city = city

    def _step_submit(self, lead, row):
        self._as(lead, row["login"]).intake_submit()

    def _step_return(self, lead, row, **arguments):
        self._as(lead, "supervisor").intake_return(**arguments)

    def _step_approve(self, lead, row, grade=None, **arguments):
        if grade:
            arguments["grade_id"] = self.env.ref(f"lead_intake.grade_{grade}").id
        self._as(lead, "supervisor").intake_approve(**arguments)

    def _step_hold(self, lead, row, days, comment):
        until = fields.Date.context_today(lead) + timedelta(days=days)
        self._as(lead, "supervisor").intake_hold(until, comment)

    def _step_log(self, lead, row, summary, feedback, next_in, goal):
        mine = self._as(lead, row["login"])
        mine.intake_log("reached", summary, feedback=feedback)
        if lead.won_status == "pending":
            # In office hours, whenever the demo is made.
            planned = fields.Datetime.to_datetime(fields.Date.context_today(lead))
            mine.intake_plan(planned + timedelta(days=next_in, hours=2), "phone", goal=goal)

    def _step_stage(self, lead, row, status):
        stage = lead.team_id._get_intake_stage(status)
        self._as(lead, row["login"]).stage_id = stage

    def _step_won(self, lead, row):
        self._as(lead, row["login"]).action_set_won()

    def _step_lost(self, lead, row, reason):
        reason = self.env.ref(reason, raise_if_not_found=False) or self.env[
            "crm.lost.reason"
        ].search([], limit=1)
        self._as(lead, row["login"]).action_set_lost(lost_reason_id=reason.id)
