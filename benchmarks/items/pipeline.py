"""Open the pipeline as the web client does, and one lead's form: with the addon and without."""

from ..measuring import Case, Sample, timed
from ..views import progress_bar, specification

KANBAN, FORM = "crm.crm_case_kanban_view_leads", "crm.crm_lead_view_form"
CARDS = 40
FORMS = 15


def kanban(site, login, domain):
    def prepare(env):
        return specification(env, KANBAN, "kanban"), progress_bar(env, KANBAN)

    def do(env, prepared):
        asked, bar = prepared
        wanted = [("type", "=", "opportunity"), *domain(env)]
        Lead = env["crm.lead"]
        Lead.read_progress_bar(wanted, "stage_id", bar)
        return Lead.web_read_group(
            wanted,
            groupby=["stage_id"],
            aggregates=["expected_revenue:sum"],
            auto_unfold=True,
            unfold_read_specification=asked,
            unfold_read_default_limit=CARDS,
        )

    return lambda: site.run(do, prepare, login)


def own(env):
    return [("user_id", "=", env.uid)]


def every(env):
    return []


def forms(site, login, team, state):
    """Open several forms one after the other; the mean of them."""

    def run():
        with site.transaction(login) as env:
            asked = specification(env, FORM, "form")
            # The same leads on both sides: those of this team's person, by age.
            domain = [("team_id.name", "=", team), ("won_status", "=", "pending")]
            domain.append(("stage_id.name", "=", state))
            leads = env["crm.lead"].search([*domain, ("user_id", "=", env.uid)], order="id")
            leads = leads[:FORMS]
            seconds, queries = 0.0, 0
            for lead in leads:
                sample = timed(env, lambda lead=lead: lead.web_read(asked))
                seconds, queries = seconds + sample.seconds, queries + sample.queries
            return Sample(seconds / len(leads), round(queries / len(leads)))

    return run


def cases(sites, wanted):
    plain, intake = sites["plain"], sites["intake"]
    runs = 7 if wanted["size"] <= 200000 else 5
    for label, login, domain in (
        ("own pipeline of a representative", "rep_00", own),
        ("whole pipeline, manager", "manager_00", every),
    ):
        yield Case(
            f"kanban, {label}",
            {"crm": kanban(plain, login, domain), "ours": kanban(intake, login, domain)},
            base="crm",
            bars={"ours": ("<", 1.10)},
            runs=runs,
        )
    yield Case(
        "one form",
        {
            "crm": forms(plain, "rep_00", "Team 0", "Following Up"),
            "intake team": forms(intake, "rep_00", "Team 0", "Following Up"),
        },
        base="crm",
        bars={"intake team": ("<", 1.2)},
        runs=5,
    )
    yield Case(
        "one form, team without the procedure",
        {
            "crm": forms(plain, "rep_35", "Team 7", "Following Up"),
            "other team": forms(intake, "rep_35", "Team 7", "Following Up"),
        },
        base="crm",
        bars={"other team": ("<", 1.2)},
        runs=5,
    )
