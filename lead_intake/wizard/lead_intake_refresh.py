from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.lead_intake_fact import FACTS


class LeadIntakeRefresh(models.TransientModel):
    """The one form that confirms or changes what is known of a customer."""

    _name = "lead.intake.refresh"
    _inherit = "lead.intake.dialog"
    _description = "Confirm Key Facts"

    partner_id = fields.Many2one("res.partner", required=True)
    line_ids = fields.One2many("lead.intake.refresh.line", "refresh_id")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        partner = self.env["res.partner"].browse(defaults.get("partner_id", [])).exists()
        if partner and "line_ids" in fields:
            partner.check_access("read")
            known, dates = partner._get_intake_facts(), partner._get_intake_fact_dates()
            defaults["line_ids"] = [
                Command.create(
                    {"name": name, "value": known[name], "confirmed_on": dates.get(name)}
                )
                for name, _label in FACTS
            ]
        return defaults

    def action_refresh(self):
        """Keep what was confirmed and change what was changed.

        :raise UserError: if nothing was confirmed
        """
        self.ensure_one()
        confirmed = self.line_ids.filtered("is_confirmed").mapped("name")
        changes = {line.name: line.new_value for line in self.line_ids if line.new_value}
        if not confirmed and not changes:
            raise UserError(self.env._("Confirm a fact, or enter what has changed."))
        self.partner_id.intake_refresh(confirmed, changes)
        return {"type": "ir.actions.act_window_close"}


class LeadIntakeRefreshLine(models.TransientModel):
    """One fact, how old it is, and whether it still holds."""

    _name = "lead.intake.refresh.line"
    _inherit = "lead.intake.dialog"
    _description = "Key Fact to Confirm"

    refresh_id = fields.Many2one("lead.intake.refresh", required=True, ondelete="cascade")
    name = fields.Selection(FACTS, string="Fact", required=True)
    value = fields.Char(string="Known")
    confirmed_on = fields.Datetime()
    age = fields.Char(compute="_compute_age", help="How long ago the customer confirmed it.")
    is_confirmed = fields.Boolean(
        string="Still Right", help="The customer said that it is still so."
    )
    new_value = fields.Char(string="Now")

    @api.depends("confirmed_on")
    def _compute_age(self):
        now = fields.Datetime.now()
        for line in self:
            days = (now - line.confirmed_on).days if line.confirmed_on else None
            if days is None:
                line.age = self.env._("never confirmed")
            elif days:
                line.age = self.env._("%(days)s days ago", days=days)
            else:
                line.age = self.env._("today")
