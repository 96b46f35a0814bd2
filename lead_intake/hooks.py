def pre_init_hook(env):
    """Create the columns of stored computed fields before Odoo does.

    Odoo computes a new stored field for every row the table has. On the leads a company
    already has there is nothing to compute: they aren't under the procedure. Installing
    takes the same time however many there are, and changes none of them.
    """
    env.cr.execute(
        """
        ALTER TABLE crm_lead
            ADD COLUMN IF NOT EXISTS intake_date_due timestamp,
            ADD COLUMN IF NOT EXISTS intake_date_warning timestamp,
            ADD COLUMN IF NOT EXISTS intake_milestone varchar,
            ADD COLUMN IF NOT EXISTS intake_responsible_id int4
        """
    )
