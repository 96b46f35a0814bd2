"""Import a file: ``load`` as the import dialog calls it, by who is in operations."""

from ..measuring import Case
from .create import OTHER_TEAM, TEAM

FIELDS = [
    "name",
    "partner_name",
    "contact_name",
    "email_from",
    "phone",
    "country_id",
    "medium_id",
    "source_id",
    "team_id",
]


def rows(env, count, team):
    medium = env["utm.medium"].search([], order="id", limit=1).name
    return [
        [
            f"Imported enquiry {number}",
            f"Visitor {number} Ltd",
            f"Guest {number}",
            f"guest@visitor{number}.example",
            f"+86137{number:08}",
            "China",
            medium,
            f"Expo {number % 40:02}",
            team,
        ]
        for number in range(count)
    ]


def side(site, team, count):
    def load(env, lines):
        done = env["crm.lead"].with_context(import_file=True).load(FIELDS, lines)
        if not done["ids"]:
            raise ValueError(done["messages"][:3])

    def run():
        return site.run(load, lambda env: rows(env, count, team), "operations_00")

    return run


def cases(sites, wanted):
    count, runs = (10000, 1) if wanted["full"] else (100 if wanted["quick"] else 500, 2)
    yield Case(
        f"import {count:,} rows",
        {
            "crm": side(sites["plain"], OTHER_TEAM, count),
            "other team": side(sites["intake"], OTHER_TEAM, count),
            "intake team": side(sites["intake"], TEAM, count),
        },
        base="crm",
        bars={"other team": ("<", 1.02), "intake team": ("<", 1.25)},
        runs=runs,
        warm=0,
        per=count,
    )
