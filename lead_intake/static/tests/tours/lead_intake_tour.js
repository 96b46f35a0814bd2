import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const inField = (name, tag = "input") => `.o_form_view .o_field_widget[name=${name}] ${tag}`;

const QUICK = ".o_kanban_quick_create";

/** Choose an existing record by typing its name. */
function choose(scope, name, value) {
    const input = `${scope} .o_field_widget[name=${name}] input`;
    return [
        {trigger: input, run: `edit ${value}`},
        {trigger: `.o-autocomplete--dropdown-item:contains(${value})`, run: "click"},
        {trigger: input, run: () => {}},
    ];
}

/** A button by its name: the same steps serve every language. */
function press(scope, name) {
    return {trigger: `${scope} button[name=${name}]:not(:disabled)`, run: "click"};
}

tours.add("lead_intake_register_and_submit", {
    steps: () => [
        {trigger: ".o_kanban_group:first-child .o_kanban_quick_add", run: "click"},
        {trigger: `${QUICK} .o_field_widget[name=name] input`, run: "edit Two tour presses"},
        {trigger: `${QUICK} .o_field_widget[name=phone] input`, run: "edit +86 10 6552 9988"},
        ...choose(QUICK, "medium_id", "Trade Show"),
        ...choose(QUICK, "source_id", "Tour Expo"),
        {trigger: `${QUICK} .o_kanban_add`, run: "click"},
        {trigger: ".o_kanban_record:contains(Two tour presses) [name=intake_missing]"},
        {trigger: `${QUICK} .o_kanban_cancel`, run: "click"},
        {trigger: ".o_kanban_record:contains(Two tour presses)", run: "click"},
        {trigger: ".o_form_view [name=intake_missing]"},
        {
            trigger: ".o_notebook_content .o_field_widget[name=partner_name] input",
            run: "edit Hangzhou Tours Ltd",
        },
        {
            trigger: ".o_notebook_content .o_field_widget[name=contact_name] input",
            run: "edit Liu Wei",
        },
        {trigger: inField("initial_need", "textarea"), run: "edit Two presses by spring"},
        {trigger: ".o_form_view:not(:has([name=intake_missing]))"},
        press(".o_statusbar_buttons", "action_intake_submit"),
        {trigger: ".o_form_view [name=intake_waiting] .o_field_widget[name=intake_submitted_on]"},
        {trigger: ".o_statusbar_buttons button[name=action_intake_withdraw]"},
    ],
});

tours.add("lead_intake_return_from_card", {
    steps: () => [
        press(".o_kanban_record:contains(Tour lead)", "action_intake_return"),
        {trigger: ".modal .o_field_x2many_list_row_add a", run: "click"},
        ...choose(".modal .o_selected_row", "field_id", "Phone"),
        {
            trigger: ".modal .o_selected_row .o_field_widget[name=reason] input",
            run: "edit Nobody answers there.",
        },
        {trigger: ".modal .o_field_widget[name=comment] textarea", run: "edit Please mend."},
        press(".modal footer", "action_apply"),
        {trigger: "body:not(:has(.modal))"},
        {trigger: ".o_kanban_record:contains(Tour lead) [name=intake_state] .text-bg-danger"},
        {
            trigger: ".o_kanban_record:contains(Tour lead):not(:has([name=action_intake_return]))",
        },
    ],
});

tours.add("lead_intake_correct_and_resubmit", {
    steps: () => [
        {trigger: ".o_kanban_record:contains(Tour lead)", run: "click"},
        {trigger: ".o_field_intake_rejections:contains(Nobody answers there.)"},
        {trigger: ".o_field_intake_rejections:contains(+86 10 6552 9988)"},
        {trigger: ".o_field_widget[name=phone].o_intake_rejected"},
        // The other rejected field is on a page that isn't open.
        {trigger: ".o_notebook .nav-link[name=internal_notes]", run: "click"},
        {trigger: "body:not(:has(.o_field_widget[name=initial_need]))"},
        {trigger: ".o_field_intake_rejections li:last-child a", run: "click"},
        {trigger: ".o_field_widget[name=initial_need].o_intake_rejected"},
        {trigger: inField("initial_need", "textarea"), run: "edit Two presses of 400 t"},
        {trigger: inField("phone"), run: "edit +86 10 6552 9977"},
        press(".o_statusbar_buttons", "action_intake_submit"),
        {trigger: ".o_form_view [name=intake_waiting]"},
        {trigger: "body:not(:has(.o_intake_rejected))"},
    ],
});

tours.add("lead_intake_approve_ten", {
    steps: () => [
        {trigger: ".o_main_navbar [data-menu-xmlid='lead_intake.menu_to_review']:contains(10)"},
        {trigger: "thead .o_list_record_selector input", run: "click"},
        press(".o_control_panel", "action_intake_approve"),
        {trigger: ".modal .o_field_widget[name=comment] textarea", run: "edit All fine."},
        press(".modal footer", "action_apply"),
        {trigger: ".o_notification"},
        {trigger: ".o_view_nocontent"},
        {
            trigger:
                ".o_main_navbar [data-menu-xmlid='lead_intake.menu_to_review']:not(:contains(10))",
        },
    ],
});
