from odoo import api, models
from odoo.fields import Domain

from ..tools.funnel import FUNNEL, STATUS_FIELDS

MOST_SOURCES = 8


class LeadIntakeDashboard(models.AbstractModel):
    """How the month goes: what became of the leads acquired in it, and where they came from."""

    _inherit = "lead.intake.dashboard"

    @api.model
    def _count_month(self, month):
        """Count the leads acquired this month and what became of them up to now, in all and by
        channel: one statement.

        :return: one row in all, and a row for each channel, the most leads first; each with the
            channel where it is one's, the leads, and those of them that got to each status
        :rtype: list
        """
        # The analysis has a column for each status, and shows everyone the leads they may see.
        total, channels = self.env["lead.intake.analysis"]._read_grouping_sets(
            month, [[], ["medium_id"]], ["__count", *(f"{status}:sum" for status in FUNNEL)]
        )
        return total, sorted(channels, key=lambda row: -row[1])

    @api.model
    def _get_funnel(self, month, total):
        """Return what became of the leads acquired this month, up to now."""
        labels = {
            **dict(self.env["crm.stage"]._fields["intake_status"]._description_selection(self.env)),
            "registered": self.env._("Registered"),
            "approved": self.env._("Approved"),
            "contacted": self.env._("Contacted"),
        }
        acquired, *counts = total
        listed = month & self._under_procedure()
        Lead = self.env["crm.lead"]
        return [
            self._row(self.env._("Acquired"), acquired, Lead, listed),
            *(
                self._row(labels[status], count or 0, Lead, listed & self._reached(status))
                for status, count in zip(FUNNEL, counts, strict=True)
            ),
        ]

    @api.model
    def _under_procedure(self):
        """Return the domain of what the analysis counts. Lost leads were leads of the month."""
        return Domain("intake_state", "!=", False) & Domain("active", "in", [True, False])

    @api.model
    def _reached(self, status):
        """Return the domain of the leads that reached a status, or one behind it."""
        later = FUNNEL[FUNNEL.index(status) :]
        return Domain.OR(Domain(STATUS_FIELDS[name], "!=", False) for name in later)

    @api.model
    def _get_sources(self, month, channels):
        Lead, listed = self.env["crm.lead"], month & self._under_procedure()
        rows = [(medium, count, reached[-1]) for medium, count, *reached in channels]
        shown, rest = rows[:MOST_SOURCES], rows[MOST_SOURCES:]
        result = [
            {
                **self._row(
                    medium.display_name or self.env._("No channel"),
                    count,
                    Lead,
                    listed & Domain("medium_id", "=", medium.id),
                ),
                "won": won,
            }
            for medium, count, won in shown
        ]
        if rest:
            others = [medium.id for medium, _count, _won in rest]
            result.append(
                {
                    **self._row(
                        self.env._("%(count)s more", count=len(rest)),
                        sum(count for _medium, count, _won in rest),
                        Lead,
                        listed & Domain("medium_id", "in", others),
                    ),
                    "won": sum(won for _medium, _count, won in rest),
                }
            )
        return result
