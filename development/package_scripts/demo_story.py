# Run in Odoo's shell: the demo's story, which Odoo only warns about when it breaks off.
import time

from odoo import fields
from odoo.tools.convert import convert_file

start = time.monotonic()
convert_file(env, "lead_intake", "demo/lead_intake_demo.xml", {}, "init", noupdate=True)
print(f"told in {time.monotonic() - start:.0f} s")
team = env.ref("lead_intake.demo_team")
Lead = env["crm.lead"].with_context(active_test=False)
leads = Lead.search([("team_id", "=", team.id)])
states = set(leads.mapped("intake_state"))
assert states == {"draft", "submitted", "returned", "approved", "on_hold"}, states
assert set(leads.mapped("won_status")) == {"won", "lost", "pending"}
assert len(leads.mapped("registrant_id")) >= 3
assert (fields.Datetime.now() - min(leads.mapped("date_acquired"))).days > 80
months = env["lead.intake.month"].search([])
assert len(months) >= 2 and set(months.mapped("state")) == {"closed"}, months
assert all(len(month.report_ids) >= 2 and month.is_intact for month in months)
assert env["lead.intake.month.adjustment"].search([]), "a correction of a closed month"
for name in ("review", "rejection", "deadline", "follow.up", "assignment", "verification"):
    assert env[f"lead.intake.{name}"].search_count([]) > 2, name
assert env["lead.intake.decision.step"].search_count([]) > 8
late = env["lead.intake.deadline"].search([("state", "in", ("running", "overdue"))])
assert late.filtered(lambda row: row.date_due < fields.Datetime.now())
names = " ".join(leads.mapped("partner_name"))
assert not names.isascii() and "Suzhou" in names
figures = env["lead.intake.dashboard"].with_user(env.ref("lead_intake.demo_user_supervisor"))
figures = figures.get_figures()
print([(tile["label"], tile["count"]) for tile in figures["tiles"]])
assert all(tile["count"] for tile in figures["tiles"]), figures["tiles"]
env.cr.rollback()
print("demo_story ok")
