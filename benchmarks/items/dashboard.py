"""The data of the dashboard's first paint, beside SQL for the same figures."""

from datetime import timedelta

from odoo import fields

from ..measuring import Case

OPEN = "team_id = ANY(%(teams)s) AND intake_state IS NOT NULL AND won_status = 'pending' AND active"
LATE = """
    team_id = ANY(%(teams)s)
    AND (state = 'overdue' OR state = 'running' AND date_due < %(now)s)
"""
MONTH = "team_id = ANY(%(teams)s) AND intake_state IS NOT NULL AND date_acquired >= %(month)s"
STATEMENTS = [
    f"SELECT count(*) FROM crm_lead WHERE {OPEN} AND intake_state = 'submitted'",
    f"SELECT count(*) FROM crm_lead WHERE {OPEN} AND intake_state = 'returned'",
    f"SELECT count(*) FROM crm_lead WHERE {OPEN} AND intake_state = 'approved' AND user_id IS NULL",
    """
        SELECT count(*) FROM lead_intake_deadline
         WHERE team_id = ANY(%(teams)s) AND state = 'running'
           AND date_due >= %(now)s AND date_due < %(tomorrow)s
    """,
    f"SELECT count(*) FROM lead_intake_deadline WHERE {LATE}",
    f"SELECT milestone, count(*) FROM lead_intake_deadline WHERE {LATE} GROUP BY milestone",
    f"""
        SELECT count(*), count(intake_grade_id),
               count(*) FILTER (WHERE intake_contacted_on IS NOT NULL),
               count(*) FILTER (WHERE stage_id = ANY(%(stages)s)),
               count(*) FILTER (WHERE won_status = 'won')
          FROM crm_lead WHERE {MONTH}
    """,
    f"""
        SELECT medium_id, count(*), count(*) FILTER (WHERE won_status = 'won')
          FROM crm_lead WHERE {MONTH} GROUP BY medium_id ORDER BY 2 DESC
    """,
    f"""
        SELECT user_id, count(*) FROM crm_lead
         WHERE {OPEN} AND intake_state = 'approved' AND user_id IS NOT NULL
      GROUP BY user_id ORDER BY 2 DESC LIMIT 20
    """,
    f"SELECT responsible_id, count(*) FROM lead_intake_deadline WHERE {LATE} GROUP BY 1",
]


def ours(site, login):
    return lambda: site.run(lambda env, _: env["lead.intake.dashboard"].get_figures(), login=login)


def by_hand(site, login):
    def prepare(env):
        dashboard, now = env["lead.intake.dashboard"], fields.Datetime.now()
        return {
            "teams": dashboard._get_teams().ids,
            "stages": env["crm.stage"].search([("intake_status", "!=", False)]).ids,
            "month": dashboard._get_month_start(),
            "now": now,
            "tomorrow": now + timedelta(days=1),
        }

    def do(env, values):
        for statement in STATEMENTS:
            env.cr.execute(statement, values)
            env.cr.fetchall()

    return lambda: site.run(do, prepare, login)


def cases(sites, wanted):
    for login in ("supervisor_00", "operations_00"):
        yield Case(
            f"dashboard, {login.split('_')[0]}",
            {"SQL": by_hand(sites["intake"], login), "ours": ours(sites["intake"], login)},
            base="SQL",
            bars={"ours": ("<", 1.5)},
            runs=7,
        )
