"""What the tests of plans and records share."""

from datetime import timedelta

from odoo import fields

from .deadline_common import ClockCommon

SAID = "They want two presses of 400 t by spring."


class FollowUpCommon(ClockCommon):
    """An approved lead of the representative's; its channel, a trade show, is called."""

    def setUp(self):
        super().setUp()
        self.lead = self._lead_in("approved")

    def _plan(self, lead=None, user=None, hours=5, method="phone", **kwargs):
        lead = (lead or self.lead).with_user(user or self.rep)
        return lead.intake_plan(self._now() + timedelta(hours=hours), method, **kwargs)

    def _log(self, lead=None, user=None, outcome="reached", summary=SAID, **kwargs):
        return (
            (lead or self.lead).with_user(user or self.rep).intake_log(outcome, summary, **kwargs)
        )

    def _now(self):
        return fields.Datetime.now()

    def _planned(self, lead=None):
        return (lead or self.lead)._get_intake_plan()
