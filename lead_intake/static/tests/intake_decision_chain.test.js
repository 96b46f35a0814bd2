import {expect, test} from "@odoo/hoot";
import {queryAll, queryAllTexts} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fieldInput,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

class Step extends models.Model {
    _name = "step";
    name = fields.Char();
    person = fields.Char();
    stance = fields.Selection({
        selection: [
            ["unknown", "Unknown"],
            ["for", "For us"],
            ["neutral", "Neutral"],
            ["against", "Against us"],
        ],
    });
    _records = [
        {id: 1, name: "Technical evaluation", person: "Wang", stance: "for"},
        {id: 2, name: "Finance <b>approval</b>", person: false, stance: "unknown"},
        {id: 3, name: "Owner", person: "Zhao", stance: "against"},
    ];
}

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    steps = fields.One2many({relation: "step"});
    _records = [
        {id: 1, name: "Presses", steps: [1, 2, 3]},
        {id: 2, name: "Empty", steps: []},
    ];
}

defineMailModels();
defineModels([Step, Deal]);

const ARCH = `
    <form>
        <field name="steps" widget="intake_decision_chain">
            <list editable="bottom">
                <field name="name"/><field name="person"/><field name="stance"/>
            </list>
        </field>
    </form>`;

const mount = (resId) => mountView({type: "form", resModel: "deal", resId, arch: ARCH});

test("decision chain: a path in order, told in words", async () => {
    await mount(1);
    expect(queryAllTexts(".o_intake_step_name")).toEqual([
        "Technical evaluation",
        "Finance <b>approval</b>",
        "Owner",
    ]);
    expect(queryAllTexts(".o_intake_step_person")).toEqual(["Wang", "Nobody yet", "Zhao"]);
    expect(queryAllTexts(".o_intake_step_stance")).toEqual([
        "For us",
        "Stance unknown",
        "Against us",
    ]);
    expect(".o_intake_path").toHaveAttribute("aria-label");
    expect(queryAll(".o_intake_step i:not([aria-hidden=true])")).toHaveLength(0);
});

test("decision chain: who is missing and who is against us", async () => {
    await mount(1);
    expect(queryAllTexts(".o_intake_chain_summary li")).toEqual([
        "Nobody known yet: Finance <b>approval</b>",
        "Against us: Owner",
    ]);
    expect(".o_intake_chain_summary").toHaveAttribute("role", "status");
});

test("decision chain: nothing but the list while there is no step", async () => {
    await mount(2);
    expect(".o_intake_path").toHaveCount(0);
    expect(".o_intake_chain_summary").toHaveCount(0);
    expect(".o_field_x2many_list_row_add").toHaveCount(1);
});

test("decision chain: the path follows what is typed", async () => {
    await mount(2);
    await contains(".o_field_x2many_list_row_add a").click();
    await fieldInput("name").edit("Board");
    await contains(".o_form_view").click();
    expect(queryAllTexts(".o_intake_step_name")).toEqual(["Board"]);
    expect(".o_intake_step.o_intake_nobody").toHaveCount(1);
});
