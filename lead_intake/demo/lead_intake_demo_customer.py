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

# name of the lead → founded, employees, revenue, business, products
PROFILES = {
    "Deburring robots": (1994, "300", 60000000, "Pipe fittings", "Elbows, tees and flanges"),
    "Coating line for pipes": (1987, "1000", 420000000, "Steel pipes", "Line pipe, DN 80 to 1200"),
    "Automatic warehouse": (1956, "5000", 2100000000, "Machine tools", "Lathes, milling machines"),
    "Turning cell with robot": (2003, "100", 35000000, "Valves", "Ball and gate valves"),
    "五轴加工中心": (2009, "300", 180000000, "航空零部件", "叶片、机匣"),
}
# name of the lead → decision, who, stance, influence
CHAINS = {
    "Deburring robots": [
        ("Technical evaluation", "Ye Lan", "for", "high"),
        ("Finance approval", False, "unknown", "medium"),
    ],
    "Coating line for pipes": [
        ("Technical evaluation", "Gao Feng", "for", "high"),
        ("Purchasing compares offers", "Shi Yan", "against", "medium"),
        ("Owner's final confirmation", False, "unknown", "high"),
    ],
    "Automatic warehouse": [
        ("Technical evaluation", "Lin Tao", "for", "medium"),
        ("Finance approval", "Bai Xue", "neutral", "medium"),
        ("Management approval", "Director Meng", "for", "high"),
    ],
    "Turning cell with robot": [
        ("Technical evaluation", "Fan Ying", "for", "medium"),
        ("Owner's final confirmation", "Fan Guoqiang", "for", "high"),
    ],
    "五轴加工中心": [
        ("技术评估", "郑凯", "for", "high"),
        ("财务审批", "宋敏", "neutral", "medium"),
        ("老板最终确认", "秦总", "for", "high"),
    ],
}
# name of the lead → name, role, position, phone, e-mail
CONTACTS = {
    "Coating line for pipes": [
        ("Shi Yan", "purchasing", "Purchasing Manager", "+86 22 6628 7720", "shi@pipes.example"),
    ],
    "Automatic warehouse": [
        ("Lin Tao", "technical", "Head of Logistics", "+86 24 2566 3395", "lin@smt.example"),
        ("Director Meng", "ceo", "General Manager", "+86 24 2566 3301", "meng@smt.example"),
    ],
}
COMPETITORS = {
    "Coating line for pipes": "Bohai Coating Systems",
    "Automatic warehouse": "NorthStar Intralogistics",
}


class LeadIntakeDemo(models.AbstractModel):
    """What the representatives learn about their customers before a lead moves on."""

    _inherit = "lead.intake.demo"

    def _step_stage(self, lead, row, status):
        self._learn_requirement(lead, row)
        return super()._step_stage(lead, row, status)

    def _learn_requirement(self, lead, row):
        if lead.need_description:
            return
        if lead.name not in REQUIREMENTS:
            self._as(lead, row["login"]).write(
                {
                    "need_description": lead.initial_need,
                    "budget_from": lead.estimated_budget * 0.9,
                    "budget_to": lead.estimated_budget,
                    "purchase_date": fields.Date.context_today(lead) + timedelta(days=60),
                }
            )
            return
        need, (budget_from, budget_to), days = REQUIREMENTS[lead.name]
        names = ("founded_year", "employee_range", "annual_revenue", "main_business")
        names = (*names, "main_products")
        self._as(lead, row["login"]).write(
            {
                **dict(zip(names, PROFILES[lead.name], strict=True)),
                "need_description": need,
                "budget_from": budget_from,
                "budget_to": budget_to,
                "purchase_date": fields.Date.context_today(lead) + timedelta(days=days),
            }
        )
        self._meet_people(lead, row)

    def _meet_people(self, lead, row):
        mine = self._as(lead, row["login"])
        for name, role, function, phone, email in CONTACTS.get(lead.name, ()):
            mine.intake_contact_ids.create(
                {
                    "lead_id": lead.id,
                    "name": name,
                    "contact_role": role,
                    "function": function,
                    "phone": phone,
                    "email": email,
                }
            )
        mine.intake_step_ids.create(
            [
                {
                    "lead_id": lead.id,
                    "sequence": number,
                    "name": name,
                    "person": person,
                    "stance": stance,
                    "influence": influence,
                }
                for number, (name, person, stance, influence) in enumerate(CHAINS[lead.name])
            ]
        )
        if lead.name in COMPETITORS:
            mine.competitor_ids = mine.competitor_ids.create({"name": COMPETITORS[lead.name]})
