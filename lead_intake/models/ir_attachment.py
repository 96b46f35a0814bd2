import os
from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import guard


class IrAttachment(models.Model):
    """The reports of a closed month are kept as they were made, as its figures are."""

    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            # On a full disk half of the file is there: it would be in the way when there is
            # room again, as another file with the same checksum.
            path = self._full_path(f"{checksum[:2]}/{checksum}")
            with suppress(OSError):
                if not self._same_content(bin_value, path):
                    os.unlink(path)
            raise

    def write(self, vals):
        self._intake_refuse_archived()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        self._intake_refuse_archived()

    def _intake_refuse_archived(self):
        if guard.is_open(self.env) or not self.env["crm.team"]._has_intake_history():
            return
        reports = self.filtered(
            lambda file: file.res_model == "lead.intake.month" and not file.res_field
        )
        # sudo: whether a month is closed is no secret to who would change its reports.
        months = self.env["lead.intake.month"].sudo().browse(reports.mapped("res_id")).exists()
        for month in months:
            kept = reports & month.report_ids.sudo(False)
            if month.state == "closed" and kept:
                raise UserError(
                    self.env._(
                        "“%(file)s” is a report of the closed month %(month)s and is kept.",
                        file=kept[0].name,
                        month=month.display_name,
                    )
                )
