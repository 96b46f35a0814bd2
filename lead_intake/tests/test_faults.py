"""What only committed data can show: a server killed in the middle of a step, a connection that
is lost, two sessions at the same lead.

See ``test_deadline_kill.py`` for the cron of the deadlines.
"""

import os
import random
import threading
import time
from datetime import date, timedelta
from functools import partial

import psycopg2

from odoo import Command, api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from .killing import KillingCase

# Continuous integration kills a few times; LEAD_INTAKE_KILLS=50 before a release.
KILLS = int(os.environ.get("LEAD_INTAKE_KILLS", "3"))
ROWS = 30
MARK = "lead_intake fault test"
LOGINS = {
    "rep": "sales_team.group_sale_salesman",
    "rep2": "sales_team.group_sale_salesman",
    "supervisor": "lead_intake.group_intake_supervisor",
    "supervisor2": "lead_intake.group_intake_supervisor",
    "operations": "lead_intake.group_intake_operations",
}


class FaultCase(KillingCase):
    """A team with two representatives and two supervisors, committed and removed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users, cls.team = cls._with_cursor(cls._fill)

    @classmethod
    def _clean(cls, env):
        leads = env["crm.lead"].with_context(active_test=False).search([("name", "like", MARK)])
        leads.unlink()
        months = env["lead.intake.month"].search([("date", "<", "2001-01-01")])
        reports = months.report_ids
        env["crm.team"].with_context(active_test=False).search([("name", "=", MARK)]).unlink()
        env.flush_all()
        cr = env.cr
        # The reports of a closed month are kept as long as it is there.
        cr.execute("DELETE FROM lead_intake_month WHERE id = ANY(%s)", [months.ids])
        env.invalidate_all()
        reports.unlink()
        cr.execute("DELETE FROM mail_mail WHERE email_to LIKE %s", [f"%{MARK}%"])
        cr.execute("SELECT id, partner_id FROM res_users WHERE login LIKE %s", [f"{MARK}%"])
        users, partners = zip(*cr.fetchall(), strict=True) if cr.rowcount else ((0,), (0,))
        cr.execute(
            """
            DELETE FROM mail_message WHERE author_id IN %(partners)s OR id IN (
                SELECT mail_message_id FROM mail_notification WHERE res_partner_id IN %(partners)s)
            """,
            {"partners": partners},
        )
        cr.execute("DELETE FROM res_users WHERE id IN %s", [users])
        cr.execute("DELETE FROM res_partner WHERE id IN %s", [partners])
        cls._forget_alarms(env)

    @staticmethod
    def _fill(env):
        quiet = env(context={"no_reset_password": True, "tracking_disable": True})
        users = {
            login: quiet["res.users"].create(
                {
                    "name": f"{MARK} {login}",
                    "login": f"{MARK} {login}",
                    "email": f"{login}@faults.example.com",
                    "group_ids": [Command.set(env.ref(group).ids)],
                    "notification_type": "inbox",
                }
            )
            for login, group in LOGINS.items()
        }
        team = quiet["crm.team"].create(
            {
                "name": MARK,
                "use_intake": True,
                "user_id": users["supervisor"].id,
                "member_ids": [
                    Command.set([users[login].id for login in ("rep", "rep2", "supervisor2")])
                ],
            }
        )
        return {login: user.id for login, user in users.items()}, team.id

    def _leads(self, count, *steps):
        """Commit complete leads that went through ``steps``.

        :return: their ids
        """

        def register(env):
            return (
                env["crm.lead"]
                .create(
                    [
                        {
                            "name": f"{MARK} {number}",
                            "partner_name": "Hangzhou Presses Ltd",
                            "contact_name": "Liu Wei",
                            "phone": "+86 10 6552 9988",
                            "medium_id": env.ref("lead_intake.channel_trade_show").id,
                            "source_id": env["utm.source"].search([], limit=1).id,
                            "team_id": self.team,
                            "user_id": self.users["rep"],
                        }
                        for number in range(count)
                    ]
                )
                .ids
            )

        ids = self._with_cursor(register, user=self.users["rep"])
        for step in steps:
            self._do(step, ids)
        return ids

    def _step(self, step, env, ids):
        """Do a step of the procedure, in the transaction of ``env``."""
        leads = env["crm.lead"].browse(ids)
        if step == "submit":
            leads.intake_submit()
        elif step == "approve":
            leads.intake_approve()
        elif step == "return":
            leads.intake_return({"phone": "Nobody answers there."})
        elif step == "assign":
            leads.intake_assign(self.users["rep2"])
        elif step == "plan":
            leads.intake_plan(fields.Datetime.now() + timedelta(days=2), "phone")
        env.flush_all()

    def _do(self, step, ids, login=None):
        login = login or ("rep" if step in ("submit", "plan") else "supervisor")
        with db_connect(get_db_name()).cursor() as cr:
            env = api.Environment(cr, self.users[login], {})
            retrying(partial(self._step, step, env, ids), env)

    def _do_each(self, step, ids):
        for lead_id in ids:
            self._do(step, [lead_id])

    def _picture(self, lead_id):
        """Return everything a step writes about a lead, to be compared as a whole."""

        def look(env):
            lead = env["crm.lead"].browse(lead_id)
            activities = lead.activity_ids.sorted("id")
            notified = env["mail.message"].search_count(
                [("model", "=", False), ("body", "ilike", f'/crm.lead/{lead_id}"')]
            )
            return (
                lead.intake_state,
                lead.user_id.login,
                lead.stage_id.id,
                lead.intake_milestone,
                bool(lead.intake_submitted_on),
                [(row.state, row.round) for row in lead.intake_review_ids.sorted("id")],
                [(row.milestone, row.state) for row in lead.intake_deadline_ids.sorted("id")],
                # Not how: whoever got one lead may not be the one suggested for the next.
                [row.user_id.login for row in lead.intake_assignment_ids.sorted("id")],
                [(row.activity_type_id.id, row.user_id.login) for row in activities],
                len(lead.message_ids),
                notified,
            )

        return self._with_cursor(look)


@tagged("post_install", "-at_install")
class TestKilled(FaultCase):
    """A step is done as a whole or not at all, wherever the server is killed."""

    PATH = ("submit", "approve", "assign")

    def test_killed_in_the_middle_of_a_step(self):
        """One lead after the other, each in its transaction; those that are done aren't redone."""
        for number, step in enumerate(self.PATH):
            with self.subTest(step=step):
                control, *ids = self._leads(1 + KILLS, *self.PATH[:number])
                before = self._picture(control)
                started = time.monotonic()
                self._run_child(partial(self._do, step, [control]))
                once = time.monotonic() - started
                after = self._picture(control)
                self.assertNotEqual(before, after)
                left = list(ids)
                for _kill in range(KILLS):
                    if left:
                        work = partial(self._do_each, step, left)
                        self._run_child(work, random.uniform(0, once * len(left)))
                    pictures = {lead_id: self._picture(lead_id) for lead_id in ids}
                    for picture in pictures.values():
                        self.assertIn(picture, (before, after))
                    left = [lead_id for lead_id in ids if pictures[lead_id] == before]
                self._run_child(partial(self._do_each, step, left))
                self.assertEqual([self._picture(lead_id) for lead_id in ids], [after] * len(ids))

    @mute_logger("odoo.sql_db")
    def test_the_connection_is_lost_before_the_commit(self):
        for number, step in enumerate(self.PATH):
            with self.subTest(step=step):
                (lead_id,) = self._leads(1, *self.PATH[:number])
                before = self._picture(lead_id)
                login = "rep" if step == "submit" else "supervisor"
                with self.assertRaises(psycopg2.Error), db_connect(get_db_name()).cursor() as cr:
                    env = api.Environment(cr, self.users[login], {})
                    self._step(step, env, [lead_id])
                    pid = cr._cnx.get_backend_pid()
                    self._with_cursor(
                        lambda other, pid=pid: other.cr.execute(
                            "SELECT pg_terminate_backend(%s)", [pid]
                        )
                    )
                    cr.commit()  # pylint: disable=invalid-commit
                self.assertEqual(self._picture(lead_id), before)
                self._do(step, [lead_id])
                self.assertNotEqual(self._picture(lead_id), before)

    def test_killed_during_an_import(self):
        """All rows of a file or none; the same file again brings each of them once."""
        names = ["name", "partner_name", "contact_name", "phone"]
        rows = [
            [f"{MARK} row {n}", f"{MARK} Presses {n} Ltd", "Liu Wei", f"+86 10 6552 {n:04}"]
            for n in range(ROWS)
        ]
        content = "\n".join(",".join(row) for row in [names, *rows]).encode()

        def bring_in(env):
            file = {"file": content, "file_name": "expo.csv", "file_type": "text/csv"}
            record = env["base_import.import"].create({"res_model": "crm.lead", **file})
            options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
            options["intake_team_id"] = self.team
            result = record.execute_import(names, names, options)
            self.assertFalse(result["messages"])

        def look(env):
            leads = env["crm.lead"].search([("name", "like", f"{MARK} row")], order="id")
            clocks = [(row.milestone, row.state) for row in leads.intake_deadline_ids]
            return sorted(leads.mapped("name")), sorted(clocks), set(leads.mapped("intake_state"))

        def remove(env):
            env["crm.lead"].search([("name", "like", f"{MARK} row")]).unlink()

        work = partial(self._with_cursor, bring_in, user=self.users["operations"])
        before = self._with_cursor(look)
        started = time.monotonic()
        self._run_child(work)
        seconds = time.monotonic() - started
        after = self._with_cursor(look)
        self.assertEqual((len(before[0]), len(after[0])), (0, ROWS))
        for _kill in range(KILLS):
            self._with_cursor(remove)
            self._run_child(work, random.uniform(0, seconds))
            self.assertIn(self._with_cursor(look), (before, after))
            self._run_child(work)
            self.assertEqual(self._with_cursor(look), after)

    def test_killed_at_the_months_end(self):
        """Frozen with all its lines and reports, or open as before."""

        def create(env):
            return env["lead.intake.month"].create({"date": day}).id

        def close(env):
            env["lead.intake.month"].browse(month_id).action_close()

        def look(env):
            month = env["lead.intake.month"].browse(month_id)
            return (
                month.state,
                bool(month.checksum),
                len(env["lead.intake.month.line"].search([("month_id", "=", month_id)])) > 0,
                len(month.report_ids),
            )

        work = partial(self._with_cursor, close, user=self.users["operations"])
        pictures = []
        seconds = None
        for number in range(1 + max(KILLS // 2, 1)):
            day = date(2000, 1 + number % 12, 1)
            month_id = self._with_cursor(create, user=self.users["operations"])
            before = self._with_cursor(look)
            if seconds is None:
                started = time.monotonic()
                self._run_child(work)
                seconds = time.monotonic() - started
                after = self._with_cursor(look)
                self.assertNotEqual(before, after)
                continue
            self._run_child(work, random.uniform(0, seconds))
            pictures.append(self._with_cursor(look))
            self.assertIn(pictures[-1], (before, after))
            if pictures[-1] == before:
                self._run_child(work)
                self.assertEqual(self._with_cursor(look), after)


@tagged("post_install", "-at_install")
class TestTwoSessions(FaultCase):
    """Two people at one lead: the first is heard, the second is told, nothing happens twice."""

    def setUp(self):
        super().setUp()
        # Odoo waits up to two seconds before it tries again.
        self.patch(random, "uniform", lambda low, high: 0.01)

    def _collide(self, lead_id, first, second):
        """Do a step in a transaction that is committed only when the other session, which saw
        the lead as it was before, waits for it.

        :return: what the second was told
        """
        (step, login), (other_step, other_login) = first, second
        told = []

        def late():
            try:
                self._do(other_step, [lead_id], other_login)
            except Exception as error:
                told.append(error)

        with db_connect(get_db_name()).cursor() as cr:
            env = api.Environment(cr, self.users[login], {})
            self._step(step, env, [lead_id])
            session = threading.Thread(target=late)
            session.start()
            self._wait_for_lock(cr._cnx.get_backend_pid())
            cr.commit()  # pylint: disable=invalid-commit
        session.join(timeout=60)
        self.assertFalse(session.is_alive())
        return told

    def _wait_for_lock(self, pid):
        """Wait until somebody waits for what the backend ``pid`` holds."""
        query = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
        for _try in range(600):
            with db_connect(get_db_name()).cursor() as cr:
                cr.execute(query, [pid])
                if cr.fetchone():
                    return
            time.sleep(0.05)
        self.fail("Nobody waits: the two sessions don't meet")

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_decisions(self):
        for first, second, state in (
            ("approve", "approve", "approved"),
            ("approve", "return", "approved"),
            ("return", "approve", "returned"),
        ):
            with self.subTest(first=first, second=second):
                lead_id, control = self._leads(2, "submit")
                self._do(first, [control])
                (error,) = self._collide(lead_id, (first, "supervisor"), (second, "supervisor2"))
                self.assertIsInstance(error, UserError)
                self.assertIn("from there it can", str(error))
                self.assertEqual(self._picture(lead_id), self._picture(control))
                self.assertEqual(self._picture(lead_id)[0], state)
                self.assertEqual(len(self._picture(lead_id)[5]), 1, "One review row")

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_submitted_in_two_tabs(self):
        lead_id, control = self._leads(2)
        self._do("submit", [control])
        (error,) = self._collide(lead_id, ("submit", "rep"), ("submit", "rep"))
        self.assertIsInstance(error, UserError)
        self.assertEqual(self._picture(lead_id), self._picture(control))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_planned_in_two_tabs(self):
        """The second plan replaces the first, as it would a minute later."""
        (lead_id,) = self._leads(1, "submit", "approve")

        def count(env):
            rows = env["lead.intake.follow.up"].search([("lead_id", "=", lead_id)])
            return sorted(rows.mapped("state"))

        told = self._collide(lead_id, ("plan", "rep"), ("plan", "rep"))
        planned = self._with_cursor(count)
        self.assertEqual(planned.count("planned"), 1)
        for error in told:
            self.assertIn("already has a planned contact", str(error))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_a_decision_while_the_cron_marks_it_late(self):
        """Whoever comes second looks again: the decision is kept, and nobody is told of it."""
        lead_id, control = self._leads(2, "submit")
        self._do("approve", [control])

        def late(env):
            row = (
                env["crm.lead"]
                .browse(lead_id)
                .intake_deadline_ids.filtered(lambda row: row.milestone == "review")
            )
            env.cr.execute(
                """
                UPDATE lead_intake_deadline
                   SET date_due = date_due - interval '50 hours', date_next = now()
                 WHERE id = %s
                """,
                [row.id],
            )

        self._with_cursor(late)
        with db_connect(get_db_name()).cursor() as cr:
            env = api.Environment(cr, self.users["supervisor"], {})
            self._step("approve", env, [lead_id])
            # The row is locked by the decision: the cron goes past it.
            self._with_cursor(lambda env: env["lead.intake.deadline"]._cron_process_due())
            cr.commit()  # pylint: disable=invalid-commit
        self._with_cursor(lambda env: env["lead.intake.deadline"]._cron_process_due())

        def look(env):
            rows = env["crm.lead"].browse(lead_id).intake_deadline_ids
            review = rows.filtered(lambda row: row.milestone == "review")
            notices = env["lead.intake.notice"].search([("deadline_id", "=", review.id)])
            return review.mapped("state"), len(notices)

        self.assertEqual(self._with_cursor(look), (["late"], 0))
