"""What the cron of the deadlines costs: 1,000 due among ever more leads.

Run it in a database of its own, with lead_intake (and base_automation, to compare) installed::

    createdb bench; development/odoo -d bench -i lead_intake,base_automation --stop-after-init
    DEADLINE_BENCHMARK=10000,100000 development/odoo shell -d bench --no-http < benchmarks/deadline_cron.py

``DEADLINE_BENCHMARK`` lists the numbers of leads; add 1000000 if you have ten minutes. Where
base_automation is installed, its timed rule does the same at the smallest number (and at those
in ``DEADLINE_RIVAL``): it finds 1,000 leads due and gives each an activity. Leads are inserted by
SQL, nine of ten are closed promises' or due in the future. Everything is rolled back or deleted.
"""

import os
import statistics
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

DUE = 1000
RUNS = 3
SIZES = [int(size) for size in os.environ.get("DEADLINE_BENCHMARK", "10000,100000").split(",")]
RIVAL = [int(size) for size in os.environ.get("DEADLINE_RIVAL", str(SIZES[0])).split(",")]
MARK = "deadline benchmark"

cr = env.cr  # noqa: F821  `env` is the shell's
Deadline = env["lead.intake.deadline"]  # noqa: F821
now = fields.Datetime.now()


def grow(team, user, count):
    """Insert leads with a clock each, three of four already over, the others due later."""
    cr.execute(
        """
        WITH leads AS (
            INSERT INTO crm_lead (name, type, active, team_id, user_id, intake_state, won_status,
                                  create_date, write_date)
            SELECT %(mark)s || n, 'lead', true, %(team)s, %(user)s, 'draft', 'pending',
                   %(now)s - interval '1 year', %(now)s
              FROM generate_series(1, %(count)s) n
            RETURNING id
        )
        INSERT INTO lead_intake_deadline
               (lead_id, team_id, responsible_id, milestone, state, hours, counted_hours,
                date_started, counted_from, date_due, date_next, escalation_level, on_time)
        SELECT id, %(team)s, %(user)s, 'registration',
               CASE WHEN id %% 4 = 0 THEN 'running' ELSE 'met' END, 24, 24, %(now)s, %(now)s,
               %(now)s + interval '30 days',
               CASE WHEN id %% 4 = 0 THEN %(now)s + interval '30 days' + id * interval '1 second' END,
               0, 0
          FROM leads
        """,
        {"mark": MARK, "team": team.id, "user": user.id, "count": count, "now": now},
    )


def make_due(count):
    """Let this many running clocks be due now, anywhere in the table."""
    cr.execute(
        """
        UPDATE lead_intake_deadline
           SET state = 'running', escalation_level = 0, date_overdue = NULL,
               date_due = %(due)s, date_next = %(due)s
         WHERE id IN (SELECT id FROM lead_intake_deadline WHERE state = 'running'
                       ORDER BY md5(id::text) LIMIT %(count)s)
        """,
        {"due": now - timedelta(hours=1), "count": count},
    )
    cr.execute("DELETE FROM lead_intake_notice")
    cr.execute("ANALYZE lead_intake_deadline")
    cr.execute("ANALYZE crm_lead")
    env.invalidate_all()  # noqa: F821


def measure(do, prepare):
    """Return the median of seconds, and the queries of the last run."""
    seconds = []
    for _run in range(RUNS):
        cr.execute("SAVEPOINT benchmark")
        prepare()
        queries = cr.sql_log_count
        start = time.perf_counter()
        do()
        env.flush_all()  # noqa: F821
        seconds.append(time.perf_counter() - start)
        queries = cr.sql_log_count - queries
        env.invalidate_all()  # noqa: F821
        cr.execute("ROLLBACK TO SAVEPOINT benchmark")
    return statistics.median(seconds), queries


def rival_rule(team):
    """Return base_automation's timed rule that does what the cron's first level does."""
    model = env["ir.model"]._get("crm.lead")  # noqa: F821
    rule = env["base.automation"].create(  # noqa: F821
        {
            "name": MARK,
            "model_id": model.id,
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]._get("crm.lead", "date_open").id,  # noqa: F821
            "trg_date_range": 24,
            "trg_date_range_type": "hour",
            "filter_domain": f"[('team_id', '=', {team.id})]",
            "last_run": now - timedelta(hours=2),
        }
    )
    env["ir.actions.server"].create(  # noqa: F821
        {
            "name": MARK,
            "model_id": model.id,
            "base_automation_id": rule.id,
            "state": "next_activity",
            "activity_type_id": env.ref("mail.mail_activity_data_todo").id,  # noqa: F821
            "activity_user_type": "specific",
            "activity_user_id": env.user.id,  # noqa: F821  who isn't mailed: its best case
        }
    )
    return rule


def make_rival_due():
    cr.execute("UPDATE crm_lead SET date_open = NULL WHERE date_open IS NOT NULL")
    cr.execute(
        """
        UPDATE crm_lead SET date_open = %s
         WHERE id IN (SELECT id FROM crm_lead WHERE name LIKE %s ORDER BY md5(id::text) LIMIT %s)
        """,
        (now - timedelta(hours=25), f"{MARK}%", DUE),
    )
    cr.execute("UPDATE base_automation SET last_run = %s", (now - timedelta(hours=2),))
    cr.execute("ANALYZE crm_lead")
    env.invalidate_all()  # noqa: F821


def benchmark():
    user = env["res.users"].create({"name": MARK, "login": MARK, "notification_type": "inbox"})  # noqa: F821
    team = env["crm.team"].create({"name": MARK, "user_id": env.user.id})  # noqa: F821
    rule = rival_rule(team) if "base.automation" in env else None  # noqa: F821
    env.flush_all()  # noqa: F821
    print(f"{'leads':>10} {'due':>6} {'seconds':>8} {'queries':>8}  what")
    size = 0
    for wanted in SIZES:
        grow(team, user, wanted - size)
        size = wanted
        for due in (DUE, 0):
            seconds, queries = measure(
                Deadline.with_user(env.ref("base.user_root"))._cron_process_due,  # noqa: F821
                lambda due=due: make_due(due),
            )
            print(f"{size:>10} {due:>6} {seconds:>8.3f} {queries:>8}  deadlines' cron", flush=True)
        if rule and size in RIVAL:
            seconds, queries = measure(
                lambda: env["base.automation"]._cron_process_time_based_actions(),  # noqa: F821
                make_rival_due,
            )
            print(f"{size:>10} {DUE:>6} {seconds:>8.3f} {queries:>8}  base_automation", flush=True)


# Both commit as they go; here a savepoint takes the place of the transaction.
with (
    patch.object(cr, "commit", lambda: env.flush_all()),  # noqa: F821
    patch.object(cr, "rollback", side_effect=RuntimeError("A run failed; see the log")),
):
    try:
        benchmark()
    except BaseException:
        import traceback

        traceback.print_exc()
cr.rollback()
