from . import lead_intake_decision
from . import lead_intake_bring_in
from . import lead_intake_correction
