{
    "name": "Tier validation of leads, for the benchmarks",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Lead Intake contributors",
    "depends": ["base_tier_validation", "crm"],
    "data": [],
    "installable": True,
}
