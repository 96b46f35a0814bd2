"""What the tests share that kill: only committed data can show what a killed program leaves.

They write to the test database with connections of their own, as servers would, and take back
what they wrote. They are no TransactionCase, whose one transaction nobody else sees.
"""

import os
import signal
import time

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name


class KillingCase(BaseCase):
    """A test whose work is committed, in processes that are killed.

    A subclass takes back what it wrote in ``_clean(env)``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._with_cursor, cls._clean)
        cls._with_cursor(cls._clean)

    @classmethod
    def _with_cursor(cls, do, *args, user=SUPERUSER_ID):
        """Run ``do(env)`` in a transaction of its own that is committed."""
        with db_connect(get_db_name()).cursor() as cr:
            return do(api.Environment(cr, user, {}), *args)

    @staticmethod
    def _clean(env):
        raise NotImplementedError

    @staticmethod
    def _forget_alarms(env):
        env.cr.execute(
            """
            DELETE FROM ir_cron_trigger WHERE cron_id IN (
                SELECT res_id FROM ir_model_data
                 WHERE module IN ('lead_intake', 'mail') AND model = 'ir.cron')
            """
        )

    def _run_child(self, work, seconds=None):
        """Run ``work`` in a process of its own, and kill it after so many seconds.

        :return: whether it was killed before it was done
        """
        pid = os.fork()
        if not pid:
            code = 1
            try:
                sql_db._Pool = None  # connections can't be shared with the parent
                work()
                code = 0
            finally:
                os._exit(code)
        if seconds is not None:
            time.sleep(seconds)
            self._kill(pid)
        _pid, status = os.waitpid(pid, 0)
        self._wait_until_gone(pid)
        if seconds is None:
            self.assertEqual(status, 0, "The work failed")
        return bool(status)

    def _kill(self, pid):
        """Kill what is to be killed; other tests kill something else of the process."""
        os.kill(pid, signal.SIGKILL)

    def _wait_until_gone(self, pid):
        """Let PostgreSQL finish what a killed process had asked for: until then it holds the
        rows, and a commit under way may still count.
        """

        def is_there(env):
            # Odoo names its connections after the process.
            env.cr.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = %s", (f"odoo-{pid}",)
            )
            return bool(env.cr.rowcount)

        for _moment in range(100):
            if not self._with_cursor(is_there):
                return
            time.sleep(0.1)
