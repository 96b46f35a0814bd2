from odoo.addons.lead_intake.hooks import create_columns


def migrate(cr, version):
    """Bring the new stored computed fields without computing them for leads of other teams."""
    create_columns(cr)
