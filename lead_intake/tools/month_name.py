from babel.dates import format_skeleton

from odoo.tools import babel_locale_parse
from odoo.tools.misc import get_lang


def month_name(env, date):
    """Return the month of ``date`` with its year in the reader's language: 2026年10月."""
    return format_skeleton("yMMMM", date, locale=babel_locale_parse(get_lang(env).code))
