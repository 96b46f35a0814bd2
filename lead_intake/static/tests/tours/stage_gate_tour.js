import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const column = (name) => `.o_kanban_group:has(.o_kanban_header:contains(${name}))`;
const card = (stage) => `${column(stage)} .o_kanban_record:contains(Tour lead)`;
const inDialog = (name, tag) => `.modal .o_field_widget[name=${name}] ${tag}`;

tours.add("lead_intake_gate_by_drag", {
    steps: () => [
        {trigger: card("To Follow Up"), run: `drag_and_drop (${column("Requirement Clear")})`},
        {trigger: inDialog("need_description", "textarea")},
        {
            trigger: ".modal-footer button[special=cancel], .modal-footer .o_form_button_cancel",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {trigger: card("To Follow Up"), run: `drag_and_drop (${column("Requirement Clear")})`},
        {trigger: inDialog("need_description", "textarea"), run: "edit Ten presses of 400 t"},
        {trigger: inDialog("purchase_date", "input"), run: "edit 09/01/2026 && press Tab"},
        {trigger: ".modal button[name=action_intake_pass_gate]", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        {trigger: card("Requirement Clear")},
    ],
});

tours.add("lead_intake_gate_by_statusbar", {
    steps: () => [
        {trigger: card("To Follow Up"), run: "click"},
        {
            trigger: ".o_statusbar_status .o_arrow_button:contains(Requirement Clear)",
            run: "click",
        },
        {trigger: inDialog("need_description", "textarea"), run: "edit Ten presses of 400 t"},
        {trigger: inDialog("purchase_date", "input"), run: "edit 09/01/2026 && press Tab"},
        {trigger: ".modal button[name=action_intake_pass_gate]", run: "click"},
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Requirement Clear)",
        },
    ],
});
