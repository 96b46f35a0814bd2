from . import crm_lead
from . import lead_intake_month
