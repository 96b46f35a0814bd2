"""Who should get a lead, and why: plain Python, no ORM, no clock.

A ranking gives each candidate points per criterion (a share from 0 to 1, times the team's
weight for it) or the reason why they are out. A distribution ranks lead after lead and updates
what changes as it goes, the load and who waited longest, so that a batch is dealt as evenly as
if each lead had been given by hand, one after the other.

The work is O(leads × candidates). On equal points the one who waited longest gets the lead.
"""

from dataclasses import dataclass, field
from datetime import timedelta

CRITERIA = ("relation", "industry", "territory", "preference", "workload", "fairness")

WEEK = 7 * 24 * 3600.0
# Somebody without a limit is measured against what Odoo gives a new member.
USUAL_CAPACITY = 30
# Each level between the expertise and the customer's own industry takes this much off.
LEVEL_LOSS = 0.1
CITY, STATE, COUNTRY, ANYWHERE = 1.0, 0.85, 0.7, 0.4


@dataclass(slots=True)
class Candidate:
    """A member of a team, as far as it matters for giving them a lead."""

    key: int
    industries: frozenset = frozenset()
    countries: frozenset = frozenset()
    states: frozenset = frozenset()
    cities: frozenset = frozenset()
    load: float = 0.0  # open leads, weighted by grade
    capacity: int = 0  # 0: no limit
    last_assigned: float = 0.0  # seconds since the epoch; 0: never
    out: dict | None = None  # why they get no lead at all: {"code": …, …}

    @property
    def has_territory(self):
        return bool(self.countries or self.states or self.cities)


@dataclass(slots=True)
class Subject:
    """A lead, as far as it matters for who gets it."""

    key: int
    industries: tuple = ()  # its own first, then what stands above it
    country: int | None = None
    state: int | None = None
    city: str = ""
    weight: float = 1.0  # what it adds to its owner's load
    relations: dict = field(default_factory=dict)  # {candidate key: (share, facts)}
    preferred: frozenset = frozenset()  # keys of candidates whose own filter asks for it
    refused: dict = field(default_factory=dict)  # {candidate key: {"code": …}}


@dataclass(slots=True)
class Score:
    """One candidate's place in the ranking of one lead."""

    key: int
    total: float = 0.0
    parts: dict = field(default_factory=dict)  # {criterion: (points, facts)}
    out: dict | None = None


def rank(subject, candidates, weights, now, strict_territory=False):
    """Return a ``Score`` for each candidate, the best first, those who are out last.

    :param Subject subject: the lead
    :param list candidates: of ``Candidate``
    :param dict weights: ``{criterion: points}``
    :param float now: seconds since the epoch
    :param bool strict_territory: whoever has a territory gets no lead from elsewhere
    """
    fit = {c.key: _fit(subject, c, weights, strict_territory) for c in candidates}
    scores = [_score(fit[c.key], c, weights, now) for c in candidates]
    waited = {c.key: c.last_assigned for c in candidates}
    scores.sort(key=lambda s: (s.out is not None, -s.total, waited[s.key], s.key))
    return scores


def distribute(subjects, candidates, weights, now, strict_territory=False, forced=None):
    """Deal leads to candidates, in the order given.

    The candidates are updated: their load and when they last got a lead.

    :param list subjects: of ``Subject``
    :param dict forced: ``{lead key: candidate key}`` where somebody chose already; such leads
        are ranked like the others and then go to whom was chosen
    :return: ``{lead key: (candidate key or None, [Score, …])}``
    :rtype: dict
    """
    by_key = {candidate.key: candidate for candidate in candidates}
    result = {}
    for turn, subject in enumerate(subjects, start=1):
        scores = rank(subject, candidates, weights, now, strict_territory)
        if forced is None:
            best = scores[0] if scores and scores[0].out is None else None
            chosen = best.key if best else None
        else:
            chosen = forced.get(subject.key)
        if chosen in by_key:
            winner = by_key[chosen]
            winner.load += subject.weight
            # Microseconds apart: who got the lead before last waited longer than who got the last.
            winner.last_assigned = now + turn * 1e-6
        result[subject.key] = (chosen, scores)
    return result


def city_key(name):
    """Return what identifies a city: "杭州市" and "杭州" are one, as are "Ulm" and " ulm"."""
    return "".join((name or "").split()).casefold().removesuffix("市")


def is_away(leaves, now, due):
    """Tell whether somebody is on leave now, when the promise is due, or for at least half of the
    time until then: who leaves in the morning isn't there for what comes after, who is off for
    the afternoon is.

    :param leaves: of ``(start, end)``, datetimes; those of one stretch may touch or overlap
    """
    away = timedelta()
    reached = now
    for start, end in sorted(leaves):
        if start <= now < end or start <= due < end:
            return True
        start, end = max(start, reached), min(end, due)
        if end > start:
            away += end - start
            reached = end
    return bool(away) and away >= (due - now) / 2


def _score(fit, candidate, weights, now):
    """Add what depends on the moment to what the lead and the candidate have in common."""
    parts, out = fit
    if out is None and candidate.capacity and candidate.load >= candidate.capacity:
        out = {"code": "full", "load": round(candidate.load, 1), "capacity": candidate.capacity}
    parts = {
        **parts,
        "workload": (
            weights.get("workload", 0) * _room(candidate),
            {"load": round(candidate.load, 1), "capacity": candidate.capacity},
        ),
        "fairness": (
            weights.get("fairness", 0) * _patience(candidate, now),
            {"days": int((now - candidate.last_assigned) // 86400)}
            if 0 < candidate.last_assigned
            else {"never": True},
        ),
    }
    total = sum(points for points, _facts in parts.values())
    # Rounded, so that a tie is a tie whatever order the points were added in.
    return Score(candidate.key, round(total, 4), parts, out)


def _room(candidate):
    if candidate.capacity:
        return max(0.0, 1.0 - candidate.load / candidate.capacity)
    return 1.0 / (1.0 + candidate.load / USUAL_CAPACITY)


def _patience(candidate, now):
    """Grow over a week and start again with each lead. Whoever comes back from a month's leave
    is first in the row once, and isn't given all that was missed.
    """
    if not candidate.last_assigned:
        return 1.0
    return min(1.0, max(0.0, (now - candidate.last_assigned) / WEEK))


def _fit(subject, candidate, weights, strict_territory):
    out = candidate.out or subject.refused.get(candidate.key)
    relation, relation_facts = subject.relations.get(candidate.key, (0.0, {}))
    industry, industry_facts = _industry(subject, candidate)
    territory, territory_facts = _territory(subject, candidate)
    if (
        strict_territory
        and not out
        and territory_facts.get("match") == "none"
        and candidate.has_territory
    ):
        out = {"code": "territory"}
    preferred = candidate.key in subject.preferred
    shares = {
        "relation": (relation, relation_facts),
        "industry": (industry, industry_facts),
        "territory": (territory, territory_facts),
        "preference": (1.0 if preferred else 0.0, {"match": True} if preferred else {}),
    }
    return {
        criterion: (weights.get(criterion, 0) * share, facts)
        for criterion, (share, facts) in shares.items()
    }, out


def _industry(subject, candidate):
    for level, industry in enumerate(subject.industries):
        if industry in candidate.industries:
            return max(0.5, 1.0 - LEVEL_LOSS * level), {"industry": industry}
    return 0.0, {}


def _territory(subject, candidate):
    if not (subject.city or subject.state or subject.country):
        return 0.0, {"match": "unknown"}
    if not candidate.has_territory:
        return ANYWHERE, {"match": "anywhere"}
    if subject.city and subject.city in candidate.cities:
        return CITY, {"match": "city"}
    if subject.state and subject.state in candidate.states:
        return STATE, {"match": "state"}
    if subject.country and subject.country in candidate.countries:
        return COUNTRY, {"match": "country"}
    return 0.0, {"match": "none"}
