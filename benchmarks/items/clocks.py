"""What a clock adds to a record, beside OCA's helpdesk_mgmt_sla: 100 created with a promise and
without one.
"""

from ..measuring import Case
from . import create

COUNT = 100


def tickets(site, with_sla):
    def prepare(env):
        team = env["helpdesk.ticket.team"].create({"name": "Benchmark", "use_sla": with_sla})
        if with_sla:
            env["helpdesk.sla"].create(
                {"name": "24 h", "team_ids": [(4, team.id)], "hours": 24, "days": 0}
            )
        return [
            {"name": f"Ticket {n}", "description": "Help", "team_id": team.id} for n in range(COUNT)
        ]

    return lambda: site.run(lambda env, vals: env["helpdesk.ticket"].create(vals), prepare)


def starts(site):
    """The clock alone: leads that wait in their team get one more promise."""

    def prepare(env):
        return env["crm.lead"].create(create.values(env, COUNT, create.TEAM))

    def do(env, leads):
        env["lead.intake.deadline"]._start(leads, "completion")

    return lambda: site.run(do, prepare, create.REP)


def cases(sites, wanted):
    yield Case(
        f"{COUNT} helpdesk tickets, with a promise and without",
        {
            "tickets without": tickets(sites["rivals"], False),
            "tickets with helpdesk_mgmt_sla": tickets(sites["rivals"], True),
        },
        base="tickets without",
        runs=5,
        per=COUNT,
    )
    yield Case(
        f"start {COUNT} clocks",
        {"ours": starts(sites["intake"])},
        base="ours",
        runs=5,
        per=COUNT,
    )
