from odoo import api, models
from odoo.exceptions import UserError

from ..tools import guard
from ..tools.funnel import STATUS_FIELDS

# Beyond what is filled in at registration.
GATE_FIELDS = (
    "need_description",
    "purchase_date",
    "budget_from",
    "expected_revenue",
    "date_deadline",
)


class CrmLead(models.Model):
    """Stage gates (step 4): a lead moves to a stage when it says what the stage asks for.

    The write is refused in ``_intake_check_gates``, whatever it comes from. Screens ask
    ``intake_get_stage_action`` first, and show the dialog in which the gaps are filled.
    """

    _inherit = "crm.lead"

    @api.model
    def _get_intake_gate_names(self):
        """Return the fields a stage may ask for; later steps add theirs.

        :rtype: tuple[str]
        """
        return (*self._get_intake_field_names(), *GATE_FIELDS)

    @api.model
    def _get_intake_gate_domain(self):
        return [("model", "=", "crm.lead"), ("name", "in", list(self._get_intake_gate_names()))]

    @api.model
    def _get_intake_labels(self, names):
        labels = super()._get_intake_labels(names)
        if "budget_from" in labels:
            labels["budget_from"] = self.env._("Budget")
        return labels

    def _is_intake_filled(self, name):
        if name == "budget_from":
            return bool(self.budget_from or self.budget_to)
        return super()._is_intake_filled(name)

    # --- the rule --------------------------------------------------------------------------

    def _intake_after(self, before):
        res = super()._intake_after(before)
        # What was moved while it was lost, or in a team without the procedure, enters its stage
        # when it goes on.
        entered = {
            lead: lead._get_intake_gate_source(was)
            for lead, was in before.items()
            if not (was["held"] and was["open"] and lead.stage_id == was["stage"])
        }
        self.browse().concat(*entered)._intake_check_gates(entered)
        return res

    def _get_intake_gate_source(self, was):
        """Return the stage from which the lead's way through the gates goes on.

        :param dict was: what ``_intake_before`` remembered of the lead
        :return: the stage it was in under the procedure; none if nothing is known of it
        :rtype: crm.stage
        """
        self.ensure_one()
        if was["held"] and was["open"]:
            return was["stage"]
        if was["held"]:
            # sudo: rows of the lead's own history, of which only the stage is used.
            return self.sudo().intake_closing_ids[:1].stage_id.sudo(False) or was["stage"]
        # It comes back. What its stage stands for may have been reached here before.
        reached = STATUS_FIELDS.get(self.stage_id.intake_status)
        return self.stage_id if reached and self[reached] else self.stage_id.browse()

    def _intake_check_gates(self, stages):
        """Refuse leads that entered a stage without what it asks for.

        :param dict stages: ``{lead: the crm.stage it comes from}``
        :raise UserError: naming all gaps of all leads at once
        """
        if guard.is_merging(self.env):
            return
        refused = {}
        for stage, leads in self.grouped("stage_id").items():
            entering = leads.filtered(
                lambda lead, stage=stage: lead._is_intake_gated(stages[lead], stage)
            )
            for lead, names in entering._get_intake_gate_gaps(stage).items():
                labels = lead._get_intake_gate_labels(names, stage)
                refused[lead] = self.env._(
                    "“%(stage)s” needs %(fields)s.", stage=stage.name, fields=", ".join(labels)
                )
        if refused:
            raise UserError(self._intake_refusal_text(refused))

    def _is_intake_gated(self, source, target):
        """Tell whether the lead's way from one stage to another leads through a gate. Going
        back, starting over and losing never do.
        """
        self.ensure_one()
        return (
            self.intake_state == "approved"
            and self._is_under_intake()
            and self.active
            and (not source or target._is_intake_behind(source))
            and target != self.team_id._get_intake_first_stage()
        )

    def _get_intake_gate_gaps(self, stage):
        """Return what leads lack to enter ``stage``; leads that lack nothing are left out.

        :rtype: dict[crm.lead, list[str]]
        """
        asked = stage._get_intake_gate_names()
        asked = [name for name in self._get_intake_gate_names() if name in asked]
        gaps = {
            lead: [name for name in asked if not lead._is_intake_gate_passed(name, stage)]
            for lead in self
        }
        return {lead: names for lead, names in gaps.items() if names}

    def _is_intake_gate_passed(self, name, stage):
        """Tell whether field ``name`` says enough to enter ``stage``."""
        return self._is_intake_filled(name)

    def _get_intake_gate_labels(self, names, stage):
        labels = self._get_intake_labels(names)
        return [labels[name] for name in names]

    # --- the dialog ------------------------------------------------------------------------

    def intake_get_stage_action(self, stage_id):
        """Return the dialog to show before these leads are moved to a stage (step 4). The
        dialog moves them itself when it is confirmed.

        :param int stage_id: the ``crm.stage`` they are to be moved to
        :return: an ``ir.actions.act_window``, or False if they can be moved right away
        :rtype: dict | bool
        :raise AccessError: if the user may not read a lead
        """
        self.check_access("read")
        if not isinstance(stage_id, int) or not self.env["crm.team"]._has_intake_teams():
            return False
        stage = self.env["crm.stage"].browse(stage_id).exists()
        if not stage:
            return False
        was = {"held": True, "open": True}
        leads = self.filtered(
            lambda lead: (
                lead.stage_id != stage
                and lead._is_intake_gated(
                    lead._get_intake_gate_source(
                        {**was, "open": not lead._get_intake_outcome(), "stage": lead.stage_id}
                    ),
                    stage,
                )
            )
        )
        return leads._intake_stage_action(stage) if leads else False

    def _intake_stage_action(self, stage):
        """Return the dialog leads of the procedure go through on their way to ``stage``.

        :return: an ``ir.actions.act_window``, or False. Confirming it moves the leads
        """
        gaps = self._get_intake_gate_gaps(stage)
        # What several leads lack is filled in on each of them; the refused write says where.
        if len(self) != 1 or not gaps:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To enter “%(stage)s”", stage=stage.name),
            "res_model": "crm.lead",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("lead_intake.crm_lead_view_form_gate").id, "form")],
            "target": "new",
            "context": {
                "dialog_size": "medium",
                "intake_gate_stage_id": stage.id,
                "intake_gate_fields": gaps[self],
            },
        }

    def action_intake_pass_gate(self):
        """Move the lead to the stage the dialog was opened for; its fields were just saved.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: if the stage still asks for more
        """
        self.ensure_one()
        # From the client: it names the stage to move to, as a write of the stage would.
        stage_id = self.env.context.get("intake_gate_stage_id")
        if isinstance(stage_id, int):
            self.write({"stage_id": stage_id})
        return {"type": "ir.actions.act_window_close"}

    def action_set_won_rainbowman(self):
        self.ensure_one()
        if self.env["crm.team"]._has_intake_teams() and self.intake_state:
            stage = self._get_intake_won_stage()
            action = self.intake_get_stage_action(stage.id)
            if action:
                return action
        return super().action_set_won_rainbowman()

    def _get_intake_won_stage(self):
        """Return the stage in which Odoo would put the lead when it is won.

        :rtype: crm.stage
        """
        won = self._stage_find(domain=[("is_won", "=", True)], limit=None)
        later = won.filtered(lambda stage: stage.sequence > self.stage_id.sequence)
        return later[:1] or won[-1:]
