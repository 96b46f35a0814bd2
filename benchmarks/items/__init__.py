"""What is measured, in this order."""

ITEMS = [
    "create",
    "load",
    "review",
    "deadlines",
    "assign",
    "pipeline",
    "queues",
    "month",
    "pivot",
    "dashboard",
    "clocks",
    "plans",
    "memory",
]
# Their cost doesn't follow the number of leads, or takes minutes: measured at one size.
ONE_SIZE = {"create", "load", "review", "assign", "clocks"}
