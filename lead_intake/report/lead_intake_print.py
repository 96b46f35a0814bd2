from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime

# Odoo decides by the same, whether headers repeat on each page and files can be joined.
from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools.masking import mask_email, mask_name, mask_phone, mask_text

PEOPLE = frozenset({"contact_name", "chat_account", "chat_remark", "person"})
PEOPLE_MODELS = frozenset({"res.users", "lead.intake.contact"})
PHONES = frozenset({"phone"})
EMAILS = frozenset({"email", "email_from"})


class LeadIntakePrint(models.AbstractModel):
    """What everything printed shares: the letterhead, and values as text, masked if the company
    has it so. The company's setting decides, never what the client sends.
    """

    _name = "lead.intake.print"
    _description = "Lead Intake: Printing"

    @api.model
    def _get_layout_values(self, company):
        """Return what the templates need for the page itself.

        :param res.company company: whose letterhead it is
        """
        user = self.env.user
        return {
            "company": company,
            # A wkhtmltopdf with an unpatched Qt leaves out headers: then the page has its own.
            "own_letterhead": not _wkhtml().is_patched_qt,
            "printed": self.env._(
                "Printed on %(date)s by %(user)s",
                date=format_datetime(self.env, fields.Datetime.now(), dt_format="short"),
                user=mask_name(user.name) if self._is_masked(company) else user.name,
            ),
        }

    @api.model
    def _is_masked(self, company):
        # sudo: how the company prints is the same for everybody.
        return company.sudo().intake_mask_prints

    @api.model
    def _format(self, record, name, masked=False, known=None):
        """Return a field's value as people read it; empty where nothing was entered.

        :param record: any record
        :param str name: a field of it
        :param bool masked: whether people and their numbers are masked
        :param dict known: ``names`` and ``phones`` to mask in free texts
        :rtype: str
        """
        field, value = record._fields[name], record[name]
        if not value:
            return ""
        if field.type == "many2one":
            text = value.display_name
            return mask_name(text) if masked and field.comodel_name in PEOPLE_MODELS else text
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "monetary":
            return format_amount(self.env, value, record[field.get_currency_field(record)])
        if field.type == "datetime":
            return format_datetime(self.env, value, dt_format="short")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type in ("char", "text"):
            return self._mask_field(name, value, known) if masked else value
        return str(value)

    @api.model
    def _mask_field(self, name, value, known):
        if name in PEOPLE:
            return mask_name(value)
        if name in PHONES:
            return mask_phone(value)
        if name in EMAILS:
            return mask_email(value)
        return mask_text(value, **(known or {}))
