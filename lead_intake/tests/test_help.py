from pathlib import Path

from lxml import etree

from odoo.tests import TransactionCase, tagged

STATIC = Path(__file__).parent.parent / "static" / "src"

# Whose label says it all, whatever they belong to: who, when, of what, and lists on a page of
# their own.
EXPLAIN_THEMSELVES = {
    *(
        "name",
        "display_name",
        "sequence",
        "note",
        "color",
        "company_id",
        "team_id",
        "user_id",
        "lead_id",
        "date",
    ),
    *(
        "function",
        "email",
        "phone",
        "comment",
        "reason",
        "label",
        "value",
        "old_value",
        "new_value",
    ),
    *("grade_id", "medium_id", "source_id", "campaign_id", "industry_id", "lead_type_id"),
    *("expected_revenue", "lost_reason_id", "month_id", "attachment_ids", "status", "field_id"),
    *("assigned_by_id", "assigned_on", "explanation", "closed_by_id", "closed_on", "outcome"),
    *("reopened_by_id", "reopened_on", "reopened_reason", "confirmed_by_id", "confirmed_on"),
    *("submitted_by_id", "submitted_on", "decided_by_id", "decided_on", "requested_by_id"),
    *("requested_on", "adjusted_on", "field_label", "lead_name", "date_started", "date_due"),
    *("method", "summary", "feedback", "contacted_on", "planned_on", "next_on", "next_method"),
    *("stage_id", "addition", "service_from", "service_to", "company_age", "contract_date"),
    *("contract_number", "contract_amount", "lost_competitor_id", "date_acquired", "current_value"),
    *("approved", "won", "reasons", "intake_planned_method", "intake_submitted_on", "new_value"),
    *("line_ids", "child_ids", "rejection_ids", "total_ids", "adjustment_ids", "goal"),
}
# Only decide what a screen shows, or are a sentence themselves.
SHOWN_AS_TEXT = (
    "_count",
    "_currency_id",
    "_text",
    "_proof",
    "_warning",
    "_step_ids",
)
OF_THEIR_PAGE = {
    "crm.lead": {
        *("intake_assignment_ids", "intake_closing_ids", "intake_contact_ids"),
        *("intake_deadline_ids", "intake_follow_up_ids", "intake_review_ids"),
        *("intake_verification_ids", "can_review"),
    },
    "res.partner": {"intake_fact_ids"},
    "lead.intake.assign.line": {"is_out"},
    "lead.intake.decision": {"score_reasons"},
    "lead.intake.verify": {"message"},
    "lead.intake.won": {"hours"},
}


@tagged("post_install", "-at_install")
class TestHelp(TransactionCase):
    """Whoever doesn't know a field or meets an empty list is told what it is for."""

    def _get_ours(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", "lead_intake"), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id")).exists()

    def _get_shown(self):
        """Return ``{(model, field)}`` of what our views show."""
        shown = set()

        def walk(node, model):
            for child in node.iterchildren(etree.Element):
                below = model
                if child.tag == "field":
                    field = self.env[model]._fields.get(child.get("name"))
                    if field is not None:
                        hidden = child.get("invisible"), child.get("column_invisible")
                        if not {"1", "True"} & set(hidden):
                            shown.add((model, field.name))
                        below = field.comodel_name or model
                walk(child, below)

        for view in self._get_ours("ir.ui.view").filtered("model"):
            walk(etree.fromstring(view.arch), view.model)
        return shown

    def test_fields_explain_themselves(self):
        shown = self._get_shown()
        self.assertIn(("crm.lead", "intake_grade_id"), shown)
        lacking = [
            f"{field.model}.{field.name}"
            for field in self._get_ours("ir.model.fields")
            if (field.model, field.name) in shown
            and not field.help
            and field.name not in EXPLAIN_THEMSELVES
            and not field.name.endswith(SHOWN_AS_TEXT)
            and field.name not in OF_THEIR_PAGE.get(field.model, ())
        ]
        self.assertFalse(lacking, "These fields need a help text.")

    def test_empty_lists_invite(self):
        actions = self._get_ours("ir.actions.act_window").filtered(
            lambda action: action.target != "new"
        )
        self.assertGreater(len(actions), 15)
        for action in actions:
            with self.subTest(action=action.xml_id):
                invitation = etree.HTML(action.help or "<p/>")
                title = invitation.find(".//p[@class='o_view_nocontent_smiling_face']")
                self.assertIsNotNone(title)
                self.assertTrue(title.text.strip())
                more = [p for p in invitation.iterfind(".//p") if p is not title]
                self.assertTrue(more and "".join(more[0].itertext()).strip())

    def test_reports_are_cards_on_a_phone(self):
        """A table of many columns can't be read there; Odoo shows the cards if there are any."""
        desk_work = {
            *("lead_intake.lead_intake_grade_action", "lead_intake.lead_intake_type_action"),
            *("lead_intake.lead_intake_criterion_action", "lead_intake.utm_medium_action_channel"),
            *("lead_intake.lead_intake_competitor_action",),
            *("lead_intake.lead_intake_success_factor_action",),
            *("lead_intake.lead_intake_chain_template_action",),
            *("lead_intake.lead_intake_plan_template_action",),
        }
        for action in self._get_ours("ir.actions.act_window"):
            modes = action.view_mode.split(",")
            if modes[0] == "list" and action.xml_id not in desk_work:
                with self.subTest(action=action.xml_id):
                    self.assertIn(action.mobile_view_mode, modes)

    def test_colours_follow_the_theme(self):
        """Odoo's Bootstrap has no prefix: `--bs-…` is nothing there, what stands behind it would
        stay light in the dark. The variables of SCSS are compiled for both.
        """
        sheets = list(STATIC.rglob("*.scss"))
        self.assertGreater(len(sheets), 4)
        for sheet in sheets:
            with self.subTest(sheet=sheet.name):
                self.assertNotIn("--bs-", sheet.read_text())
                self.assertNotRegex(sheet.read_text(), r"#[0-9a-fA-F]{3,6}\b")
        for template in STATIC.rglob("*.xml"):
            with self.subTest(template=template.name):
                self.assertNotRegex(template.read_text(), r"bg-\w+-subtle|bg-white")
