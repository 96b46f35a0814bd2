from datetime import date

from odoo import fields, models
from odoo.fields import Domain

from .lead_intake_figures import DIMENSIONS
from .lead_intake_figures_sources import SOURCE_FIELDS

# The field of a lead that says which line of a dimension it belongs to.
LEAD_FIELDS = {
    **DIMENSIONS,
    **SOURCE_FIELDS,
    "reason": "lost_reason_id",
    "competitor": "lost_competitor_id",
}


class LeadIntakeMonthLine(models.Model):
    """What is behind a number of a closed month: the list it opens."""

    _inherit = "lead.intake.month.line"

    def action_open_happened(self):
        """Open the leads that reached the status in the month; of a promise, the promises.

        :return: an action
        :rtype: dict
        """
        return self._open(cohort=False)

    def action_open_cohort(self):
        """Open the leads acquired in the month that had got so far when it was closed.

        :return: an action
        :rtype: dict
        """
        return self._open(cohort=True)

    def _open(self, cohort):
        self.ensure_one()
        self.check_access("read")
        model = "lead.intake.deadline" if self.dimension == "promise" else "crm.lead"
        domain = self._get_promise_domain() if self.dimension == "promise" else None
        domain = domain or self._get_lead_domain(cohort)
        Model = self.env[model].with_context(active_test=False)
        frozen = self.cohort if cohort else self.happened
        return {
            "type": "ir.actions.act_window",
            "name": self._get_list_title(frozen, Model.search_count(domain)),
            "res_model": model,
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": list(domain),
            "context": {"active_test": False, "create": False},
        }

    def _get_list_title(self, frozen, now):
        labels = dict(self._fields["status"]._description_selection(self.env))
        what = ", ".join(filter(None, [self.month_id.display_name, self.name, labels[self.status]]))
        if frozen == now:
            return what
        return self.env._(
            "%(what)s: %(frozen)s when the month was closed, %(now)s now",
            what=what,
            frozen=frozen,
            now=now,
        )

    def _get_period(self):
        """Return the time a line is about, in naive UTC."""
        figures = self.month_id.figures
        if self.dimension == "trend":
            year, month = map(int, self.key.split("-"))
            Figures = self.env["lead.intake.figures"]
            return Figures._get_period(self.month_id.company_id, date(year, month, 1))
        return tuple(
            fields.Datetime.to_datetime(figures[name]) for name in ("date_from", "date_to")
        )

    def _get_promise_domain(self):
        Figures = self.env["lead.intake.figures"]
        domain = Figures._get_due_domain(self.month_id.company_id, self.key, *self._get_period())
        return domain & Domain("state", "=", "met") if self.status == "met" else domain

    def _get_lead_domain(self, cohort):
        Figures = self.env["lead.intake.figures"]
        values = {}
        if name := LEAD_FIELDS.get(self.dimension):
            values[name] = self.dimension_id or None
        if self.detail == "grade":
            values["intake_grade_id"] = self.detail_id or None
        domain = Figures._get_domain(
            self.month_id.company_id,
            self.status,
            *self._get_period(),
            cohort=cohort,
            until=self.month_id.closed_on,
            **values,
        )
        if self.detail == "reached":
            domain &= Figures._get_reached_domain(self.detail_key)
        if self.dimension == "step":
            before = "date_acquired" if self.key == "acquired" else f"intake_{self.key}_on"
            domain &= Domain(before, "!=", False)
        return domain
