import {expect, test} from "@odoo/hoot";
import {queryAll, queryAllTexts} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {hoursText} from "@lead_intake/timeline/intake_timeline_field";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const STATES = ["running", "overdue", "paused", "met", "late", "cancelled"];

class Promise_ extends models.Model {
    _name = "lead.intake.deadline";
    milestone = fields.Selection({
        selection: [
            ["registration", "Registration"],
            ["review", "Review"],
            ["plan", "Follow-Up Plan"],
        ],
    });
    state = fields.Selection({selection: STATES.map((state) => [state, state])});
    hours = fields.Float();
    hours_left = fields.Float();
    elapsed_hours = fields.Float();
    date_started = fields.Datetime();
    date_due = fields.Datetime();
    date_overdue = fields.Datetime();
    date_paused = fields.Datetime();
    date_closed = fields.Datetime();
    close_reason = fields.Char();
    explanation = fields.Char();
}

class Deal extends models.Model {
    _name = "deal";
    promises = fields.One2many({relation: "lead.intake.deadline"});
}

defineMailModels();
defineModels([Promise_, Deal]);

const NAMES = [
    "milestone",
    "state",
    "hours",
    "hours_left",
    "elapsed_hours",
    "date_started",
    "date_due",
    "date_overdue",
    "date_paused",
    "date_closed",
    "close_reason",
];
const ARCH = `
    <form>
        <field name="promises" widget="intake_timeline" readonly="1">
            <list>${NAMES.map((name) => `<field name="${name}"/>`).join("")}</list>
        </field>
    </form>`;

/** It is 10:00 on 4 March; promises are of 10 hours and start at 0:00, unless told. */
async function mountTimeline(...promises) {
    mockDate("2026-03-04 10:00:00", 0);
    Promise_._records = promises.map((promise, index) => ({
        id: index + 1,
        milestone: "review",
        state: "running",
        hours: 10,
        date_started: "2026-03-04 00:00:00",
        date_due: "2026-03-04 10:00:00",
        ...promise,
    }));
    Deal._records = [{id: 1, promises: promises.map((promise, index) => index + 1)}];
    await mountView({type: "form", resModel: "deal", resId: 1, arch: ARCH});
}

test("hours have no useless fraction", () => {
    expect([24, 7.5, 0.3333, 10.0].map(hoursText)).toEqual(["24", "7.5", "0.33", "10"]);
});

test("what became of each promise, in words, the first one first", async () => {
    await mountTimeline(
        {date_due: "2026-03-04 15:30:00"},
        {date_due: "2026-03-04 08:00:00"},
        {state: "overdue", date_due: "2026-03-02 10:00:00"},
        {state: "paused", date_paused: "2026-03-04 05:00:00", hours_left: 4.5},
        {state: "met", date_closed: "2026-03-04 06:00:00", elapsed_hours: 6},
        {state: "late", date_closed: "2026-03-04 12:00:00", elapsed_hours: 12},
        {state: "cancelled", date_closed: "2026-03-04 02:00:00"},
        {
            state: "cancelled",
            date_closed: "2026-03-04 11:00:00",
            date_overdue: "2026-03-04 10:00:00",
        },
        {
            milestone: "registration",
            state: "met",
            date_started: "2026-03-01 00:00:00",
            date_due: "2026-03-01 10:00:00",
            date_closed: "2026-03-01 01:00:00",
            elapsed_hours: 1,
        },
    );
    expect(queryAllTexts(".o_intake_promise_text")).toEqual([
        "Met after 1 of 10 h",
        "5 h left",
        "2 h overdue",
        "2 d overdue",
        "Stands still with 4.5 h left",
        "Met after 6 of 10 h",
        "Met late, after 12 of 10 h",
        "Stopped",
        "Missed, then stopped",
    ]);
    expect(queryAllTexts(".o_intake_timeline strong")[0]).toBe("Registration");
});

test("bars share one scale, and show what came on top", async () => {
    await mountTimeline(
        {state: "met", date_closed: "2026-03-04 05:00:00", elapsed_hours: 5},
        {state: "late", date_closed: "2026-03-04 20:00:00", elapsed_hours: 20},
    );
    const bars = queryAll(".o_intake_scale > span").map((bar) => [
        bar.className,
        bar.style.left,
        bar.style.width,
    ]);
    expect(bars).toEqual([
        ["o_intake_promised", "0%", "50%"],
        ["text-bg-success", "0%", "25%"],
        ["o_intake_promised", "0%", "50%"],
        ["text-bg-warning", "0%", "50%"],
        ["text-bg-danger", "50%", "50%"],
    ]);
});

test("it counts on while one looks at it", async () => {
    await mountTimeline({date_due: "2026-03-04 10:01:10"});
    expect(queryAllTexts(".o_intake_promise_text")).toEqual(["1 min left"]);
    await advanceTime(150000);
    await animationFrame();
    expect(queryAllTexts(".o_intake_promise_text")).toEqual(["1 min overdue"]);
});

test("a click tells how it came about, and is asked once", async () => {
    onRpc("lead.intake.deadline", "read", ({args}) => {
        expect.step(`read ${args[0]}`);
        return [{id: args[0][0], explanation: "10 hours from Tuesday."}];
    });
    mockService("action", {doAction: ({res_id}) => expect.step(`open ${res_id}`)});
    await mountTimeline({close_reason: false});
    expect.verifySteps([]);
    await contains(".o_intake_timeline button").click();
    expect.verifySteps(["read 1"]);
    expect(".o_intake_explanation").toHaveText("10 hours from Tuesday.");
    await contains(".o_intake_promise_more button").click();
    expect.verifySteps(["open 1"]);
    await contains(".o_intake_timeline > li > button").click();
    expect(".o_intake_promise_more").toHaveCount(0);
    await contains(".o_intake_timeline > li > button").click();
    expect.verifySteps([]);
});
