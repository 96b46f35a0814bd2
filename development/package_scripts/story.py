# Run in Odoo's shell: leads under the procedure, and their history exported.
import base64
import io

from openpyxl import load_workbook

from odoo import Command

rep = env["res.users"].create(
    {
        "name": "Rep",
        "login": "story_rep",
        "email": "rep@example.com",
        "group_ids": [Command.set([env.ref("sales_team.group_sale_salesman").id])],
    }
)
admin = env.ref("base.user_admin")
team = env["crm.team"].create({"name": "Story Team", "member_ids": [Command.set([rep.id])]})
env["lead.intake.first.steps"].with_user(admin).set_team(team.id, True)
team.write({"intake_won_field_ids": False, "intake_closing_field_ids": False})
industry = env.ref("lead_intake.industry_34")
leads = env["crm.lead"]
for number in range(4):
    partner = env["res.partner"].create(
        {"name": f"Presses {number}", "is_company": True, "industry_id": industry.id}
    )
    lead = leads.with_user(rep).create(
        {
            "name": f"Story {number}",
            "team_id": team.id,
            "user_id": rep.id,
            "type": "opportunity",
            "partner_id": partner.id,
            "partner_name": partner.name,
            "contact_name": "Liu Wei",
            "phone": "+86 10 6552 9988",
            "medium_id": env.ref("lead_intake.channel_trade_show").id,
            "source_id": env["utm.source"].create({"name": f"Expo {number}"}).id,
        }
    )
    lead.intake_submit()
    if number:
        lead.with_user(admin).intake_approve()
    if number > 1:
        lead.intake_log("reached", "They want ten presses.")
    leads += lead
wizard = env["lead.intake.export"].with_user(admin).create({})
wizard.action_export()
book = load_workbook(io.BytesIO(base64.b64decode(wizard.file)), read_only=True)
rows = {sheet.title: sheet.max_row for sheet in book.worksheets}
assert len(rows) == 14, rows
assert [row[1] for row in book.worksheets[0].iter_rows(values_only=True)][1:] == leads.mapped(
    "name"
)
env.cr.commit()
print("story ok")
