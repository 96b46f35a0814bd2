from collections import defaultdict

from odoo import models
from odoo.tools import frozendict

from ..tools import guard


class Entries(list):
    """Entries of the chatter kept to be written together. No client can send one as context."""


class CrmLead(models.Model):
    """What the chatter says of a step. An approval moves the stage as well, and Odoo posts changes
    of stage, to those who follow them: with the recipients' query and more for each lead of a
    batch. Where nobody follows them, it is logged as all the other steps are; and what is logged
    of a batch is written together, where Odoo writes it lead by lead.
    """

    _inherit = "crm.lead"

    def _message_track(self, fields_iter, initial_values_dict):
        if not self.env["crm.team"]._has_intake_teams():
            return super()._message_track(fields_iter, initial_values_dict)
        moved = [
            lead_id
            for lead_id, values in initial_values_dict.items()
            # The values of before hold what was written, whether it changed or not.
            if values
            and "intake_state" in values
            and "stage_id" in values
            and values["stage_id"] != self.browse(lead_id).stage_id
        ]
        # None: no question. What a client may have put there isn't looked at.
        followed = self._intake_followed(moved) if moved else None
        entries = Entries()
        tracked = self.with_context(intake_stage_followed=followed, intake_entries=entries)
        tracking = super(CrmLead, tracked)._message_track(fields_iter, initial_values_dict)
        self._intake_log_entries(entries)
        return tracking

    def _intake_write_step(self, vals):
        """Write what a step changes. Before each write Odoo would look up the properties, for the
        chatter to say what another team made of them; a step moves no lead to another team.

        :param dict vals: what only the procedure may write
        """
        self._track_prepare(
            [name for name, field in self._fields.items() if field.type != "properties"]
        )
        guard.opened(self.with_context(mail_notrack=True)).write(vals)

    def _message_log_batch(
        self,
        bodies,
        subject=False,
        author_id=None,
        email_from=None,
        message_type="notification",
        partner_ids=False,
        attachment_ids=False,
        tracking_value_ids=False,
    ):
        values = {
            "subject": subject,
            "author_id": author_id,
            "email_from": email_from,
            "message_type": message_type,
        }
        entries = self.env.context.get("intake_entries")
        is_tracking = tracking_value_ids and not (partner_ids or attachment_ids)
        if isinstance(entries, Entries) and is_tracking:
            entries.append((self, bodies, values, tracking_value_ids))
            return self.env["mail.message"]
        return super()._message_log_batch(
            bodies,
            **values,
            partner_ids=partner_ids,
            attachment_ids=attachment_ids,
            tracking_value_ids=tracking_value_ids,
        )

    def _intake_log_entries(self, entries):
        """Write what was kept: the messages of an author at once, and their changes at once.

        :param list entries: of what ``_message_log_batch`` kept
        """
        groups = defaultdict(dict)
        for lead, bodies, values, commands in entries:
            groups[frozendict(values)][lead.id] = (bodies.get(lead.id, ""), commands)
        changes = []
        for values, kept in groups.items():
            bodies = {lead_id: body for lead_id, (body, _commands) in kept.items()}
            messages = self.browse(kept)._message_log_batch(bodies, **values)
            for message, (_body, commands) in zip(messages, kept.values(), strict=True):
                changes += [dict(command[2], mail_message_id=message.id) for command in commands]
        # sudo: as Odoo itself stores them; the step that changed the fields had its rights.
        self.env["mail.tracking.value"].sudo().create(changes)

    def _intake_followed(self, lead_ids):
        """Return which of these leads somebody follows the stage of.

        :rtype: frozenset[int]
        """
        subtypes = [
            self.env["ir.model.data"]._xmlid_to_res_id(name)
            for name in ("crm.mt_lead_stage", "crm.mt_lead_won")
        ]
        # sudo: who is told is nobody's secret here, it is only counted.
        followers = (
            self.env["mail.followers"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", lead_ids),
                    ("subtype_ids", "in", subtypes),
                ],
                ["res_id"],
            )
        )
        return frozenset(followers.mapped("res_id"))

    def _track_subtype(self, init_values):
        followed = self.env.context.get("intake_stage_followed")
        if (
            isinstance(followed, frozenset)  # as no client can send it
            and "intake_state" in init_values
            and self.id not in followed
        ):
            return self.env["mail.message.subtype"]
        return super()._track_subtype(init_values)
