from datetime import timedelta

from odoo import Command, fields, models

# What a representative writes of a lost lead; the first one is still owed.
LESSONS = (
    False,
    "We quoted three weeks after the visit; by then they had decided. Quote within one.",
    "Ask for the budget in the first call, before an engineer travels.",
)


class LeadIntakeDemo(models.AbstractModel):
    """How the demo's leads end: contracts, and what was learned from the lost ones."""

    _inherit = "lead.intake.demo"

    def _step_won(self, lead, row):
        today = fields.Date.context_today(lead)
        factors = self.env.ref("lead_intake.success_factor_service") | self.env.ref(
            "lead_intake.success_factor_fit"
        )
        self._as(lead, row["login"]).write(
            {
                "contract_number": f"HT-{today.year}-{lead.id:04d}",
                "contract_amount": lead.expected_revenue or 100000,
                "contract_date": today,
                "payment_period": "30 % on order, 70 % within 30 days of delivery",
                "service_from": today + timedelta(days=60),
                "service_to": today + timedelta(days=425),
                "success_factor_ids": [Command.set(factors.ids)],
            }
        )
        return super()._step_won(lead, row)

    def _step_lost(self, lead, row, reason):
        lesson = LESSONS[lead.id % len(LESSONS)]
        if lesson:
            self._as(lead, row["login"]).retrospective = lesson
        return super()._step_lost(lead, row, reason)
