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


def migrate(cr, version):
    """Compute them where the procedure is used. What a lead said already stays said."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    Lead = env["crm.lead"].with_context(active_test=False)
    for name in NEW_FIELDS:
        field = Lead._fields[name]
        if field.compute:
            empty = Lead.search([("intake_state", "!=", False), (name, "=", False)])
            env.add_to_compute(field, empty)
    Lead.flush_model(NEW_FIELDS)
