import time


def wait_until_gone(with_cursor, pid):
    """Let PostgreSQL finish what a killed process had asked for: until then it holds the rows,
    and a commit under way may still count.

    :param with_cursor: runs a function of an environment in a transaction of its own
    :param int pid: of the process, whose connections Odoo names after it
    """

    def is_there(env):
        env.cr.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = %s", (f"odoo-{pid}",)
        )
        return bool(env.cr.rowcount)

    for _moment in range(100):
        if not with_cursor(is_there):
            return
        time.sleep(0.1)
