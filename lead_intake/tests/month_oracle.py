"""A slow answer to compare with: the figures of a month, counted lead by lead in Python.

It shares nothing with ``lead.intake.figures``: no SQL, no first and last moment of a month. It
looks at what the clock on the wall of the company showed, and at lists of plain dictionaries.
"""

from collections import Counter
from statistics import mean

import pytz

STEPS = (
    "registered",
    "approved",
    "contacted",
    "requirement_clear",
    "proposal",
    "negotiating",
    "won",
)


def quantile(values, part):
    """Return a quantile by linear interpolation, as spreadsheets do."""
    values = sorted(values)
    place = (len(values) - 1) * part
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


class MonthOracle:
    """:param leads: dictionaries: ``acquired``, a moment or None for each step and ``lost``, and
        what each is counted by
    :param zone: the name of a time zone
    :param convert: ``(amount, currency, local date) -> amount in the company's currency``
    """

    def __init__(self, leads, zone, now, convert):
        self.leads, self.zone, self.now = leads, pytz.timezone(zone), now
        self.convert = convert

    def wall(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone)

    def month_of(self, moment):
        if not moment:
            return None
        shown = self.wall(moment)
        return shown.year, shown.month

    def got_to(self, lead, step, until):
        later = STEPS[STEPS.index(step) :] if step in STEPS else [step]
        return any(lead[name] and lead[name] <= until for name in later)

    def funnel(self, leads, month, until=None):
        until = until or self.now
        mine = [lead for lead in leads if self.month_of(lead["acquired"]) == month]
        steps = (*STEPS, "lost")
        return {
            "happened": {
                step: sum(self.month_of(lead[step]) == month for lead in leads) for step in steps
            },
            "cohort": {
                "acquired": len(mine),
                **{step: sum(self.got_to(lead, step, until) for lead in mine) for step in steps},
            },
        }

    def by(self, key, month, until=None):
        """Return the funnel of each value of ``key`` that any lead of the month has."""
        found = {}
        for value in {lead[key] for lead in self.leads}:
            counted = self.funnel([x for x in self.leads if x[key] == value], month, until)
            if any(counted["happened"].values()) or counted["cohort"]["acquired"]:
                found[value] = counted
        return found

    def amount(self, lead):
        if not lead["won"]:
            return 0
        if not lead["contract_amount"]:
            return lead["expected_revenue"]
        day = self.wall(lead["won"]).date()
        return self.convert(lead["contract_amount"], lead["currency"], day)

    def trend(self, month):
        def count(step):
            return sum(self.month_of(lead[step]) == month for lead in self.leads)

        won = [lead for lead in self.leads if self.month_of(lead["won"]) == month]
        return {
            **{step: count(step) for step in ("acquired", "approved", "won", "lost")},
            "amount": sum(map(self.amount, won)),
        }

    def durations(self, before, after, month):
        took = [
            (lead[after] - lead[before]).total_seconds() / 3600
            for lead in self.leads
            if self.month_of(lead[after]) == month and lead[before] and lead[after] >= lead[before]
        ]
        if not took:
            return 0, 0, 0
        return len(took), quantile(took, 0.5), quantile(took, 0.9)

    def sources(self, key, month, costs):
        """:param costs: ``{campaign: what each of its leads costs}``"""
        groups = {}
        for lead in self.leads:
            if self.month_of(lead["acquired"]) == month:
                groups.setdefault(lead[key], []).append(lead)
        lines = {}
        for value, leads in groups.items():
            won = [lead for lead in leads if lead["won"] and lead["won"] <= self.now]
            lost = [lead for lead in leads if lead["lost"] and lead["lost"] <= self.now]
            days = [(lead["won"] - lead["acquired"]).total_seconds() / 86400 for lead in won]
            costed = [costs[lead["campaign"]] for lead in leads if lead["campaign"] in costs]
            lines[value] = {
                "leads": len(leads),
                "approved": sum(self.got_to(lead, "approved", self.now) for lead in leads),
                "won": len(won),
                "lost": len(lost),
                "amount": sum(map(self.amount, won)),
                "days_to_win": mean(days) if days else None,
                "grades": dict(Counter(lead["grade"] for lead in leads if lead["grade"])),
                "costed": len(costed),
                "cost": sum(costed) if costed else None,
            }
        return lines

    def losses(self, month):
        """Return how many leads were lost by reason, step they had come to, grade, competitor."""
        return Counter(
            (
                lead["reason"],
                next((step for step in reversed(STEPS[:-1]) if lead[step]), "acquired"),
                lead["grade"],
                lead["competitor"],
            )
            for lead in self.leads
            if self.month_of(lead["lost"]) == month
        )
