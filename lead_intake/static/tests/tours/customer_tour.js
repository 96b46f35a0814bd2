import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const card = {trigger: ".o_kanban_record:contains(Tour lead)", run: "click"};
const page = (name) => ({trigger: `.o_notebook_headers a[name=${name}]`, run: "click"});
const field = (name, tag) => `.o_form_view .o_field_widget[name=${name}] ${tag}`;

tours.add("lead_intake_decision_chain", {
    steps: () => [
        card,
        page("intake_requirement"),
        {trigger: field("intake_chain_template_id", "input"), run: "edit Technical, finance"},
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Technical, finance, owner)",
            run: "click",
        },
        {trigger: ".o_intake_step:nth-child(3).o_intake_nobody"},
        {trigger: ".o_intake_chain_summary:contains(Finance approval)"},
        {
            trigger: ".o_intake_chain .o_data_row:nth-child(2) td[name=person]",
            run: "click",
        },
        {
            trigger: ".o_intake_chain .o_selected_row .o_field_widget[name=person] input",
            run: "edit Ms Song",
        },
        {
            trigger: ".o_intake_chain .o_selected_row .o_field_widget[name=stance] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Against us)",
            run: "click",
        },
        {trigger: ".o_intake_step.o_intake_against:contains(Ms Song)"},
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
    ],
});

tours.add("lead_intake_industry_picker", {
    steps: () => [
        card,
        page("intake_registration"),
        {trigger: field("industry_id", "input"), run: "edit 3913"},
        {trigger: ".o-autocomplete--dropdown-item:contains(C3913)", run: "click"},
        {trigger: field("industry_id", "input"), run: () => {}},
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
        // By the tree, from "Search more": all of division C39.
        {trigger: field("industry_id", "input"), run: "edit manufacture"},
        {trigger: ".o-autocomplete--dropdown-item:contains(C14 Manufacture)"},
        {trigger: ".o-autocomplete--dropdown-item.o_m2o_dropdown_option_search_more", run: "click"},
        {trigger: ".modal .o_search_panel"},
        {trigger: ".modal .o_data_row:contains(C39) td.o_data_cell:first", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
    ],
});
