from odoo import Command, models

from .crm_stage import INTAKE_STATUSES

# What the stages Odoo ships stand for; a stage somebody mapped already is left alone.
ODOO_STAGES = {
    "crm.stage_lead2": "requirement_clear",
    "crm.stage_lead3": "proposal",
    "crm.stage_lead4": "won",
}
STATUS_ORDER = [status for status, _label in INTAKE_STATUSES]


class CrmTeam(models.Model):
    """The button that gives a team's pipeline the stages of the procedure."""

    _inherit = "crm.team"

    def action_intake_create_stages(self):
        """Map the stages Odoo ships to the procedure's statuses and create those the team's
        pipeline lacks, each behind the one it follows. The order of other stages is kept.

        :return: a notification that says what was added
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        self._intake_map_odoo_stages()
        known = set(self._get_intake_visible_stages().mapped("intake_status"))
        labels = dict(
            self.env["crm.stage"]._fields["intake_status"]._description_selection(self.env)
        )
        created = self.env["crm.stage"].create(
            [
                {
                    "name": labels[status],
                    "intake_status": status,
                    "is_won": status == "won",
                    "team_ids": [Command.link(self.id)],
                }
                for status in STATUS_ORDER
                if status not in known
            ]
        )
        for code, _language in self.env["res.lang"].get_installed():
            created.with_context(lang=code)._intake_name_as_status()
        self._intake_place_stages(created)
        message = (
            self.env._("Stages added: %(stages)s", stages=", ".join(created.mapped("name")))
            if created
            else self.env._("The pipeline already has a stage for every status.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_intake_visible_stages(self):
        return self.env["crm.lead"]._stage_find(team_id=self.id, limit=None)

    def _intake_map_odoo_stages(self):
        visible = self._get_intake_visible_stages()
        taken = set(visible.mapped("intake_status"))
        for xmlid, status in ODOO_STAGES.items():
            stage = self.env.ref(xmlid, raise_if_not_found=False)
            if stage and stage in visible and not stage.intake_status and status not in taken:
                stage.intake_status = status
        won = visible.filtered("is_won")[:1]
        if won and not won.intake_status:
            won.intake_status = "won"

    def _intake_place_stages(self, created):
        """Renumber all stages so that each of ``created`` stands behind what it follows."""
        if not created:
            return
        order = list(self.env["crm.stage"].search([]) - created)
        visible = self._get_intake_visible_stages() - created
        for stage in created:
            rank = STATUS_ORDER.index(stage.intake_status)
            before = [
                other
                for other in order
                if other in visible
                and (
                    not other.is_won
                    and (not other.intake_status or STATUS_ORDER.index(other.intake_status) < rank)
                )
            ]
            # Stages nobody mapped come first only while no mapped one tells the place.
            mapped = [other for other in before if other.intake_status] or before[:1]
            place = order.index(mapped[-1]) + 1 if mapped else 0
            order.insert(place, stage)
            visible += stage
        for number, stage in enumerate(order, start=1):
            if stage.sequence != number:
                stage.sequence = number
