"""The data of the dashboard's first paint, beside SQL for the same figures under the same rules."""

from datetime import timedelta

from odoo import fields

from ..measuring import Case

# Whose leads the reader may see: a promise is its lead's.
MINE = "(l.company_id = ANY(%(companies)s) OR l.company_id IS NULL)"
OPEN = f"l.team_id = ANY(%(teams)s) AND active IS TRUE AND won_status = 'pending' AND {MINE}"
PROMISES = "lead_intake_deadline d JOIN crm_lead l ON l.id = d.lead_id"
# What became of the leads acquired this month: how many got at least to each status.
STATUSES = [
    f"intake_{status}_on"
    for status in (
        "registered",
        "approved",
        "contacted",
        "requirement_clear",
        "proposal",
        "negotiating",
        "won",
    )
]
REACHED = ", ".join(f"count(COALESCE({', '.join(STATUSES[n:])}))" for n in range(len(STATUSES)))
# As somebody writes it who knows the tables and the rules, and counts each set once.
STATEMENTS = [
    f"""
        SELECT intake_state, count(*) FROM crm_lead l
         WHERE {OPEN} AND intake_state IN ('submitted', 'returned') GROUP BY intake_state
    """,
    f"""
        SELECT user_id, count(*) FROM crm_lead l
         WHERE {OPEN} AND intake_state = 'approved' GROUP BY user_id ORDER BY 2 DESC
    """,
    f"""
        SELECT count(*) FROM {PROMISES}
         WHERE d.team_id = ANY(%(teams)s) AND d.state = 'running' AND {MINE}
           AND d.date_due >= %(now)s AND d.date_due < %(tomorrow)s
    """,
    f"""
        SELECT milestone, responsible_id, count(*) FROM {PROMISES}
         WHERE d.team_id = ANY(%(teams)s) AND d.state IN ('running', 'overdue') AND {MINE}
           AND d.date_due < %(now)s
      GROUP BY milestone, responsible_id
    """,
    f"""
        SELECT medium_id, count(*), {REACHED} FROM crm_lead l
         WHERE l.team_id = ANY(%(teams)s) AND intake_state IS NOT NULL AND {MINE}
           AND date_acquired >= %(month)s
      GROUP BY GROUPING SETS ((), (medium_id))
    """,
    "SELECT id, name FROM utm_medium",
    "SELECT u.id, p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id",
]


def ours(site, login):
    return lambda: site.run(lambda env, _: env["lead.intake.dashboard"].get_figures(), login=login)


def by_hand(site, login):
    def prepare(env):
        dashboard, now = env["lead.intake.dashboard"], fields.Datetime.now()
        return {
            "teams": dashboard._get_teams().ids,
            "companies": env.companies.ids,
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
