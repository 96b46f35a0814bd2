from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.company_name import company_key


class LeadIntakeCompanyKey(models.AbstractModel):
    """Records that are found by the name of their company, whatever people write differently."""

    _name = "lead.intake.company.key"
    _description = "Company Key"
    # The field with the company's name.
    _intake_named_by = "name"

    intake_company_key = fields.Char(
        compute="_compute_intake_company_key",
        store=True,
        index="btree_not_null",
        copy=False,
        export_string_translation=False,
        help="The company's name without what people write differently.",
    )

    def _compute_intake_company_key(self):
        for record in self:
            name = record._get_intake_company_name()
            # Not False where a name says nothing: it was looked at.
            record.intake_company_key = name and (company_key(name) or "-")

    def _get_intake_company_name(self):
        """Return the name to make the key of, False if there is none."""
        self.ensure_one()
        return self[self._intake_named_by]

    @api.model
    def _get_intake_keyless(self):
        """Return the condition in SQL on records that are to have a key and have none."""
        return SQL(
            "intake_company_key IS NULL AND %s IS NOT NULL", SQL.identifier(self._intake_named_by)
        )

    @api.model
    def _cron_fill_company_keys(self, limit=2000):
        """Give records that were there before the addon the key of their company, some names at a
        time. Who last wrote a record, and when, stays what it was.

        :param int limit: records in a batch
        """
        commit = self.env["ir.cron"]._commit_progress
        self.flush_model([self._intake_named_by, "intake_company_key"])
        table, missing = SQL.identifier(self._table), self._get_intake_keyless()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE %s ORDER BY id LIMIT %s",
                SQL.identifier(self._intake_named_by),
                table,
                missing,
                limit,
            )
        )
        if not rows:
            return
        keys = SQL(", ").join(SQL("(%s, %s)", id_, company_key(name) or "-") for id_, name in rows)
        # Not through the ORM, which would say that we wrote it now.
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET intake_company_key = v.key "
                "FROM (VALUES %(keys)s) AS v(id, key) WHERE %(table)s.id = v.id",
                table=table,
                keys=keys,
            )
        )
        self.invalidate_model(["intake_company_key"])
        [(left,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT 10000) s", table, missing)
        )
        commit(len(rows), remaining=left)
