from odoo import api, models

from .lead_intake_import import ImportRow


class LeadIntakeFollowUp(models.Model):
    """History isn't written by hand; a file of contacts goes through the procedure's own door,
    whatever imports it: Odoo's dialog, ``load()`` by RPC.
    """

    _inherit = "lead.intake.follow.up"

    @api.model
    def get_import_templates(self):
        return self.env["lead.intake.import.xlsx"]._get_templates("follow_up")

    @api.model
    def load(self, fields, data):
        """Import contacts, all or none, as every model's ``load`` does.

        :param list fields: the columns: ``lead_id`` or what else names the lead (see
            ``get_fields_tree``), ``contacted_on``, ``user_id``, ``method``, ``outcome``,
            ``summary``, ``feedback``, ``next_on``, ``next_goal``
        :param list data: rows of texts
        :return: ``{"ids": list or False, "messages": list, "nextrow": 0}``
        """
        importer = self.env["lead.intake.import.follow.up"]
        self.browse().check_access("read")
        rows = [ImportRow(number, list(values)) for number, values in enumerate(data)]
        messages = []
        with self.env.cr.savepoint() as savepoint:
            importer._read_rows(fields, rows, {})
            records = importer._import_rows(rows, {})
            for row in rows:
                for path, text in row.problems:
                    messages.append(
                        {
                            "type": "error",
                            "message": text,
                            "record": row.number,
                            "rows": {"from": row.number, "to": row.number},
                            **({"field": path} if path else {}),
                        }
                    )
            if messages:
                savepoint.rollback()
        return {
            "ids": False if messages else records.ids,
            "messages": messages,
            "nextrow": 0,
        }
