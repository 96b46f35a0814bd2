from . import lead_intake_assign
from . import lead_intake_decision
from . import lead_intake_bring_in
from . import lead_intake_correction
from . import lead_intake_plan
from . import lead_intake_log
from . import lead_intake_amend
from . import lead_intake_verify
