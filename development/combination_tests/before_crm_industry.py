# In Odoo's shell, before Lead Intake is installed: a company that gives its leads industries.
industry = env["res.partner.industry"].create({"name": "Packaging"})  # noqa: F821
env["crm.lead"].create({"name": "Lead from before", "industry_id": industry.id})  # noqa: F821
env.cr.commit()  # noqa: F821
