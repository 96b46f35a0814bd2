import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const CARD = ".o_kanban_record:contains(Tour lead)";
const inDialog = (name, tag = "input") => `.modal .o_field_widget[name=${name}] ${tag}`;

/** A button by its name: the same steps serve every language. */
function press(scope, name) {
    return {trigger: `${scope} button[name=${name}]:not(:disabled)`, run: "click"};
}

const closed = {trigger: "body:not(:has(.modal))"};
const SUMMARY = "They want two presses of 400 t by spring.";

tours.add("lead_intake_plan", {
    steps: () => [
        {trigger: CARD, run: "click"},
        press(".o_statusbar_buttons", "action_intake_plan"),
        {trigger: inDialog("goal"), run: "edit Get the purchase schedule"},
        {trigger: inDialog("talking_points", "textarea"), run: "edit The press they saw"},
        press(".modal footer", "action_plan"),
        closed,
        {trigger: ".o_notebook .nav-link[name=intake_follow_ups]", run: "click"},
        {trigger: "[name=intake_planned_goal]:contains(Get the purchase schedule)"},
        {trigger: ".o-mail-Activity:contains(Get the purchase schedule)"},
    ],
});

tours.add("lead_intake_log_and_plan_next", {
    steps: () => [
        {trigger: CARD, run: "hover && click .o_kanban_record .o_dropdown_kanban > button"},
        {trigger: ".o-dropdown--menu a[name=action_intake_log]", run: "click"},
        {trigger: inDialog("outcome", "input[data-value=meeting]"), run: "click"},
        {trigger: inDialog("summary", "textarea"), run: `edit ${SUMMARY}`},
        {trigger: inDialog("next_goal"), run: "edit Send the quotation"},
        press(".modal footer", "action_log"),
        closed,
        {trigger: CARD, run: "click"},
        {trigger: ".o_notebook .nav-link[name=intake_follow_ups]", run: "click"},
        {trigger: `[name=intake_follow_up_ids] .o_data_row:contains(${SUMMARY})`},
        {trigger: "[name=intake_planned_goal]:contains(Send the quotation)"},
        {trigger: ".o_notebook .nav-link[name=intake_history]", run: "click"},
        {trigger: "[name=intake_review_ids] .o_data_row td[name=round]", run: "click"},
        {trigger: ".modal [name=round]:contains(1)"},
    ],
});

tours.add("lead_intake_tick_leads_to_the_record", {
    steps: () => [
        {trigger: CARD, run: "click"},
        {
            trigger: ".o-mail-Activity:contains(Get the schedule) .o-mail-Activity-markDone",
            run: "click",
        },
        {trigger: ".o-mail-ActivityMarkAsDone button[aria-label='Done']", run: "click"},
        {trigger: ".modal:contains(Say what came of the contact) button.btn-primary", run: "click"},
        {trigger: inDialog("summary", "textarea"), run: `edit ${SUMMARY}`},
        press(".modal footer", "action_log"),
        closed,
    ],
});

tours.add("lead_intake_my_day", {
    steps: () => [
        {trigger: ".o_kanban_record:first:contains(Tour lead one)"},
        {
            trigger: "body",
            run: () => {
                const page = document.documentElement;
                if (page.scrollWidth > page.clientWidth) {
                    throw new Error("My Day scrolls sideways on a phone");
                }
            },
        },
        press(".o_kanban_record:contains(Tour lead one)", "action_intake_log"),
        {trigger: inDialog("summary", "textarea"), run: `edit ${SUMMARY}`},
        press(".modal footer", "action_log"),
        closed,
        {trigger: ".o_kanban_record:first:contains(Tour lead two)"},
    ],
});

tours.add("lead_intake_assign_ten", {
    steps: () => [
        {trigger: "thead .o_list_record_selector input", run: "click"},
        press(".o_control_panel", "action_intake_assign"),
        {trigger: ".modal .o_field_widget[name=placed_count]:contains(10)"},
        press(".modal footer", "action_apply"),
        closed,
        {trigger: ".o_view_nocontent"},
    ],
});
