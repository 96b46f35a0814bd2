"""Forty representatives and five supervisors at work over HTTP beside the crons, with Lead Intake
and with crm alone; each on a copy of its database that is dropped afterwards.
"""

import json
import re
import statistics
import subprocess
from datetime import date

from development import paths
from development.console import say, step
from development.demo import free_port, wait_for

from . import clients, databases

WORKERS = 4
SUPERVISORS = 5
# Promises that come due while people work, so that the crons have work, too.
DUE = 500


def run(odoo, options, size, folder):
    results = {}
    for side in ("plain", "intake"):
        source = databases.get(odoo, size, intake=side == "intake")
        database = odoo.name("bench", "load", side)
        odoo.copy(source, database)
        try:
            with step(f"{options.users} representatives at work for {options.load} s: {side}"):
                results[side] = serve(odoo, options, database, side == "intake")
        finally:
            odoo.drop(database)
        say(f"  {summary(results[side])}")
    found = {
        "size": size,
        "seconds": options.load,
        "representatives": options.users,
        "supervisors": SUPERVISORS,
        "workers": WORKERS,
        "think": clients.THINK,
        "on": date.today().isoformat(),
        "sides": results,
    }
    (folder / "load.json").write_text(json.dumps(found, indent=1))


def serve(odoo, options, database, intake):
    if intake:
        make_due(odoo, database, options.load)
    port = free_port("127.0.0.1", options.port)
    log = paths.LOGS / f"{database}.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command(
                odoo,
                *("server", "-d", database, "--workers", WORKERS, "--max-cron-threads", 1),
                *("--http-interface", "127.0.0.1", "--http-port", port),
                *("--gevent-port", free_port("127.0.0.1", port + 1)),
                *("--log-handler", "werkzeug:CRITICAL"),
            ),
            cwd=paths.WORK,
            env=odoo.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(process, f"{address}/web/login", log)
        record = clients.work(address, database, options.load, options.users, SUPERVISORS, intake)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
    return {**told(record, options.load), **logged(log)}


def command(odoo, *arguments):
    """Odoo's command line with its launcher in a file: a server with workers starts itself once
    more, for the websocket, by the name of the file it was started from.
    """
    python, *options, launcher = odoo.command()
    file = paths.WORK / "odoo_launcher.py"
    file.write_text(launcher)
    return [
        python,
        *[option for option in options if option != "-c"],
        str(file),
        *map(str, arguments),
    ]


def make_due(odoo, database, seconds):
    odoo.server.execute(
        """
        UPDATE lead_intake_deadline d SET date_due = m.moment, date_next = m.moment
          FROM (SELECT id, now() AT TIME ZONE 'UTC' + random() * %s * interval '1 s' AS moment
                  FROM lead_intake_deadline WHERE date_next IS NOT NULL
              ORDER BY md5(id::text) LIMIT %s) m
         WHERE m.id = d.id
        """,
        seconds,
        DUE,
        database=database,
    )
    odoo.server.execute(
        "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE active", database=database
    )


def told(record, seconds):
    every = sorted(taken for taken_by in record.seconds.values() for taken in taken_by)
    return {
        "clicks": len(every),
        "per_second": len(every) / seconds,
        "median": statistics.median(every) if every else None,
        "p95": percentile(every, 0.95),
        "p99": percentile(every, 0.99),
        "by_click": {
            click: {
                "count": len(taken),
                "median": statistics.median(taken),
                "p95": percentile(sorted(taken), 0.95),
            }
            for click, taken in sorted(record.seconds.items())
        },
        "errors": len(record.errors),
        "first_errors": record.errors[:5],
    }


def logged(log):
    """What the server's log says of collisions, errors and crons."""
    text = log.read_text(errors="replace")
    return {
        "retries": len(re.findall(r"tries left, try again in", text)),
        "given_up": text.count("maximum number of tries reached"),
        "logged_errors": len(re.findall(r" (?:ERROR|CRITICAL) ", text)),
        "cron_runs": len(re.findall(r"Job '[^']*' \(\d+\) starting", text)),
    }


def percentile(ordered, share):
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None


def summary(found):
    return (
        f"{found['clicks']} clicks, {found['per_second']:.1f}/s, median"
        f" {found['median'] or 0:.3f} s, p95 {found['p95'] or 0:.3f} s, {found['retries']} retries,"
        f" {found['errors']} errors {found['first_errors'][:2] if found['errors'] else ''}"
    )
