import {expect, test} from "@odoo/hoot";
import {click, queryAllTexts, queryOne} from "@odoo/hoot-dom";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {REFRESH_EVERY} from "@lead_intake/dashboard/intake_dashboard";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {getService, mountWithCleanup, onRpc} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";

defineMailModels();

const row = (label, count, more = {}) => ({label, count, action: {}, ...more});
const FIGURES = {
    teams: ["Industrial"],
    month: "March 2026",
    tiles: [
        row("To Review", 3, {icon: "fa-inbox"}),
        row("Overdue", 2, {icon: "fa-clock-o", alarming: true}),
    ],
    late: [row("Review", 2)],
    funnel: [row("Registered", 8), row("Approved", 2)],
    sources: [row("<b>Expo</b>", 8, {won: 1})],
    people: [row("Wang Fang", 2, {user_id: 7, late: row("late", 1)})],
};

async function open(figures) {
    let calls = 0;
    onRpc("lead.intake.dashboard", "get_figures", () => {
        calls++;
        return figures;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({type: "ir.actions.client", tag: "lead_intake.dashboard"});
    await animationFrame();
    return () => calls;
}

test("figures are shown with their share", async () => {
    const calls = await open(FIGURES);
    expect(queryAllTexts(".o_intake_tile .fs-2")).toEqual(["3", "2"]);
    expect(".o_intake_tile.border-danger").toHaveCount(1);
    expect(".o_intake_funnel .o_intake_bar:last .o_intake_bar_count").toHaveText("2 25 %");
    // A share doesn't break over two lines.
    expect(queryOne(".o_intake_funnel .o_intake_bar:last small").textContent).toBe(" 25\u00a0%");
    expect(".o_intake_sources .o_intake_bar_label").toHaveText("<b>Expo</b>");
    expect(".o_intake_person_late").toHaveText("1 promise late");
    expect(calls()).toBe(1);
});

test("refreshes by itself, seldom, and by hand", async () => {
    const calls = await open(FIGURES);
    await advanceTime(REFRESH_EVERY - 1000);
    expect(calls()).toBe(1);
    await advanceTime(2000);
    await animationFrame();
    expect(calls()).toBe(2);
    await click(".o_intake_dashboard .fa-refresh");
    await animationFrame();
    expect(calls()).toBe(3);
});

test("says so where there is nothing", async () => {
    await open({...FIGURES, teams: [], tiles: [], funnel: [], sources: [], late: [], people: []});
    expect(".o_view_nocontent").toHaveCount(1);
});

test("an empty month says so", async () => {
    await open({...FIGURES, funnel: [row("Registered", 0)], sources: [], late: [], people: []});
    expect(".o_intake_funnel p").toHaveText("No lead has been acquired this month yet.");
    expect(".o_intake_late p").toHaveText("Every promise is kept so far.");
});
