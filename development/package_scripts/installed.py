# Run in Odoo's shell: where the addon comes from, and that a lead goes its way.
import odoo.addons.lead_intake as addon

print("lead_intake from", addon.__path__[0])
module = env["ir.module.module"].search([("name", "=", "lead_intake")])
assert module.state == "installed", module.state
team = env["crm.team"].create({"name": "Installed"})
env["lead.intake.first.steps"].with_user(env.ref("base.user_admin")).set_team(team.id, True)
lead = env["crm.lead"].create(
    {
        "name": "Ten presses",
        "team_id": team.id,
        "type": "opportunity",
        "partner_name": "Hangzhou Presses Ltd",
        "contact_name": "Liu Wei",
        "phone": "+86 10 6552 9988",
        "medium_id": env.ref("lead_intake.channel_trade_show").id,
        "source_id": env["utm.source"].create({"name": "Expo of the package"}).id,
    }
)
lead.intake_submit()
assert lead.intake_state == "submitted", lead.intake_state
env.cr.rollback()
print("installed ok")
