""" "To Review" and "My Day", beside hand-written SQL that finds the same 80 leads and counts them,
plus reading these 80 as any screen would have to.
"""

from ..measuring import Case
from ..views import specification

LIMIT = 80
COUNT_LIMIT = 10001

REVIEW_SQL = """
    FROM crm_lead l
   WHERE l.intake_state = 'submitted' AND l.won_status = 'pending' AND l.active
     AND l.team_id IN (SELECT crm_team_id FROM crm_team_intake_reviewer_rel r
                         JOIN crm_team t ON t.id = r.crm_team_id
                        WHERE r.res_users_id = %(uid)s AND t.use_intake)
     AND NOT EXISTS (SELECT FROM lead_intake_review r WHERE r.lead_id = l.id
                        AND r.state = 'waiting' AND r.submitted_by_id = %(uid)s)
"""
DAY_SQL = """
    FROM crm_lead l
   WHERE l.intake_responsible_id = %(uid)s AND l.intake_next_on < %(midnight)s AND l.active
"""


def ours(site, login, view, kind, domain, order):
    def do(env, asked):
        found = env["crm.lead"].web_search_read(
            domain(env), asked, limit=LIMIT, order=order, count_limit=COUNT_LIMIT
        )
        return found["length"]

    return lambda: checked(site.run(do, lambda env: specification(env, view, kind), login))


def by_hand(site, login, view, kind, sql, order):
    def do(env, asked):
        values = {"uid": env.uid, "midnight": midnight(env)}
        env.cr.execute(f"SELECT l.id {sql} ORDER BY {order} LIMIT {LIMIT}", values)
        leads = env["crm.lead"].browse([row[0] for row in env.cr.fetchall()])
        counted = f"SELECT count(*) FROM (SELECT 1 {sql} LIMIT {COUNT_LIMIT}) AS found"
        env.cr.execute(counted, values)
        [(count,)] = env.cr.fetchall()
        leads.web_read(asked)
        return count

    return lambda: checked(site.run(do, lambda env: specification(env, view, kind), login))


def checked(sample):
    if not sample.result:
        raise ValueError("Nothing was found")
    return sample


def midnight(env):
    """The end of today where the user is."""
    env.cr.execute(
        "SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 day')"
        " AT TIME ZONE 'Asia/Shanghai' AT TIME ZONE 'UTC'"
    )
    return env.cr.fetchone()[0]


def day_domain(env):
    return [
        ("intake_responsible_id", "=", env.uid),
        ("intake_next_on", "!=", False),
        ("intake_next_on", "<", "today +1d"),
    ]


def review_domain(env):
    return [("can_review", "=", True)]


def cases(sites, wanted):
    site = sites["intake"]
    for label, login, view, kind, domain, sql, order in (
        (
            "To Review",
            "supervisor_00",
            "lead_intake.crm_lead_view_list_to_review",
            "list",
            review_domain,
            REVIEW_SQL,
            "intake_submitted_on, id",
        ),
        (
            "My Day",
            "rep_00",
            "lead_intake.crm_lead_view_kanban_my_day",
            "kanban",
            day_domain,
            DAY_SQL,
            "intake_next_on, id",
        ),
    ):
        yield Case(
            label,
            {
                "SQL + reading 80": by_hand(site, login, view, kind, sql, order),
                "ours": ours(site, login, view, kind, domain, order),
            },
            base="SQL + reading 80",
            bars={"ours": ("<", 1.5)},
            runs=9,
        )
