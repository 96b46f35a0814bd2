"""The first screen of the live analysis, beside the one of Odoo's own Leads Analysis, both on the
database with the procedure and as their actions open them: ours the last three months, Odoo's the
current year. Then both over the same year, by month and team; and what only ours counts.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain

from ..measuring import Case

OURS, CRM = "lead.intake.analysis", "crm.lead"
LOGIN = "operations_00"
MEASURES = ["__count", "approved:sum", "won:sum", "conversion_rate:avg"]
EVERY = Domain("active", "in", [True, False])


def since(name, first):
    """The leads since a first of a month, where the users are."""
    return Domain(name, ">=", f"{first} 00:00:00")


def pivot(site, model, domain, rows, columns, measures):
    sets = [[], [rows]] + ([[columns], [rows, columns]] if columns else [])

    def do(env, _prepared):
        return env[model].formatted_read_grouping_sets(list(domain), sets, measures)

    return lambda: site.run(do, login=LOGIN)


def cases(sites, wanted):
    site, month = sites["intake"], date.today().replace(day=1)
    year, quarter = month.replace(month=1), month - relativedelta(months=2)
    leads = EVERY & since("create_date", year)
    crm = pivot(site, CRM, leads, "create_date:month", "team_id", ["__count"])

    def ours(first, columns=None, measures=MEASURES):
        return pivot(
            site, OURS, since("date_acquired", first), "date_acquired:month", columns, measures
        )

    yield Case(
        "analysis, first screen",
        {"crm": crm, "ours": ours(quarter)},
        base="crm",
        bars={"ours": ("<", 1.2)},
        runs=5,
    )
    yield Case(
        "analysis of a year by month and team, leads counted",
        {"crm": crm, "ours": ours(year, "team_id", ["__count"])},
        base="crm",
    )
    yield Case(
        "analysis of this month, promises kept in time",
        {"crm": crm, "ours": ours(month, measures=["__count", "on_time_rate:avg"])},
        base="crm",
    )
