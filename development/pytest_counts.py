"""A plugin of pytest: write how many tests passed, failed and were skipped, and in how long.

Subtests do not count, only the tests they belong to.
"""

import json
import os
import time
from pathlib import Path

START = time.monotonic()


def pytest_runtest_logreport(report):
    """Name what failed at once: the end of a long run is far away."""
    if report.failed:
        print(f"\nFAILED {report.nodeid}", flush=True)  # noqa: T201


def pytest_terminal_summary(terminalreporter):
    counts = {
        name: len(terminalreporter.getreports(name))
        for name in ("passed", "failed", "error", "skipped")
    }
    counts["failed"] += counts.pop("error")
    counts["seconds"] = time.monotonic() - START
    Path(os.environ["LEAD_INTAKE_COUNTS"]).write_text(json.dumps(counts))
