import {registry} from "@web/core/registry";

const FILE = [
    "公司名称,联系电话,渠道,获取时间",
    "导览模具有限公司,13800138071,行业展会,2026年3月1日 9:30",
    "Tour Presses Ltd,1.38E+10,Trade Show,someday",
].join("\n");

function choose(text) {
    const input = document.querySelector(".o_control_panel input[type=file]");
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "expo.csv", {type: "text/csv"}));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
}

registry.category("web_tour.tours").add("lead_intake_import", {
    steps: () => [
        {trigger: ".o_import_action a[href$='/import/template/registration']"},
        {trigger: ".o_control_panel .o_import_file", run: () => choose(FILE)},
        {trigger: ".o_import_data_content td:contains(Company Name)"},
        {trigger: "#o_intake_import_duplicates:has(option:selected:contains(Skip))"},
        {trigger: "button:contains(Test)", run: "click"},
        {trigger: ".o_intake_import_created:contains(would be created)"},
        {trigger: ".o_intake_import_report td:contains(shortened)"},
        {trigger: ".o_intake_import_report td:contains(someday)"},
        {trigger: ".o_intake_import_download[href*='/lead_intake/import/rejected/']"},
        {trigger: "button.btn-primary:contains(Import)", run: "click"},
        {trigger: ".o_intake_import_rejected .text-danger:contains(1)"},
        {trigger: "body:not(:has(.o_control_panel button:contains(Test)))"},
        {trigger: ".o_intake_import_open", run: "click"},
        {trigger: ".o_data_row td:contains(导览模具有限公司)"},
    ],
});
