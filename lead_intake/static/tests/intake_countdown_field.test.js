import {expect, test} from "@odoo/hoot";
import {hover, queryAll, queryAllTexts} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {countdownText} from "@lead_intake/fields/intake_countdown_field";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    allowTranslations,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const HOUR = 3600;
const DAY = 24 * HOUR;

class Promise_ extends models.Model {
    _name = "promise";
    due = fields.Datetime();
    warning = fields.Datetime();
    milestone = fields.Selection({selection: [["review", "Review"]]});
}

defineMailModels();
defineModels([Promise_]);

const ARCH = `
    <list>
        <field name="due" widget="intake_countdown"
               options="{'warning_field': 'warning', 'milestone_field': 'milestone'}"/>
        <field name="warning" column_invisible="1"/>
        <field name="milestone" column_invisible="1"/>
    </list>`;

test("the text has the largest unit that tells something", () => {
    allowTranslations();
    const texts = [
        [0, "0 min left"],
        [59, "0 min left"],
        [90, "1 min left"],
        [HOUR - 1, "59 min left"],
        [HOUR, "1 h left"],
        [2 * DAY - 1, "47 h left"],
        [2 * DAY, "2 d left"],
        [10 * DAY, "10 d left"],
        [-30, "0 min overdue"],
        [-90, "1 min overdue"],
        [-5 * HOUR, "5 h overdue"],
        [-2 * DAY, "2 d overdue"],
    ];
    for (const [seconds, text] of texts) {
        expect(countdownText(seconds).toString()).toBe(text);
    }
});

test("the colour tells how urgent it is", async () => {
    mockDate("2026-03-04 01:00:00", 0);
    Promise_._records = [
        {id: 1, due: "2026-03-04 06:30:00", warning: "2026-03-04 05:00:00", milestone: "review"},
        {id: 2, due: "2026-03-04 06:30:00", warning: "2026-03-04 00:30:00"},
        {id: 3, due: "2026-03-01 00:00:00", warning: "2026-02-28 00:00:00"},
        {id: 4, due: "2026-03-04 06:30:00", warning: false},
        {id: 5, due: false, warning: false},
    ];
    await mountView({type: "list", resModel: "promise", arch: ARCH});
    expect(queryAllTexts(".o_intake_countdown")).toEqual([
        "Review: 5 h left",
        "5 h left",
        "3 d overdue",
        "5 h left",
    ]);
    const tones = ["success", "warning", "danger", "success"];
    queryAll(".o_intake_countdown").forEach((badge, index) =>
        expect(badge).toHaveClass(`text-bg-${tones[index]}`),
    );
});

test("it counts on while one looks at it", async () => {
    mockDate("2026-03-04 01:00:00", 0);
    Promise_._records = [{id: 1, due: "2026-03-04 01:01:10", warning: false}];
    await mountView({type: "list", resModel: "promise", arch: ARCH});
    expect(queryAllTexts(".o_intake_countdown")).toEqual(["1 min left"]);
    await advanceTime(60000);
    await animationFrame();
    expect(queryAllTexts(".o_intake_countdown")).toEqual(["0 min left"]);
    await advanceTime(90000);
    await animationFrame();
    expect(queryAllTexts(".o_intake_countdown")).toEqual(["1 min overdue"]);
    expect(".o_intake_countdown").toHaveClass("text-bg-danger");
});

test("the explanation is asked for on hover only, and once", async () => {
    mockDate("2026-03-04 01:00:00", 0);
    onRpc("promise", "intake_explain_due", ({args}) => {
        expect.step(`explain ${args[0]}`);
        return "48 hours from Monday.";
    });
    Promise_._records = [{id: 7, due: "2026-03-04 06:30:00", warning: false, milestone: "review"}];
    await mountView({type: "list", resModel: "promise", arch: ARCH});
    expect.verifySteps([]);
    await hover(".o_intake_countdown");
    await animationFrame();
    expect.verifySteps(["explain 7"]);
    expect(queryAll(".o_intake_countdown")[0].title).toMatch(/Review\n.*\n48 hours from Monday\./);
    await hover(".o_list_view");
    await hover(".o_intake_countdown");
    await animationFrame();
    expect.verifySteps([]);
});
