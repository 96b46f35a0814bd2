"""The faults of the addon's own tests once more, with another program killed: PostgreSQL's own
process behind the connection. Its server then ends every session, throws away what is in its
memory, and recovers from its log. `make test-faults` starts one that may be treated so.
"""

import os
import signal
import time
from contextlib import closing

import psycopg2

from odoo import sql_db
from odoo.sql_db import connection_info_for
from odoo.tests import get_db_name, tagged

from odoo.addons.lead_intake.tests import test_deadline_kill, test_faults

FIND = "SELECT pid FROM pg_stat_activity WHERE application_name = %s ORDER BY xact_start"


class PostgresKilled:
    """Kills the backend of the process instead of the process."""

    killed = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def look(env):
            env.cr.execute("SHOW data_directory")
            return env.cr.fetchone()[0]

        found = cls._with_cursor(look)
        assert found == os.environ["LEAD_INTAKE_VICTIM"], f"{found} isn't to be killed"
        with closing(cls._connect()) as link:
            link.autocommit = True
            # Else it would recover the whole installation from its log, each time.
            link.cursor().execute("CHECKPOINT")

    def _kill(self, pid):
        with closing(self._connect()) as witness:
            witness.autocommit = True
            with witness.cursor() as cr:
                cr.execute(FIND, [f"odoo-{pid}"])
                found = cr.fetchone()
                if not found:
                    return  # not connected yet, or done already
                try:
                    os.kill(found[0], signal.SIGKILL)
                except ProcessLookupError:
                    return
                type(self).killed += 1
                self._wait_for(lambda: self._is_dead(cr), "PostgreSQL goes on")
        sql_db.close_all()  # those connections are dead, too
        self._wait_for(self._is_up, "PostgreSQL doesn't come up again")

    @staticmethod
    def _connect():
        return psycopg2.connect(**connection_info_for(get_db_name())[1])

    def _is_up(self):
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    @staticmethod
    def _is_dead(cr):
        """All sessions end with the one that was killed."""
        try:
            cr.execute("SELECT 1")
        except psycopg2.Error:
            return True
        return False

    @staticmethod
    def _wait_for(is_so, otherwise):
        for _moment in range(1200):
            if is_so():
                return
            time.sleep(0.05)
        raise AssertionError(otherwise)


@tagged("post_install", "-at_install")
class TestStepsWithPostgresKilled(PostgresKilled, test_faults.TestKilled):
    """A step, an import, the closing of a month: as a whole or not at all."""

    def test_something_was_killed(self):
        """After the others, in alphabetical order."""
        self.assertTrue(self.killed)


@tagged("post_install", "-at_install")
class TestDeadlinesWithPostgresKilled(PostgresKilled, test_deadline_kill.TestDeadlineKill):
    """Each due row is escalated once, and everybody told once."""
