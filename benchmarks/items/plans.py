"""How PostgreSQL answers every query of the hot paths: each path is run once and its queries are
explained. None may read the leads or the deadlines from end to end, but for reasons given here.
"""

import re
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields

from ..views import specification
from . import create, month, pipeline, queues

WATCHED = ("crm_lead", "lead_intake_deadline")
STATEMENT = re.compile(r"^\s*(SELECT|UPDATE|WITH)\b", re.I)


@contextmanager
def explained(env):
    """Collect the statements that run meanwhile and their plans: at once, since a statement may
    read a temporary table that is gone afterwards. Of those that differ in their numbers only, the
    first.
    """
    found = {}
    execute = env.cr.execute

    def record(query, params=None, log_exceptions=True):
        text = env.cr._obj.mogrify(*_parts(query, params)).decode()
        if STATEMENT.match(text) and any(name in text for name in WATCHED):
            key = re.sub(r"[\d, ]+", "0", text)
            if key not in found:
                found[key] = (text, explain(env, text))
        return execute(query, params, log_exceptions)

    with patch.object(env.cr, "execute", record):
        yield found


def _parts(query, params):
    if hasattr(query, "code"):
        return query.code, query.params or None
    return query, params or None


def paths():
    """The hot paths: name, by whom, what."""
    return [
        ("open the own pipeline", "rep_00", lambda env: kanban(env, pipeline.own(env))),
        ("open the whole pipeline", "manager_00", lambda env: kanban(env, [])),
        ("open a form", "rep_00", form),
        ("register a lead", "rep_00", register),
        ("search by name", "rep_00", search),
        ("submit and approve", "rep_00", review),
        (
            "To Review",
            "supervisor_00",
            lambda env: queue(env, queues.review_domain, "submitted_on"),
        ),
        ("My Day", "rep_00", lambda env: queue(env, queues.day_domain, "next_on")),
        ("dashboard", "supervisor_00", lambda env: env["lead.intake.dashboard"].get_figures()),
        ("cron: deadlines", None, deadlines),
        ("cron: reminders", None, lambda env: env["lead.intake.follow.up"]._cron_remind()),
        ("assignment", None, assignment),
        ("month-end figures", None, figures),
    ]


def kanban(env, domain):
    env["crm.lead"].web_read_group(
        [("type", "=", "opportunity"), *domain],
        groupby=["stage_id"],
        aggregates=["expected_revenue:sum"],
        auto_unfold=True,
        unfold_read_specification=specification(env, pipeline.KANBAN, "kanban"),
        unfold_read_default_limit=pipeline.CARDS,
    )


def form(env):
    lead = env["crm.lead"].search(
        [("user_id", "=", env.uid), ("intake_state", "=", "approved")], limit=1
    )
    lead.web_read(specification(env, pipeline.FORM, "form"))


def register(env):
    lead = env["crm.lead"].create(create.values(env, 1, create.TEAM))
    lead.read(["intake_duplicate_count"])


def search(env):
    env["crm.lead"].web_search_read(
        [("partner_name", "ilike", "customer 33")], {"name": {}}, limit=80
    )


def review(env):
    lead = env["crm.lead"].create(create.values(env, 1, create.TEAM))
    lead.intake_submit()
    lead.with_user(env["res.users"].search([("login", "=", "supervisor_00")])).intake_approve()


def queue(env, domain, order):
    env["crm.lead"].web_search_read(
        domain(env), {"name": {}}, limit=80, order=f"intake_{order}, id", count_limit=10001
    )


def deadlines(env):
    # Past what is recorded: this is no part of the cron.
    env.cr._obj.execute(
        "UPDATE lead_intake_deadline SET date_due = %(at)s, date_next = %(at)s WHERE id IN"
        " (SELECT id FROM lead_intake_deadline WHERE date_next IS NOT NULL LIMIT 50)",
        {"at": fields.Datetime.now() - timedelta(hours=1)},
    )
    env["lead.intake.deadline"]._cron_process_due()


def assignment(env):
    env["crm.lead"].search([("intake_unassigned", "=", True)], limit=50)._intake_rank()


def figures(env):
    env["lead.intake.figures"]._compute_month(env.ref("base.main_company"), month.last_month())


def cases(sites, wanted):
    folder = Path(wanted["plans"])
    folder.mkdir(parents=True, exist_ok=True)
    lines, scans = [], []
    for name, login, do in paths():
        with sites["intake"].transaction(login) as env:
            with explained(env) as found:
                do(env)
                env.flush_all()
            plans = list(found.values())
        file = folder / f"{re.sub('[^a-z]+', '-', name.lower()).strip('-')}.txt"
        file.write_text(
            "\n\n".join(shorten(f"{text.strip()}\n\n{plan}") for text, plan in plans) + "\n"
        )
        bad = [(text, scan) for text, plan in plans for scan in scanned(plan)]
        scans += [{"path": name, "scan": scan, "query": text[:2000]} for text, scan in bad]
        lines.append(f"{name}: {len(plans)} queries, {len(bad)} sequential scans")
    yield {"name": "query plans", "lines": lines, "scans": scans}


def explain(env, text):
    # Past Odoo's cursor: this is no statement of the path.
    env.cr._obj.execute("EXPLAIN " + text)
    return "\n".join(row[0] for row in env.cr._obj.fetchall())


def shorten(text):
    """Leave out the end of long lists of numbers, and of what is selected."""
    text = re.sub(r"(\d+(?:, ?\d+){5})(?:, ?\d+)+", r"\1, …", text)
    return re.sub(r"^SELECT (.{300}).+ FROM ", r"SELECT \1 … FROM ", text)


def scanned(plan):
    """Return the lines of a plan that read a watched table of some size from end to end."""
    found = []
    for line in plan.splitlines():
        match = re.search(r"Seq Scan on (\w+).*rows=(\d+)", line)
        if match and match[1] in WATCHED:
            found.append(line.strip())
    return found
