"""The figures of a month, beside SQL by hand that counts the same.

The SQL is what an expert would write for one company, with one currency, whose leads all have a
company: a temporary table of the leads of two months, and one pass over it for each kind of
figures; one pass over a year of leads for the trend. It counts the same figures, which is checked.

Once for the last month, and once for a "month" of a tenth of all leads: the months are stretched
for it, so that twelve of them are older than the oldest lead.
"""

from contextlib import nullcontext
from datetime import date, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from ..measuring import Case

STATUSES = (
    "registered",
    "approved",
    "contacted",
    "requirement_clear",
    "proposal",
    "negotiating",
    "won",
)
COLUMNS = [f"intake_{status}_on" for status in (*STATUSES, "lost")]
# Of eight teams seven work by the procedure, over 730 days.
A_TENTH = timedelta(days=730 * 0.1 / 0.875)


def last_month():
    return (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)


def stretched(env, width):
    """Let months be of another length, the last one ending when it ended."""
    if not width:
        return nullcontext()
    figures, last = env["lead.intake.figures"], last_month()
    end = figures._get_period(env.ref("base.main_company"), last)[1]

    def period(_self, _company, month):
        back = (last.year - month.year) * 12 + last.month - month.month
        return end - width * (back + 1), end - width * back

    return patch.object(type(figures), "_get_period", period)


def ours(site, width=None):
    def do(env, company):
        with stretched(env, width):
            return env["lead.intake.figures"]._compute_month(company, last_month())

    return lambda: site.run(do, lambda env: env.ref("base.main_company"))


def ours_funnel(site):
    def do(env, values):
        company = env.ref("base.main_company")
        env.cr.execute("SET LOCAL jit = off")  # as it is for all of them
        return env["lead.intake.figures"]._count_funnel(
            company, values["a"], values["b"], values["now"]
        )

    return lambda: site.run(do, moments)


def by_hand(site, statements, width=None):
    def do(env, values):
        env.cr.execute("SET LOCAL jit = off")
        found = {}
        for name, statement in statements.items():
            env.cr.execute(statement, values)
            found[name] = env.cr.fetchall() if env.cr.description else []
        return found

    return lambda: site.run(do, lambda env: moments(env, width))


def moments(env, width=None):
    company, figures = env.ref("base.main_company"), env["lead.intake.figures"]
    now = env.cr.now()
    with stretched(env, width):
        start, stop = figures._get_period(company, last_month())
        (before, end), until = figures._get_previous(company, last_month(), now)
        months = [last_month() - relativedelta(months=back) for back in range(11, -1, -1)]
        starts = [figures._get_period(company, month)[0] for month in months]
    return {
        "a": start,
        "b": stop,
        "before": before,
        "end": end,
        "until": until,
        "now": now,
        "year": starts[0],
        "months": [*starts, stop],
        "company": company.id,
    }


def within(column, start="a", stop="b"):
    return f"({column} >= %({start})s AND {column} < %({stop})s)"


def any_within(columns, start="a", stop="b"):
    return f"({' OR '.join(within(column, start, stop) for column in columns)})"


MINE = "intake_state IS NOT NULL AND company_id = %(company)s"
REVENUE = "COALESCE(NULLIF(contract_amount, 0), expected_revenue)"
GATHER = f"""
    CREATE TEMPORARY TABLE month ON COMMIT DROP AS
    SELECT team_id, user_id, intake_grade_id AS grade_id, medium_id, source_id, campaign_id,
           lost_reason_id, lost_competitor_id, date_acquired, {", ".join(COLUMNS)},
           CASE WHEN intake_won_on IS NOT NULL THEN {REVENUE} END AS amount,
           split_part(i.parent_path, '/', 1) AS section
      FROM crm_lead l LEFT JOIN res_partner_industry i ON i.id = l.industry_id
     WHERE {MINE} AND {any_within(["date_acquired", *COLUMNS], "before", "b")}
"""


def funnel(table, start, stop, until):
    acquired = within("date_acquired", start, stop)
    got = " ".join(
        f"WHEN intake_{status}_on <= %({until})s THEN {number}"
        for number, status in reversed(list(enumerate(STATUSES, 1)))
    )
    happened = [f"count(*) FILTER (WHERE {within(c, start, stop)})" for c in COLUMNS]
    cohort = [f"count(*) FILTER (WHERE {acquired} AND got >= {n})" for n in range(8)]
    return f"""
        SELECT team_id, user_id, grade_id, section,
               {", ".join(happened)}, {", ".join(cohort)},
               count(*) FILTER (WHERE {acquired} AND intake_lost_on <= %({until})s)
          FROM (SELECT *, CASE {got} ELSE 0 END AS got FROM {table} l
                 WHERE {any_within(["date_acquired", *COLUMNS], start, stop)}) l
      GROUP BY GROUPING SETS ((), (team_id), (user_id), (grade_id), (section))
    """


TREND = f"""
    WITH counted AS (
        SELECT width_bucket(date_acquired, %(months)s::timestamp[]) AS acquired,
               width_bucket(intake_approved_on, %(months)s::timestamp[]) AS approved,
               width_bucket(intake_won_on, %(months)s::timestamp[]) AS won,
               width_bucket(intake_lost_on, %(months)s::timestamp[]) AS lost,
               medium_id, count(*) AS leads,
               sum({REVENUE}) FILTER (WHERE intake_won_on IS NOT NULL) AS amount
          FROM crm_lead
         WHERE {MINE}
           AND {any_within(["date_acquired", COLUMNS[1], COLUMNS[6], COLUMNS[7]], "year")}
      GROUP BY 1, 2, 3, 4, 5
    )
    SELECT grouping(acquired, approved, won, lost), acquired, approved, won, lost, medium_id,
           sum(leads), sum(amount)
      FROM counted
  GROUP BY GROUPING SETS ((acquired, medium_id), (approved), (won), (lost))
"""


def durations():
    steps = []
    for before, after in zip(["date_acquired", *COLUMNS], COLUMNS[:-1], strict=False):
        counts = f"FILTER (WHERE {within(after)} AND {after} >= {before})"
        took = f"EXTRACT(EPOCH FROM {after} - {before})::float8"
        steps.append(
            f"count(*) {counts}, percentile_cont(ARRAY[0.5, 0.9])"
            f" WITHIN GROUP (ORDER BY {took}) {counts}"
        )
    return f"SELECT {', '.join(steps)} FROM month WHERE {any_within(COLUMNS[:-1])}"


DUE = f"""
    SELECT milestone, count(*) FILTER (WHERE {within("date_due")}),
           count(*) FILTER (WHERE {within("date_due")} AND state = 'met'),
           count(*) FILTER (WHERE {within("date_due", "before", "end")}),
           count(*) FILTER (WHERE {within("date_due", "before", "end")} AND state = 'met')
      FROM lead_intake_deadline
     WHERE {within("date_due", "before")} AND company_id = %(company)s
       AND (state IN ('met', 'late', 'overdue') OR state = 'running' AND date_due < now()
            OR state = 'cancelled' AND date_overdue IS NOT NULL)
  GROUP BY milestone
"""
SOURCES = f"""
    WITH costs AS (
        SELECT id AS campaign_id, intake_cost::numeric
                   / (SELECT count(*) FROM crm_lead b WHERE b.campaign_id = c.id
                         AND b.intake_state IS NOT NULL AND b.date_acquired < %(b)s) AS share
          FROM utm_campaign c
         WHERE intake_cost > 0 AND id IN (SELECT campaign_id FROM month)
    ), cells AS (
        SELECT medium_id, source_id, campaign_id, grade_id, count(*) AS leads,
               count(*) FILTER (WHERE LEAST({", ".join(COLUMNS[1:7])}) <= %(now)s) AS approved,
               count(*) FILTER (WHERE intake_won_on <= %(now)s) AS won,
               count(*) FILTER (WHERE intake_lost_on <= %(now)s) AS lost,
               sum(amount) FILTER (WHERE intake_won_on <= %(now)s) AS amount,
               sum(EXTRACT(EPOCH FROM intake_won_on - date_acquired))
                   FILTER (WHERE intake_won_on <= %(now)s) AS seconds
          FROM month WHERE {within("date_acquired")}
      GROUP BY 1, 2, 3, 4
    )
    SELECT grouping(medium_id, source_id, campaign_id, grade_id), medium_id, source_id,
           campaign_id, grade_id, sum(leads), sum(approved), sum(won), sum(lost), sum(amount),
           sum(seconds) / nullif(sum(won), 0), sum(share * leads)
      FROM cells LEFT JOIN costs USING (campaign_id)
  GROUP BY GROUPING SETS ((medium_id), (medium_id, grade_id), (source_id), (source_id, grade_id),
                          (campaign_id), (campaign_id, grade_id))
"""


def losses(start, stop):
    reached = " ".join(
        f"WHEN intake_{status}_on IS NOT NULL THEN '{status}'" for status in STATUSES[-2::-1]
    )
    return f"""
        SELECT lost_reason_id, CASE {reached} ELSE 'acquired' END, grade_id, lost_competitor_id,
               count(*)
          FROM month WHERE {within("intake_lost_on", start, stop)}
      GROUP BY 1, 2, 3, 4
    """


WORDS = f"""
    SELECT l.id, l.name, r.name, c.name, retrospective
      FROM crm_lead l
 LEFT JOIN crm_lost_reason r ON r.id = lost_reason_id
 LEFT JOIN lead_intake_competitor c ON c.id = lost_competitor_id
     WHERE {within("intake_lost_on")} AND {MINE} AND retrospective IS NOT NULL
  ORDER BY intake_lost_on DESC, l.id DESC LIMIT 200
"""
EVERYTHING = {
    "gather": GATHER,
    "funnel": funnel("month", "a", "b", "now"),
    "funnel before": funnel("month", "before", "end", "until"),
    "trend": TREND,
    "durations": durations(),
    "due": DUE,
    "sources": SOURCES,
    "losses": losses("a", "b"),
    "losses before": losses("before", "end"),
    "words": WORDS,
    "drop": "DROP TABLE month",
}
FUNNEL = funnel(
    f"""
    (SELECT team_id, user_id, intake_grade_id AS grade_id, date_acquired, {", ".join(COLUMNS)},
            split_part(i.parent_path, '/', 1) AS section
       FROM crm_lead LEFT JOIN res_partner_industry i ON i.id = industry_id WHERE {MINE})
    """,
    "a",
    "b",
    "now",
)


def check(figures, found):
    """Refuse to compare what doesn't count the same."""

    def same(what, left, right):
        if left != right:
            raise ValueError(f"{what} differ: {left} by hand, {right} ours")

    def told(part):
        return [part["happened"][s] for s in (*STATUSES, "lost")] + [
            part["cohort"][s] for s in ("acquired", *STATUSES, "lost")
        ]

    # The total has more leads than the lines of what has no team, person, grade or industry.
    most = {
        name: max(found[name], key=lambda row: sum(row[4:])) for name in ("funnel", "funnel before")
    }
    same("funnels", list(most["funnel"][4:]), told(figures["funnel"]))
    same("funnels before", list(most["funnel before"][4:]), told(figures["funnel"]["previous"]))
    won = {
        row[3]: int(row[6]) for row in found["trend"] if row[0] == 0b1101 and 0 < (row[3] or 0) < 13
    }
    same("trends", won, {n: t["won"] for n, t in enumerate(figures["trend"], 1) if t["won"]})
    [steps] = found["durations"]
    same("durations", list(steps[::2]), [step["count"] for step in figures["durations"]])
    same(
        "promises",
        {row[0]: row[1:3] for row in found["due"] if row[1]},
        {line["milestone"]: (line["due"], line["met"]) for line in figures["on_time"]},
    )
    # Bits that say what a row isn't grouped by: all but the channel, all but the source.
    for key, bits, place in (("channel", 0b0111, 1), ("source", 0b1011, 2)):
        same(
            key,
            {row[place]: tuple(map(int, row[5:9])) for row in found["sources"] if row[0] == bits},
            {
                line["id"]: (line["leads"], line["approved"], line["won"], line["lost"])
                for line in figures["sources"][key]
            },
        )
    same("losses", sum(row[-1] for row in found["losses"]), figures["losses"]["total"])


def cases(sites, wanted):
    site = sites["intake"]
    for label, width in ((None, None), ("a tenth of all leads", A_TENTH)):
        sides = {"SQL": by_hand(site, EVERYTHING, width), "ours": ours(site, width)}
        figures = sides["ours"]().result
        check(figures, sides["SQL"]().result)
        month = label or "last month"
        yield Case(
            f"month-end figures, {month}: {figures['funnel']['cohort']['acquired']:,} leads",
            sides,
            base="SQL",
            bars={"ours": ("<", 1.5)},
            runs=5,
        )
    yield Case(
        "month-end figures, the funnel alone",
        {"SQL": by_hand(site, {"funnel": FUNNEL}), "ours": ours_funnel(site)},
        base="SQL",
        bars={"ours": ("<", 1.5)},
        runs=5,
    )
