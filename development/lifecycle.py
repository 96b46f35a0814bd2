"""`make test-lifecycle`: install, uninstall and install again beside 200,000 leads.

The leads are of a company that uses plain CRM, with stages of its own. Nothing of theirs may
change, whatever is installed or taken away; and installing may ask the database no more than it does
in an empty one, and take but for some seconds as long. Long: not a part of `make test`.
"""

import re
import subprocess
import time

from . import databases, paths
from .console import Failure, run, say, show_end
from .odoo import Odoo

LEADS = 200_000
# How much more than in a database without leads installing may take: the queries say it, seconds
# depend on what else the machine does. The indexes of 200,000 rows take some.
MOST_QUERIES, MOST_TIMES = 100, 4
# Odoo sets these where it computes what it stores of a row, without changing what the row says.
UNTOLD = {"write_date", "write_uid"}
LOADED = re.compile(r"Module lead_intake loaded in ([\d.]+)s, (\d+) queries")
# What a company has before, and keeps as it is.
TABLES = ["crm_lead", "crm_stage", "crm_team", "crm_lost_reason", "res_partner"]

STAGES = """
INSERT INTO crm_stage (name, sequence, is_won, fold, create_uid, create_date)
SELECT jsonb_build_object('en_US', 'Own stage ' || n), 100 + n, FALSE, FALSE, 1, now()
FROM generate_series(1, 5) n
"""
PARTNERS = """
INSERT INTO res_partner (name, complete_name, active, is_company, type, email, create_date)
SELECT 'Company ' || n, 'Company ' || n, TRUE, TRUE, 'contact', 'c' || n || '@example.com', now()
FROM generate_series(1, 20000) n
"""
LEADS_QUERY = """
INSERT INTO crm_lead (
    name, type, active, priority, partner_name, contact_name, phone, email_from,
    email_normalized, stage_id, team_id, user_id, company_id, expected_revenue, probability,
    automated_probability, won_status, create_uid, create_date, write_uid, write_date,
    date_open, date_last_stage_update
)
SELECT 'Lead ' || n, CASE n % 3 WHEN 0 THEN 'lead' ELSE 'opportunity' END, n % 11 <> 0, '0',
    'Company ' || n / 10, 'Person ' || n, '+86 10 ' || 60000000 + n, 'p' || n || '@example.com',
    'p' || n || '@example.com', stages.ids[1 + n % array_length(stages.ids, 1)],
    (SELECT min(id) FROM crm_team), 2, 1, n % 1000, 10, 10,
    CASE n % 11 WHEN 0 THEN 'lost' ELSE 'pending' END, 2, now() - n % 900 * interval '1 day',
    2, now() - n % 900 * interval '1 day', now(), now()
FROM generate_series(1, {leads}) n, (
    SELECT array_agg(id ORDER BY id) AS ids FROM crm_stage WHERE NOT is_won
) stages
"""
# What somebody does in plain CRM; run in Odoo's shell.
USE = """
Lead = env["crm.lead"]
lead = Lead.create({"name": "Used", "partner_name": "Plain Ltd", "email_from": "a@plain.example"})
lead.stage_id = env["crm.stage"].search([("is_won", "=", False)], limit=1, order="id desc")
lead.convert_opportunity(False)
lead._handle_partner_assignment(create_missing=True)
assert lead.partner_id
other = lead.copy()
head = (lead | other).merge_opportunity()
assert len((lead | other).exists()) == 1
head.action_set_lost()
head.action_unarchive()
head.action_set_won()
assert head.won_status == "won"
for view in ("form", "list", "kanban", "search", "pivot", "graph"):
    Lead.get_view(view_type=view)
Lead.formatted_read_group([], ["stage_id"], ["__count", "expected_revenue:sum"])
assert Lead.search_count([]) > 100000
head.message_ids.unlink()
partner = head.partner_id
head.unlink()
partner.exists().unlink()
env.cr.commit()
print("used " + "well")
"""


def main(_arguments):
    paths.make_folders()
    odoo = Odoo()
    empty, full = odoo.name("lifecycle", "empty"), odoo.name("lifecycle")
    log = paths.LOGS / f"{full}.log"
    log.unlink(missing_ok=True)
    base = databases.base_template(odoo)
    try:
        odoo.copy(base, empty)
        usual = install(odoo, empty, log)
        say("Installing into an empty database: {:.0f} s, {} queries".format(*usual))
        odoo.copy(base, full)
        live(odoo, full, log, usual)
    finally:
        odoo.drop(empty)
        odoo.drop(full)


def live(odoo, database, log, usual):
    for query in (STAGES, PARTNERS, LEADS_QUERY.format(leads=LEADS), "ANALYZE"):
        odoo.server.execute(query, database=database)
    use(odoo, database, log)
    columns = columns_of(odoo, database)
    last = {
        table: odoo.server.execute(f"SELECT max(id) FROM {table}", database=database)[0][0]
        for table in TABLES
    }

    def told():
        return fingerprints(odoo, database, columns, last)

    before = told()

    seconds, queries = install(odoo, database, log)
    say(f"Installing beside {LEADS:,} leads: {seconds:.0f} s, {queries} queries")
    compare(before, told(), "the installation")
    if seconds > usual[0] * MOST_TIMES or queries > usual[1] + MOST_QUERIES:
        raise Failure("That is more than it may be.")
    use(odoo, database, log)

    start = time.monotonic()
    uninstall(odoo, database, log)
    say(f"Uninstalling: {time.monotonic() - start:.0f} s")
    compare(before, told(), "taking it away")
    leftovers(odoo, database)
    use(odoo, database, log)

    say("Installing again: {:.0f} s, {} queries".format(*install(odoo, database, log)))
    compare(before, told(), "installing it again")
    use(odoo, database, log)
    say("Nothing of the company's own changed.")


def install(odoo, database, log):
    """Install; how many seconds and queries the addon itself took."""
    odoo.install(database, ["lead_intake"], log=log)
    seconds, queries = LOADED.findall(log.read_text(errors="replace"))[-1]
    return float(seconds), int(queries)


def uninstall(odoo, database, log):
    run(
        odoo.command("module", "uninstall", "-d", database, "lead_intake"),
        log=log,
        failure="Odoo could not uninstall the addon (see above).",
        cwd=paths.WORK,
        env=odoo.environment,
        stdin=subprocess.DEVNULL,
    )


def use(odoo, database, log):
    """Work with plain CRM."""
    with open(log, "ab") as output:
        shell = subprocess.run(
            odoo.command("shell", "-d", database, "--no-http", "--shell-interface", "python"),
            input=USE.encode(),
            stdout=subprocess.PIPE,
            stderr=output,
            cwd=paths.WORK,
            env=odoo.environment,
        )
    if b"used well" not in shell.stdout:
        show_end(log)
        raise Failure("Plain CRM doesn't work (see above).")


def columns_of(odoo, database):
    rows = odoo.server.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY 1, 2",
        database=database,
    )
    return {
        table: [name for of, name in rows if of == table and name not in UNTOLD] for table in TABLES
    }


def fingerprints(odoo, database, columns, last):
    """What stands in each table, in the columns and rows it had before."""
    found = {}
    for table, names in columns.items():
        quoted = ", ".join(f'"{name}"' for name in names)
        [(count, digest)] = odoo.server.execute(
            f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY id))"
            f" FROM (SELECT {quoted} FROM {table} WHERE id <= {last[table]}) t",
            database=database,
        )
        found[table] = (count, digest)
    return found


def compare(before, after, what):
    changed = [table for table in before if before[table] != after[table]]
    if changed:
        raise Failure(f"Changed by {what}: {', '.join(changed)} ({before} {after})")


def leftovers(odoo, database):
    """What taking the addon away must not leave behind."""
    rows = odoo.server.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
        " AND (table_name LIKE 'lead_intake%' OR column_name LIKE '%intake%')"
        " UNION ALL SELECT 'ir_model_data', name FROM ir_model_data WHERE module = 'lead_intake'",
        database=database,
    )
    if rows:
        raise Failure(f"Left behind: {', '.join('.'.join(row) for row in rows)}")
