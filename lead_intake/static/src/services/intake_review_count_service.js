import {rpcBus} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {debounce} from "@web/core/utils/timing";

const MENU = "lead_intake.menu_to_review";
// The model of a call that may change how many leads wait.
const DECIDES = {
    "crm.lead": /^action_intake_/,
    "lead.intake.decision": /^action_apply$/,
};

/**
 * Keeps the number of leads that wait for the user's review in the name of the menu. Only
 * reviewers have the menu; the count is read in the CRM app alone, and silently.
 */
export const intakeReviewCountService = {
    dependencies: ["menu", "orm"],

    start(env, {menu, orm}) {
        let count = 0;
        const titles = new WeakMap();

        function findMenu() {
            return menu.getAll().find((item) => item.xmlid === MENU);
        }

        function show() {
            const item = findMenu();
            if (!item) {
                return;
            }
            if (!titles.has(item)) {
                titles.set(item, item.name);
            }
            const title = titles.get(item);
            const name = count ? _t("%(menu)s (%(count)s)", {menu: title, count}) : title;
            if (item.name !== name) {
                item.name = name;
                env.bus.trigger("MENUS:APP-CHANGED");
            }
        }

        const refresh = debounce(async () => {
            const item = findMenu();
            if (!item || menu.getCurrentApp()?.id !== item.appID) {
                return;
            }
            try {
                count = await orm.silent.searchCount("crm.lead", [["can_review", "=", true]]);
            } catch {
                return; // A count is no reason to bother anybody.
            }
            show();
        }, 300);

        env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", refresh);
        env.bus.addEventListener("MENUS:APP-CHANGED", show);
        rpcBus.addEventListener("RPC:RESPONSE", ({detail: {data, error}}) => {
            const {model, method} = data?.params || {};
            if (!error && DECIDES[model]?.test(method)) {
                refresh();
            }
        });
        return {refresh};
    },
};

registry.category("services").add("intake_review_count", intakeReviewCountService);
