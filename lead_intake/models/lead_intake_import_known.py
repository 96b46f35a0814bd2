from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools.company_name import company_key
from .crm_lead_duplicate import KEY_FIELDS

MODES = ("skip", "update", "create")


class LeadIntakeImportKnown(models.AbstractModel):
    """Recognises the leads of a file that are there already: the same phone number, e-mail
    address or company among the open leads, or the same external reference.

    Only what the importer may read is recognised. Of other people's leads an import tells no
    more than the form does when the same lead is typed: the team's own policy holds.
    """

    _name = "lead.intake.import.known"
    _description = "Leads Known Already"

    @api.model
    def _recognise(self, rows, options):
        """Decide on rows of customers that are known, as chosen in the dialog.

        :param rows: ``ImportRow``
        :return: ``{row: crm.lead or ImportRow}`` to be updated; rows to be skipped have their
            outcome and their reason
        :rtype: dict
        """
        mode = options.get("intake_duplicates")
        mode = mode if mode in MODES else "skip"
        intake = self.env["crm.team"]._get_intake_team_ids()
        rows = [row for row in rows if row.vals.get("team_id") in intake]
        self._set_keys(rows)
        seen = dict(options.get("intake_seen") or {})
        found = self._find(rows, mode)
        known = {}
        for row in rows:
            match = self._match(row, found) or self._match(row, seen)
            if not match:
                for key in row.keys:
                    seen.setdefault(key, row)
                continue
            key, what = match
            if mode == "create" and key[0] != "intake_reference":
                continue
            if mode == "update" and isinstance(what, int):
                row.outcome = "updated"  # a test run: the row before it wasn't kept
            elif mode == "update":
                known[row] = what
            else:
                row.outcome = "skipped"
                row.reason = self._get_reason(key, what)
        return known

    @api.model
    def _set_keys(self, rows):
        Lead = self.env["crm.lead"]
        for row in rows:
            vals = row.vals
            country = self.env["res.country"].browse(vals.get("country_id") or [])
            phone = vals.get("phone")
            keys = {
                "intake_reference": vals.get("intake_reference"),
                "phone_sanitized": phone and Lead._phone_format(number=phone, country=country),
                "email_normalized": email_normalize(vals.get("email_from") or ""),
                "intake_company_key": company_key(vals.get("partner_name")),
            }
            row.keys = [(name, value) for name, value in keys.items() if value and len(value) > 1]

    @api.model
    def _find(self, rows, mode):
        """Return the leads that have one of the keys, in one search: ``{key: [lead, …]}``."""
        every = {key for row in rows for key in row.keys}
        by_key = {}
        references = [value for name, value in every if name == "intake_reference"]
        Lead = self.env["crm.lead"]
        for reference, leads in Lead._find_intake_references(references).items():
            # What the importer may not read is left to the refusal of a known reference.
            mine = leads.with_user(self.env.user)._filtered_access("read").with_env(self.env)
            by_key[("intake_reference", reference)] = list(mine)
        names = [name for name in KEY_FIELDS if any(key[0] == name for key in every)]
        if names and mode != "create":
            domain = Domain.OR(
                Domain(name, "in", [value for other, value in every if other == name])
                for name in names
            )
            leads = Lead.search_fetch(
                domain & Domain("won_status", "=", "pending"),
                [*KEY_FIELDS, "company_id", "name", "user_id"],
                order="id desc",
            )
            for lead in leads:
                for name in names:
                    if lead[name]:
                        by_key.setdefault((name, lead[name]), []).append(lead)
        return by_key

    @api.model
    def _match(self, row, by_key):
        """Return the strongest key of a row that is known, and what has it."""
        # sudo: which company a team works for is known.
        company = self.env["crm.team"].sudo().browse(row.vals["team_id"]).company_id
        for key in row.keys:
            what = by_key.get(key)
            if isinstance(what, list):
                what = next(
                    (
                        lead
                        for lead in what
                        if not (lead.company_id and company and lead.company_id != company)
                    ),
                    None,
                )
            if what:
                return key, what
        return None

    @api.model
    def _get_reason(self, key, what):
        name = key[0]
        if name == "intake_reference":
            text = self.env._("Same external reference")
        else:
            text = self.env["crm.lead"]._get_intake_match_text([name])
        if isinstance(what, models.BaseModel):
            owner = what.user_id.sudo().name
            if not owner:
                return self.env._(
                    "%(what)s: “%(lead)s”, not assigned yet.", what=text, lead=what.name
                )
            return self.env._(
                "%(what)s: “%(lead)s”, owner %(owner)s.", what=text, lead=what.name, owner=owner
            )
        number = what if isinstance(what, int) else what.number
        return self.env._("%(what)s as in row %(row)s of the file.", what=text, row=number)
