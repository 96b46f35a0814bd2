"""The statuses a lead goes through, as figures and reports count them."""

# The statuses of the funnel, in the order a lead reaches them.
FUNNEL = (
    "registered",
    "approved",
    "contacted",
    "requirement_clear",
    "proposal",
    "negotiating",
    "won",
)
STAGE_STATUSES = ("requirement_clear", "proposal", "negotiating")
STATUS_FIELDS = {status: f"intake_{status}_on" for status in (*FUNNEL, "lost")}
