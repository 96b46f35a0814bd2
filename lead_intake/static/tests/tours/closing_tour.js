import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const column = (name) => `.o_kanban_group:has(.o_kanban_header:contains(${name}))`;
const card = (stage) => `${column(stage)} .o_kanban_record:contains(Tour lead)`;
const inDialog = (name, tag) => `.modal .o_field_widget[name=${name}] ${tag}`;

tours.add("lead_intake_win_by_drag", {
    steps: () => [
        {trigger: card("To Follow Up"), run: `drag_and_drop (${column("Won")})`},
        {trigger: inDialog("contract_number", "input")},
        {
            trigger: ".modal-footer button[special=cancel], .modal-footer .o_form_button_cancel",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {trigger: card("To Follow Up"), run: `drag_and_drop (${column("Won")})`},
        {trigger: inDialog("contract_number", "input"), run: "edit HT-2026-7"},
        {trigger: inDialog("contract_amount", "input"), run: "edit 90000"},
        {trigger: ".modal button[name=action_win]", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        {trigger: card("Won")},
    ],
});

tours.add("lead_intake_lose_to_competitor", {
    steps: () => [
        {trigger: card("To Follow Up"), run: "click"},
        {trigger: ".o_statusbar_buttons button:contains(Lost)", run: "click"},
        {
            trigger:
                ".modal .o_field_widget[name=lost_reason_id] :contains(Chose a competitor):last",
            run: "click",
        },
        {trigger: inDialog("lost_competitor_id", "input"), run: "edit Acme Presses (tour)"},
        {trigger: ".ui-autocomplete a:contains(Acme Presses):first", run: "click"},
        {trigger: inDialog("retrospective", "textarea"), run: "edit We quoted too late."},
        {trigger: ".modal button[name=action_lost_reason_apply]", run: "click"},
        {trigger: ".o_form_view .ribbon:contains(Lost), .o_form_view .o_widget_web_ribbon"},
    ],
});

tours.add("lead_intake_new_need", {
    steps: () => [
        {trigger: "button[name=action_intake_new_need]", run: "click"},
        {trigger: ".o_field_widget[name=intake_state]:contains(To Complete)"},
    ],
});
