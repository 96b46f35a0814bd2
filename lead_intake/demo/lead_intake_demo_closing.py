from datetime import timedelta

from odoo import Command, fields, models

# What a representative writes of a lead that was won; the youngest one still owes it.
WON_LESSONS = (
    "The reference visit decided it. Offer one in the second call.",
    "They liked that our engineer answered within a day. Keep that promise.",
    "参观案例现场后客户很快决定，第二次沟通就应安排参观。",
)
COMPETITORS = ("Bohai Machine Works", "NorthStar Automation", "江南机床集团")
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
        names = ("service", "fit", "price", "reference", "delivery")
        chosen = {names[lead.id % 2], names[lead.id % 5]}
        factors = self.env["lead.intake.success.factor"].concat(
            *(self.env.ref(f"lead_intake.success_factor_{name}") for name in sorted(chosen))
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
                "retrospective": row["days"] > 40 and WON_LESSONS[lead.id % len(WON_LESSONS)],
            }
        )
        return super()._step_won(lead, row)

    def _step_lost(self, lead, row, reason):
        mine = self._as(lead, row["login"])
        lesson = LESSONS[lead.id % len(LESSONS)]
        if lesson or row["days"] > 40:
            mine.retrospective = lesson or LESSONS[1]
        if self.env.ref(reason).asks_competitor:
            Competitor = mine.env["lead.intake.competitor"]
            name = COMPETITORS[lead.id % len(COMPETITORS)]
            known = Competitor.search([("name", "=", name)], limit=1)
            mine.lost_competitor_id = known or Competitor.create({"name": name})
        return super()._step_lost(lead, row, reason)
