import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const QUICK = ".o_kanban_quick_create";
const SUGGESTION = ".o-autocomplete--dropdown-item:not(:has(.fa-spin)) a";

/** Ask for a value in the quick creation of a card. */
function ask(name, content, run, tooltipPosition = "right") {
    return {trigger: `${QUICK} .o_field_widget[name=${name}] input`, content, run, tooltipPosition};
}

/** A representative's first lead: from the pipeline to the review queue. */
registry.category("web_tour.tours").add("lead_intake_first_lead", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            content: _t("A lead came in? Let's register it: open your pipeline."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {trigger: ".o_opportunity_kanban .o_kanban_renderer"},
        {
            trigger: ".o_opportunity_kanban .o-kanban-button-new",
            content: _t("Register it within a day of its acquisition. A few lines will do now."),
            tooltipPosition: "bottom",
            run: "click",
        },
        ask("name", _t("What is it about, in a few words?"), "edit Ten presses for a new hall"),
        ask("phone", _t("A number at which somebody answers."), "edit +86 10 6552 9988"),
        ask("medium_id", _t("How did it reach us? Channels are counted every month."), "click"),
        {
            isActive: ["auto"],
            trigger: `${SUGGESTION}:first`,
            run: "click",
        },
        ask("source_id", _t("And which one: which fair, whose referral?"), "edit First Expo"),
        {
            isActive: ["auto"],
            trigger: `${SUGGESTION}:contains(First Expo)`,
            run: "click",
        },
        {
            trigger: `${QUICK} .o_kanban_add`,
            content: _t("Add it. The card shows what its registration still needs."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:has([name=intake_missing]):first",
            content: _t("Open the card to complete it."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_notebook_content .o_field_widget[name=partner_name] input",
            content: _t("The customer's company. If somebody knows it already, you are told."),
            tooltipPosition: "bottom",
            run: "edit Tour Presses Ltd",
        },
        {
            trigger: ".o_form_view .o_notebook_content .o_field_widget[name=contact_name] input",
            content: _t("Who did you speak to?"),
            tooltipPosition: "bottom",
            run: "edit Liu Wei",
        },
        {
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_intake_submit]:enabled",
            content: _t("Nothing is missing: submit it. Your supervisor reviews and grades it."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {trigger: ".o_form_view [name=intake_waiting]"},
    ],
});
