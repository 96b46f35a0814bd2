"""The databases the benchmarks run on: made once for a size and kept.

    bench_<size>_plain    crm without Lead Intake, with base_automation
    bench_<size>_intake   the same and Lead Intake
    bench_rivals          crm with the OCA's addons, no leads: they are measured on their own

They are copies of the templates of the tests, with a company and its leads of the last 24 months.
When the addon's source has changed, the database is upgraded; when what fills it has, or it is
older than a day (promises would all be overdue), it is filled anew.
"""

import json
import runpy
import subprocess
from contextlib import closing
from datetime import datetime, timedelta, timezone

import psycopg2

from development import databases, paths
from development.console import locked, run, say, step

from . import fill, rivals

KEPT = timedelta(hours=20)
WORKER = "benchmarks.worker"


def parse_size(text):
    """Return a number of leads: "10k" is 10,000, "1m" a million."""
    text = text.lower()
    factor = {"k": 1000, "m": 1000000}.get(text[-1:], 1)
    return int(float(text.rstrip("km")) * factor)


def size_name(size):
    """The other way round: 100000 is "100k"."""
    for factor, letter in ((1000000, "m"), (1000, "k")):
        if size % factor == 0:
            return f"{size // factor}{letter}"
    return str(size)


def get(odoo, size, intake):
    """The name of the database of a size; made, filled or upgraded if need be."""
    name = odoo.name("bench", size_name(size), "intake" if intake else "plain")
    with locked(name):
        notes = odoo.server.databases().get(name)
        source = databases.addon_fingerprint() if intake else "none"
        if not notes or notes.get("filling") != fill.VERSION or _age(notes) > KEPT:
            anchor = _make(odoo, name, size, intake)
        elif notes["source"] != source:
            anchor = datetime.fromisoformat(notes["anchor"])
            with step(f"The addon has changed: upgrading {name}"):
                odoo.upgrade(name, ["lead_intake"], log=paths.LOGS / f"{name}.log")
                odoo.server.execute("VACUUM ANALYZE", database=name)
        else:
            return name
        odoo.server.note(
            name, filling=fill.VERSION, source=source, anchor=anchor.isoformat(), size=size
        )
    return name


def get_rivals(odoo):
    """The database with the OCA's addons."""
    name = odoo.name("bench", "rivals")
    with locked(name):
        notes = odoo.server.databases().get(name)
        if not notes or notes.get("rivals") != rivals.fingerprint():
            rivals.install()
            with step("Installing the rivals from the OCA into a database"):
                odoo.copy(databases.base_template(odoo), name)
                log = paths.LOGS / f"{name}.log"
                odoo.install(name, rivals.ADDONS, *rivals.options(odoo), log=log)
                run_worker(odoo, "company", name, rivals.addons_path(odoo))
            odoo.server.note(name, rivals=rivals.fingerprint())
    return name


def run_worker(odoo, *arguments):
    """Run benchmarks/worker.py in a process that can import Odoo."""
    python = paths.VENV / "bin" / "python"
    return run(
        [python, "-W", "ignore", "-m", WORKER, *arguments],
        failure=f"This step of the benchmarks failed: {' '.join(map(str, arguments))}",
        cwd=paths.WORK,
        env={**odoo.environment, "PYTHONPATH": str(paths.ROOT)},
        stdin=subprocess.DEVNULL,
    )


def connect(odoo, name):
    link = psycopg2.connect(dbname=name, **odoo.server.connection)
    link.autocommit = True
    return closing(link)


def _make(odoo, name, size, intake):
    # Without the fraction and the zone, as Odoo writes moments.
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    anchor = fill.anchor_of(now)
    with step(f"Making {name}: {size:,} leads"):
        template = databases.test_template(odoo) if intake else databases.base_template(odoo)
        odoo.copy(template, name)
        run_worker(odoo, "company", name)
        with connect(odoo, name) as link, link.cursor() as cursor:
            fill.fill(cursor, size, anchor, _company_key() if intake else None)
    [(bytes_,)] = odoo.server.execute("SELECT pg_database_size(%s)", name)
    say(f"  {bytes_ / 2**20:,.0f} MB")
    return anchor


def _company_key():
    # Not imported: the addon's modules only load inside Odoo.
    tools = runpy.run_path(str(paths.ADDON / "tools" / "company_name.py"))
    return tools["company_key"]("Customer 12345 Ltd")


def _age(notes):
    return datetime.now(timezone.utc).replace(tzinfo=None) - datetime.fromisoformat(notes["anchor"])


def describe(odoo, name):
    """How large the database and its largest tables are, in MB."""
    rows = odoo.server.execute(
        """
        SELECT relname, pg_total_relation_size(oid) / 1048576.0, reltuples::bigint
          FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      ORDER BY 2 DESC LIMIT 8
        """,
        database=name,
    )
    return json.loads(json.dumps([[n, float(mb), count] for n, mb, count in rows]))
