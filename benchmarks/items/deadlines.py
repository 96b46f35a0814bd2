"""The deadlines' cron with 1,000 due, and with none; beside a timed rule of base_automation that
gives each of 1,000 leads due an activity, for somebody who isn't mailed: its best case.
"""

from datetime import timedelta

from odoo import fields

from ..measuring import Case

DUE = 1000


def reopen(env, due):
    """Let promises that were kept run again where fewer than ``due`` are open, as among 10,000."""
    env.cr.execute("SELECT count(*) FROM lead_intake_deadline WHERE date_next IS NOT NULL")
    missing = due - env.cr.fetchone()[0]
    if missing > 0:
        env.cr.execute(
            """
            UPDATE lead_intake_deadline SET state = 'running', date_closed = NULL, date_next = now()
             WHERE id IN (SELECT max(id) FROM lead_intake_deadline GROUP BY lead_id, milestone
                          HAVING bool_and(state = 'met') ORDER BY 1 DESC LIMIT %s)
            """,
            [missing],
        )


def ours(site, due):
    def prepare(env):
        now = fields.Datetime.now()
        # Nothing but these: whatever has come due since the database was made waits.
        env.cr.execute(
            "UPDATE lead_intake_deadline SET date_next = %s WHERE date_next <= %s",
            [now + timedelta(days=30), now + timedelta(minutes=5)],
        )
        reopen(env, due)
        env.cr.execute(
            """
            UPDATE lead_intake_deadline
               SET date_due = %(moment)s, date_next = %(moment)s
             WHERE id IN (SELECT id FROM lead_intake_deadline WHERE date_next IS NOT NULL
                           ORDER BY md5(id::text) LIMIT %(due)s)
            """,
            {"due": due, "moment": now - timedelta(hours=1)},
        )

    def do(env, _prepared):
        env["lead.intake.deadline"]._cron_process_due()
        return env["lead.intake.notice"].search_count([])

    def run():
        sample = site.run(do, prepare)
        if bool(sample.result) != bool(due):
            raise ValueError(f"{sample.result} notices of {due} due")
        return sample

    return run


def base_automation(site):
    def prepare(env):
        now = fields.Datetime.now()
        rule = env["base.automation"].create(
            {
                "name": "Benchmark",
                "model_id": env["ir.model"]._get_id("crm.lead"),
                "trigger": "on_time",
                "trg_date_id": env["ir.model.fields"]._get("crm.lead", "date_open").id,
                "trg_date_range": 24,
                "trg_date_range_type": "hour",
                "trg_date_range_mode": "after",
                "filter_domain": "[('type', '=', 'opportunity')]",
                "last_run": now - timedelta(hours=2),
            }
        )
        env["ir.actions.server"].create(
            {
                "name": "Benchmark",
                "model_id": rule.model_id.id,
                "base_automation_id": rule.id,
                "state": "next_activity",
                "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
                "activity_user_type": "specific",
                "activity_user_id": env.uid,
            }
        )
        env.flush_all()
        # Those of the last days would be due as well.
        moved, due = now - timedelta(days=9), now - timedelta(hours=25)
        env.cr.execute("UPDATE crm_lead SET date_open = %s WHERE date_open > %s", [moved, moved])
        env.cr.execute(
            """
            UPDATE crm_lead SET date_open = %s
             WHERE id IN (SELECT id FROM crm_lead WHERE active ORDER BY md5(id::text) LIMIT %s)
            """,
            [due, DUE],
        )
        env.cr.execute("UPDATE base_automation SET last_run = %s", [now - timedelta(hours=2)])
        return env["mail.activity"].search_count([])

    def do(env, before):
        env["base.automation"]._cron_process_time_based_actions()
        return env["mail.activity"].search_count([]) - before

    def run():
        sample = site.run(do, prepare)
        if sample.result < DUE:
            raise ValueError(f"{sample.result} activities of {DUE} due")
        return sample

    return run


def cases(sites, wanted):
    sides = {"ours": ours(sites["intake"], DUE)}
    bars = {}
    if wanted["rival_cron"]:
        sides = {"base_automation": base_automation(sites["plain"]), **sides}
        bars = {"ours": (">", 10)}
    yield Case(
        "deadline cron, 1,000 due",
        sides,
        base=next(iter(sides)),
        bars=bars,
        rare={"base_automation": 1},
    )
    yield Case(
        "deadline cron, nothing due",
        {"ours": ours(sites["intake"], 0)},
        base="ours",
    )
