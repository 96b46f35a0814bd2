"""Importing a file of leads: under the procedure, and by Odoo alone, in alternation.

Needs two databases, one with lead_intake and one with crm alone::

    createdb bench; development/odoo -d bench -i lead_intake --stop-after-init
    createdb plain; development/odoo -d plain -i crm --stop-after-init
    PLAIN_DATABASE=plain development/odoo shell -d bench --no-http < benchmarks/import.py

The same file, through the same dialog's method, ``RUNS`` times each, in a savepoint that is
rolled back. ``IMPORT_BENCHMARK`` is the number of its rows.
"""

import csv
import io
import os
import statistics
import time

import odoo
from odoo.modules.registry import Registry

COUNT = int(os.environ.get("IMPORT_BENCHMARK", "1000"))
RUNS = int(os.environ.get("IMPORT_RUNS", "3"))
FIELDS = (
    "name partner_name contact_name phone email_from country_id medium_id source_id city "
    "expected_revenue"
).split()


def content():
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(FIELDS)
    for number in range(COUNT):
        writer.writerow(
            [
                f"Enquiry {number}",
                f"Customer {number} Ltd",
                f"Buyer {number}",
                f"+86138{number:08}",
                f"buyer@customer{number}.example",
                "China",
                "Website",
                "Expo of the benchmark",
                "Hangzhou",
                number,
            ]
        )
    return stream.getvalue().encode()


class Contender:
    def __init__(self, name, env, use_intake):
        self.name, self.seconds, self.queries = name, [], 0
        values = {"name": name, "use_opportunities": True}
        if use_intake is not None:
            values["use_intake"] = use_intake
        user = env["res.users"].create(
            {
                "name": name,
                "login": name,
                "group_ids": [(4, env.ref("sales_team.group_sale_salesman_all_leads").id)],
            }
        )
        self.team = env["crm.team"].create({**values, "member_ids": [(4, user.id)]})
        env["utm.source"].create({"name": "Expo of the benchmark"})
        medium = env.ref("utm.utm_medium_website")
        medium.name = "Website"
        self.env = env(user=user, context={"tracking_disable": True})
        self.env.flush_all()

    def run(self):
        record = self.env["base_import.import"].create(
            {
                "res_model": "crm.lead",
                "file": content(),
                "file_name": "bench.csv",
                "file_type": "text/csv",
            }
        )
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        options["intake_team_id"] = self.team.id
        cr = self.env.cr
        with cr.savepoint() as savepoint:
            queries, start = cr.sql_log_count, time.perf_counter()
            result = record.execute_import(list(FIELDS), list(FIELDS), options)
            self.env.flush_all()
            self.seconds.append(time.perf_counter() - start)
            self.queries = cr.sql_log_count - queries
            assert len(result["ids"] or ()) == COUNT, result
            savepoint.rollback()


plain = Registry(os.environ["PLAIN_DATABASE"])
plain_cr = plain.cursor()
plain_env = odoo.api.Environment(plain_cr, odoo.SUPERUSER_ID, {})
contenders = [
    Contender("under the procedure", env, True),  # noqa: F821 the shell's
    Contender("crm alone", plain_env, None),
]
for _number in range(RUNS):
    for contender in contenders:
        contender.run()
for contender in contenders:
    seconds = statistics.median(contender.seconds)
    print(  # noqa: T201
        f"{contender.name:20} {COUNT} rows: {seconds:6.2f} s, {COUNT / seconds:6.0f} rows/s, "
        f"{contender.queries / COUNT:5.2f} queries a row"
    )
ours, theirs = (statistics.median(contender.seconds) for contender in contenders)
print(f"ratio {ours / theirs:.2f}")  # noqa: T201
env.cr.rollback()  # noqa: F821
plain_cr.rollback()
plain_cr.close()
