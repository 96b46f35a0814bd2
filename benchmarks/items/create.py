"""Create leads as a representative does who registers them: they are their owner."""

from ..measuring import Case

REP, TEAM = "rep_00", "Team 0"
OTHER_REP, OTHER_TEAM = "rep_35", "Team 7"


def values(env, count, team, start=0):
    """Return complete registrations of new customers."""
    team = env["crm.team"].search([("name", "=", team)])
    medium = env["utm.medium"].search([], order="id", limit=1)
    source = env["utm.source"].search([("name", "=like", "Expo %")], limit=1)
    country = env.ref("base.cn")
    return [
        {
            "name": f"New enquiry {number}",
            "type": "opportunity",
            "partner_name": f"Newcomer {number} Ltd",
            "contact_name": f"Buyer {number}",
            "email_from": f"buyer@newcomer{number}.example",
            "phone": f"+86139{number:08}",
            "country_id": country.id,
            "medium_id": medium.id,
            "source_id": source.id,
            "team_id": team.id,
            "user_id": env.uid,
        }
        for number in range(start, start + count)
    ]


def side(site, login, team, count):
    def run():
        return site.run(
            lambda env, vals: env["crm.lead"].create(vals),
            lambda env: values(env, count, team),
            login,
        )

    return run


def cases(sites, wanted):
    plain, intake = sites["plain"], sites["intake"]
    many = 100 if wanted["quick"] else 1000
    for count, runs in ((1, 15), (many, 2)):
        yield Case(
            f"create {count:,} lead{'s' if count > 1 else ''}",
            {
                "crm": side(plain, OTHER_REP, OTHER_TEAM, count),
                "crm again (noise)": side(plain, OTHER_REP, OTHER_TEAM, count),
                "other team": side(intake, OTHER_REP, OTHER_TEAM, count),
                "intake team": side(intake, REP, TEAM, count),
            },
            base="crm",
            bars={"other team": ("<", 1.02), "intake team": ("<", 1.25)} if count > 1 else {},
            runs=runs,
            warm=1 if count == 1 else 0,
            per=count,
        )
