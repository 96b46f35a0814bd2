"""Odoo's rate of a currency, in SQL."""

from odoo.tools import SQL


def rate_at(currency, company, day):
    """Return the rate of a currency on a day, as Odoo takes it: the latest one, else the first
    there is, the company's own before everybody's.

    :param SQL currency: the id of a ``res.currency``
    :param SQL company: the id of a root company
    :param SQL day: a date
    :rtype: SQL
    """
    return SQL(
        """
        COALESCE((SELECT r.rate FROM res_currency_rate r WHERE %(mine)s AND r.name <= %(day)s
                ORDER BY r.company_id, r.name DESC LIMIT 1),
                 (SELECT r.rate FROM res_currency_rate r WHERE %(mine)s
                ORDER BY r.company_id, r.name LIMIT 1), 1.0)
        """,
        mine=SQL(
            "r.currency_id = %s AND (r.company_id IS NULL OR r.company_id = %s)", currency, company
        ),
        day=day,
    )
