from odoo import fields, models

INTAKE_STATUSES = [
    ("to_follow_up", "To Follow Up"),
    ("following_up", "Following Up"),
    ("requirement_clear", "Requirement Clear"),
    ("proposal", "Proposal Submitted"),
    ("negotiating", "Negotiating"),
    ("won", "Won"),
]


class CrmStage(models.Model):
    """A company keeps its own stages; each may stand for a status of the procedure."""

    _inherit = "crm.stage"

    intake_status = fields.Selection(
        INTAKE_STATUSES,
        string="Status of the Procedure",
        help="Which status of the lead procedure this stage stands for. An approved lead moves "
        "to the first stage that stands for “To Follow Up”.",
    )
