from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import frozendict

from ..tools import guard


class LeadIntakeHistory(models.AbstractModel):
    """Rows that say what happened: written by the procedure's own methods, by nobody else.

    The access rights of the models that inherit this give read only. This class holds the
    same line for code that runs with ``sudo()`` on behalf of a person, and for superusers.
    """

    _name = "lead.intake.history"
    _description = "Lead Intake History"

    @api.model
    def default_get(self, fields):
        # What the model itself says, and nothing else: every user may keep defaults of their
        # own, of every model, and by one of these a round would be born decided.
        defaults = {}
        for name in super().default_get(fields):
            field = self._fields.get(name)
            if field and field.default:
                value = field.convert_to_cache(field.default(self), self)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    def _refuse_unless_procedure(self):
        if not guard.is_open(self.env):
            raise AccessError(
                self.env._(
                    "“%(model)s” is the history of the procedure. It is written by the "
                    "procedure's own steps and can't be changed by hand.",
                    model=self._description,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_unless_procedure()
        # Only one row of a kind may be open (partial unique indexes): the one that makes room
        # has to reach the database before the new one does.
        self.flush_model()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_unless_procedure()
        return super().write(vals)

    def _write_each(self, vals_list):
        """Write each of these rows its own values; those that get the same are written at once.

        :param list vals_list: a dict for each row, in their order
        """
        alike = {}
        for row, vals in zip(self, vals_list, strict=True):
            alike.setdefault(frozendict(vals), []).append(row.id)
        for vals, ids in alike.items():
            self.browse(ids).write(dict(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_procedure(self):
        # Deleting a lead takes its history along by the database's cascade.
        self._refuse_unless_procedure()
