from odoo import api, models


class LeadIntakeDialog(models.AbstractModel):
    """What the dialogs of the procedure have in common: whoever opens one may read what it is
    opened on. A dialog is its user's own record; without this, the id of somebody else's lead was
    enough to be told its name and number, as Odoo shows what a field points to to everybody, and
    computes what is stored with the server's rights.
    """

    _name = "lead.intake.dialog"
    _description = "Dialog on Leads"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_opened_on(self._fields)
        return dialogs

    def write(self, vals):
        res = super().write(vals)
        self._check_opened_on(vals)
        return res

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        self.new(defaults)._check_opened_on(defaults)
        return defaults

    def onchange(self, values, field_names, fields_spec):
        self.new(values, origin=self)._check_opened_on(values)
        return super().onchange(values, field_names, fields_spec)

    def _check_opened_on(self, names):
        """
        :param names: of the fields to look at
        :raise AccessError: if the user may not read what a dialog points to
        """
        for name in names:
            field = self._fields.get(name)
            if field and field.type in ("many2one", "many2many") and not field.compute:
                self[name]._origin.exists().check_access("read")
