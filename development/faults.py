"""`make test-faults`: PostgreSQL killed in the middle of the procedure's steps.

On a server of its own, which is made for this and removed, and which writes to the disk before
it says that something is committed, as one in production does. Long: not a part of `make test`.
"""

import os
import shutil

from . import paths, postgres
from .console import install_packages, say, step
from .odoo import Odoo
from .tests import Result, Suite, report

TESTS = paths.DEVELOPMENT / "fault_tests"
KILLS = "10"


class Victim(postgres.OwnServer):
    """A cluster that may be killed."""

    prefix = "lead_intake_faults"
    # What a killed backend takes along is only what the server hasn't yet said to be committed.
    settings = [
        line
        for line in postgres.SETTINGS
        if not line.startswith(("fsync", "full_page_writes", "synchronous_commit"))
    ]

    def __init__(self):
        install_packages("postgresql")
        self.home = paths.WORK / "faults"
        self.remove()  # of a run that was interrupted
        self.home = postgres.place(self.home)
        self.data = self.home / "data"
        # Nothing but this one is killed: the tests look whose server theirs is.
        os.environ["LEAD_INTAKE_VICTIM"] = str(self.data)
        self.connection = {"host": str(self.home), "user": "lead_intake"}
        self._initialise()
        self._start()

    def remove(self):
        if (self.home / "data").exists():
            postgres.stop(self.home, mode="immediate")
        shutil.rmtree(self.home, ignore_errors=True)


def main(_arguments):
    paths.make_folders()
    kills = os.environ.setdefault("LEAD_INTAKE_KILLS", KILLS)
    server = Victim()
    try:
        odoo = Odoo(server, paths.WORK / "faults.conf")
        template = odoo.name("template")
        log = paths.LOGS / f"{template}.log"
        log.unlink(missing_ok=True)
        with step("Installing Lead Intake on a server that may be killed (2 to 4 min)"):
            odoo.server.create(template)
            odoo.install(template, ["lead_intake"], log=log)
        say(f"→ Killing PostgreSQL {kills} times in each test")
        suite = Suite(odoo, "killed", [TESTS])
        suite.start(template, shown=True)
        result = suite.finish()
        odoo.drop_files(template)
    finally:
        server.remove()
    report("With PostgreSQL killed", result)
    result += Result(failed=result.skipped)
    return 1 if result.failed or not result.passed else 0
