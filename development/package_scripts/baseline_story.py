# Run in Odoo's shell, with the addon as it was at a baseline: leads in every state.
from datetime import timedelta

from odoo import Command, fields


def user(login, group):
    return env["res.users"].create(
        {
            "name": login.title(),
            "login": login,
            "email": f"{login}@example.com",
            "group_ids": [Command.set([env.ref(group).id])],
        }
    )


rep = user("story_rep", "sales_team.group_sale_salesman")
supervisor = user("story_supervisor", "lead_intake.group_intake_supervisor")
team = env["crm.team"].create(
    {
        "name": "Story Team",
        "user_id": supervisor.id,
        "member_ids": [Command.set([rep.id])],
        "use_intake": True,
        "intake_review_hours": 36,
    }
)
team.action_intake_create_stages()
source = env["utm.source"].create({"name": "Story Expo"})


def lead(name, **values):
    record = (
        env["crm.lead"]
        .with_user(rep)
        .create(
            {
                "name": name,
                "team_id": team.id,
                "user_id": rep.id,
                "type": "opportunity",
                "partner_name": f"{name} Ltd",
                "contact_name": "Liu Wei",
                "phone": "+86 10 6552 9988",
                "decision_maker": "known",
                "medium_id": env.ref("lead_intake.channel_trade_show").id,
                "source_id": source.id,
                "industry_id": env.ref("lead_intake.industry_34").id,
                **values,
            }
        )
    )
    return record


lead("Story draft")
for name in ("submitted", "returned", "approved", "contacted", "on hold", "lost"):
    record = lead(f"Story {name}")
    record.intake_submit()
    decided = record.with_user(supervisor)
    if name == "returned":
        decided.intake_return({"phone": "Nobody answers there."}, "Please mend.")
    elif name == "on hold":
        decided.intake_hold(fields.Date.today() + timedelta(days=30), "Budget comes later.")
    elif name != "submitted":
        decided.intake_approve()
    if name == "contacted":
        record.intake_log("reached", "They want ten presses.")
        record.intake_plan(fields.Datetime.now() + timedelta(days=2), "phone", goal="A visit")
    if name == "lost":
        record.intake_log("reached", "They bought elsewhere.")
        reason = env["crm.lost.reason"].search([], limit=1) or env["crm.lost.reason"].create(
            {"name": "Too expensive"}
        )
        record.action_set_lost(lost_reason_id=reason.id)
plain = env["crm.team"].create({"name": "Plain Story Team"})
env["crm.lead"].create(
    {"name": "Plain story", "team_id": plain.id, "type": "opportunity", "partner_name": "Plain Ltd"}
)
env.cr.commit()
print("baseline_story ok")
