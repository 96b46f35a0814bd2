from . import lead_intake_demo
from . import lead_intake_demo_customer
from . import lead_intake_demo_closing
from . import lead_intake_demo_month
