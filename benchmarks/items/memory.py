"""How much memory every cron and report takes, at this number of leads: the highest resident size
of the process meanwhile, above what it had before.
"""

import gc
from datetime import timedelta

from odoo import fields

from ..measuring import CONTEXT, settle
from . import load, month

MOST_MB = 400  # what a worker may take on top: Odoo's soft limit is 2 GB for all it does


def peak(env, do):
    """Return the megabytes that ``do`` took at the most, and what it returned."""
    settle(env)
    env.invalidate_all()
    gc.collect()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # forget the highest size so far
    before = status("VmRSS")
    result = do()
    settle(env)
    return max(status("VmHWM") - before, 0) / 1024, result


def status(name):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    raise KeyError(name)


def due_deadlines(env, count):
    env.cr.execute(
        "UPDATE lead_intake_deadline SET date_due = %(at)s, date_next = %(at)s WHERE id IN"
        " (SELECT id FROM lead_intake_deadline WHERE date_next IS NOT NULL LIMIT %(count)s)",
        {"at": fields.Datetime.now() - timedelta(hours=1), "count": count},
    )


def missing_keys(env, count):
    env.cr.execute(
        "UPDATE crm_lead SET intake_company_key = NULL WHERE id IN"
        " (SELECT id FROM crm_lead WHERE partner_name IS NOT NULL LIMIT %s)",
        [count],
    )


def cron(env, name):
    """Run what a cron runs, in this transaction."""
    job = env.ref(f"lead_intake.{name}")
    job.ir_actions_server_id.with_context(CONTEXT).run()


def close_month(env):
    found = env["lead.intake.month"].create(
        {"company_id": env.ref("base.main_company").id, "date": month.last_month()}
    )
    found.with_user(env["res.users"].search([("login", "=", "operations_00")])).action_close()
    return f"{len(found.line_ids)} lines, {len(found.report_ids)} files"


def import_rows(env, count):
    operations = env["res.users"].search([("login", "=", "operations_00")])
    lines = load.rows(env, count, "Team 0")
    Lead = env["crm.lead"].with_user(operations).with_context(import_file=True)
    return f"{len(Lead.load(load.FIELDS, lines)['ids'] or [])} leads"


def dashboard(env):
    operations = env["res.users"].search([("login", "=", "operations_00")])
    env["lead.intake.dashboard"].with_user(operations).get_figures()


def cases(sites, wanted):
    due = 500 if wanted["quick"] else 5000
    works = [
        (
            f"cron: deadlines, {due:,} due",
            due_deadlines,
            due,
            lambda env: cron(env, "ir_cron_deadlines"),
        ),
        ("cron: reminders", None, 0, lambda env: cron(env, "ir_cron_reminders")),
        ("cron: customers to confirm", None, 0, lambda env: cron(env, "ir_cron_refresh")),
        (
            f"cron: company names of {due:,} leads",
            missing_keys,
            due,
            lambda env: cron(env, "ir_cron_company_keys"),
        ),
        (
            "cron: company names of partners",
            None,
            0,
            lambda env: cron(env, "ir_cron_partner_company_keys"),
        ),
        (
            "month-end figures",
            None,
            0,
            lambda env: (
                env["lead.intake.figures"]._compute_month(
                    env.ref("base.main_company"), month.last_month()
                )
                and None
            ),
        ),
        ("close a month, with its reports", None, 0, close_month),
        ("dashboard", None, 0, dashboard),
        ("import of 500 rows", None, 0, lambda env: import_rows(env, 500)),
    ]
    rows = []
    for name, prepare, count, do in works:
        with sites["intake"].transaction() as env:
            if prepare:
                prepare(env, count)
            taken, result = peak(env, lambda do=do, env=env: do(env))
        rows.append({"name": name, "mb": round(taken, 1), "result": result or ""})
    yield {
        "name": "memory",
        "memory": rows,
        "most": MOST_MB,
        "lines": [f"{row['name']:<44}{row['mb']:>8.1f} MB  {row['result']}" for row in rows],
    }
