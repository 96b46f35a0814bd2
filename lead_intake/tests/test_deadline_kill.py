"""The cron of the deadlines killed with SIGKILL, and two of it at a time."""

import os
import random
import threading
import time

import psycopg2

from odoo import fields
from odoo.sql_db import connection_info_for
from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from .killing import KillingCase

# Continuous integration kills a few times; LEAD_INTAKE_KILLS=50 before a release.
KILLS = int(os.environ.get("LEAD_INTAKE_KILLS", "10"))
ROWS = 40
BATCH = 3
MARK = "lead_intake kill test"


@tagged("post_install", "-at_install")
class TestDeadlineKill(KillingCase):
    """Every due row is escalated exactly once, and every person told exactly once."""

    @classmethod
    def _clean(cls, env):
        cr = env.cr
        cr.execute("SELECT id FROM res_users WHERE login LIKE %s", (f"{MARK}%",))
        users = tuple(row[0] for row in cr.fetchall()) or (0,)
        cr.execute("SELECT partner_id FROM res_users WHERE id IN %s", (users,))
        partners = tuple(row[0] for row in cr.fetchall()) or (0,)
        cr.execute(
            """
            DELETE FROM mail_message WHERE id IN (
                SELECT mail_message_id FROM mail_notification WHERE res_partner_id IN %s)
            """,
            (partners,),
        )
        cr.execute("DELETE FROM crm_lead WHERE name LIKE %s", (f"{MARK}%",))
        cr.execute("DELETE FROM crm_team WHERE name->>'en_US' = %s RETURNING alias_id", (MARK,))
        aliases = tuple(row[0] for row in cr.fetchall()) or (0,)
        cr.execute("DELETE FROM mail_alias WHERE id IN %s", (aliases,))
        cr.execute("DELETE FROM res_users WHERE id IN %s", (users,))
        cr.execute("DELETE FROM res_partner WHERE id IN %s", (partners,))
        cls._forget_alarms(env)

    @staticmethod
    def _fill(env):
        """Commit overdue clocks of two people in a team whose reviewer and leader are others."""
        quiet = env(context={"no_reset_password": True, "tracking_disable": True})
        group = env.ref("sales_team.group_sale_salesman").id
        users = quiet["res.users"].create(
            [
                {
                    "name": f"{MARK} {name}",
                    "login": f"{MARK} {name}",
                    "email": f"{name}@kill.example.com",
                    "group_ids": [(6, 0, [group])],
                    "notification_type": "inbox",
                }
                for name in ("one", "two", "leader")
            ]
        )
        team = quiet["crm.team"].create({"name": MARK, "user_id": users[2].id, "company_id": False})
        due = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        env.flush_all()
        env.cr.execute(
            """
            WITH leads AS (
                INSERT INTO crm_lead (name, type, active, team_id, user_id, intake_state,
                                      won_status)
                SELECT %(mark)s || n, 'lead', true, %(team)s,
                       CASE WHEN n %% 2 = 0 THEN %(one)s ELSE %(two)s END, 'draft', 'pending'
                  FROM generate_series(1, %(rows)s) n
                RETURNING id, user_id
            )
            INSERT INTO lead_intake_deadline
                   (lead_id, team_id, responsible_id, milestone, state, hours, counted_hours,
                    date_started, counted_from, date_due, date_next, escalation_level, on_time)
            SELECT id, %(team)s, user_id, 'registration', 'running', 24, 24,
                   %(due)s, %(due)s, %(due)s, %(due)s, 0, 0
              FROM leads
            """,
            {
                "mark": f"{MARK} ",
                "team": team.id,
                "one": users[0].id,
                "two": users[1].id,
                "rows": ROWS,
                "due": due,
            },
        )
        return users.ids, team.id

    @classmethod
    def _work(cls, limit=BATCH):
        cls._with_cursor(lambda env: env["lead.intake.deadline"]._cron_process_due(limit=limit))

    def _assert_once(self, users, team):
        """Exactly once: no row left out, no row twice, no person told twice."""

        def check(env):
            rows = env["lead.intake.deadline"].search([("team_id", "=", team)])
            self.assertEqual(len(rows), ROWS)
            self.assertEqual(set(rows.mapped("state")), {"overdue"})
            self.assertEqual(set(rows.mapped("escalation_level")), {3})
            self.assertFalse(rows.filtered("date_next"))
            notices = env["lead.intake.notice"].search([("deadline_id", "in", rows.ids)])
            self.assertFalse(notices.filtered(lambda notice: not notice.date_sent))
            told = [
                (notice.deadline_id.id, notice.kind)
                for notice in notices
                if notice.user_id.id in users[:2]
            ]
            self.assertEqual(sorted(told), sorted((row.id, "overdue") for row in rows))
            leader = notices.filtered(lambda notice: notice.user_id.id == users[2])
            self.assertEqual(sorted(leader.deadline_id.ids), sorted(rows.ids))
            self.assertEqual(len(leader), ROWS)
            # In the messages themselves: each lead once to each of those it concerns.
            partners = env["res.users"].browse(users).partner_id
            for partner, leads in zip(
                partners,
                (
                    rows.filtered(lambda row: row.responsible_id.id == users[0]).lead_id,
                    rows.filtered(lambda row: row.responsible_id.id == users[1]).lead_id,
                    rows.lead_id,
                ),
                strict=True,
            ):
                text = "".join(
                    env["mail.message"]
                    .search([("notification_ids.res_partner_id", "=", partner.id)])
                    .mapped("body")
                )
                for lead in leads:
                    self.assertEqual(text.count(f'/odoo/crm.lead/{lead.id}"'), 1)

        self._with_cursor(check)

    def _reset(self):
        self._with_cursor(self._clean)
        return self._with_cursor(self._fill)

    def test_killed_at_any_point(self):
        """SIGKILL at random points of a run, time and again; then one run is let finish."""
        users, team = self._reset()
        started = time.monotonic()
        self._run_child(self._work)
        whole = time.monotonic() - started
        self._assert_once(users, team)
        users, team = self._reset()
        killed = 0
        for _attempt in range(KILLS):
            killed += self._run_child(self._work, random.uniform(0, whole))
            if not self._is_due(team):
                self._assert_once(users, team)
                users, team = self._reset()
        self.assertTrue(killed, "Not one run was killed: they end too soon")
        self._work()
        self._assert_once(users, team)

    def _is_due(self, team):
        def look(env):
            rows = env["lead.intake.deadline"].search([("team_id", "=", team)])
            unsent = env["lead.intake.notice"].search_count([("date_sent", "=", False)])
            return bool(unsent or rows.filtered("date_next"))

        return self._with_cursor(look)

    @mute_logger("odoo.sql_db")
    def test_two_workers_at_once(self):
        """Several times, as it is a race: the work is done once, and nobody fails."""
        for _race in range(3):
            users, team = self._reset()
            barrier, failures = threading.Barrier(2), []

            workers = [
                threading.Thread(target=self._race, args=(barrier, failures)) for _worker in "ab"
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            self.assertFalse(failures)
            self._work()
            self._assert_once(users, team)

    def _race(self, barrier, failures):
        try:
            barrier.wait(timeout=10)
            self._work()
        except Exception as error:
            failures.append(error)

    def test_a_locked_row_is_somebody_elses(self):
        """What another transaction is at is left to it, and the rest is done."""
        users, team = self._reset()
        with psycopg2.connect(**self._connection_info()) as other, other.cursor() as cr:
            cr.execute(
                """
                SELECT id FROM lead_intake_deadline WHERE team_id = %s
                 ORDER BY id LIMIT 5 FOR NO KEY UPDATE
                """,
                (team,),
            )
            held = {row[0] for row in cr.fetchall()}
            self._work()

            def left(env):
                rows = env["lead.intake.deadline"].search([("team_id", "=", team)])
                return set(rows.filtered(lambda row: row.state == "running").ids)

            self.assertEqual(self._with_cursor(left), held)
        other.close()
        self._work()
        self._with_cursor(
            lambda env: self.assertFalse(
                env["lead.intake.deadline"].search(
                    [("team_id", "=", team), ("state", "=", "running")]
                )
            )
        )
        self.assertEqual(len(users), 3)

    def _connection_info(self):
        return connection_info_for(get_db_name())[1]
