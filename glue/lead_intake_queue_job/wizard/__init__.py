from . import lead_intake_decision
