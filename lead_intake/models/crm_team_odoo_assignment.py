from odoo import api, models
from odoo.fields import Domain

from ..tools import assignment_origin, guard
from ..tools.assignment_origin import Origin


class CrmTeam(models.Model):
    """Keeps Odoo's own automatic assignment away from leads it has no business with: it would
    take them before their review, and merge and delete those that look alike.
    """

    _inherit = "crm.team"

    def _get_lead_to_assign_domain(self):
        # Odoo's assignment converts what it assigns; before the approval nothing is converted.
        free = Domain("intake_state", "in", [False, "approved"])
        return list(
            Domain(super()._get_lead_to_assign_domain())
            & (free | Domain("team_id.use_intake", "=", False))
        )

    def _allocate_leads_deduplicate(self, leads, duplicates_cache=None):
        """Merge no lead that is under the procedure, nor one that is about to be: whether two
        registrations are one is the reviewer's to decide, and none of them is deleted.
        """
        if not self._has_intake_teams():
            return super()._allocate_leads_deduplicate(leads, duplicates_cache=duplicates_cache)
        cache = {} if duplicates_cache is None else duplicates_cache
        for lead in leads:
            if self.use_intake:
                cache[lead] = lead
                continue
            if lead not in cache:
                cache[lead] = lead._get_lead_duplicates(email=lead.email_from)
            cache[lead] = cache[lead].exists().filtered(lambda other: not other._is_under_intake())
        return super()._allocate_leads_deduplicate(leads, duplicates_cache=cache)

    def _assign_and_convert_leads(self, force_quota=False):
        """Let what Odoo's engine assigns be known as such, and tell the new owners."""
        if not self._has_intake_teams():
            return super()._assign_and_convert_leads(force_quota=force_quota)
        marked = assignment_origin.marked(self, Origin(how="engine"))
        result = super(CrmTeam, marked)._assign_and_convert_leads(force_quota=force_quota)
        Lead = self.env["crm.lead"]
        given = Lead.union(*(Lead.browse(row["assigned"].ids) for row in result.values()))
        held = given.exists().filtered(lambda lead: lead._is_under_intake())
        self._intake_explain_engine(held)
        # Odoo silences the message to the owner; a promise of hours needs one.
        held._intake_tell_owners({lead: lead.user_id.browse() for lead in held})
        return result

    @api.model
    def _intake_explain_engine(self, leads):
        """Add to the log of what the engine assigned how all candidates stood."""
        # sudo and key: nobody may write the log; this completes what was just written.
        rows = guard.opened(leads.sudo().intake_assignment_ids)
        rows = rows.filtered(lambda row: row.how == "engine" and not row.scores)
        forced = {row.lead_id.id: row.user_id.id for row in rows}
        packed = leads._intake_pack_scores(leads.browse(list(forced))._intake_rank(forced))
        for row in rows:
            row.scores = packed[row.lead_id.id]
