"""`make test`: the linters, the addon's own tests, and Odoo's tests beside it.

Half of the addon's tests run in view; meanwhile the others and Odoo's run on databases of their
own, into logs.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from . import databases, paths
from .console import Failure, install_packages, say, show_end
from .lint import lint
from .odoo import Odoo

# Odoo's suites that must still pass with Lead Intake installed.
ODOO_SUITES = ["crm", "crm_sms", "sales_team"]
# Odoo's own checks of source and schema that look at every addon.
LINT_TESTS = [
    "test_docstring.py",
    "test_dunderinit.py",
    "test_i18n.py",
    "test_index.py",
    "test_jstranslate.py",
    "test_manifests.py",
    "test_naming.py",
    "test_onchange_domains.py",
    "test_orm_import.py",
    "test_override_signatures.py",
    "test_pofile.py",
    "test_routes.py",
    "test_test_holes.py",
]
# How many tests ran when this was last looked at: fewer means that some got lost.
KNOWN_COUNT = paths.DEVELOPMENT / "test-count"
RESULT = paths.LOGS / "result"


@dataclass
class Result:
    """What a run of pytest came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0

    @property
    def ran(self):
        return self.passed + self.failed

    def __add__(self, other):
        return Result(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.seconds + other.seconds,
        )


class Suite:
    """One run of pytest on a database of its own.

    :ivar extra: more variables of the environment
    """

    def __init__(self, odoo, name, targets, extra=None):
        self.odoo = odoo
        self.extra = extra or {}
        self.targets = [str(target) for target in targets]
        self.database = odoo.name("test", name)
        self.log = paths.LOGS / f"{self.database}.log"
        self.counts = paths.LOGS / f"{self.database}.json"

    def start(self, template, shown=False):
        """Start pytest on a fresh copy of the template."""
        self.counts.unlink(missing_ok=True)
        self.odoo.copy(template, self.database)
        python = paths.VENV / "bin" / "python"
        environment = self.odoo.environment
        # For the plugin, and what others' addons need.
        folders = filter(None, [str(paths.ROOT), environment.get("PYTHONPATH")])
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [
                    *(python, "-W", "ignore", "-m", "pytest"),
                    *("-c", paths.ROOT / "pyproject.toml", "--rootdir", paths.ROOT),
                    *("-p", "development.pytest_counts", "-p", "development.pytest_freezing"),
                    *("--odoo-database", self.database, "--odoo-http"),
                    # Shown where a test fails; else pytest keeps them to itself.
                    *("--odoo-log-level", "warn"),
                    *self.targets,
                ],
                cwd=paths.WORK,
                env={
                    **environment,
                    "PYTHONPATH": os.pathsep.join(folders),
                    "LEAD_INTAKE_COUNTS": str(self.counts),
                    **self.extra,
                },
                stdin=subprocess.DEVNULL,
                stdout=None if shown else log,
                stderr=subprocess.STDOUT,
            )

    def finish(self):
        """Wait for the end; what pytest counted. A run that broke off has failed."""
        code = self.process.wait()
        self.odoo.drop(self.database)
        result = Result()
        if self.counts.exists():
            result = Result(**json.loads(self.counts.read_text()))
        if code and not result.failed:
            result.failed = 1
        return result


def main(arguments):
    paths.make_folders()
    try:
        result = run_chosen(arguments)
    except (Failure, psycopg2.Error) as failure:
        say(f"✗ {failure}")
        result = Result(failed=1)
    # The last line is read by machines, too; .ci/run takes it from the file.
    line = f"{result.passed} passed, {result.failed} failed"
    RESULT.write_text(f"{line}\n")
    say(line)
    return 1 if result.failed or not result.passed else 0


def run_chosen(arguments):
    install_packages("chromium", "wkhtmltopdf", "poppler-utils", "fonts-noto-cjk")
    targets = [target_of(text) for text in arguments if text != "--fast"]
    if targets or "--fast" in arguments:
        return run_shown(targets or [paths.ADDON / "tests"])
    return run_all()


def target_of(text):
    """`path`, `path::Class` or `path::Class::test`, as pytest wants it."""
    path, *names = text.split("::")
    full = Path(path) if Path(path).is_absolute() else paths.ROOT / path
    if not full.exists():
        raise Failure(f"There is no {path} to test.")
    return "::".join([str(full), *names])


def run_shown(targets):
    """Run some of the addon's tests in view."""
    odoo = Odoo()
    template = databases.test_template(odoo)
    suite = Suite(odoo, "chosen", targets)
    suite.start(template, shown=True)
    return suite.finish()


def run_all():
    odoo = Odoo()
    lint_failures = lint()
    template = databases.test_template(odoo)
    # On a database each: most of a browser's or a cron's test is waiting.
    files = sorted((paths.ADDON / "tests").glob("test_*.py"))
    shown = Suite(odoo, "own", files[0::2])
    behind = {
        "The other half of Lead Intake's tests": Suite(odoo, "own2", files[1::2]),
        "Odoo's tests": Suite(odoo, "odoo", odoo_targets(odoo.source)),
    }
    for suite in behind.values():
        suite.start(template)
    shown.start(template, shown=True)
    say("→ Half of Lead Intake's tests (meanwhile, the other half and Odoo's run as well)")
    results = {"Half of Lead Intake's tests": shown.finish()}
    for name, suite in behind.items():
        say(f"→ Waiting for: {name}")
        results[name] = suite.finish()
        if results[name].failed:
            say(f"\n{name}: some failed; the end of their log:")
            show_end(suite.log, lines=200)

    say("")
    for name, result in results.items():
        report(name, result)
    say(f"Linters: {'failed: ' + ', '.join(lint_failures) if lint_failures else 'clean'}")
    total = sum(results.values(), Result())
    total.failed += len(lint_failures)
    total.failed += count_is_short(total)
    return total


def report(name, result):
    say(
        f"{name}: {result.passed} passed, {result.failed} failed,"
        f" {result.skipped} skipped in {result.seconds:.0f} s"
    )


def odoo_targets(source):
    suites = [source.addon(name) / "tests" for name in ODOO_SUITES]
    lint_tests = source.addon("test_lint") / "tests"
    return [*suites, *(lint_tests / name for name in LINT_TESTS)]


def count_is_short(total):
    """1 if fewer tests ran than are known to be there, as a test that failed."""
    known = int(KNOWN_COUNT.read_text())
    if total.ran < known:
        say(f"Only {total.ran} tests ran; {KNOWN_COUNT.name} says that there are {known}.")
        return 1
    if total.ran > known and not total.failed:
        say(f"There are more tests now: write {total.ran} to {os.path.relpath(KNOWN_COUNT)}.")
    return 0
