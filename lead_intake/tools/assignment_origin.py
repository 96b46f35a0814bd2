"""Tells the log of assignments, through the context, how a change of owner came about.

An ``Origin`` is a Python object: no JSON client can send one, so that what it says comes from
this addon. Whoever carries one has checked that the change is allowed.
"""

from dataclasses import dataclass, field

CONTEXT_KEY = "lead_intake_origin"


@dataclass(slots=True, eq=False)
class Origin:
    """How leads came to their owner: one for a whole batch."""

    how: str | None = None  # None: read per lead from ``hows``
    hows: dict = field(default_factory=dict)  # {lead id: a value of lead.intake.assignment.how}
    scores: dict = field(default_factory=dict)  # {lead id: the ranking as it is stored}
    note: str | bool = False

    def how_of(self, lead):
        """Return how ``lead`` came to its owner."""
        return self.hows.get(lead.id) or self.how


def marked(records, origin):
    """Return ``records`` with the origin in their context."""
    return records.with_context(**{CONTEXT_KEY: origin})


def of(env):
    """Return the origin that ``env`` carries, or None."""
    origin = env.context.get(CONTEXT_KEY)
    return origin if isinstance(origin, Origin) else None


def unmarked(records):
    """Return ``records`` without an origin: for what follows from the change."""
    if CONTEXT_KEY not in records.env.context:
        return records
    return records.with_context(**{CONTEXT_KEY: None})
