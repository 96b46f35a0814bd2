import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lead_intake_verify_phone", {
    steps: () => [
        {
            trigger: ".o_form_view [name=intake_duplicate_text]:contains(owner Zhao)",
        },
        {trigger: "button[name=action_intake_verify_phone]:visible", run: "click"},
        {trigger: ".modal button[name=action_send]", run: "click"},
        {trigger: ".modal [name=code] input", run: "edit 654321"},
        {trigger: ".modal button[name=action_check]", run: "click"},
        {trigger: ".modal .alert-danger:contains(isn't the code)"},
        // Until the dialog is opened anew, its buttons are off and what is typed is lost.
        {trigger: ".modal button[name=action_check]:enabled"},
        {trigger: ".modal [name=code] input", run: "edit 123 456"},
        {trigger: ".modal button[name=action_check]", run: "click"},
        {trigger: ".modal .alert-success:contains(verified)"},
        {trigger: ".modal footer button:contains(Close):visible", run: "click"},
        {trigger: ".o_form_view [name=intake_phone_proof]:contains(by code)"},
    ],
});
