from odoo import fields, models

from ..tools import guard
from ..tools.funnel import FUNNEL, STAGE_STATUSES, STATUS_FIELDS


class CrmLead(models.Model):
    """When a lead first reached each status of the procedure: what conversion rates and month-end
    figures count. On the lead itself, so that a report over a million leads joins nothing.

    Won and lost are those of the present closing: reopening takes them back.
    """

    _inherit = "crm.lead"

    intake_registered_on = fields.Datetime(
        string="Registered On", copy=False, readonly=True, index="btree_not_null"
    )
    intake_approved_on = fields.Datetime(
        string="Approved On", copy=False, readonly=True, index="btree_not_null"
    )
    intake_contacted_on = fields.Datetime(
        string="First Contacted On", copy=False, readonly=True, index="btree_not_null"
    )
    intake_requirement_clear_on = fields.Datetime(
        string="Requirement Clear On", copy=False, readonly=True, index="btree_not_null"
    )
    intake_proposal_on = fields.Datetime(
        string="Proposal Submitted On", copy=False, readonly=True, index="btree_not_null"
    )
    intake_negotiating_on = fields.Datetime(
        string="Negotiating Since", copy=False, readonly=True, index="btree_not_null"
    )
    intake_won_on = fields.Datetime(
        string="Won On", copy=False, readonly=True, index="btree_not_null"
    )
    intake_lost_on = fields.Datetime(
        string="Lost On", copy=False, readonly=True, index="btree_not_null"
    )

    def _intake_reach(self, status, at=None):
        """Note that these leads reached ``status``; the first time counts.

        :param str status: a key of ``STATUS_FIELDS``
        :param datetime at: when, naive UTC; now if omitted
        """
        name = STATUS_FIELDS[status]
        new = self.filtered(lambda lead: not lead[name])
        if new:
            self._intake_note_status(new, {name: at or fields.Datetime.now()})

    def _intake_note_status(self, leads, values):
        # sudo: a collaborator's contact is noted, too; the step that calls us was checked itself.
        guard.opened(leads.sudo().with_context(mail_notrack=True)).write(values)

    # --- what the steps do -------------------------------------------------------------------

    def _prepare_intake_step(self, target):
        steps = super()._prepare_intake_step(target)
        reached = STATUS_FIELDS.get({"submitted": "registered"}.get(target, target))
        if reached:
            now = fields.Datetime.now()
            for lead, vals in steps.items():
                if not lead[reached]:
                    vals[reached] = now
        return steps

    def _intake_clocks_contacted(self, record):
        res = super()._intake_clocks_contacted(record)
        if record.counts_as_contact:
            self._intake_reach("contacted", record.contacted_on)
        return res

    def _intake_after(self, before):
        res = super()._intake_after(before)
        held = self.browse().concat(
            *(lead for lead, was in before.items() if was["held"] and lead._is_under_intake())
        )
        # A lost lead reaches nothing, wherever it is moved, until it goes on there.
        entered = held.filtered(
            lambda lead: (
                lead.intake_state == "approved"
                and lead.active
                and (lead.stage_id != before[lead]["stage"] or not before[lead]["open"])
            )
        )
        for status, leads in entered.grouped(lambda lead: lead.stage_id.intake_status).items():
            if status in STAGE_STATUSES:
                leads._intake_reach(status)
        # What is lost before it is approved is lost, too.
        held._intake_note_outcome()
        return res

    def _intake_note_outcome(self):
        """Note when leads were won or lost; take it back from those that are open again."""
        now = fields.Datetime.now()
        won = self.filtered(lambda lead: lead.won_status == "won")
        lost = (self - won).filtered(lambda lead: not lead.active)
        for leads, mine, other in (
            (won.filtered(lambda lead: not lead.intake_won_on), "won", "lost"),
            (lost.filtered(lambda lead: not lead.intake_lost_on), "lost", "won"),
        ):
            if leads:
                values = {STATUS_FIELDS[mine]: now, STATUS_FIELDS[other]: False}
                self._intake_note_status(leads, values)
        reopened = (self - won - lost).filtered(
            lambda lead: lead.intake_won_on or lead.intake_lost_on
        )
        if reopened:
            self._intake_note_status(reopened, {"intake_won_on": False, "intake_lost_on": False})

    def _intake_enter(self):
        res = super()._intake_enter()
        self.filtered(
            lambda lead: (
                lead.intake_state
                and not lead.active
                and lead.won_status != "won"
                and not lead.intake_lost_on
            )
        )._intake_note_lost_before()
        return res

    def _intake_note_lost_before(self):
        """Note when leads were lost that come in as lost: imported so, or worked elsewhere before.

        When that was Odoo knows of those that were lost in it. Of others only the acquisition is
        known: counted at the import, a file of old leads would be this month's losses.
        """
        if not self:
            return
        now, notes = fields.Datetime.now(), {}

        def moment(lead):
            return min(lead.date_closed or lead.date_acquired or now, now)

        for at, leads in self.grouped(moment).items():
            self._intake_note_status(leads, {"intake_lost_on": at})
        for lead in self.filtered(lambda lead: not lead.date_closed):
            notes[lead.id] = self.env._(
                "Came in as lost. When it was lost isn't known: it counts as lost when it was "
                "acquired."
            )
        if notes:
            # sudo: a remark of the procedure, on leads that were just written.
            self.browse(notes).sudo()._message_log_batch(bodies=notes)

    def _merge_dependences(self, opportunities):
        res = super()._merge_dependences(opportunities)
        if self.intake_state:
            # The customer came to us once: the first time counts, but for the closing.
            values = {}
            for status in FUNNEL[:-1]:
                name = STATUS_FIELDS[status]
                first = min(filter(None, (self | opportunities).mapped(name)), default=False)
                if first != self[name]:
                    values[name] = first
            if values:
                self._intake_note_status(self, values)
        return res
