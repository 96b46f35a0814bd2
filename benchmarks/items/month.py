"""The figures of last month, beside SQL as somebody writes it who knows the tables and has one
company, one currency and no interest in leads that only reached a later status.
"""

from datetime import date, timedelta

from ..measuring import Case

STATUSES = ("registered", "approved", "contacted", "requirement_clear", "proposal", "negotiating")


def last_month():
    return (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)


def ours(site):
    def do(env, company):
        return env["lead.intake.figures"]._compute_month(company, last_month())

    return lambda: site.run(do, lambda env: env.ref("base.main_company"))


def ours_funnel(site):
    def do(env, company):
        figures = env["lead.intake.figures"]
        return figures._count_funnel(company, *figures._get_period(company, last_month()))

    return lambda: site.run(do, lambda env: env.ref("base.main_company"))


def by_hand(site, statements):
    def prepare(env):
        company = env.ref("base.main_company")
        start, stop = env["lead.intake.figures"]._get_period(company, last_month())
        return {"a": start, "b": stop, "c": company.id, "year": start - timedelta(days=335)}

    def do(env, values):
        env.cr.execute("SET LOCAL jit = off")
        for statement in statements:
            env.cr.execute(statement, values)
            env.cr.fetchall()

    return lambda: site.run(do, prepare)


def within(column):
    return f"({column} >= %(a)s AND {column} < %(b)s)"


COLUMNS = [f"intake_{status}_on" for status in STATUSES] + ["intake_won_on", "intake_lost_on"]
FUNNEL = f"""
    SELECT team_id, user_id, intake_grade_id, section,
           {", ".join(f"count(*) FILTER (WHERE {within(c)})" for c in ["date_acquired", *COLUMNS])},
           {
    ", ".join(
        f"count(*) FILTER (WHERE {within('date_acquired')} AND {c} IS NOT NULL)"
        for c in COLUMNS[:-1]
    )
}
      FROM (SELECT l.*, split_part(i.parent_path, '/', 1) AS section
              FROM crm_lead l LEFT JOIN res_partner_industry i ON i.id = l.industry_id
             WHERE intake_state IS NOT NULL AND l.company_id = %(c)s
               AND ({" OR ".join(within(f"l.{c}") for c in ["date_acquired", *COLUMNS])})) l
  GROUP BY GROUPING SETS ((), (team_id), (user_id), (intake_grade_id), (section))
"""


def by_month(column, amount=""):
    return f"""
        SELECT date_trunc('month', {column}), count(*){amount} FROM crm_lead
         WHERE {column} >= %(year)s AND {column} < %(b)s
           AND intake_state IS NOT NULL AND company_id = %(c)s
      GROUP BY 1
    """


def duration(before, after):
    took = f"EXTRACT(EPOCH FROM {after} - {before})"
    return f"""
        SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {took}),
               percentile_cont(0.9) WITHIN GROUP (ORDER BY {took})
          FROM crm_lead WHERE {within(after)} AND {before} IS NOT NULL AND {after} >= {before}
           AND intake_state IS NOT NULL AND company_id = %(c)s
    """


def sources(column):
    return f"""
        SELECT {column}, intake_grade_id, count(*), count(intake_approved_on),
               count(intake_won_on), count(intake_lost_on), sum(expected_revenue)
                   FILTER (WHERE intake_won_on IS NOT NULL), avg(intake_won_on - date_acquired)
          FROM crm_lead WHERE {within("date_acquired")}
           AND intake_state IS NOT NULL AND company_id = %(c)s
      GROUP BY GROUPING SETS (({column}), ({column}, intake_grade_id))
    """


EVERYTHING = [
    FUNNEL,
    # the month before
    FUNNEL.replace("%(b)s", "%(a)s").replace(
        ">= %(a)s", ">= %(a)s::timestamp - interval '1 month'"
    ),
    by_month("date_acquired"),
    by_month("intake_approved_on"),
    by_month("intake_won_on", ", sum(expected_revenue)"),
    by_month("intake_lost_on"),
    *(
        duration(before, after)
        for before, after in zip(["date_acquired", *COLUMNS[:-2]], COLUMNS[:-1], strict=True)
    ),
    f"""
        SELECT milestone, count(*), count(*) FILTER (WHERE state = 'met')
          FROM lead_intake_deadline
         WHERE {within("date_due")} AND company_id = %(c)s
           AND (state IN ('met', 'late', 'overdue') OR state = 'running' AND date_due < now()
                OR state = 'cancelled' AND date_overdue IS NOT NULL)
      GROUP BY milestone
    """,
    sources("medium_id"),
    sources("source_id"),
    f"""
        SELECT lost_reason_id, stage_id, intake_grade_id, count(*) FROM crm_lead
         WHERE {within("intake_lost_on")} AND intake_state IS NOT NULL AND company_id = %(c)s
      GROUP BY GROUPING SETS ((lost_reason_id), (lost_reason_id, stage_id),
                              (lost_reason_id, intake_grade_id))
    """,
    f"""
        SELECT id, name, lost_reason_id, retrospective FROM crm_lead
         WHERE {within("intake_lost_on")} AND intake_state IS NOT NULL AND company_id = %(c)s
           AND retrospective IS NOT NULL
      ORDER BY intake_lost_on DESC, id DESC LIMIT 200
    """,
]


def cases(sites, wanted):
    site = sites["intake"]
    yield Case(
        "month-end figures, all of them",
        {"SQL": by_hand(site, EVERYTHING), "ours": ours(site)},
        base="SQL",
        bars={"ours": ("<", 1.5)},
        runs=5,
    )
    yield Case(
        "month-end figures, the funnel alone",
        {"SQL": by_hand(site, [FUNNEL]), "ours": ours_funnel(site)},
        base="SQL",
        bars={"ours": ("<", 1.5)},
        runs=5,
    )
