from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Whoever worked a lead this long knows the customer, whatever became of it.
LONG_WORKED = timedelta(days=30)
SHARES = {"won": 1.0, "open": 0.8, "worked": 0.6}


class CrmLead(models.Model):
    """Tells which leads are of the same customer, and who has worked with that customer."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "lead.intake.company.key"]
    _intake_named_by = "partner_name"

    # What the cron has yet to look at, on a database that had leads before.
    _intake_company_key_missing_idx = models.Index(
        "(id) WHERE intake_company_key IS NULL AND partner_name IS NOT NULL"
    )

    @api.depends("partner_name")
    def _compute_intake_company_key(self):
        return super()._compute_intake_company_key()

    def _get_intake_customer_keys(self):
        """Return what identifies the lead's customer: the commercial entity, the company's name
        and the e-mail's domain, or the whole address where the domain is a free-mail one
        (Odoo's own list decides).

        :rtype: list[tuple[str, int | str]]
        """
        self.ensure_one()
        keys = []
        if partner := self.partner_id.commercial_partner_id:
            keys.append(("partner", partner.id))
        if len(self.intake_company_key or "") > 1:
            keys.append(("company", self.intake_company_key))
        if self.email_domain_criterion:
            keys.append(("email", self.email_domain_criterion))
        return keys

    def _get_intake_relations(self, users):
        """Tell who of ``users`` has worked with the leads' customers before, in one search.

        :return: ``{lead: {user id: (share from 0 to 1, {"won": n, "open": n, "worked": n})}}``
        :rtype: dict
        """
        keys = {lead: lead._get_intake_customer_keys() for lead in self}
        every = {key for each in keys.values() for key in each}
        past = self._search_intake_customers(every, users) - self
        now = fields.Datetime.now()
        known = {}
        for lead in past:
            kind = lead._get_intake_relation_kind(now)
            if kind:
                for key in lead._get_intake_customer_keys():
                    known.setdefault(key, []).append((lead, kind))
        return {
            lead: self._sum_intake_relations(
                {
                    (other, kind)
                    for key in each
                    for other, kind in known.get(key, ())
                    if lead._is_intake_company_shared(other)
                }
            )
            for lead, each in keys.items()
        }

    def _is_intake_company_shared(self, other):
        """Tell whether what another lead says may count for this one: within a company, and for
        leads that no company has yet.
        """
        company = self.company_id or self.team_id.company_id
        return not company or not other.company_id or other.company_id == company

    def _search_intake_customers(self, keys, users):
        """Return the leads of ``users``, closed ones too, that share a key.

        :param set keys: of ``(kind, value)``, see ``_get_intake_customer_keys``
        """
        by_kind = {}
        for kind, value in keys:
            by_kind.setdefault(kind, []).append(value)
        names = {
            "partner": "partner_id.commercial_partner_id",
            "company": "intake_company_key",
            "email": "email_domain_criterion",
        }
        if not by_kind:
            return self.browse()
        same = Domain.OR([(names[kind], "in", values)] for kind, values in by_kind.items())
        domain = same & Domain("user_id", "in", users.ids)
        return self.with_context(active_test=False).search_fetch(
            domain,
            [
                "user_id",
                "partner_id",
                "intake_company_key",
                "email_domain_criterion",
                "won_status",
                "active",
                "company_id",
                "team_id",
                "intake_state",
                "date_open",
                "date_closed",
            ],
        )

    def _get_intake_relation_kind(self, now):
        """Tell what this lead says about its owner and the customer: won, open, worked for long
        or, None, nothing.
        """
        if self.won_status == "won":
            return "won"
        # A registration that nobody approved proves nothing: anybody can type one.
        if self._is_under_intake() and self.intake_state != "approved" and not self.date_closed:
            return None
        if self.date_open and (self.date_closed or now) - self.date_open >= LONG_WORKED:
            return "worked"
        return "open" if self.won_status == "pending" and self.active else None

    @api.model
    def _sum_intake_relations(self, rows):
        facts = {}
        for lead, kind in rows:
            counts = facts.setdefault(lead.user_id.id, {})
            counts[kind] = counts.get(kind, 0) + 1
        return {
            user_id: (max(SHARES[kind] for kind in counts), counts)
            for user_id, counts in facts.items()
        }
