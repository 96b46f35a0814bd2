from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import arguments

# Odoo's website calls every form's medium so; the procedure has a channel of its own for it.
WEBSITE_MEDIUM = "utm.utm_medium_website"
WEBSITE_CHANNEL = "lead_intake.channel_website_form"
EMAIL_CHANNEL = "lead_intake.channel_email"


class CrmLead(models.Model):
    """Step 1 · Leads that come by themselves: from a website, by mail, from another system.

    Each is registered like one that is typed: with its channel, the moment it was acquired and
    the clock of the registration. Nobody owns or registered it, unless it says who did.
    """

    _inherit = "crm.lead"

    @api.model
    @arguments.takes(reference=arguments.label, values=arguments.values_by_name)
    def intake_push(self, reference, values):
        """Register a lead that another system sends, or return the one it sent before (step 1).

        Nothing of a lead that is there already is changed, however often it is sent. Two
        requests at the same moment make one lead.

        :param str reference: what the other system calls the lead; unique within a company
        :param dict values: fields of ``crm.lead``. A related record may be given by its id or
            its name, such as ``{"medium_id": "Trade Show", "industry_id": "C3913"}``; a source
            that doesn't exist yet is created. Times are UTC, or ISO 8601 with a time zone
        :return: ``{"id": int, "created": bool}``; the id is False if the lead is there but not
            yours to read
        :rtype: dict
        :raise AccessError: if the user may not create leads
        :raise UserError: if there is no reference, or a value says nothing that is known
        :raise ValidationError: if the lead can't be registered, such as one from the future
        """
        self.check_access("create")
        vals = self._intake_prepare_pushed(dict(values or {}))
        vals["intake_reference"] = reference
        self._intake_strip_reference(vals)
        reference = vals["intake_reference"]
        if not reference:
            raise UserError(self.env._("Send the reference by which the other system knows it."))
        found = self._find_intake_references([reference]).get(reference, self.sudo())
        lead = self._intake_within_company(found, self._intake_get_company_of(vals))[:1]
        if lead:
            mine = lead.with_user(self.env.user)._filtered_access("read")
            return {"id": mine.id, "created": False}
        try:
            with self.env.cr.savepoint():
                # As an import, it isn't the sender's own lead.
                lead = self.with_context(import_file=True).create(vals)
        except Exception as error:
            if self._intake_is_taken(error):
                self._intake_raise_taken(error)
            raise
        return {"id": lead.id, "created": True}

    @api.model
    def _intake_prepare_pushed(self, vals):
        """Return the values of a lead as the ORM takes them: names looked up, times in UTC."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if not field:
                raise UserError(self.env._("A lead has no field “%(field)s”.", field=name))
            if isinstance(value, str) and field.type == "many2one":
                vals[name] = self._intake_find_named(name, value)
            elif isinstance(value, str) and field.type == "datetime":
                vals[name] = self._intake_read_moment(name, value)
        vals.setdefault("user_id", False)
        if "team_id" not in vals:
            vals["team_id"] = self.env["crm.team"]._get_default_team_id().id
        if "name" not in vals:
            vals["name"] = vals.get("partner_name") or vals.get("contact_name") or False
        return vals

    @api.model
    def _intake_find_named(self, name, value):
        """Return the id of the record a many2one field names."""
        value = value.strip()
        if not value:
            return False
        Model = self.env[self._fields[name].comodel_name]
        found = Model.name_search(value, operator="=", limit=1)
        if not found and name == "source_id":
            found = [Model.name_create(value)]
        if not found:
            label = self._get_intake_labels([name])[name]
            raise UserError(
                self.env._("“%(value)s” is no %(field)s that is known.", value=value, field=label)
            )
        return found[0][0]

    @api.model
    def _intake_read_moment(self, name, value):
        try:
            moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError:
            label = self._get_intake_labels([name])[name]
            raise UserError(
                self.env._(
                    "“%(value)s” is no time for %(field)s: send 2026-03-04 01:30:00 in UTC, or "
                    "2026-03-04T09:30:00+08:00.",
                    value=value,
                    field=label,
                )
            ) from None
        if moment.tzinfo:
            moment = moment.astimezone(pytz.utc).replace(tzinfo=None)
        return moment

    # --- website and mail ------------------------------------------------------------------

    def _intake_prepare_registration(self, vals):
        res = super()._intake_prepare_registration(vals)
        medium_id = vals.get("medium_id")
        if medium_id and vals.get("team_id") in self.env["crm.team"]._get_intake_team_ids():
            channel_id = self._get_intake_channel_id(WEBSITE_CHANNEL)
            if channel_id and medium_id == self._get_intake_channel_id(WEBSITE_MEDIUM):
                vals["medium_id"] = channel_id
        return res

    @api.model
    def _get_intake_channel_id(self, xmlid):
        # Not env.ref(): it asks the database for every lead whether the record is still there.
        return self.env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=False)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        values = dict(custom_values or {})
        if values.get("team_id") in self.env["crm.team"]._get_intake_team_ids():
            if channel_id := self._get_intake_channel_id(EMAIL_CHANNEL):
                values.setdefault("medium_id", channel_id)
            if moment := self._intake_get_sent_on(msg_dict):
                values.setdefault("date_acquired", moment)
        return super().message_new(msg_dict, custom_values=values)

    @api.model
    def _intake_get_sent_on(self, msg_dict):
        """Return when a mail was sent: that is when we came by the lead, however long the mail
        server kept it. A sender's clock may be wrong; what lies ahead is no such moment.
        """
        sent_on = fields.Datetime.to_datetime(msg_dict.get("date"))
        return sent_on if sent_on and sent_on <= fields.Datetime.now() else False
