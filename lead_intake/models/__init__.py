from . import lead_intake_history
from . import lead_intake_type
from . import lead_intake_grade
from . import lead_intake_criterion
from . import lead_intake_review
from . import lead_intake_rejection
from . import lead_intake_calendar_day
from . import resource_calendar
from . import utm_medium
from . import crm_stage
from . import crm_team
from . import crm_team_stages
from . import res_config_settings
from . import res_partner_industry_focus

# crm.lead, in the order a lead lives through it
from . import crm_lead_registration
from . import crm_lead_completeness
from . import crm_lead_review
from . import crm_lead_review_round
from . import crm_lead_review_actions
from . import crm_lead_scorecard
from . import crm_lead_todo
from . import crm_lead_merge
from . import crm_lead_guard
