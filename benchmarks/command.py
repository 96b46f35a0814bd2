"""`make bench`: prepare the databases, measure, and write RESULTS.md.

make bench                              10k and 100k leads, every item, a minute of load
make bench SIZES=10k ITEMS=create       one size, one item
make bench SIZES="10k 100k 1m" LOAD=300 with a million leads (once 10 min to make), and
                                        five minutes of load on either side
"""

import argparse
import json
import subprocess
import time
from datetime import date

from development import paths
from development.console import say
from development.odoo import Odoo

from . import databases, load, report, rivals
from .items import ITEMS, ONE_SIZE

RESULTS = paths.CACHE / "bench"


def main(arguments):
    options = parse(arguments)
    RESULTS.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    odoo = Odoo()
    needs_rivals = {"review", "clocks"} & set(options.items)
    rival_database = databases.get_rivals(odoo) if needs_rivals else None
    at = one_size(options.sizes)
    for size in options.sizes:
        measure(odoo, options, size, at, rival_database)
    if options.rival_cron and "deadlines" in options.items:
        measure(odoo, options, options.rival_cron, at, rival_database, ["deadlines"])
    if options.load:
        load.run(odoo, options, at, RESULTS)
    if options.load and not options.no_report:
        report.write(RESULTS, machine_lines(odoo))
    say(f"All in {(time.monotonic() - start) / 60:.1f} min")
    return 0


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", default=["10k", "100k"], type=str)
    parser.add_argument("--items", nargs="+", default=list(ITEMS), choices=ITEMS)
    parser.add_argument("--rival-cron", default="200k", help="where base_automation is measured")
    parser.add_argument("--load", type=int, default=60, help="seconds on either side; 0: none")
    parser.add_argument("--users", type=int, default=40, help="representatives at work")
    parser.add_argument("--port", type=int, default=8170)
    parser.add_argument(
        "--full", action="store_true", help="import 10,000, assign 5,000; not 1,000"
    )
    parser.add_argument("--quick", action="store_true", help="batches of 100, to try the harness")
    parser.add_argument("--no-report", action="store_true")
    options = parser.parse_args(arguments)
    options.sizes = [databases.parse_size(size) for size in " ".join(options.sizes).split()]
    options.rival_cron = (
        databases.parse_size(options.rival_cron) if options.rival_cron != "0" else 0
    )
    return options


def one_size(sizes):
    """The size at which is measured what doesn't depend on it: the largest up to 100k."""
    return max((size for size in sizes if size <= 100000), default=min(sizes))


def measure(odoo, options, size, at, rival_database, only=None):
    items = only or [item for item in options.items if item not in ONE_SIZE or size == at]
    if not items:
        return
    if "memory" in items and len(items) > 1:
        # In a process of its own: one that has freed some takes no more for a while.
        for some in ([item for item in items if item != "memory"], ["memory"]):
            measure(odoo, options, size, at, rival_database, some)
        return
    wanted = {
        "size": size,
        "items": items,
        "full": options.full,
        "quick": options.quick,
        "rival_cron": size == options.rival_cron,
        "addons_path": rivals.addons_path(odoo),
        "plans": str(RESULTS / f"plans-{size}"),
        "databases": {
            "plain": databases.get(odoo, size, intake=False),
            "intake": databases.get(odoo, size, intake=True),
            **({"rivals": rival_database} if rival_database else {}),
        },
    }
    say(f"→ Measuring at {size:,} leads: {', '.join(items)}")
    specification = RESULTS / f"wanted-{size}.json"
    specification.write_text(json.dumps(wanted))
    answer = RESULTS / f"answer-{size}.json"
    databases.run_worker(odoo, "measure", specification, answer)
    found = json.loads(answer.read_text())
    for item, text in found["failed"].items():
        say(f"✗ {item} at {size:,} leads: {text.splitlines()[-1]}")
    found["tables"] = databases.describe(odoo, wanted["databases"]["intake"])
    found["on"] = date.today().isoformat()
    keep(found, items)
    if not options.no_report:
        # Now already: whoever interrupts a long run keeps what is measured.
        report.write(RESULTS, machine_lines(odoo))


def keep(found, items):
    """Put what was measured in the place of what was measured of these items before."""
    file = RESULTS / f"results-{found['size']}.json"
    if file.exists():
        before = json.loads(file.read_text())
        found["cases"] = [case for case in before["cases"] if case["item"] not in items] + found[
            "cases"
        ]
        found["seconds"] = {**before["seconds"], **found["seconds"]}
    file.write_text(json.dumps(found, indent=1))


def machine_lines(odoo):
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 2**20
    settings = dict(
        odoo.server.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
            ["shared_buffers", "work_mem", "max_parallel_workers_per_gather", "fsync"],
        )
    )
    revision = subprocess.run(
        ["git", "-C", paths.ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    return {
        "machine": f"{len(models)} cores ({models[0] if models else '?'}), {memory:.0f} GB",
        "settings": ", ".join(f"{name} = {value}" for name, value in sorted(settings.items())),
        "odoo_package": odoo.source.version,
        "revision": revision,
        "rivals": ", ".join(rivals.WHEELS),
    }
