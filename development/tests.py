"""`make test`: the linters, the addon's own tests, and Odoo's tests beside it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import databases, paths
from .console import Failure, install_packages, say, step
from .odoo import Odoo


@dataclass
class Result:
    """What one run of pytest came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Result(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )


class Suite:
    """One run of pytest on a database of its own."""

    def __init__(self, odoo, name, targets, options=()):
        self.odoo = odoo
        self.name = name
        self.targets = targets
        self.options = options
        suffix = os.environ.get("LEAD_INTAKE_DB_SUFFIX")
        run_name = f"{name}_{suffix}" if suffix else name
        self.database = f"{odoo.server.prefix}_test_{run_name}"
        self.log = paths.LOGS / f"test-{run_name}.log"
        self.report = paths.LOGS / f"test-{run_name}.json"

    def command(self):
        return [
            *(str(paths.VENV / "bin" / "python"), "-W", "ignore", "-m", "pytest"),
            *("-c", str(paths.ROOT / "pyproject.toml")),
            *("--odoo-config", str(paths.ODOO_CONFIG)),
            *("--odoo-database", self.database, "--odoo-http"),
            *("-p", "development.pytest_counts"),
            *self.options,
            *self.targets,
        ]

    def start(self, template, shown=False):
        """Start pytest on a fresh copy of the template."""
        self.report.unlink(missing_ok=True)
        self.odoo.copy(template, self.database)
        output = None if shown else open(self.log, "wb")
        self.process = subprocess.Popen(
            self.command(),
            cwd=paths.WORK,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "PYTHONPATH": str(paths.ROOT),  # for the plugin
                "LEAD_INTAKE_COUNTS": str(self.report),
            },
        )

    def finish(self):
        code = self.process.wait()
        self.odoo.drop(self.database)
        return read_report(self.report, code)


def read_report(report, code):
    """What pytest counted; a run that broke off has failed once."""
    result = Result()
    if report.exists():
        result = Result(**json.loads(report.read_text()))
    if code and not result.failed:
        result.failed = 1
    return result


def target_of(text):
    """A path as the Makefile gets it, from any folder: path[::Class[::test]]."""
    path, *names = text.split("::")
    full = Path(path) if Path(path).is_absolute() else paths.ROOT / path
    if not full.exists():
        raise Failure(f"There is no {path} to test.")
    return "::".join([str(full), *names])


def main(arguments):
    targets = [target_of(argument) for argument in arguments]
    install_packages("chromium", "?wkhtmltopdf", "?fonts-noto-cjk")
    odoo = Odoo()
    template = databases.test_template(odoo)
    suite = Suite(odoo, "chosen", targets)
    suite.start(template, shown=True)
    result = suite.finish()
    say(f"{result.passed} passed, {result.failed} failed")
    return 1 if result.failed or not result.passed else 0
