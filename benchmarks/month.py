"""The figures of a month among ever more leads, beside hand-written SQL.

Run it in a database of its own, with lead_intake installed::

    createdb bench; development/odoo -d bench -i lead_intake --stop-after-init
    MONTH_BENCHMARK=100000,1000000 development/odoo shell -d bench --no-http < benchmarks/month.py

``MONTH_BENCHMARK`` lists the numbers of leads, over 24 months; a tenth of them, at least, in the
month that is counted. The hand-written statement counts the funnel of that month by source and
team; ours counts that, people, grades, industries, the trend of a year, durations, promises and
losses besides, so both the whole and its funnel alone are shown. Everything is rolled back.
"""

import os
import resource
import statistics
import time
from datetime import date, datetime

SIZES = [int(size) for size in os.environ.get("MONTH_BENCHMARK", "100000").split(",")]
RUNS = 3
MONTH = date(2026, 9, 1)
START, STOP = datetime(2026, 9, 1), datetime(2026, 10, 1)

cr = env.cr  # noqa: F821  `env` is the shell's
company = env.ref("base.main_company")  # noqa: F821
company.partner_id.tz = "UTC"
figures = env["lead.intake.figures"]  # noqa: F821


def grow(count):
    """Insert leads by SQL: every tenth acquired in the month, the others over two years."""
    cr.execute(
        """
        INSERT INTO crm_lead (name, type, active, company_id, team_id, user_id, intake_state,
                              won_status, source_id, medium_id, intake_grade_id, expected_revenue,
                              date_acquired, intake_registered_on, intake_approved_on,
                              intake_contacted_on, intake_won_on, intake_lost_on,
                              create_date, write_date)
        SELECT 'month benchmark ' || n, 'opportunity', n %% 5 != 0, %(company)s,
               (SELECT id FROM crm_team ORDER BY id OFFSET n %% 3 LIMIT 1), 2, 'approved',
               CASE WHEN n %% 5 = 0 THEN 'lost' WHEN n %% 7 = 0 THEN 'won' ELSE 'pending' END,
               (SELECT id FROM utm_source ORDER BY id OFFSET n %% 4 LIMIT 1),
               (SELECT id FROM utm_medium ORDER BY id OFFSET n %% 5 LIMIT 1),
               (SELECT id FROM lead_intake_grade ORDER BY id OFFSET n %% 3 LIMIT 1),
               n %% 1000, t, t + interval '5 hours', t + interval '30 hours',
               CASE WHEN n %% 3 > 0 THEN t + interval '50 hours' END,
               CASE WHEN n %% 7 = 0 AND n %% 5 != 0 THEN t + interval '20 days' END,
               CASE WHEN n %% 5 = 0 THEN t + interval '15 days' END, t, t
          FROM (SELECT n, CASE WHEN n %% 10 = 0
                               THEN %(start)s + (n * 37 %% 2592000) * interval '1 second'
                               ELSE %(start)s - (n * 7919 %% 63072000) * interval '1 second'
                           END AS t
                  FROM generate_series(1, %(count)s) n) AS moments
        """,
        {"company": company.id, "count": count, "start": START},
    )
    cr.execute("ANALYZE crm_lead")


def by_hand():
    """What somebody who knows the tables would write for the funnel."""
    cr.execute(
        """
        SELECT team_id, source_id, count(*) FILTER (WHERE date_acquired >= %(a)s AND date_acquired < %(b)s),
               count(*) FILTER (WHERE intake_registered_on >= %(a)s AND intake_registered_on < %(b)s),
               count(*) FILTER (WHERE intake_approved_on >= %(a)s AND intake_approved_on < %(b)s),
               count(*) FILTER (WHERE intake_contacted_on >= %(a)s AND intake_contacted_on < %(b)s),
               count(*) FILTER (WHERE intake_won_on >= %(a)s AND intake_won_on < %(b)s),
               count(*) FILTER (WHERE intake_lost_on >= %(a)s AND intake_lost_on < %(b)s)
          FROM crm_lead
         WHERE intake_state IS NOT NULL AND company_id = %(c)s
           AND ((date_acquired >= %(a)s AND date_acquired < %(b)s)
             OR (intake_registered_on >= %(a)s AND intake_registered_on < %(b)s)
             OR (intake_approved_on >= %(a)s AND intake_approved_on < %(b)s)
             OR (intake_contacted_on >= %(a)s AND intake_contacted_on < %(b)s)
             OR (intake_won_on >= %(a)s AND intake_won_on < %(b)s)
             OR (intake_lost_on >= %(a)s AND intake_lost_on < %(b)s))
      GROUP BY GROUPING SETS ((), (team_id), (source_id))
        """,
        {"a": START, "b": STOP, "c": company.id},
    )
    cr.fetchall()


CONTENDERS = {
    "by hand, funnel": by_hand,
    "ours, funnel": lambda: figures._count_funnel(company, START, STOP),
    "ours, everything": lambda: figures._compute_month(company, MONTH),
}


def benchmark():
    size = 0
    print(f"{'leads':>10} {'seconds':>8} {'ratio':>6} {'peak MB':>8}  what")
    for wanted in SIZES:
        grow(wanted - size)
        size = wanted
        seconds = {name: [] for name in CONTENDERS}
        for _run in range(RUNS):
            for name, count in CONTENDERS.items():
                start = time.perf_counter()
                count()
                seconds[name].append(time.perf_counter() - start)
        hand = statistics.median(seconds["by hand, funnel"])
        for name, taken in seconds.items():
            median = statistics.median(taken)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{size:>10} {median:>8.3f} {median / hand:>6.2f} {peak:>8.0f}  {name}", flush=True
            )


try:
    benchmark()
except BaseException:
    import traceback

    traceback.print_exc()
cr.rollback()
