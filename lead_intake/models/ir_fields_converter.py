import re

from odoo import Command, api, models

# "技术评估 → 财务审批 -> owner", "技术评估（王工）"
ARROWS = re.compile(r"\s*(?:→|->|=>|➜|⇒|﹥|＞|>|\n)\s*")
PERSON = re.compile(r"(?P<name>.+?)\s*[(（](?P<person>[^()（）]+)[)）]")


class ImportMemo(dict):
    """What was looked up already in one import. No client can send one."""


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """Look the same name up once in a file, in whatever language it is written."""
        memo = self.env.context.get("intake_import_memo")
        if not isinstance(memo, ImportMemo):
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = (field.comodel_name, subfield, value)
        if key not in memo:
            try:
                memo[key] = self._intake_look_up(field, subfield, value) or super().db_id_for(
                    model, field, subfield, value, savepoint
                )
            except ValueError as error:
                memo[key] = error
        found = memo[key]
        if isinstance(found, ValueError):
            # A copy: the one who catches it adds the place at which it happened.
            raise type(found)(*(dict(a) if isinstance(a, dict) else a for a in found.args))
        return found

    @api.model
    def _intake_look_up(self, field, subfield, value):
        """Return the record of a name in any language, as ``db_id_for`` does, or None.

        :raise ValueError: if several people have the name
        """
        if subfield is not None:
            return None
        Model = self.env[field.comodel_name]
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for lang in dict.fromkeys([self.env.lang or "en_US", *langs]):
            found = Model.with_context(lang=lang).name_search(value, operator="=", limit=2)
            if len(found) > 1 and field.comodel_name == "res.users":
                message = self.env._(
                    "“%(name)s” is the name of several people: enter the login instead.",
                    name=value,
                )
                raise ValueError(message.replace("%", "%%"))
            if found:
                return found[0][0], []
        return None

    @api.model
    def _str_to_one2many(self, model, field, records, savepoint):
        # A decision chain may be written as people do: technical evaluation → finance → owner.
        if (
            field.comodel_name == "lead.intake.decision.step"
            and len(records) == 1
            and set(records[0]) == {None}
        ):
            return self._intake_read_chain(records[0][None]), []
        return super()._str_to_one2many(model, field, records, savepoint)

    @api.model
    def _intake_read_chain(self, text):
        commands = []
        for number, part in enumerate(filter(None, ARROWS.split(text.strip())), 1):
            found = PERSON.fullmatch(part)
            commands.append(
                Command.create(
                    {
                        "sequence": number * 10,
                        "name": found["name"] if found else part,
                        "person": found["person"] if found else False,
                    }
                )
            )
        return commands
