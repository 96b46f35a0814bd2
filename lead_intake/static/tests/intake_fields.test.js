import {expect, test} from "@odoo/hoot";
import {click, queryAllTexts} from "@odoo/hoot-dom";
import {animationFrame, mockDate, runAllTimers} from "@odoo/hoot-mock";
import {waitingText} from "@lead_intake/fields/intake_waiting_field";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    allowTranslations,
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

class Grade extends models.Model {
    _name = "grade";
    name = fields.Char();
    color = fields.Integer();
    description = fields.Char();
    first_contact_hours = fields.Float();
    _records = [
        {id: 1, name: "A", color: 10, description: "High Priority", first_contact_hours: 24},
        {id: 2, name: "B", color: 4, description: "Medium Priority", first_contact_hours: 48},
    ];
}

class Intake extends models.Model {
    _name = "intake";
    name = fields.Char();
    phone = fields.Char();
    need = fields.Char();
    founded = fields.Integer();
    reasons = fields.Text();
    since = fields.Datetime();
    grade = fields.Many2one({relation: "grade"});
    rejections = fields.Json();
    _records = [
        {
            id: 1,
            name: "Presses",
            phone: "123",
            grade: 2,
            founded: 1956,
            reasons: "+20  Focus industry\n-5  Far away",
            since: "2026-03-01 01:00:00",
            rejections: {
                reviewer: "Chen",
                comment: "Nearly there.",
                fields: [
                    {name: "phone", label: "Phone", reason: "Nobody answers.", old: "123"},
                    {name: "need", label: "Need", reason: "What <b>tonnage</b>?", old: ""},
                ],
            },
        },
        {id: 2, name: "Empty"},
    ];
}

defineMailModels();
defineModels([Grade, Intake]);

const REJECTED = `
    <form>
        <field name="rejections" widget="intake_rejections"/>
        <sheet>
            <field name="name"/>
            <field name="phone"/>
            <notebook>
                <page string="Notes" name="notes"><field name="since"/></page>
                <page string="Registration" name="registration"><field name="need"/></page>
            </notebook>
        </sheet>
    </form>`;

test("rejected fields are listed with reason and old value, and marked", async () => {
    await mountView({type: "form", resModel: "intake", resId: 1, arch: REJECTED});
    expect(queryAllTexts(".o_field_intake_rejections li a")).toEqual(["Phone", "Need"]);
    expect(".o_field_intake_rejections li:first").toHaveText(/Nobody answers\.[^]*123/);
    expect(".o_field_intake_rejections li:last").toHaveText(/<b>tonnage<\/b>/);
    expect(".o_field_widget[name=phone]").toHaveClass("o_intake_rejected");
    expect(".o_field_widget[name=name]").not.toHaveClass("o_intake_rejected");
});

test("a click goes to the field, on whichever page it is", async () => {
    await mountView({type: "form", resModel: "intake", resId: 1, arch: REJECTED});
    expect(".o_field_widget[name=need]").toHaveCount(0);
    await click(".o_field_intake_rejections li:last a");
    await runAllTimers();
    for (let frame = 0; frame < 30; frame++) {
        await animationFrame();
    }
    expect(".o_field_widget[name=need]").toHaveClass("o_intake_rejected");
    expect(".o_field_widget[name=need] input").toBeFocused();
});

test("nothing is shown where nothing was rejected, and on new records", async () => {
    await mountView({type: "form", resModel: "intake", resId: 2, arch: REJECTED});
    expect(".o_field_intake_rejections .alert").toHaveCount(0);
    await mountView({type: "form", resModel: "intake", arch: REJECTED});
    expect(".o_intake_rejected").toHaveCount(0);
});

test("a grade is a badge in its own colour", async () => {
    const arch = `<list><field name="grade" widget="intake_grade"/></list>`;
    await mountView({type: "list", resModel: "intake", arch});
    expect(".o_intake_grade").toHaveCount(1);
    expect(".o_intake_grade").toHaveText("B");
    expect(".o_intake_grade").toHaveClass("o_tag_color_4");
});

test("grades are chosen with what they mean in sight", async () => {
    const arch = `<form><field name="grade" widget="intake_grade_choice"/></form>`;
    await mountView({type: "form", resModel: "intake", resId: 1, arch});
    expect(".o_intake_grade_choice").toHaveCount(2);
    expect(".o_intake_grade_choice:first").toHaveText(/High Priority[^]*within 24 h/);
    expect(".o_intake_grade_choice:last input").toBeChecked();
    await click(".o_intake_grade_choice:first input");
    await animationFrame();
    expect(".o_intake_grade_choice:first input").toBeChecked();
    expect(".o_intake_grade_choice:first").toHaveClass("border-primary");
});

test("the scorecard's lines are a table of points and sentences", async () => {
    const arch = `<form><field name="reasons" widget="intake_reasons" readonly="1"/></form>`;
    await mountView({type: "form", resModel: "intake", resId: 1, arch});
    expect(queryAllTexts(".o_intake_reasons td")).toEqual([
        "+20",
        "Focus industry",
        "-5",
        "Far away",
    ]);
});

test("waiting time has the largest unit that tells something", async () => {
    allowTranslations();
    const texts = [
        [0, "0 min"],
        [59, "59 min"],
        [60, "1 h"],
        [48 * 60 - 1, "47 h"],
        [48 * 60, "2 d"],
        [-5, "0 min"],
    ];
    for (const [minutes, text] of texts) {
        expect(waitingText(minutes).toString()).toBe(text);
    }
    mockDate("2026-03-04 01:00:00", 0);
    const arch = `<list><field name="since" widget="intake_waiting"/></list>`;
    await mountView({type: "list", resModel: "intake", arch});
    expect(queryAllTexts(".o_field_intake_waiting")).toEqual(["3 d", ""]);
});

test("a year that isn't known is empty, and one can be taken out again", async () => {
    const arch = `<form><field name="founded" widget="intake_year"
        options="{'enable_formatting': false}" placeholder="e.g. 1998"/></form>`;
    await mountView({type: "form", resModel: "intake", resId: 2, arch});
    expect(".o_field_intake_year input").toHaveValue("");
    await contains(".o_field_intake_year input").edit("1998");
    expect(".o_field_intake_year input").toHaveValue("1998");
    await contains(".o_field_intake_year input").edit("");
    expect(".o_field_intake_year input").toHaveValue("");
});
