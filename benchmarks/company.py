"""The people, teams and lists of the benchmark's company, made through the ORM.

    8 teams   5 representatives each; the first 7 work by the procedure, the last one doesn't
    40 rep_00 … rep_39, 5 supervisor_0 … 4 (each leads and reviews one or two teams),
    3 operations_0 … 2, 2 manager_0 … 1: 50 users, whose password is their login's first word

Without Lead Intake the same people and the same stages are made, so that pipelines have as many
columns on both sides.
"""

TEAMS, REPRESENTATIVES, SUPERVISORS = 8, 40, 5
INTAKE_TEAMS = TEAMS - 1
SOURCES, REASONS = 40, 6
STAGES = [
    ("To Follow Up", "to_follow_up"),
    ("Following Up", "following_up"),
    ("Requirement Clear", "requirement_clear"),
    ("Proposal Submitted", "proposal"),
    ("Negotiating", "negotiating"),
]
ZONE = "Asia/Shanghai"


def make(env):
    """Make the company in a fresh database, with or without Lead Intake."""
    env = env(context={**env.context, "no_reset_password": True, "tracking_disable": True})
    intake = "use_intake" in env["crm.team"]._fields
    users = _make_users(env, intake)
    _make_teams(env, users, intake)
    _make_stages(env, intake)
    env["utm.source"].create([{"name": f"Expo {number:02}"} for number in range(SOURCES)])
    env["crm.lost.reason"].create([{"name": f"Reason {number}"} for number in range(REASONS)])
    # Nothing calls or writes to anybody outside; of the crons only ours run.
    env["ir.cron"].search([]).write({"active": False})
    ours = env["ir.model.data"].search([("model", "=", "ir.cron"), ("module", "=", "lead_intake")])
    env["ir.cron"].browse(ours.mapped("res_id")).write({"active": True})
    env.flush_all()


def _make_users(env, intake):
    everything = "sales_team.group_sale_salesman_all_leads"
    kinds = [
        ("rep", REPRESENTATIVES, "sales_team.group_sale_salesman"),
        (
            "supervisor",
            SUPERVISORS,
            "lead_intake.group_intake_supervisor" if intake else everything,
        ),
        ("operations", 3, "lead_intake.group_intake_operations" if intake else everything),
        ("manager", 2, "sales_team.group_sale_manager"),
    ]
    values = [
        {
            "name": f"{kind.title()} {number:02}",
            "login": f"{kind}_{number:02}",
            "email": f"{kind}_{number:02}@bench.example",
            "tz": ZONE,
            # Nothing is mailed on either side.
            "notification_type": "inbox",
            "group_ids": [(4, env.ref("base.group_user").id), (4, env.ref(group).id)],
        }
        for kind, count, group in kinds
        for number in range(count)
    ]
    users = env["res.users"].create(values)
    users.partner_id.tz = ZONE
    env.ref("base.main_company").partner_id.tz = ZONE
    # Hashing fifty passwords takes long on purpose: one does for all of a kind.
    context = env["res.users"]._crypt_context()
    for kind, *_rest in kinds:
        env.cr.execute(
            "UPDATE res_users SET password = %s WHERE login LIKE %s",
            [context.hash(kind), f"{kind}\\_%"],
        )
    return {user.login: user for user in users}


def _make_teams(env, users, intake):
    per_team = REPRESENTATIVES // TEAMS
    for number in range(TEAMS):
        leader = users[f"supervisor_{number % SUPERVISORS:02}"]
        values = {
            "name": f"Team {number}",
            "use_opportunities": True,
            "use_leads": False,
            "user_id": leader.id,
        }
        if intake:
            held = number < INTAKE_TEAMS
            values["use_intake"] = held
            values["intake_reviewer_ids"] = [(4, leader.id)] if held else []
        team = env["crm.team"].create(values)
        env["crm.team.member"].create(
            [
                {
                    "crm_team_id": team.id,
                    "user_id": users[f"rep_{number * per_team + place:02}"].id,
                    "assignment_max": 30 * 30000,
                }
                for place in range(per_team)
            ]
        )


def _make_stages(env, intake):
    """Make the stages of the procedure, for all teams: what Odoo ships keeps its place."""
    Stage = env["crm.stage"]
    won = Stage.search([("is_won", "=", True)], limit=1)
    for stage in Stage.search(
        [("is_won", "=", False), ("id", "!=", env.ref("crm.stage_lead1").id)]
    ):
        stage.unlink()
    for number, (name, status) in enumerate(STAGES, start=2):
        Stage.create(
            {"name": name, "sequence": number, **({"intake_status": status} if intake else {})}
        )
    if intake:
        won.intake_status = "won"
