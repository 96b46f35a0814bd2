"""Assigning approved leads to 8 teams × 6 members: ours and Odoo's own engine, side by side.

Run it in a database of its own, with lead_intake installed::

    createdb bench; development/odoo -d bench -i lead_intake --stop-after-init
    ASSIGN_BENCHMARK=1000,5000 development/odoo shell -d bench --no-http < benchmarks/assign.py

The same leads go through both, one after the other: ours as a supervisor's bulk assignment does
it (ranking, owners, log, clocks, one message to each new owner), Odoo's as ``_cron_assign_leads``
does it. Every member fits equally and has room, so that fairness can be told: "apart" is how far
the member farthest from the average is from it. Everything is rolled back.

Odoo's engine runs twice: on leads under the procedure, where our log and clocks follow it, and on
plain leads of teams that don't use it, which is Odoo alone.
"""

import os
import time
from collections import Counter
from unittest.mock import patch

from odoo import modules

from odoo.addons.lead_intake.tools import guard

TEAMS, MEMBERS = 8, 6
SIZES = [int(size) for size in os.environ.get("ASSIGN_BENCHMARK", "1000,5000").split(",")]

env = env(context=dict(env.context, no_reset_password=True))  # noqa: F821  the shell's
cr = env.cr
grades = [env.ref(f"lead_intake.grade_{name}") for name in "abc"]


def make_teams(use_intake):
    """Make teams whose members all fit equally and have room for everything."""
    users = env["res.users"].create(
        [
            {
                "name": f"Bench {use_intake} {number}",
                "login": f"bench_{use_intake}_{number}",
                "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
            }
            for number in range(TEAMS * MEMBERS)
        ]
    )
    teams = env["crm.team"].create(
        [
            {"name": f"Bench {n}", "use_intake": use_intake, "use_opportunities": True}
            for n in range(TEAMS)
        ]
    )
    env["crm.team.member"].create(
        [
            {
                "crm_team_id": teams[number // MEMBERS].id,
                "user_id": user.id,
                "assignment_max": 30 * 30000,
            }
            for number, user in enumerate(users)
        ]
    )
    return teams


def make_leads(teams, count):
    """Make leads without an owner; in teams of the procedure they are approved."""
    leads = env["crm.lead"].create(
        [
            {
                "name": f"Lead {number}",
                "partner_name": f"Customer {number} Ltd",
                "email_from": f"buyer@customer{number}.example",
                "team_id": teams[number % TEAMS].id,
                "user_id": False,
                "type": "opportunity",
            }
            for number in range(count)
        ]
    )
    if teams[0].use_intake:
        for number, grade in enumerate(grades):
            part = leads.browse(leads.ids[number::3])
            guard.opened(part).write({"intake_state": "approved", "intake_grade_id": grade.id})
        leads._intake_todo_done("complete")
        env["lead.intake.deadline"]._cancel(leads, "Approved by the benchmark")
    settle()
    return leads


def settle():
    env.flush_all()
    cr.precommit.run()
    env.flush_all()
    env.invalidate_all()


def measure(label, leads, call):
    queries, start = cr.sql_log_count, time.perf_counter()
    call()
    settle()
    seconds, queries = time.perf_counter() - start, cr.sql_log_count - queries
    got = Counter(lead.user_id.id for lead in leads)
    apart = 0.0
    for team, of_team in leads.grouped("team_id").items():
        for user in team.member_ids:
            apart = max(apart, abs(got[user.id] - len(of_team) / MEMBERS))
    given = len(leads.filtered("user_id"))
    print(
        f"{len(leads):>6} {label:<28} {seconds:8.2f} s {queries:>8} queries "
        f"{given:>6} given {apart:6.1f} apart"
    )
    return seconds


def ours(leads):
    ranked = leads.with_user(supervisor)._intake_rank()
    plan = {lead: user for lead, (user, _scores) in ranked.items()}
    env["crm.lead"].with_user(supervisor)._intake_assign_plan(plan)


def odoos(teams):
    # As in a test: the engine would commit, and nothing here is to stay.
    with patch.object(modules.module, "current_test", True):
        teams._action_assign_leads(creation_delta_days=1)


env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
supervisor = env.ref("base.user_admin")
held, plain = make_teams(True), make_teams(False)
held.intake_reviewer_ids = supervisor
settle()
for size in SIZES:
    times = {}
    for label, teams, run in (
        ("ours", held, ours),
        ("Odoo's engine, our log", held, lambda leads: odoos(held)),
        ("Odoo's engine alone", plain, lambda leads: odoos(plain)),
    ):
        cr.execute("SAVEPOINT bench")
        batch = make_leads(teams, size)
        times[label] = measure(label, batch, lambda run=run, batch=batch: run(batch))
        cr.execute("ROLLBACK TO SAVEPOINT bench")
        env.transaction.clear()
        cr.precommit.clear()
        cr.postcommit.clear()
    for label in list(times)[1:]:
        print(f"{size:>6} ours is {times[label] / times['ours']:.1f} × as fast as {label}")
cr.rollback()
