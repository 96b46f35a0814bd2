from odoo import SUPERUSER_ID, api

# Stored computed fields that came with this version.
NEW_FIELDS = (
    "intake_next_on",
    "budget_currency_id",
    "contract_currency_id",
    "industry_section_id",
    "founded_year",
    "employee_range",
    "annual_revenue",
    "annual_revenue_currency_id",
    "main_business",
    "main_products",
    "contact_role",
    "chat_account",
    "chat_remark",
    "decision_chain",
    "decision_maker",
)


# So many leads at a time: a million at once is more than a server's memory.
BATCH = 2000


def migrate(cr, version):
    """Compute them where the procedure is used. What a lead said already stays said."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    Lead = env["crm.lead"].with_context(active_test=False)
    computed = [Lead._fields[name] for name in NEW_FIELDS if Lead._fields[name].compute]
    last = 0
    while leads := Lead.search(
        [("intake_state", "!=", False), ("id", ">", last)], order="id", limit=BATCH
    ):
        last = leads[-1].id
        for field in computed:
            env.add_to_compute(field, leads.filtered(lambda lead, f=field: not lead[f.name]))
        leads.flush_recordset(NEW_FIELDS)
        env.invalidate_all()
