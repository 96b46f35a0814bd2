from . import lead_intake_print
from . import lead_intake_form
from . import lead_intake_form_registration
from . import lead_intake_form_customer
from . import lead_intake_form_follow_up
