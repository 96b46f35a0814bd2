"""Import a file, by who is in operations: through ``load`` alone, and through the import dialog,
which under the procedure looks for known customers and says what is wrong row by row.
"""

import csv
import io

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


OPTIONS = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}


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


def dialog(site, team, count):
    """The same rows as a file, through what the dialog's button calls."""

    def upload(env):
        stream = io.StringIO()
        csv.writer(stream).writerows([FIELDS, *rows(env, count, team)])
        return env["base_import.import"].create(
            {
                "res_model": "crm.lead",
                "file": stream.getvalue().encode(),
                "file_name": "leads.csv",
                "file_type": "text/csv",
            }
        )

    def load(env, record):
        done = record.execute_import(FIELDS, FIELDS, OPTIONS)
        if len(done["ids"] or ()) != count:
            raise ValueError(done["messages"][:3])

    def run():
        return site.run(load, upload, "operations_00")

    return run


def cases(sites, wanted):
    count, runs = (10000, 1) if wanted["full"] else (100 if wanted["quick"] else 500, 2)
    for what, way in (
        (f"import {count:,} rows", side),
        (f"import a file of {count:,} rows", dialog),
    ):
        yield Case(
            what,
            {
                "crm": way(sites["plain"], OTHER_TEAM, count),
                "other team": way(sites["intake"], OTHER_TEAM, count),
                "intake team": way(sites["intake"], TEAM, count),
            },
            base="crm",
            bars={"other team": ("<", 1.02), "intake team": ("<", 1.25)},
            runs=runs,
            warm=0,
            per=count,
        )
