import contextlib

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base_import.models.base_import import ImportValidationError

from ..models.lead_intake_import import ImportRow
from ..tools import import_headings

IMPORTERS = {
    "crm.lead": "lead.intake.import.lead",
    "lead.intake.follow.up": "lead.intake.import.follow.up",
}
MOST_SHOWN = 50
OUTCOMES = ("created", "updated", "skipped", "rejected", "example")


class BaseImportImport(models.TransientModel):
    """Odoo's import, for what comes under the procedure: rows that are in order are imported,
    the others are told one by one and can be downloaded, mended and imported again. A file for
    teams that don't use the procedure is imported by Odoo as ever.
    """

    _inherit = "base_import.import"

    intake_result = fields.Json(
        export_string_translation=False,
        help="What became of the rows of the last run: counts, and reasons by row number.",
    )

    def _get_intake_importer(self):
        """Return the importer of this file's model, None if Odoo's own has it."""
        name = IMPORTERS.get(self.res_model)
        if name and self.env["crm.team"]._has_intake_teams():
            return self.env[name]
        return None

    @api.model
    def get_intake_options(self, model):
        """Return what the import dialog offers for leads of the procedure.

        :param str model: the model that is imported
        :return: False if Odoo's own import has it, else ``{"teams": [[id, name], …], "team_id":
            id or False, "duplicates": [[value, label], …]}``
        :rtype: dict | bool
        """
        # What a client sends may be anything.
        if not isinstance(model, str) or model not in IMPORTERS:
            return False
        if not self.env["crm.team"]._has_intake_teams():
            return False
        if model != "crm.lead":
            return {"teams": [], "team_id": False, "duplicates": []}
        self.env["crm.lead"].check_access("create")
        teams = self.env["crm.team"].search([("use_intake", "=", True)])
        default = self.env["crm.team"]._get_default_team_id()
        return {
            "teams": [[team.id, team.name] for team in teams],
            "team_id": (default & teams).id or (len(teams) == 1 and teams.id),
            "duplicates": [
                ["skip", self.env._("Skip them")],
                ["update", self.env._("Update the leads that are there")],
                ["create", self.env._("Import them as new leads")],
            ],
        }

    # --- importing -------------------------------------------------------------------------

    def execute_import(self, fields, columns, options, dryrun=False):
        importer = self._get_intake_importer()
        if importer is None:
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        self.ensure_one()
        try:
            rows, paths, examples, more = self._get_intake_rows(importer, fields, options)
        except ImportValidationError as error:
            return {"messages": [error.__dict__]}
        if not importer._is_in_play(paths, rows, options):
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        before = self._get_intake_before(options)
        options = {**options, "intake_dryrun": dryrun, "intake_seen": before["seen"]}
        importer = importer.with_context(import_file=True)
        savepoint = self.env.cr.savepoint()
        importer._read_rows(paths, rows, options)
        records = importer._import_rows([row for row in rows if row.outcome != "part"], options)
        ids = records.ids
        result = self._get_intake_result(importer, rows, examples, ids, before)
        if not dryrun:
            result["seen"] = []  # what was created is found in the database
        with contextlib.suppress(psycopg2.InternalError):
            savepoint.close(rollback=dryrun)
        if dryrun:
            self.env.invalidate_all()
            self.pool.clear_all_caches()
            self.pool.reset_changes()
        elif options.get("has_headers"):
            self._remember_intake_columns(fields, columns)
        self.intake_result = result
        skip = options.get("skip") or 0
        return {
            "ids": ids,
            "messages": [],
            "nextrow": skip + len(rows) if more else 0,
            "name": [],
            "intake": self._get_intake_report(result),
        }

    def _get_intake_rows(self, importer, fields, options):
        """Return the rows of this batch, the paths of their columns, how many examples were
        left out, and whether there are more rows.
        """
        rows = self._read_intake_rows(importer, options)
        if not rows:
            raise ImportValidationError(self.env._("The file has no rows."))
        places = [place for place, path in enumerate(fields) if path]
        if not places:
            raise ImportValidationError(
                self.env._("Choose a field for at least one of the columns.")
            )
        if len(rows[0][1]) != len(fields):
            raise ImportValidationError(
                self.env._("The file has changed since its columns were matched. Load it again.")
            )
        rows = rows[1:] if options.get("has_headers") else rows
        real = [row for row in rows if not import_headings.is_example(row[1])]
        start = options.get("skip") or 0
        stop = start + (options.get("limit") or len(real))
        batch = [
            ImportRow(number, [values[place] for place in places])
            for number, values in real[start:stop]
        ]
        paths = [fields[place] for place in places]
        examples = 0 if start else len(rows) - len(real)
        return *self._merge_intake_columns(batch, paths), examples, len(real) > stop

    def _merge_intake_columns(self, rows, paths):
        """Two columns of one field, such as a first and a family name, make one value."""
        if len(set(paths)) == len(paths):
            return rows, paths
        kept = list(dict.fromkeys(paths))
        for row in rows:
            merged = dict.fromkeys(kept, "")
            for path, value in zip(paths, row.values, strict=True):
                old = merged[path]
                merged[path] = value if old == "" else f"{old} {value}".strip()
            row.values = [merged[path] for path in kept]
        return rows, kept

    # --- telling ---------------------------------------------------------------------------

    def _get_intake_before(self, options):
        """Return what the batches before this one came to, if they are of the same run."""
        result = self.intake_result or {}
        if options.get("skip") and result.get("run") == options.get("intake_run"):
            seen = {(name, value): row for name, value, row in result.get("seen", [])}
            return {**result, "seen": seen}
        return {"run": options.get("intake_run"), "counts": {}, "rows": [], "ids": [], "seen": {}}

    def _get_intake_result(self, importer, rows, examples, ids, before):
        counts = {name: before["counts"].get(name, 0) for name in OUTCOMES}
        counts["example"] += examples
        told = list(before["rows"])
        seen = dict(before["seen"])
        for row in rows:
            if row.outcome == "part":
                continue
            outcome = "rejected" if row.problems else row.outcome or "skipped"
            counts[outcome] += 1
            if row.problems:
                reasons = [
                    [importer._get_label(path) if path else "", text] for path, text in row.problems
                ]
                told.append([row.number, outcome, reasons])
            elif outcome == "skipped":
                reason = row.reason or self.env._("It says nothing new.")
                told.append([row.number, outcome, [["", reason]]])
            if not row.problems:
                for key in getattr(row, "keys", None) or ():
                    if isinstance(key, tuple):
                        seen.setdefault(key, row.number)
        return {
            "run": before["run"],
            "counts": counts,
            "rows": told,
            "ids": [*before["ids"], *ids],
            "seen": [[name, value, number] for (name, value), number in seen.items()],
        }

    def _get_intake_report(self, result):
        """Return what the dialog shows of a run."""
        lines = sorted(result["rows"], key=lambda line: (line[1] != "rejected", line[0]))
        return {
            "id": self.id,
            "counts": result["counts"],
            "lines": [
                {
                    "row": number,
                    "outcome": outcome,
                    "reasons": [{"column": column, "text": text} for column, text in reasons],
                }
                for number, outcome, reasons in lines[:MOST_SHOWN]
            ],
            "more": max(len(lines) - MOST_SHOWN, 0),
            "ids": result["ids"],
        }

    def _get_intake_rejected(self):
        """Return the headings of the file and its rejected rows with their reasons, to be made
        a file of.

        :return: headings, ``[(row number, [cell, …], reason)]``
        """
        self.ensure_one()
        if self.create_uid != self.env.user:
            raise AccessError(self.env._("This is somebody else's import."))
        importer = self._get_intake_importer()
        if importer is None or not self.intake_result:
            raise UserError(self.env._("No rows were rejected."))
        reasons = {
            number: "\n".join(f"{column}: {text}" if column else text for column, text in texts)
            for number, outcome, texts in self.intake_result["rows"]
            if outcome == "rejected"
        }
        rows = self._read_intake_rows(importer, {"has_headers": True, "quoting": '"'})
        header = rows[0][1] if rows else []
        return header, [
            (number, values, reasons[number]) for number, values in rows[1:] if number in reasons
        ]

    def _remember_intake_columns(self, fields, columns):
        """Remember which field a person chose for a heading, as Odoo does."""
        Mapping = self.env["base_import.mapping"]
        index = self._get_intake_importer()._get_heading_index()
        chosen = {
            column: path
            for column, path in zip(columns, fields, strict=False)
            if column and path and index.get(import_headings.fold(column)) != path
        }
        if not chosen:
            return
        known = Mapping.search(
            [("res_model", "=", self.res_model), ("column_name", "in", list(chosen))]
        )
        for mapping in known:
            mapping.field_name = chosen.pop(mapping.column_name, mapping.field_name)
        Mapping.create(
            [
                {"res_model": self.res_model, "column_name": column, "field_name": path}
                for column, path in chosen.items()
            ]
        )
