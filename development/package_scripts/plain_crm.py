# Run in Odoo's shell, after the removal: CRM as if the addon had never been there.
module = env["ir.module.module"].search([("name", "=", "lead_intake")])
assert module.state == "uninstalled", module.state
assert not [name for name in env.registry if name.startswith("lead.intake")]
data = env["ir.model.data"].search([("module", "=", "lead_intake")])
assert not data, data.mapped("name")
fields = env["ir.model.fields"].search([("name", "like", "intake")])
assert not fields, fields.mapped("name")
assert not [name for name in env["crm.lead"]._fields if "intake" in name]

leads = env["crm.lead"].search([("name", "like", "Story ")])
assert len(leads) == 4, leads
rep = env["res.users"].search([("login", "=", "story_rep")])
for lead in leads:
    lead.with_user(rep).read()
    # The general industry that is nearest, where the standard's is gone.
    assert lead.partner_id.industry_id, lead.partner_id.name
    assert lead.medium_id, "its channel became the company's"
assert (
    not env["mail.activity.type"]
    .search([("name", "like", "Lead")])
    .filtered(lambda kind: kind.res_model == "crm.lead" and not kind.get_external_id()[kind.id])
), "nothing of ours is left among the kinds of to-dos"
new = env["crm.lead"].with_user(rep).create({"name": "After", "type": "opportunity"})
new.action_set_won_rainbowman()
assert new.won_status == "won"
leads[0].with_user(rep).action_set_lost()
assert leads[0].won_status == "lost"
leads[1].with_user(rep).stage_id = env["crm.stage"].search([], limit=1, order="sequence desc")
merged = leads[1:3].merge_opportunity()
assert merged.exists()
for name, kind in (("crm.lead", "form"), ("crm.lead", "kanban"), ("crm.team", "form")):
    view = env[name].with_user(rep).get_view(view_type=kind)
    assert "intake" not in view["arch"], (name, kind)
menus = env["ir.ui.menu"].with_user(rep).load_menus(False)
assert not [menu for menu in menus.values() if "lead_intake" in (menu.get("xmlid") or "")]
env["ir.cron"].search([]).read(["name"])
env.cr.rollback()
print("plain_crm ok")
