# Run in Odoo's shell, after the upgrade: what the story said is still said, and goes on.
from odoo.tools import mute_logger

Lead = env["crm.lead"].with_context(active_test=False)
leads = {
    lead.name.removeprefix("Story "): lead for lead in Lead.search([("name", "like", "Story ")])
}
states = {name: lead.intake_state for name, lead in leads.items()}
assert states == {
    "draft": "draft",
    "submitted": "submitted",
    "returned": "returned",
    "approved": "approved",
    "contacted": "approved",
    "on hold": "on_hold",
    "lost": "approved",
}, states
team = leads["draft"].team_id
assert team.intake_review_hours == 36
assert team.use_intake
rejection = leads["returned"].intake_review_ids.rejection_ids
assert rejection.reason == "Nobody answers there.", rejection.reason
assert leads["approved"].intake_grade_id
assert (
    leads["contacted"].intake_follow_up_ids.filtered("summary").summary == "They want ten presses."
)
assert leads["contacted"].intake_next_on, "the plan's time has to be found again"
assert leads["contacted"].decision_maker == "known"
assert leads["contacted"].industry_section_id, "computed for leads that were there"
assert leads["lost"].lost_reason_id and leads["lost"].won_status == "lost"
clock = leads["submitted"].intake_deadline_ids.filtered(lambda row: row.state == "running")
assert clock.milestone == "review", clock.mapped("milestone")
(plain,) = Lead.search([("name", "=", "Plain story")])
assert not plain.intake_state and not plain.industry_section_id
# It goes on: the returned one is corrected, the submitted one approved, the month counted.
rep = env["res.users"].search([("login", "=", "story_rep")])
supervisor = env["res.users"].search([("login", "=", "story_supervisor")])
leads["returned"].with_user(rep).phone = "+86 10 6552 9989"
leads["returned"].with_user(rep).intake_submit()
leads["submitted"].with_user(supervisor).intake_approve()
with mute_logger("odoo.addons.lead_intake"):
    env["lead.intake.dashboard"].with_user(supervisor).get_figures()
env["crm.lead"].flush_model()
env.cr.rollback()
print("baseline_kept ok")
