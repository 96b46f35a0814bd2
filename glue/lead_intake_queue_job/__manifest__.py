{
    "name": "Lead Intake: Background Jobs",
    "summary": "Close months and decide on many leads in the background, with queue_job",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Lead Intake contributors",
    "license": "LGPL-3",
    "depends": ["lead_intake", "queue_job"],
    "auto_install": True,
}
