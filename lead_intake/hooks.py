def pre_init_hook(env):
    """Create the columns of stored computed fields before Odoo does.

    Odoo computes a new stored field for every row the table has. On the leads a company
    already has there is nothing to compute: they aren't under the procedure. Installing
    takes the same time however many there are, and changes none of them.
    """
    create_columns(env.cr)


def create_columns(cr):
    """Create what is missing of them; a migration that brings new ones calls this as well."""
    cr.execute(
        """
        ALTER TABLE crm_lead
            ADD COLUMN IF NOT EXISTS industry_id int4,
            ADD COLUMN IF NOT EXISTS intake_date_due timestamp,
            ADD COLUMN IF NOT EXISTS intake_date_warning timestamp,
            ADD COLUMN IF NOT EXISTS intake_milestone varchar,
            ADD COLUMN IF NOT EXISTS intake_next_on timestamp,
            ADD COLUMN IF NOT EXISTS intake_responsible_id int4,
            ADD COLUMN IF NOT EXISTS intake_company_key varchar,
            ADD COLUMN IF NOT EXISTS budget_currency_id int4,
            ADD COLUMN IF NOT EXISTS contract_currency_id int4,
            ADD COLUMN IF NOT EXISTS industry_section_id int4,
            ADD COLUMN IF NOT EXISTS founded_year int4,
            ADD COLUMN IF NOT EXISTS employee_range varchar,
            ADD COLUMN IF NOT EXISTS annual_revenue numeric,
            ADD COLUMN IF NOT EXISTS annual_revenue_currency_id int4,
            ADD COLUMN IF NOT EXISTS main_business varchar,
            ADD COLUMN IF NOT EXISTS main_products text,
            ADD COLUMN IF NOT EXISTS contact_role varchar,
            ADD COLUMN IF NOT EXISTS chat_account varchar,
            ADD COLUMN IF NOT EXISTS chat_remark varchar,
            ADD COLUMN IF NOT EXISTS decision_chain varchar,
            ADD COLUMN IF NOT EXISTS decision_maker varchar;
        ALTER TABLE res_partner
            ADD COLUMN IF NOT EXISTS annual_revenue_currency_id int4
        """
    )
    # Customers get theirs from a cron, some at a time.
    cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS intake_company_key varchar")


def uninstall_hook(env):
    """Leave the customers an industry: the general one closest to that of the standard."""
    # A lead's reference is dropped with its field; until then it would keep its industry alive.
    env.cr.execute("UPDATE crm_lead SET industry_id = NULL")
    env.invalidate_all()
    env["res.partner.industry"]._replace_gbt4754_of_partners()
