import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lead_intake_dashboard", {
    steps: () => [
        {trigger: ".o_intake_funnel .o_intake_bar:contains(Registered)"},
        {trigger: ".o_intake_people .o_intake_bar:contains(Test Rep)"},
        {trigger: ".o_intake_tile:contains(To Review)", run: "click"},
        {trigger: ".o_list_view .o_data_row:contains(Dashboard waits)"},
        {trigger: ".o_back_button, .breadcrumb-item a", run: "click"},
        {trigger: ".o_intake_funnel .o_intake_bar:contains(Approved)", run: "click"},
        {trigger: ".o_list_view .o_data_row:contains(Dashboard contacted)"},
    ],
});
