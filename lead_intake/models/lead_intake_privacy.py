from odoo import api, models, tools
from odoo.tools import SQL

from ..tools import guard

WIZARD, LINE = "privacy.lookup.wizard", "privacy.lookup.wizard.line"


class LeadIntakePrivacy(models.AbstractModel):
    """Odoo's privacy lookup, where it is installed: what the procedure stores about a person is
    found by it as well, and what it deletes is gone.

    By itself it finds leads and further contacts by their e-mail address. It doesn't find people
    who are only named: the contact of a lead, a role in a decision chain, an address that was
    verified before it changed. We don't depend on its module, so its methods are extended when
    the registry is loaded.
    """

    _name = "lead.intake.privacy"
    _description = "Privacy Lookup of the Lead Procedure"

    def _register_hook(self):
        super()._register_hook()
        if WIZARD in self.env:
            _extend(type(self.env[WIZARD]), "_get_query", _get_query)
            _extend(type(self.env[LINE]), "action_unlink", _action_unlink)

    @api.model
    def _get_lookup_query(self, name, email):
        """Return the rows that tell of a person: model, record and whether it is active.

        :param str name: of the person, whole
        :param str email: address, as it was typed
        :rtype: SQL
        """
        name, email = name.strip(), tools.email_normalize(email.strip()) or ""
        # The names of people are told apart by case as little as Odoo's lookup does it.
        named = tools.escape_psql(name)
        return SQL(
            """
            SELECT %(lead)s AS res_model_id, id AS res_id, active AS is_active
              FROM crm_lead
             WHERE intake_state IS NOT NULL AND contact_name ILIKE %(named)s
             UNION ALL
            SELECT %(step)s, id, TRUE
              FROM lead_intake_decision_step
             WHERE person ILIKE %(named)s
             UNION ALL
            SELECT %(verification)s, id, TRUE
              FROM lead_intake_verification
             WHERE kind = 'email' AND value = %(email)s
            """,
            named=named,
            email=email,
            lead=self._get_model_id("crm.lead"),
            step=self._get_model_id("lead.intake.decision.step"),
            verification=self._get_model_id("lead.intake.verification"),
        )

    @api.model
    def _get_model_id(self, model):
        return self.env["ir.model"]._get_id(model)

    @api.model
    def _delete(self, record):
        """Delete what the lookup found and Odoo's own way wouldn't.

        :return: whether it was one of those
        :rtype: bool
        """
        # sudo as in Odoo's lookup, which is for administrators of the settings only.
        record = guard.opened(record.sudo()).exists()
        if not record:
            return True  # it went with its lead
        if record._name == "crm.lead" and record.intake_month_id:
            record._intake_forget_person()
        elif record._name == "lead.intake.decision.step":
            # The decision remains one that somebody has to take.
            record.write({"person": False, "contact_id": False, "note": False})
        elif record._name == "lead.intake.verification":
            record.unlink()
        else:
            return False
        return True


def _extend(registry_class, name, extension):
    """Put ``extension(record, original)`` in the place of a method, once."""
    original = getattr(registry_class, name)
    if getattr(original, "extended_by_lead_intake", False):
        return

    def extended(self):
        return extension(self, original)

    extended.extended_by_lead_intake = True
    extended.__name__ = name
    extended.__doc__ = original.__doc__
    setattr(registry_class, name, extended)


def _get_query(wizard, original):
    ours = wizard.env["lead.intake.privacy"]._get_lookup_query(wizard.name, wizard.email)
    # UNION: a lead that was found by its address already isn't listed twice.
    return SQL("%s UNION %s", original(wizard), ours)


def _action_unlink(line, original):
    line.ensure_one()
    record = line.env[line.res_model].browse(line.res_id)
    # Odoo refuses what is deleted already, and says it in its own words.
    if line.is_unlinked or not line.env["lead.intake.privacy"]._delete(record):
        return original(line)
    line.write(
        {
            "execution_details": line.env._(
                "Erased: %(model)s #%(id)s", model=line.res_model_id.name, id=line.res_id
            ),
            "is_unlinked": True,
        }
    )
    return None
