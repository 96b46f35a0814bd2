"""The key to what only the procedure may write.

``PASS`` is a Python object. Code of this addon puts it into the context around a
write that the procedure allows; nobody else can, because no JSON client can send an
object and an ``is`` comparison can't be forged. The key never goes into an action's
context or any other value that leaves the server.
"""

PASS = object()
CONTEXT_KEY = "lead_intake_pass"
MERGE_KEY = "lead_intake_merge"
ADJUST_KEY = "lead_intake_adjust"


def opened(records):
    """Return ``records`` with the key in their context."""
    return records.with_context(**{CONTEXT_KEY: PASS})


def is_open(env):
    """Tell whether ``env`` carries the key."""
    return env.context.get(CONTEXT_KEY) is PASS


def merging(records):
    """Return ``records`` with the key of a merge, which opens the lock of a waiting lead only."""
    return records.with_context(**{MERGE_KEY: PASS})


def is_merging(env):
    """Tell whether ``env`` carries the key of a merge."""
    return env.context.get(MERGE_KEY) is PASS


def adjusting(records):
    """Return ``records`` with the key of an adjustment, which opens leads of a closed month only."""
    return records.with_context(**{ADJUST_KEY: PASS})


def is_adjusting(env):
    """Tell whether ``env`` carries the key of an adjustment."""
    return env.context.get(ADJUST_KEY) is PASS
