from datetime import timedelta

from odoo import fields, models

# name of the lead → what the customer needs, budget from – to, buys in how many days
REQUIREMENTS = {
    "Deburring robots": (
        "Two robots with force control, 4,000 fittings a day in 14 sizes, floor space 6 × 4 m.",
        (75000, 95000),
        75,
    ),
    "Coating line for pipes": (
        "Three-layer coating for pipes DN 80 to DN 600, 18 pipes an hour, water-based.",
        (600000, 700000),
        120,
    ),
    "Automatic warehouse": (
        "3,000 pallet places, 60 double cycles an hour, connected to their SAP.",
        (480000, 560000),
        150,
    ),
    "Turning cell with robot": (
        "Turning cell for valve bodies of 40 kg, unmanned third shift.",
        (210000, 240000),
        40,
    ),
    "五轴加工中心": (
        "五轴加工中心两台，加工叶片，行程 1200 mm，带在机测量。",
        (520000, 600000),
        30,
    ),
}


class LeadIntakeDemo(models.AbstractModel):
    """What the representatives learn about their customers before a lead moves on."""

    _inherit = "lead.intake.demo"

    def _step_stage(self, lead, row, status):
        self._learn_requirement(lead, row)
        return super()._step_stage(lead, row, status)

    def _learn_requirement(self, lead, row):
        if lead.need_description or lead.name not in REQUIREMENTS:
            return
        need, (budget_from, budget_to), days = REQUIREMENTS[lead.name]
        self._as(lead, row["login"]).write(
            {
                "need_description": need,
                "budget_from": budget_from,
                "budget_to": budget_to,
                "purchase_date": fields.Date.context_today(lead) + timedelta(days=days),
            }
        )
