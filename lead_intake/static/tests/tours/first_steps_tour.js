import {registry} from "@web/core/registry";

const TEAM = ".o_intake_team:contains(Plain Team) input";

registry.category("web_tour.tours").add("lead_intake_switch_on", {
    steps: () => [
        {trigger: ".o_intake_invitation button.btn-primary", run: "click"},
        {trigger: `${TEAM}:not(:checked)`, run: "click"},
        {trigger: "[data-step=teams][data-state=done]"},
        {trigger: "[data-step=stages][data-state=done]"},
        {trigger: ".o_intake_steps_count:contains(8 of 9 settings ready)"},
        {trigger: "[data-step=first_lead] button.btn-primary", run: "click"},
        {trigger: ".o_opportunity_kanban .o_kanban_renderer"},
        {trigger: ".o_opportunity_kanban:not(:has(.o_intake_invitation))"},
    ],
});
