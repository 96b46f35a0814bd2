from odoo.tools.sql import drop_constraint


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
    """Leave the customers an industry: the general one closest to that of the standard. And
    leave the leads what they name of ours: channels, reasons of loss, to-dos.
    """
    # A lead's reference is dropped with its field; until then it would keep its industry alive.
    # Another addon's field of that name stays: it keeps the industries that aren't ours.
    env.cr.execute(
        """
        UPDATE crm_lead SET industry_id = NULL
         WHERE industry_id IN (SELECT id FROM res_partner_industry WHERE level IS NOT NULL)
        """
    )
    env.invalidate_all()
    env["res.partner.industry"]._replace_gbt4754_of_partners()
    _keep_what_is_used(env)
    _let_go(env)


def _keep_what_is_used(env):
    """Odoo deletes the records an addon brought; those that leads name become the company's."""
    todo = env.ref("mail.mail_activity_data_todo")
    env.cr.execute(
        """
        UPDATE mail_activity SET activity_type_id = %s
         WHERE activity_type_id IN (
               SELECT res_id FROM ir_model_data
                WHERE module = 'lead_intake' AND model = 'mail.activity.type');
        DELETE FROM ir_model_data WHERE module = 'lead_intake' AND (
            model = 'utm.medium' AND res_id IN (SELECT medium_id FROM crm_lead)
            OR model = 'crm.lost.reason' AND res_id IN (SELECT lost_reason_id FROM crm_lead))
        """,
        [todo.id],
    )
    env.invalidate_all()


def _let_go(env):
    """Tables and columns that are about to be dropped hold nobody: grades, types and the like
    can then be deleted in any order.
    """
    tables = [
        model._table
        for name, model in env.registry.items()
        if name.startswith("lead.intake.") and not model._abstract
    ]
    columns = [
        name
        for name, field in env["crm.lead"]._fields.items()
        if field.type == "many2one" and set(field._modules) == {"lead_intake"}
    ]
    env.cr.execute(
        """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
         WHERE contype = 'f' AND (
               conrelid::regclass::text = ANY(%s)
               OR conrelid = 'crm_lead'::regclass AND EXISTS (
                  SELECT 1 FROM pg_attribute
                   WHERE attrelid = conrelid AND attnum = ANY(conkey) AND attname = ANY(%s)))
        """,
        [tables, columns],
    )
    for table, name in env.cr.fetchall():
        drop_constraint(env.cr, table, name)
