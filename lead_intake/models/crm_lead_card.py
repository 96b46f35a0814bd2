from odoo import api, fields, models


class CrmLead(models.Model):
    """What a card of the pipeline says and offers, in one field. A pipeline is opened more often
    than anything else and shows hundreds of cards: each field it reads of them counts, and most
    cards are approved leads, which offer the same wherever they are of one team.
    """

    _inherit = "crm.lead"

    intake_card = fields.Json(
        compute="_compute_intake_card",
        export_string_translation=False,
        help="Of a lead under the procedure: what is missing, how complete it is in percent, and "
        "which buttons its card has.",
    )

    # The pipeline: a representative's cards of a column in the order they stand there, and what is
    # counted above the columns of whoever's leads, without reading the leads. Odoo would look at
    # all leads that person ever had, once for each column.
    _intake_pipeline_idx = models.Index(
        "(user_id, stage_id, priority DESC, id DESC)"
        " INCLUDE (type, company_id, expected_revenue) WHERE active IS TRUE"
    )

    @api.depends(
        "intake_state", "team_id", "active", "won_status", "intake_missing", "intake_completeness"
    )
    @api.depends_context("uid", "lang")
    def _compute_intake_card(self):
        held = self.filtered(lambda lead: lead._is_under_intake())
        (self - held).intake_card = False
        reviewable = held._intake_reviewable()
        # Browsed anew: what is asked of these few isn't computed for all cards.
        incomplete = held.filtered(lambda lead: lead.intake_state in ("draft", "returned"))
        missing = {
            lead: {"missing": lead.intake_missing or "", "completeness": lead.intake_completeness}
            for lead in self.browse(incomplete._ids)
        }
        alike = held.grouped(
            lambda lead: (lead.team_id, lead.intake_state, lead.won_status, lead.active)
        )
        firsts = self.browse([leads._ids[0] for leads in alike.values()])
        for first, leads in zip(firsts, alike.values(), strict=True):
            state = first.intake_state
            card = {
                # What decides on these three is all that the leads here have in common.
                "submit": state in ("draft", "returned") and first.can_submit,
                "follow_up": state == "approved" and first.can_follow_up,
                "assign": state == "approved" and first.can_assign,
                "missing": "",
                "completeness": 100,
            }
            for lead in leads:
                lead.intake_card = {**card, "review": lead in reviewable, **missing.get(lead, {})}

    def _intake_reviewable(self):
        """Return those of these leads that the user may decide on."""
        user = self.env.user
        waiting = self.filtered(
            lambda lead: lead.intake_state == "submitted" and lead.team_id._can_review_intake(user)
        )
        # Browsed anew, as above.
        return self.browse(waiting._ids).filtered("can_review")
