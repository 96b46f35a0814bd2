def migrate(cr, version):
    """Drop the indexes on what deadlines are never looked up by: Odoo makes those a field asks for
    and leaves those it asks for no longer, and each promise would go on paying for them.
    """
    cr.execute(
        """
        DROP INDEX IF EXISTS lead_intake_deadline__company_id_index,
                             lead_intake_deadline__team_id_index
        """
    )
