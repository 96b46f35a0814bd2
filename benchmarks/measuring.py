"""Measure side by side: contenders take turns, every run in a transaction that is rolled back.

An item is a function in ``items/`` that is given the sites and yields ``Case`` objects. Times of
runs that followed each other are compared, because machines drift; what is said in the end is the
median of those ratios.
"""

import gc
import importlib
import platform
import statistics
import sys
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import odoo
from odoo.modules.registry import Registry

CONTEXT = {"lang": "en_US", "tz": "Asia/Shanghai"}


@dataclass
class Sample:
    """One run: what it took, and what it returned."""

    seconds: float
    queries: int
    result: object = None


class Site:
    """A database, with or without the addon."""

    def __init__(self, database):
        self.database = database
        self.registry = Registry(database)

    @contextmanager
    def transaction(self, login=None):
        """Open a transaction as a user. Whatever commits in it doesn't; all is rolled back."""
        with self.registry.cursor() as cursor:
            env = odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, CONTEXT)
            if login:
                env = env(user=env["res.users"].search([("login", "=", login)]))

            def commit():
                env.flush_all()
                cursor.precommit.run()
                cursor.postcommit.clear()

            broken = RuntimeError("A run was rolled back; see the log above")
            with (
                patch.object(cursor, "commit", commit),
                patch.object(cursor, "rollback", side_effect=broken),
            ):
                yield env
            cursor.rollback()

    def run(self, do, prepare=None, login=None):
        """Prepare, then measure ``do(env, what prepare returned)`` from a cold record cache.

        :rtype: Sample
        """
        with self.transaction(login) as env:
            prepared = prepare(env) if prepare else None
            return timed(env, lambda: do(env, prepared))


def timed(env, do):
    cursor = env.cr
    settle(env)
    env.invalidate_all()
    gc.collect()
    queries, start = cursor.sql_log_count, time.perf_counter()
    result = do()
    settle(env)
    return Sample(time.perf_counter() - start, cursor.sql_log_count - queries, result)


def settle(env):
    """Write what is left to be written; tracking is written just before a commit."""
    env.flush_all()
    env.cr.precommit.run()
    env.flush_all()


@dataclass
class Case:
    """What is compared: callables by side, each returning a ``Sample``.

    :ivar str base: the side whose time is the 1 of the ratios
    :ivar dict bars: ``{side: (sign, ratio)}``, "<" for at most, ">" for at least as fast
    :ivar int per: divides what is shown, for costs per record
    """

    name: str
    sides: dict
    base: str
    bars: dict = field(default_factory=dict)
    runs: int = 3
    warm: int = 1
    per: int = 1
    note: str = ""
    rare: dict = field(default_factory=dict)  # {side: runs} of sides that take minutes

    def measure(self):
        samples = {side: [] for side in self.sides}
        for number in range(-self.warm, self.runs):
            for side, run in self.sides.items():
                if side in self.rare and not 0 <= number < self.rare[side]:
                    continue
                sample = run()
                if number >= 0:
                    samples[side].append(sample)
        return self.summary(samples)

    def summary(self, samples):
        sides = {}
        for side, runs in samples.items():
            base = samples[self.base]
            pairs = list(zip(runs, base, strict=False))
            sides[side] = {
                "seconds": statistics.median(run.seconds for run in runs),
                "all": [round(run.seconds, 5) for run in runs],
                "queries": statistics.median(run.queries for run in runs),
                "ratio": statistics.median(a.seconds / b.seconds for a, b in pairs),
                "faster": statistics.median(b.seconds / a.seconds for a, b in pairs),
            }
        return {
            "name": self.name,
            "base": self.base,
            "bars": self.bars,
            "per": self.per,
            "note": self.note,
            "sides": sides,
        }


def run(wanted):
    """Run the items of a specification.

    :param dict wanted: ``size``, ``items``, ``full``, and names of databases by site
    :return: what was found, to be stored as JSON
    :rtype: dict
    """
    sites = {name: Site(database) for name, database in wanted["databases"].items()}
    results = {"size": wanted["size"], "cases": [], "failed": {}, "seconds": {}}
    for name in wanted["items"]:
        start = time.perf_counter()
        module = importlib.import_module(f"benchmarks.items.{name}")
        try:
            for case in module.cases(sites, wanted):
                found = case if isinstance(case, dict) else case.measure()
                results["cases"].append({"item": name, **found})
                say(found)
        except Exception:
            results["failed"][name] = traceback.format_exc()
            traceback.print_exc()
        results["seconds"][name] = round(time.perf_counter() - start, 1)
    results["python"] = platform.python_version()
    results["odoo"] = odoo.release.version
    with next(iter(sites.values())).registry.cursor() as cursor:
        cursor.execute("SELECT version()")
        results["postgresql"] = cursor.fetchone()[0].split(" on ")[0]
    return results


def say(found):
    """Show a result at once: a long run is watched."""
    print(f"  {found['name']}", file=sys.stderr)
    for side, numbers in found.get("sides", {}).items():
        print(
            f"    {side:<28}{numbers['seconds'] * 1000:>11.1f} ms {numbers['ratio']:>7.2f} ×"
            f" {numbers['queries']:>8.0f} q",
            file=sys.stderr,
            flush=True,
        )
    for line in found.get("lines", []):
        print(f"    {line}", file=sys.stderr, flush=True)


def login_id(env, login):
    return env["res.users"].search([("login", "=", login)]).id
