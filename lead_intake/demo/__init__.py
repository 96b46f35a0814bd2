from . import lead_intake_demo
