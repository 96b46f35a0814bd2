from odoo import api, models
from odoo.exceptions import UserError

MOST_LEADS = 500


class LeadIntakeForm(models.AbstractModel):
    """A printable form of the procedure, for one or many leads. It says what is known and
    leaves lines to write on for what isn't: it is a paper form, too.

    A form is a list of sections. A section has a title and either ``cells`` (label and value,
    two in a row; ``wide`` ones alone, ``lines`` high) or a table: ``head`` and ``rows``.
    """

    _name = "lead.intake.form"
    _inherit = "lead.intake.print"
    _description = "Printable Form"

    @api.model
    def _get_report_values(self, docids, data=None):
        leads = self.env["crm.lead"].browse(docids).exists()
        leads.check_access("read")
        if len(leads) > MOST_LEADS:
            raise UserError(
                self.env._(
                    "Print at most %(most)s forms at once; %(count)s leads are selected.",
                    most=MOST_LEADS,
                    count=len(leads),
                )
            )
        company = leads.company_id if len(leads.company_id) == 1 else self.env.company
        self._prefetch(leads)
        return {
            "doc_ids": leads.ids,
            "doc_model": "crm.lead",
            "docs": leads,
            "title": self._get_title(),
            "signatures": self._get_signatures(),
            "forms": [
                {"name": lead.name, "number": lead.id, "sections": self._get_sections(lead)}
                for lead in leads
            ],
            # sudo: the letterhead of a company is for everybody who prints for it.
            **self._get_layout_values(company.sudo()),
        }

    @api.model
    def _get_title(self):
        raise NotImplementedError

    @api.model
    def _get_signatures(self):
        """Return what people sign at the foot of the form.

        :rtype: list[str]
        """
        return []

    @api.model
    def _get_sections(self, lead):
        raise NotImplementedError

    @api.model
    def _prefetch(self, leads):
        """Read what the forms of all leads need, at once."""

    # --- building blocks -------------------------------------------------------------------

    @api.model
    def _cells(self, lead, names, wide=None):
        """Return the cells of a section; fields that aren't there are left out.

        :param list names: fields of the lead
        :param dict wide: ``{field: lines}`` for those that take a whole row
        """
        wide = wide or {}
        names = [name for name in names if name in lead._fields]
        labels = lead._get_intake_labels(names)
        return [
            self._cell(labels[name], self._value(lead, name), wide.get(name, 0)) for name in names
        ]

    @api.model
    def _cell(self, label, value, lines=0):
        return {"label": label, "value": value, "wide": bool(lines), "lines": lines}

    @api.model
    def _value(self, lead, name, record=None):
        """Return a field of the lead, or of a ``record`` that belongs to it, as it is printed."""
        company = lead.company_id or self.env.company
        return self._format(
            lead if record is None else record,
            name,
            masked=self._is_masked(company),
            known=self._get_known(lead),
        )

    @api.model
    def _get_known(self, lead):
        names = [lead.contact_name, lead.user_id.name, lead.registrant_id.name]
        phones = [lead.phone]
        if "intake_contact_ids" in lead._fields:
            names += lead.intake_contact_ids.mapped("name")
            phones += lead.intake_contact_ids.mapped("phone")
        return {"names": names, "phones": phones}

    @api.model
    def _rows_section(self, title, head, rows, least=3):
        """Return a section with a table; at least ``least`` rows, empty ones to write in."""
        empty = [[""] * len(head)] * max(least - len(rows), 0)
        return {"title": title, "head": head, "rows": rows + empty}

    @api.model
    def _pairs(self, cells):
        """Return the cells in rows: two in a row, wide ones alone."""
        rows, row = [], []
        for cell in cells:
            if cell["wide"] or len(row) == 2:
                rows += [row] if row else []
                row = []
            if cell["wide"]:
                rows.append([cell])
            else:
                row.append(cell)
        return rows + ([row] if row else [])

    @api.model
    def _cells_section(self, title, cells):
        return {"title": title, "pairs": self._pairs(cells)}
