"""Fill a database with leads by SQL: set by set, a million in minutes.

What lead ``n`` is like follows from ``n`` alone, so that the databases with and without Lead
Intake hold the same leads. Identifiers grow with time, over 24 months up to the anchor:

    older than 60 days   3 % open, 17 % won, 80 % lost and archived
    newer                open ever more often, the newest nearly all
    open ones            by age: drafts, submitted, returned, on hold, else approved and
                         somewhere in the pipeline; an eighth of their promises is late

With the procedure come what it would have left behind: reviews, deadlines, follow-ups and the log
of assignments, about ten rows a lead.
"""

from datetime import timedelta

VERSION = "1"  # another one has the databases that are kept filled anew
CITIES = ["上海", "北京", "深圳", "广州", "杭州", "苏州", "成都", "武汉", "南京", "天津"]
# Tables that are filled, and whose indexes are made anew afterwards.
TABLES = ["crm_lead", "mail_activity", "mail_message", "mail_followers"]
INTAKE_TABLES = [
    "lead_intake_deadline",
    "lead_intake_review",
    "lead_intake_follow_up",
    "lead_intake_assignment",
]
FIRST_ID = 1000


def fill(cursor, size, anchor, company_key):
    """Insert ``size`` leads and what belongs to them.

    :param cursor: of psycopg2, autocommitting, of a superuser
    :param datetime anchor: the newest lead's moment, naive UTC
    :param company_key: what a company's name is compared by; None without Lead Intake
    """
    intake = company_key is not None
    lists = read_lists(cursor, intake)
    values = {**lists, "size": size, "anchor": anchor, "first": FIRST_ID, "cities": CITIES}
    cursor.execute("SET session_replication_role = replica")  # no foreign keys to check
    cursor.execute("SET work_mem = '256MB'")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(
        """
        CREATE OR REPLACE FUNCTION pg_temp.r(n bigint, k bigint) RETURNS float8 LANGUAGE sql
        IMMUTABLE AS 'SELECT (hashint8extended(n, k) & 2147483647)::float8 / 2147483648.0'
        """
    )
    cursor.execute(
        """
        CREATE OR REPLACE FUNCTION pg_temp.one(list int[], share float8) RETURNS int LANGUAGE sql
        IMMUTABLE AS 'SELECT list[1 + floor(share * cardinality(list))::int]'
        """
    )
    cursor.execute(STORY, values)
    tables = TABLES + (INTAKE_TABLES if intake else [])
    indexes = drop_indexes(cursor, tables)
    cursor.execute(leads_statement(intake, company_key), values)
    for statement in (ACTIVITIES, MESSAGES, FOLLOWERS, PARTNERS):
        cursor.execute(statement, values)
    if intake:
        for statement in (DEADLINES, REVIEWS, FOLLOW_UPS, ASSIGNMENTS):
            cursor.execute(statement, values)
    for index in indexes:
        cursor.execute(index)
    for table in [*tables, "res_partner"]:
        cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
        cursor.execute(f"VACUUM ANALYZE {table}")
    cursor.execute("DROP TABLE story")


def read_lists(cursor, intake):
    """Read whom and what leads refer to."""

    def ids(query):
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]

    stages = ids("SELECT id FROM crm_stage WHERE is_won IS NOT TRUE ORDER BY sequence, id")
    lists = {
        "reps": ids("SELECT id FROM res_users WHERE login LIKE 'rep\\_%' ORDER BY login"),
        "rep_partners": ids(
            "SELECT partner_id FROM res_users WHERE login LIKE 'rep\\_%' ORDER BY login"
        ),
        "supervisors": ids(
            "SELECT id FROM res_users WHERE login LIKE 'supervisor\\_%' ORDER BY login"
        ),
        "teams": ids("SELECT id FROM crm_team WHERE name->>'en_US' LIKE 'Team %' ORDER BY id"),
        "sources": ids("SELECT id FROM utm_source WHERE name LIKE 'Expo %' ORDER BY id"),
        "media": ids("SELECT id FROM utm_medium ORDER BY id LIMIT 8"),
        "reasons": ids("SELECT id FROM crm_lost_reason ORDER BY id"),
        "first_stage": stages[0],
        "stages": stages[1:],
        "won_stage": ids("SELECT id FROM crm_stage WHERE is_won ORDER BY id")[0],
        "company": ids("SELECT id FROM res_company ORDER BY id")[0],
        "country": ids("SELECT id FROM res_country WHERE code = 'CN'")[0],
        "todo": ids(
            "SELECT res_id FROM ir_model_data"
            " WHERE module = 'mail' AND name = 'mail_activity_data_todo'"
        )[0],
        "lead_model": ids("SELECT id FROM ir_model WHERE model = 'crm.lead'")[0],
        "note": ids("SELECT res_id FROM ir_model_data WHERE module = 'mail' AND name = 'mt_note'")[
            0
        ],
        "industries": ids("SELECT id FROM res_partner_industry ORDER BY id"),
    }
    if intake:
        lists["grades"] = ids("SELECT id FROM lead_intake_grade ORDER BY sequence, id")
        lists["types"] = ids("SELECT id FROM lead_intake_type ORDER BY id")
        lists["plan_todo"] = ids(
            "SELECT res_id FROM ir_model_data"
            " WHERE module = 'lead_intake' AND name = 'mail_activity_type_plan'"
        )[0]
    return lists


def drop_indexes(cursor, tables):
    """Drop the indexes but those of constraints; how to make them again."""
    cursor.execute(
        """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE c.relname = ANY(%s) AND NOT i.indisprimary
           AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
        """,
        [tables],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


# What happened to each lead, in one table that all others are filled from.
STORY = """
CREATE TEMPORARY TABLE story AS
WITH moments AS (
    SELECT n, date_trunc('second',
                         %(anchor)s - interval '730 days' * (1 - n / %(size)s::float8)) AS t,
           floor(pg_temp.r(n, 1) * 8)::int AS team,
           730 * (1 - n / %(size)s::float8) AS age
      FROM generate_series(1, %(size)s) n
), fates AS (
    SELECT *, team * 5 + floor(pg_temp.r(n, 2) * 5)::int AS rep,
           CASE WHEN age > 60 AND pg_temp.r(n, 3) < 0.03 THEN 'open'
                WHEN age <= 60 AND pg_temp.r(n, 3) < 1 - age / 60 * 0.9 THEN 'open'
                WHEN pg_temp.r(n, 4) < 0.175 THEN 'won'
                ELSE 'lost' END AS fate
      FROM moments
), states AS (
    SELECT *,
           CASE WHEN team = 7 THEN NULL
                WHEN fate = 'won' THEN 'approved'
                WHEN fate = 'lost' THEN CASE WHEN pg_temp.r(n, 5) < 0.2 THEN 'draft'
                                             ELSE 'approved' END
                WHEN age > 60 THEN CASE WHEN pg_temp.r(n, 5) < 0.3 THEN 'on_hold'
                                        ELSE 'approved' END
                WHEN age < 3 THEN CASE WHEN pg_temp.r(n, 5) < 0.4 THEN 'draft'
                                       WHEN pg_temp.r(n, 5) < 0.8 THEN 'submitted'
                                       WHEN pg_temp.r(n, 5) < 0.85 THEN 'returned'
                                       ELSE 'approved' END
                ELSE CASE WHEN pg_temp.r(n, 5) < 0.02 THEN 'draft'
                          WHEN pg_temp.r(n, 5) < 0.04 THEN 'submitted'
                          WHEN pg_temp.r(n, 5) < 0.06 THEN 'returned'
                          WHEN pg_temp.r(n, 5) < 0.11 THEN 'on_hold'
                          ELSE 'approved' END END AS state,
           -- one in two hundred waits for an owner
           pg_temp.r(n, 6) < 0.005 AS lucky
      FROM fates
)
SELECT n, n + %(first)s AS id, t, age, fate, state,
       (%(teams)s::int[])[team + 1] AS team_id,
       CASE WHEN state = 'approved' AND fate = 'open' AND lucky THEN NULL
            ELSE (%(reps)s::int[])[rep + 1] END AS user_id,
       (%(rep_partners)s::int[])[rep + 1] AS rep_partner_id,
       (%(supervisors)s::int[])[team %% 5 + 1] AS supervisor_id,
       CASE WHEN fate = 'won' THEN %(won_stage)s
            WHEN fate = 'open' AND state IN ('draft', 'submitted', 'returned')
                 OR fate = 'lost' AND state = 'draft' THEN %(first_stage)s
            ELSE pg_temp.one(%(stages)s, power(pg_temp.r(n, 7), 1.6)) END AS stage_id,
       fate <> 'open' OR pg_temp.r(n, 8) < 0.75 AS contacted,
       -- promises: from a day ago to a week from now
       date_trunc('second', %(anchor)s + (pg_temp.r(n, 9) * 8 - 1) * interval '1 day') AS due,
       CASE WHEN fate = 'open' AND NOT (state = 'approved' AND lucky) THEN
            CASE state WHEN 'draft' THEN 'registration' WHEN 'submitted' THEN 'review'
                       WHEN 'returned' THEN 'completion'
                       WHEN 'approved' THEN CASE WHEN pg_temp.r(n, 8) < 0.75 THEN 'follow_up'
                                                 ELSE 'first_contact' END END END AS milestone,
       LEAST(%(anchor)s, t + floor(pg_temp.r(n, 10) * 1800) * interval '1 min') AS registered,
       LEAST(%(anchor)s, t + floor(1800 + pg_temp.r(n, 11) * 1440) * interval '1 min') AS approved,
       LEAST(%(anchor)s, t + floor(3240 + pg_temp.r(n, 12) * 2880) * interval '1 min')
           AS contacted_on,
       LEAST(%(anchor)s, t + floor(10080 + pg_temp.r(n, 13) * 28800) * interval '1 min') AS closed
  FROM states
"""


def leads_statement(intake, company_key):
    columns = {
        "id": "id",
        "name": "'Enquiry ' || n",
        "type": "'opportunity'",
        "active": "fate <> 'lost'",
        "won_status": "CASE fate WHEN 'open' THEN 'pending' ELSE fate END",
        "company_id": "%(company)s",
        "team_id": "team_id",
        "user_id": "user_id",
        "stage_id": "stage_id",
        "priority": "floor(pg_temp.r(n, 20) * 4)::text",
        "partner_name": "'Customer ' || n / 3 || ' Ltd'",
        "contact_name": "'Buyer ' || n",
        "email_from": "'buyer' || n || '@customer' || n / 3 || '.example'",
        "email_normalized": "'buyer' || n || '@customer' || n / 3 || '.example'",
        "email_domain_criterion": "'@customer' || n / 3 || '.example'",
        "email_state": "'correct'",
        "phone": "'+86138' || lpad(n::text, 8, '0')",
        "phone_sanitized": "'+86138' || lpad(n::text, 8, '0')",
        "phone_state": "'correct'",
        "city": "(%(cities)s::text[])[1 + floor(pg_temp.r(n, 21) * 10)::int]",
        "country_id": "%(country)s",
        "medium_id": "pg_temp.one(%(media)s, pg_temp.r(n, 22))",
        "source_id": "pg_temp.one(%(sources)s, pg_temp.r(n, 23))",
        "lost_reason_id": "CASE WHEN fate = 'lost'"
        " THEN pg_temp.one(%(reasons)s, pg_temp.r(n, 24)) END",
        "expected_revenue": "(power(pg_temp.r(n, 25), 3) * 1000000)::int",
        "probability": "CASE fate WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 30 END",
        "automated_probability": "CASE fate WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 30 END",
        "prorated_revenue": "(power(pg_temp.r(n, 25), 3) * 1000000)::int *"
        " CASE fate WHEN 'won' THEN 1 WHEN 'lost' THEN 0 ELSE 0.3 END",
        "partner_id": "CASE WHEN fate = 'won' THEN %(first)s + n / 20 END",
        "date_open": "t",
        "date_closed": "CASE WHEN fate <> 'open' THEN closed END",
        "date_last_stage_update": "LEAST(closed, %(anchor)s)",
        "create_uid": "user_id",
        "write_uid": "user_id",
        "create_date": "t",
        "write_date": "t",
    }
    if intake:
        columns |= {
            "intake_state": "state",
            "intake_company_key": "replace({key}, '12345', (n / 3)::text)".format(
                key=f"'{company_key}'"
            ),
            "date_acquired": "date_trunc('minute', t)",
            "registrant_id": "user_id",
            "lead_type_id": "pg_temp.one(%(types)s, pg_temp.r(n, 26))",
            "industry_id": "pg_temp.one(%(industries)s, pg_temp.r(n, 27))",
            "initial_need": "'Buying equipment, budget about ' || n",
            "estimated_budget": "(power(pg_temp.r(n, 25), 3) * 1000000)::int",
            "need_fit": "(ARRAY['high', 'medium', 'low'])[1 + n %% 3]",
            "purchase_horizon": "(ARRAY['1', '3', '6', '12'])[1 + n %% 4]",
            "decision_maker": "(ARRAY['known', 'partly', 'unknown'])[1 + n %% 3]",
            "intake_grade_id": "CASE WHEN state IN ('approved', 'on_hold')"
            " THEN pg_temp.one(%(grades)s, sqrt(pg_temp.r(n, 28))) END",
            "intake_submitted_on": "CASE WHEN state <> 'draft' THEN registered END",
            "intake_registered_on": "CASE WHEN state <> 'draft' THEN registered END",
            "intake_approved_on": "CASE WHEN state IN ('approved', 'on_hold') THEN approved END",
            "intake_contacted_on": "CASE WHEN state IN ('approved', 'on_hold') AND contacted"
            " THEN contacted_on END",
            "intake_requirement_clear_on": "CASE WHEN state = 'approved'"
            " AND (fate = 'won' OR pg_temp.r(n, 29) < 0.4) THEN contacted_on + interval '5 d' END",
            "intake_proposal_on": "CASE WHEN state = 'approved'"
            " AND (fate = 'won' OR pg_temp.r(n, 29) < 0.3) THEN contacted_on + interval '9 d' END",
            "intake_negotiating_on": "CASE WHEN state = 'approved'"
            " AND (fate = 'won' OR pg_temp.r(n, 29) < 0.2) THEN contacted_on + interval '12 d' END",
            "intake_won_on": "CASE WHEN fate = 'won' AND state IS NOT NULL THEN closed END",
            "intake_lost_on": "CASE WHEN fate = 'lost' AND state IS NOT NULL THEN closed END",
            "retrospective": "CASE WHEN fate = 'lost' AND state = 'approved' AND n %% 5 = 0"
            " THEN 'They chose a competitor, who was cheaper by ' || n %% 30 || ' percent.' END",
            "intake_hold_until": "CASE WHEN state = 'on_hold' THEN (due + interval '9 d')::date END",
            "intake_milestone": "milestone",
            "intake_date_due": "CASE WHEN milestone IS NOT NULL THEN due END",
            "intake_next_on": "CASE WHEN milestone IS NOT NULL THEN due END",
            "intake_responsible_id": "CASE WHEN milestone = 'review' THEN supervisor_id"
            " WHEN milestone IS NOT NULL THEN COALESCE(user_id, supervisor_id) END",
        }
    return (
        f"INSERT INTO crm_lead ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
        " FROM story"
    )


ACTIVITIES = """
INSERT INTO mail_activity (res_model, res_model_id, res_id, res_name, activity_type_id, summary,
                           date_deadline, user_id, automated, active, create_uid, create_date)
SELECT 'crm.lead', %(lead_model)s, id, 'Enquiry ' || n, %(todo)s, 'Call', due::date,
       COALESCE(user_id, supervisor_id), true, true, user_id, t
  FROM story WHERE fate = 'open'
"""
MESSAGES = """
INSERT INTO mail_message (model, res_id, message_type, subtype_id, date, body, author_id,
                          is_internal, create_date)
SELECT 'crm.lead', id, 'notification', %(note)s, t, '<p>Lead/Opportunity created</p>',
       rep_partner_id, true, t
  FROM story
"""
FOLLOWERS = """
INSERT INTO mail_followers (res_model, res_id, partner_id)
SELECT 'crm.lead', id, rep_partner_id FROM story WHERE user_id IS NOT NULL
"""
PARTNERS = """
INSERT INTO res_partner (id, name, complete_name, type, is_company, active, company_id,
                         commercial_partner_id, email, email_normalized, partner_share,
                         create_date, write_date)
SELECT %(first)s + m, 'Known ' || m || ' Ltd', 'Known ' || m || ' Ltd', 'contact', true, true, NULL,
       %(first)s + m, 'known' || m || '@known.example', 'known' || m || '@known.example', true,
       %(anchor)s, %(anchor)s
  FROM generate_series(0, %(size)s / 20) m
"""
# What was promised and kept, and what runs. An eighth of what was kept was kept late.
DEADLINES = """
INSERT INTO lead_intake_deadline (lead_id, team_id, company_id, responsible_id, milestone, state,
        hours, counted_hours, date_started, counted_from, date_due, date_warned, date_overdue,
        date_closed, date_paused, hours_left, elapsed_hours, escalation_level, date_next, on_time,
        create_date)
SELECT s.id, s.team_id, %(company)s, p.who, p.milestone,
       CASE WHEN p.kept AND late THEN 'late' WHEN p.kept THEN 'met'
            WHEN s.state = 'on_hold' THEN 'paused'
            WHEN p.due < %(anchor)s THEN 'overdue' ELSE 'running' END,
       p.hours, p.hours, p.start, p.start, p.due, CASE WHEN NOT p.kept THEN p.start END,
       CASE WHEN p.kept AND late OR NOT p.kept AND p.due < %(anchor)s THEN p.due END,
       CASE WHEN p.kept AND late THEN p.due + interval '5 hours'
            WHEN p.kept THEN p.due - p.hours * 0.3 * interval '1 hour' END,
       CASE WHEN s.state = 'on_hold' AND NOT p.kept THEN p.start + interval '1 hour' END,
       CASE WHEN s.state = 'on_hold' AND NOT p.kept THEN p.hours - 1 END,
       p.hours * 0.7, CASE WHEN NOT p.kept AND p.due < %(anchor)s THEN 3 ELSE 0 END,
       CASE WHEN NOT p.kept AND s.state <> 'on_hold' AND p.due >= %(anchor)s THEN p.due END,
       CASE WHEN p.kept AND NOT late THEN 100 ELSE 0 END, p.start
  FROM story s
  CROSS JOIN LATERAL (VALUES
       ('registration', 24, t, t + interval '24 hours', user_id, true,
        state <> 'draft'),
       ('review', 48, registered, registered + interval '48 hours', supervisor_id, true,
        state IN ('approved', 'on_hold', 'returned')),
       ('plan', 12, approved, approved + interval '12 hours', user_id, true,
        state IN ('approved', 'on_hold') AND contacted),
       ('first_contact', 48, approved, approved + interval '48 hours', user_id, true,
        state IN ('approved', 'on_hold') AND contacted),
       ('follow_up', 168, contacted_on, contacted_on + interval '168 hours', user_id, true,
        state IN ('approved', 'on_hold') AND contacted),
       ('closing', 72, closed, closed + interval '72 hours', user_id, true,
        fate <> 'open' AND state = 'approved'),
       (milestone, 48, due - interval '48 hours', due, CASE WHEN milestone = 'review'
        THEN supervisor_id ELSE COALESCE(user_id, supervisor_id) END, false,
        milestone IS NOT NULL),
       ('follow_up', 168, due - interval '168 hours', due, user_id, false,
        fate = 'open' AND state = 'on_hold')
  ) AS p (milestone, hours, start, due, who, kept, there)
  CROSS JOIN LATERAL (SELECT pg_temp.r(n, 40 + length(p.milestone)) < 0.125 AS late) AS l
 WHERE s.state IS NOT NULL AND p.there
 ORDER BY p.start
"""
REVIEWS = """
INSERT INTO lead_intake_review (lead_id, team_id, company_id, round, submitted_by_id, submitted_on,
                                decided_by_id, decided_on, state, grade_id, score, create_date)
SELECT s.id, s.team_id, %(company)s, 1, COALESCE(s.user_id, supervisor_id), registered,
       CASE WHEN state <> 'submitted' THEN supervisor_id END,
       CASE WHEN state <> 'submitted' THEN approved END,
       CASE state WHEN 'submitted' THEN 'waiting' WHEN 'on_hold' THEN 'approved' ELSE state END,
       CASE WHEN state IN ('approved', 'on_hold')
            THEN pg_temp.one(%(grades)s, sqrt(pg_temp.r(n, 28))) END, n %% 100, registered
  FROM story s WHERE state IN ('submitted', 'approved', 'on_hold', 'returned')
 ORDER BY n
"""
FOLLOW_UPS = """
INSERT INTO lead_intake_follow_up (lead_id, team_id, company_id, user_id, state, method, summary,
        outcome, goal, counts_as_contact, planned_on, contacted_on, recorded_on, date, create_date)
SELECT s.id, s.team_id, %(company)s, COALESCE(user_id, supervisor_id), f.state, 'phone',
       CASE WHEN f.state = 'recorded' THEN 'Talked about the purchase and its schedule' END,
       CASE WHEN f.state = 'recorded' THEN 'reached' END,
       'Get the purchase schedule', f.state = 'recorded',
       CASE WHEN f.state = 'planned' THEN f.moment END,
       CASE WHEN f.state = 'recorded' THEN f.moment END,
       CASE WHEN f.state = 'recorded' THEN f.moment END, f.moment, f.moment
  FROM story s
  CROSS JOIN LATERAL (VALUES
       ('recorded', contacted_on, contacted),
       ('recorded', contacted_on + interval '6 days', contacted AND fate <> 'open'),
       ('planned', due, contacted AND fate = 'open' AND state = 'approved')
  ) AS f (state, moment, there)
 WHERE s.state IN ('approved', 'on_hold') AND f.there
 ORDER BY n
"""
ASSIGNMENTS = """
INSERT INTO lead_intake_assignment (lead_id, team_id, company_id, user_id, assigned_by_id,
                                    assigned_on, how, create_date)
SELECT id, team_id, %(company)s, user_id, supervisor_id, approved, 'suggested', approved
  FROM story WHERE state IN ('approved', 'on_hold') AND user_id IS NOT NULL
 ORDER BY n
"""


def anchor_of(now):
    """Return the moment the newest lead is of: late enough that nothing lies in the future."""
    return now.replace(second=0, microsecond=0) - timedelta(minutes=5)
