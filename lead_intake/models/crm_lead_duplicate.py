from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools import guard
from ..tools.completeness import is_placeholder
from ..tools.masking import mask_name
from .lead_intake_verification import HOUR

# What says that two registrations are of one customer.
KEY_FIELDS = ("phone_sanitized", "email_normalized", "intake_company_key")
# More would be no answer any more; and whoever asks about so many isn't registering leads.
MOST_FOUND = 1000
MOST_SHOWN = 2
# A title is cut, so that what was found fits above a form on a phone.
TITLE_LENGTH = 32
LOOKUPS = 60


class CrmLead(models.Model):
    """Step 1 · Duplicates at entry: who else knows this customer, across leads, customers and
    what one may read, and nothing more than whom to ask.

    Odoo's own "similar leads" counts what it finds after saving, by e-mail domain; this looks
    while somebody types, by number, address and company, and can refuse.
    """

    _inherit = "crm.lead"

    intake_duplicate_text = fields.Text(
        string="Known Already",
        compute="_compute_intake_duplicates",
        help="Leads and customers with the same phone number, e-mail address or company name. "
        "Of those you may not read you learn whom to ask.",
    )
    intake_duplicate_count = fields.Integer(
        string="Duplicates", compute="_compute_intake_duplicates", aggregator=None
    )
    intake_duplicate_blocks = fields.Boolean(compute="_compute_intake_duplicates")
    intake_duplicate_reason = fields.Char(
        string="Why It Is No Duplicate",
        copy=False,
        tracking=True,
        help="A reviewer of the team may let a lead pass that looks like another one.",
    )

    _intake_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    @api.depends(
        *(*KEY_FIELDS, "team_id", "partner_id", "company_id"),
        *("intake_duplicate_reason", "intake_state"),
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_intake_duplicates(self):
        # At entry: once it is approved, a lead is a lead, and its form need not look any more.
        entering = self.filtered(lambda lead: lead.intake_state not in ("approved", "on_hold"))
        found = entering._get_intake_duplicates()
        readable = self._get_intake_readable(found)
        refused = self._get_intake_refused(found, readable)
        for lead in self:
            matches = found.get(lead, {})
            if lead in refused:
                # Neither the text nor the count tells whether there is anything else.
                matches = {record: names for record, names in matches.items() if record in readable}
            lead.intake_duplicate_count = len(matches)
            lead.intake_duplicate_text = lead._get_intake_duplicate_text(
                matches, readable, lead in refused
            )
            lead.intake_duplicate_blocks = bool(
                lead.team_id.sudo().intake_duplicate_policy == "block"  # a setting, no secret
                and not lead.intake_duplicate_reason
                and (lead in refused or any(self._is_intake_rival(record) for record in matches))
            )

    @api.model
    def _is_intake_rival(self, record):
        """Tell whether a match is somebody's work in progress. A customer who comes back, or a
        deal that was won, is no reason to refuse.
        """
        return record._name == "crm.lead" and record.won_status == "pending"

    # --- finding -----------------------------------------------------------------------------

    def _get_intake_duplicate_keys(self):
        """Return what identifies this lead's customer: ``{(field, value)}``, whole values only."""
        self.ensure_one()
        keys = {(name, self[name]) for name in KEY_FIELDS if self[name]}
        # A key of one character stands for a name that says nothing.
        return {(name, value) for name, value in keys if len(value) > 1}

    def _get_intake_duplicates(self):
        """Return for each lead the leads and partners of the same customer, in two searches.

        :return: ``{lead: {record (sudo): {names of the fields that match}}}``
        :rtype: dict
        """
        if not self.env["crm.team"]._has_intake_teams():
            return {}
        keys = {
            lead: lead._get_intake_duplicate_keys()
            for lead in self
            if lead.use_intake and lead.team_id.sudo().intake_duplicate_policy != "none"
        }
        every = set().union(*keys.values())
        if not every:
            return {}
        domain = Domain.OR(
            Domain(name, "in", [value for other, value in every if other == name])
            for name in {name for name, _value in every}
        )
        by_key = {}
        # sudo: what is found leaves this file masked, unless its reader may read it.
        for model in ("crm.lead", "res.partner"):
            Model = self.env[model].sudo().with_context(active_test=True)
            # The leads that ask are among what is found.
            limit = MOST_FOUND + 10 * len(keys)
            for record in Model.search(domain, limit=limit, order="id desc"):
                for name in KEY_FIELDS:
                    if record[name]:
                        by_key.setdefault((name, record[name]), []).append(record)
        return {lead: lead._match_intake_duplicates(keys[lead], by_key) for lead in keys}

    def _match_intake_duplicates(self, keys, by_key):
        self.ensure_one()
        matches = {}
        for key in sorted(keys):
            for record in by_key.get(key, ()):
                if self._is_intake_duplicate(record):
                    matches.setdefault(record, set()).add(key[0])
        return matches

    def _is_intake_duplicate(self, record):
        company = self.company_id or self.team_id.sudo().company_id
        # Other companies' customers are none of ours to know of.
        if record.company_id and company and record.company_id != company:
            return False
        if record._name == "crm.lead":
            return record.id != self._origin.id
        # The lead's own customer, and the people of its company, are no duplicates.
        own = self.sudo().partner_id.commercial_partner_id
        return not own or record.commercial_partner_id.id != own._origin.id

    # --- telling -----------------------------------------------------------------------------

    def _get_intake_duplicate_text(self, matches, readable, is_refused):
        """Say what was found as the current user may know it.

        :param dict matches: ``{record: names of the fields that match}``
        :param set readable: the records the user may read
        :param bool is_refused: whether the user looked up too many customers
        :rtype: str | bool
        """
        lines = [
            record._get_intake_mask(record in readable, names)
            for record, names in list(matches.items())[:MOST_SHOWN]
        ]
        if len(matches) > MOST_SHOWN:
            lines.append(self.env._("… and %(count)s more.", count=len(matches) - MOST_SHOWN))
        if is_refused:
            lines.append(
                self.env._("You looked up very many customers within an hour. Ask your supervisor.")
            )
        return "\n".join(lines) or False

    @api.model
    def _get_intake_readable(self, found):
        """Return those of the found records that the current user may read."""
        records = {record for matches in found.values() for record in matches}
        readable = set()
        for model in ("crm.lead", "res.partner"):
            rows = self.env[model].browse(r.id for r in records if r._name == model)
            readable.update(rows.with_user(self.env.user)._filtered_access("read").sudo())
        return readable

    @api.model
    def _get_intake_refused(self, found, readable):
        """Count what the user learns of customers they may not read; return the leads of which
        they learn no more. Once it was too much, those that match nothing are among them: that
        there is nothing to know is an answer as well.
        """
        if self.env.su or not found:
            return set()
        keys = {lead: lead._get_intake_duplicate_keys() for lead in found}
        hidden = {lead for lead, matches in found.items() if matches.keys() - readable}
        asked = set().union(*(keys[lead] for lead in hidden))
        others = set().union(*keys.values()) - asked
        if self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            others = set()  # there is next to nothing they could find out
        over = self.env["lead.intake.attempt"]._take_distinct(
            "duplicate", self.env.uid, asked, LOOKUPS, HOUR, others
        )
        return {lead for lead in found if keys[lead] & over}

    def _get_intake_mask(self, is_readable, names):
        """Return the line that tells of this lead as a duplicate.

        :param bool is_readable: whether the reader may read it
        :param set names: the fields that match
        """
        self.ensure_one()
        contacts = self.intake_follow_up_ids.filtered("contacted_on").mapped("contacted_on")
        since = max(contacts, default=None)
        days = (fields.Datetime.now() - (since or self.create_date)).days
        values = {
            "what": self.env["crm.lead"]._get_intake_match_text(names),
            "team": self.team_id.name or self.env._("(none)"),
            "owner": self.user_id.name,
            "days": max(days, 0),
            "lead": self._get_intake_short_name(),
        }
        if is_readable and not self.user_id:
            return self.env._(
                "%(what)s: “%(lead)s” of the team %(team)s, not assigned yet.", **values
            )
        if is_readable:
            return self.env._(
                "%(what)s: “%(lead)s” of the team %(team)s, owner %(owner)s.", **values
            )
        if not self.user_id:
            return self.env._(
                "%(what)s: a lead of the team %(team)s, registered %(days)s days ago, not assigned "
                "yet: ask your supervisor.",
                **{**values, "days": max((fields.Datetime.now() - self.create_date).days, 0)},
            )
        values["owner"] = mask_name(self.user_id.name)
        if since:
            return self.env._(
                "%(what)s: a lead of the team %(team)s, last contact %(days)s days ago, owner "
                "%(owner)s: ask them.",
                **values,
            )
        return self.env._(
            "%(what)s: a lead of the team %(team)s, registered %(days)s days ago, owner "
            "%(owner)s: ask them.",
            **values,
        )

    def _get_intake_short_name(self):
        self.ensure_one()
        name = " ".join((self.name or "").split())
        return name if len(name) <= TITLE_LENGTH else f"{name[: TITLE_LENGTH - 1].rstrip()}…"

    @api.model
    def _get_intake_match_text(self, names):
        labels = {
            "phone_sanitized": self.env._("Same phone number"),
            "email_normalized": self.env._("Same e-mail address"),
            "intake_company_key": self.env._("Same company name"),
        }
        return ", ".join(labels[name] for name in KEY_FIELDS if name in names)

    # --- refusing ----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if not self.env["crm.team"]._has_intake_teams():
            return leads
        held = leads.filtered("use_intake")
        held.filtered("intake_duplicate_reason")._check_intake_duplicate_reason()
        # What comes in by mail or from a website is nobody's mistake: it isn't lost, but it
        # can't be submitted as long as it looks like another lead.
        if not self.env.su:
            held._check_intake_duplicates()
        return leads

    def write(self, vals):
        res = super().write(vals)
        if vals.get("intake_duplicate_reason") and not guard.is_open(self.env):
            self._check_intake_duplicate_reason()
        return res

    def _check_intake_duplicates(self):
        strict = self.filtered(
            lambda lead: lead.team_id.sudo().intake_duplicate_policy == "block"  # as above
        )
        refused = {lead: reason for lead in strict if (reason := lead._refuse_duplicate())}
        if refused:
            raise UserError(self._intake_refusal_text(refused))

    def _refuse_duplicate(self):
        self.ensure_one()
        # Where nothing is refused, nothing is looked for either.
        policy = self.team_id.sudo().intake_duplicate_policy  # a setting, no secret
        if policy != "block" or not self.intake_duplicate_blocks:
            return False
        if not self.intake_duplicate_count:
            return self.intake_duplicate_text  # looked up too many
        return self.env._(
            "This customer is being worked on already. %(found)s\n"
            "If it is another matter, a reviewer of the team can say why and let it pass.",
            found=self.intake_duplicate_text,
        )

    def _refuse_submit(self):
        return super()._refuse_submit() or self._refuse_duplicate()

    def _check_intake_duplicate_reason(self):
        for lead in self:
            if not lead.use_intake:
                continue
            if not lead.team_id._can_review_intake(self.env.user):
                raise AccessError(
                    self.env._("Only a reviewer of the team can say that it is no duplicate.")
                )
            if is_placeholder(lead.intake_duplicate_reason):
                raise UserError(self.env._("Say why it is no duplicate."))
