"""Give owners to approved leads of 8 teams with 5 members each: ours as a supervisor's bulk
assignment does it, and Odoo's engine as its cron does.

Odoo's engine is measured twice: on leads whose team is chosen already, as ours are, and on leads
it has to find the team for as well.
"""

from ..fill import CITIES
from ..measuring import Case

SQL = """
    INSERT INTO crm_lead (name, type, active, won_status, company_id, team_id, stage_id, priority,
                          partner_name, email_from, email_normalized, email_domain_criterion,
                          phone, phone_sanitized, country_id, city, probability, create_date,
                          write_date {columns})
    SELECT 'To assign ' || n, 'opportunity', true, 'pending', (SELECT min(id) FROM res_company),
           CASE WHEN %(teams)s::int[] IS NOT NULL
                THEN (%(teams)s::int[])[1 + n %% cardinality(%(teams)s::int[])] END,
           (SELECT id FROM crm_stage WHERE sequence = 2 ORDER BY id LIMIT 1), '1',
           'Assignee ' || n || ' Ltd', 'a@assignee' || n || '.example',
           'a@assignee' || n || '.example', '@assignee' || n || '.example',
           '+86136' || lpad(n::text, 8, '0'), '+86136' || lpad(n::text, 8, '0'),
           (SELECT id FROM res_country WHERE code = 'CN'),
           (%(cities)s::text[])[1 + n %% 10], 30, now() AT TIME ZONE 'UTC',
           now() AT TIME ZONE 'UTC' {values}
      FROM generate_series(1, %(count)s) n
 RETURNING id
"""
COLUMNS = """, intake_state, intake_grade_id, intake_submitted_on, intake_approved_on,
               date_acquired, industry_id, intake_company_key"""
VALUES = """, 'approved', (SELECT id FROM lead_intake_grade ORDER BY id OFFSET n %% 3 LIMIT 1),
              now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
              (SELECT id FROM res_partner_industry ORDER BY id OFFSET n %% 50 LIMIT 1),
              'assignee' || n"""


def make_leads(env, count, teams, intake):
    parts = {"columns": COLUMNS, "values": VALUES} if intake else {"columns": "", "values": ""}
    # Whatever waits for an owner already is no part of this.
    env.cr.execute(
        "UPDATE crm_lead SET date_open = create_date, won_status = 'lost', active = false"
        " WHERE user_id IS NULL"
    )
    env.cr.execute(
        SQL.format(**parts),
        {"count": count, "teams": teams and teams.ids, "cities": CITIES},
    )
    return env["crm.lead"].browse([row[0] for row in env.cr.fetchall()])


def bench_teams(env):
    return env["crm.team"].search([("name", "=like", "Team %")], order="id")


def ours(site, count):
    def prepare(env):
        teams = bench_teams(env).filtered("use_intake")
        supervisor = env.ref("base.user_admin")
        supervisor.group_ids += env.ref("lead_intake.group_intake_supervisor")
        teams.intake_reviewer_ids += supervisor
        return make_leads(env, count, teams, True), supervisor

    def do(env, prepared):
        leads, supervisor = prepared
        ranked = leads.with_user(supervisor)._intake_rank()
        plan = {lead: user for lead, (user, _scores) in ranked.items()}
        env["crm.lead"].with_user(supervisor)._intake_assign_plan(plan)
        return len(leads.filtered("user_id"))

    return lambda: complete(site.run(do, prepare), count)


def odoos(site, count, with_team):
    def prepare(env):
        env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        teams = bench_teams(env)[:-1]
        return teams, make_leads(env, count, teams if with_team else None, False)

    def do(env, prepared):
        teams, leads = prepared
        teams._action_assign_leads(creation_delta_days=1)
        return len(leads.exists().filtered("user_id"))

    return lambda: complete(site.run(do, prepare), count)


def complete(sample, count):
    if sample.result != count:
        raise ValueError(f"{sample.result} of {count} leads were assigned")
    return sample


def cases(sites, wanted):
    count = 5000 if wanted["full"] else 100 if wanted["quick"] else 1000
    yield Case(
        f"assign {count:,} leads",
        {
            "crm, team known": odoos(sites["plain"], count, True),
            "crm, team to be found": odoos(sites["plain"], count, False),
            "ours": ours(sites["intake"], count),
        },
        base="crm, team known",
        # Meant for batches: each owner gets one message, however few leads it tells of.
        bars={} if wanted["quick"] else {"ours": (">", 5)},
        warm=0,
        runs=2,
        rare={"crm, team to be found": 1},
        per=count,
    )
