from odoo import fields, models


class CrmTeam(models.Model):
    """What a team expects of plans and records."""

    _inherit = "crm.team"

    intake_summary_length = fields.Integer(
        string="Least Length of a Summary",
        default=10,
        help="A record counts as a contact when its summary has at least so many characters.",
    )
    intake_follow_up_hours = fields.Float(
        string="Hours to Record",
        default=4,
        help="From the planned time of a contact until it has to be recorded.",
    )
    intake_record_hours = fields.Float(
        string="Record Within",
        default=24,
        help="A contact recorded within so many hours counts from when it took place; one "
        "recorded later counts from when it was recorded.",
    )

    _intake_follow_up_positive = models.Constraint(
        "CHECK (intake_summary_length >= 0 AND intake_follow_up_hours >= 0"
        " AND intake_record_hours >= 0)",
        "The length of a summary and the hours to record can't be less than zero.",
    )
