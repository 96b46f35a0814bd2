from . import crm_lead, tier_definition
