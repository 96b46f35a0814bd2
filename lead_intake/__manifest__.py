{
    "name": "Lead Intake",
    "summary": "Register, review, grade, assign and close leads by a written procedure",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Lead Intake contributors",
    "license": "LGPL-3",
    "depends": ["crm"],
    "data": [],
    "demo": [],
    "application": False,
    "installable": True,
}
