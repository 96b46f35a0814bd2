"""Submit and approve, with the move to the stage "to follow up", beside base_tier_validation.

Each step is a request of its own, and so starts from a cold cache. There: a reviewer is asked, approves, and the lead is then confirmed by one write that moves its
stage. Nobody is notified on either side.
"""

from ..measuring import Case, login_id, settle
from . import create

REVIEWER = "supervisor_00"


def next_request(env):
    settle(env)
    env.invalidate_all()


def ours(site, count):
    def prepare(env):
        leads = env["crm.lead"].create(create.values(env, count, create.TEAM))
        return leads, env(user=login_id(env, REVIEWER))

    def do(env, prepared):
        leads, reviewers = prepared
        leads.intake_submit()
        next_request(env)
        leads.with_env(reviewers).intake_approve()
        if set(leads.mapped("intake_state")) != {"approved"}:
            raise ValueError("not approved")

    return lambda: site.run(do, prepare, create.REP)


def tier_validation(site, count):
    def prepare(env):
        env["tier.definition"].sudo().create(
            {
                "model_id": env["ir.model"]._get_id("crm.lead"),
                "review_type": "individual",
                "reviewer_id": login_id(env, REVIEWER),
                "definition_domain": "[]",
            }
        )
        leads = env["crm.lead"].create(create.values(env, count, create.TEAM))
        stage = env["crm.stage"].search([("name", "=", "To Follow Up")])
        return leads, env(user=login_id(env, REVIEWER)), stage

    def do(env, prepared):
        leads, reviewers, stage = prepared
        leads.request_validation()
        next_request(env)
        for lead in leads.with_env(reviewers):  # it approves one at a time only
            lead.validate_tier()
        next_request(env)
        leads.with_env(reviewers).write({"bench_state": "approved", "stage_id": stage.id})
        if set(leads.mapped("validation_status")) != {"validated"}:
            raise ValueError("not validated")

    return lambda: site.run(do, prepare, create.REP)


def cases(sites, wanted):
    for count, bar, runs in ((1, 1.0, 15), (100, 2.5, 5)):
        yield Case(
            f"submit and approve {count} lead{'s' if count > 1 else ''}",
            {
                "base_tier_validation": tier_validation(sites["rivals"], count),
                "ours": ours(sites["intake"], count),
            },
            base="base_tier_validation",
            bars={"ours": (">", bar)},
            runs=runs,
            per=count,
        )
