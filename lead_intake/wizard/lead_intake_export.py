import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS

from ..tools import disk, history_file

# In the order a lead lives through them.
MODELS = (
    "lead.intake.review",
    "lead.intake.rejection",
    "lead.intake.deadline",
    "lead.intake.assignment",
    "lead.intake.verification",
    "lead.intake.follow.up",
    "lead.intake.contact",
    "lead.intake.decision.step",
    "lead.intake.closing",
    "lead.intake.fact",
    "lead.intake.month",
    "lead.intake.month.line",
    "lead.intake.month.adjustment",
)
# What identifies a lead beside what the procedure knows of it.
LEAD_FIELDS = ("name", "partner_name", "contact_name", "phone", "email_from", "team_id")
LEAD_FIELDS += ("user_id", "stage_id", "won_status", "expected_revenue")
LEFT_OUT = ("binary", "image", "html", "one2many", "reference", "properties")
BATCH = 1000


class LeadIntakeExport(models.TransientModel):
    """Take everything the procedure wrote down out of the database, as far as the user may read
    it: for another tool, for an audit, and before the addon is uninstalled, which deletes it.
    """

    _name = "lead.intake.export"
    _description = "Export of the Lead History"

    file_format = fields.Selection(
        [("xlsx", "Excel workbook"), ("csv", "CSV files in a ZIP")],
        string="Format",
        default="xlsx",
        required=True,
        help="One sheet, or one file, for the leads and for each kind of history.",
    )
    file = fields.Binary(readonly=True)

    def action_export(self):
        """Write the history into a file and download it.

        :return: the download, an ``ir.actions.act_url``
        :rtype: dict
        :raise AccessError: if the user is neither of lead operations nor administers sales
        """
        self.ensure_one()
        self.check_access("write")
        self._check_exporter()
        write = history_file.workbook if self.file_format == "xlsx" else history_file.zipped_csv
        with disk.told(self.env):
            self.file = base64.b64encode(write(self._iter_tables()))
        suffix = "xlsx" if self.file_format == "xlsx" else "zip"
        today = fields.Date.context_today(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/lead-history-{today}.{suffix}"
            "?download=true",
            "target": "self",
        }

    @api.model
    def _check_exporter(self):
        user = self.env.user
        if not (
            user.has_group("lead_intake.group_intake_operations")
            or user.has_group("sales_team.group_sale_manager")
        ):
            raise AccessError(
                self.env._("The history is exported by lead operations and sales administrators.")
            )

    @api.model
    def _iter_tables(self):
        """Yield the name and the rows of each table the user may read."""
        for name in ("crm.lead", *self._get_models()):
            model = self.env[name].with_context(active_test=False)
            if model.has_access("read"):
                yield self._get_table_name(model), self._iter_rows(model)

    @api.model
    def _get_models(self):
        """Hook: the models that are exported beside the leads."""
        return MODELS

    @api.model
    def _get_table_name(self, model):
        # No language's letters that a sheet or a file can't have.
        return "".join(c for c in self._get_model_label(model) if c not in "[]:*?/\\'")

    @api.model
    def _get_model_label(self, model):
        # sudo: what a model is called is no secret.
        return self.env["ir.model"].sudo()._get(model._name).name

    @api.model
    def _get_field_names(self, model):
        """Return the names of the fields that are written down, stored ones the user may read."""
        if model._name == "crm.lead":
            ours = [
                name
                for name, field in model._fields.items()
                if "lead_intake" in field._modules and name not in LEAD_FIELDS
            ]
            names = [*LEAD_FIELDS, *ours]
        else:
            names = [name for name in model._fields if name not in MAGIC_COLUMNS]
        return [
            name
            for name in names
            if model._fields[name].store
            and model._fields[name].type not in LEFT_OUT
            and model._has_field_access(model._fields[name], "read")
        ]

    @api.model
    def _get_domain(self, model):
        return [("intake_state", "!=", False)] if model._name == "crm.lead" else []

    @api.model
    def _iter_rows(self, model):
        names = self._get_field_names(model)
        labels = {name: model._fields[name]._description_string(self.env) for name in names}
        head = [self.env._("ID")]
        for name in names:
            if name == "lead_id":
                head.append(self.env._("Lead ID"))
            head.append(labels[name] or name)
        yield head
        last = 0
        while batch := model.search(
            [("id", ">", last), *self._get_domain(model)], order="id", limit=BATCH
        ):
            last = batch[-1].id
            batch.fetch(names)
            for record in batch:
                yield [record.id, *self._iter_values(record, names)]
            # Written down: nothing of it is needed again.
            self.env.invalidate_all()

    @api.model
    def _iter_values(self, record, names):
        for name in names:
            field, value = record._fields[name], record[name]
            if name == "lead_id":
                yield value.id or None
            if field.type == "boolean":
                yield bool(value)
            elif field.relational:
                # sudo: what a row names is a part of the row.
                yield ", ".join(other.display_name or "" for other in value.sudo())
            elif value is False or value is None:
                yield None
            elif field.type == "selection":
                yield dict(field._description_selection(self.env)).get(value, value)
            elif field.type == "datetime":
                local = fields.Datetime.context_timestamp(record, value)
                yield local.replace(tzinfo=None)
            elif field.type == "json":
                yield json.dumps(value, ensure_ascii=False, sort_keys=True)
            else:
                yield value
