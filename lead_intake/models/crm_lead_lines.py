from odoo import api, models
from odoo.tools import SQL

from ..tools.lines import fetch_lines


class CrmLead(models.Model):
    """The lines of a lead on its form: reviews, deadlines, records and many more. Most leads have
    few of them, and each kind would be searched for with its rights; one query tells which kinds
    there are none of.
    """

    _inherit = "crm.lead"

    @api.readonly
    def web_read(self, specification):
        if len(self) == 1 and self.id:
            self._intake_note_empty_lines(specification)
        return super().web_read(specification)

    def _intake_note_empty_lines(self, names):
        """Remember of this lead which of our lines it has none of, whoever looks.

        :param names: the fields that are about to be read; of the lines they hold or are
            computed from
        """
        exist = {}
        for name in {*names, *self._get_intake_lines_behind(names)}:
            field = self._fields.get(name)
            if not field or not field.store or not self._is_intake_lines(field):
                continue
            comodel = self.env[field.comodel_name]
            if field.type == "one2many":
                comodel.flush_model([field.inverse_name])
                table, column = comodel._table, field.inverse_name
            else:
                table, column = field.relation, field.column1
            exist[name] = SQL(
                "SELECT %s WHERE EXISTS (SELECT FROM %s WHERE %s = %s)",
                name,
                SQL.identifier(table),
                SQL.identifier(column),
                self.id,
            )
        if len(exist) < 2:
            return
        found = {
            name for (name,) in self.env.execute_query(SQL(" UNION ALL ").join(exist.values()))
        }
        for name in exist.keys() - found:
            # None at all is none for everybody. What is in the cache already stays.
            for lead in (self, self.sudo()):
                self._fields[name]._insert_cache(lead, [()])
        for name in found.intersection(names):
            if self._fields[name].type == "one2many":
                fetch_lines(self, name)

    def _get_intake_lines_behind(self, names):
        """Return the names of the lines from which fields are computed.

        :rtype: set[str]
        """
        depends = self.pool.field_depends
        return {
            path.partition(".")[0]
            for field in map(self._fields.get, names)
            if field and field.compute and not field.store
            for path in depends.get(field, ())
        }

    def _is_intake_lines(self, field):
        """Tell whether a field holds lines this addon keeps of a lead."""
        if field.type == "many2many":
            return "_intake_" in (field.relation or "")
        return field.type == "one2many" and (
            field.comodel_name.startswith("lead.intake.")
            and self.env[field.comodel_name]._fields[field.inverse_name].store
        )
