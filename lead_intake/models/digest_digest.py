from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DigestDigest(models.Model):
    """What the procedure brought, in Odoo's digest mails: one query a figure, all companies."""

    _inherit = "digest.digest"

    kpi_intake_registered = fields.Boolean(
        "Leads Registered", help="Leads that came under the procedure in the period."
    )
    kpi_intake_registered_value = fields.Integer(compute="_compute_kpi_intake_registered_value")
    kpi_intake_approved = fields.Boolean(
        "Leads Approved", help="Reviews of the period that ended with an approval."
    )
    kpi_intake_approved_value = fields.Integer(compute="_compute_kpi_intake_approved_value")
    kpi_intake_on_time = fields.Boolean(
        "Promises Kept in Time (%)",
        help="Of the promises that came due in the period, those kept in time.",
    )
    kpi_intake_on_time_value = fields.Float(compute="_compute_kpi_intake_on_time_value")
    kpi_intake_conversion = fields.Boolean(
        "Closed Leads Won (%)",
        help="Of the leads closed in the period and not reopened, those that are won.",
    )
    kpi_intake_conversion_value = fields.Float(compute="_compute_kpi_intake_conversion_value")

    def _compute_kpi_intake_registered_value(self):
        """Leads that came under the procedure, the lost ones among them included."""
        self._set_intake_kpi(
            "kpi_intake_registered_value",
            "crm.lead",
            "create_date",
            [("intake_state", "!=", False)],
            "company_id",
        )

    def _compute_kpi_intake_approved_value(self):
        self._set_intake_kpi(
            "kpi_intake_approved_value",
            "lead.intake.review",
            "decided_on",
            [("state", "=", "approved")],
            "company_id",
        )

    def _compute_kpi_intake_on_time_value(self):
        """Of the promises that came due: how many were kept in time."""
        self._set_intake_kpi(
            "kpi_intake_on_time_value",
            "lead.intake.deadline",
            "date_due",
            # As the monthly report counts: one that was missed stays so, whatever became of it.
            Domain("state", "in", ["met", "late", "overdue"])
            | (Domain("state", "=", "cancelled") & Domain("date_overdue", "!=", False)),
            "company_id",
            share=[("state", "=", "met")],
        )

    def _compute_kpi_intake_conversion_value(self):
        """Of the leads that were closed, and stayed so: how many were won."""
        self._set_intake_kpi(
            "kpi_intake_conversion_value",
            "lead.intake.closing",
            "closed_on",
            [("reopened_on", "=", False)],
            "company_id",
            share=[("outcome", "=", "won")],
        )

    def _set_intake_kpi(self, name, model, date_field, domain, company_field, share=None):
        """Count what falls into the digest's time, for each digest's company.

        :param str company_field: where the company is found, from ``model``
        :param list share: give the percentage that meets this domain instead of the count
        """
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._("Do not have access, skip this data for user's digest email")
            )
        start, end, companies = self._get_kpi_compute_parameters()
        domain = (
            Domain(domain)
            & Domain(company_field, "in", companies.ids)
            & Domain(date_field, ">=", start)
            & Domain(date_field, "<", end)
        )
        counts = self._count_intake_kpi(model, domain, company_field)
        if share:
            parts = self._count_intake_kpi(model, domain & Domain(share), company_field)
            counts = {
                company: 100.0 * parts.get(company, 0) / count for company, count in counts.items()
            }
        for digest in self:
            digest[name] = counts.get((digest.company_id or self.env.company).id, 0)

    def _count_intake_kpi(self, model, domain, company_field):
        rows = (
            self.env[model]
            .with_context(active_test=False)
            ._read_group(domain, [company_field], ["__count"])
        )
        return {company.id: count for company, count in rows}

    def _compute_kpis_actions(self, company, user):
        res = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm.crm_menu_root").id
        pipeline = f"crm.crm_lead_action_pipeline?menu_id={menu}"
        res["kpi_intake_registered"] = pipeline
        res["kpi_intake_conversion"] = pipeline
        if user.has_group("sales_team.group_sale_salesman_all_leads"):
            res["kpi_intake_approved"] = f"lead_intake.lead_intake_review_action?menu_id={menu}"
        res["kpi_intake_on_time"] = f"lead_intake.lead_intake_deadline_action?menu_id={menu}"
        return res
