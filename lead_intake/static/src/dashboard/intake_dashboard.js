import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

// Often enough for a screen on the wall, seldom enough for the server.
export const REFRESH_EVERY = 3 * 60 * 1000;

/**
 * The morning's look of supervisors and operations. Each figure opens the list it counts.
 */
export class IntakeDashboard extends Component {
    static template = "lead_intake.IntakeDashboard";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({figures: null, loading: false});
        this.display = {controlPanel: {}};
        onWillStart(() => this.load(this.orm));
        const timer = browser.setInterval(() => {
            if (document.visibilityState === "visible") {
                this.refresh();
            }
        }, REFRESH_EVERY);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    async load(orm) {
        this.state.loading = true;
        try {
            this.state.figures = await orm.call("lead.intake.dashboard", "get_figures", []);
        } finally {
            this.state.loading = false;
        }
    }

    async refresh() {
        try {
            await this.load(this.orm.silent);
        } catch {
            // What is shown stays; the next turn tries again.
        }
    }

    open(row) {
        this.action.doAction(row.action);
    }

    /** The share of the longest row, for the width of a bar. */
    share(rows, row) {
        const most = Math.max(...rows.map((other) => other.count), 1);
        return `width: ${(100 * row.count) / most}%`;
    }

    get funnelTitle() {
        return _t("Leads acquired in %s", this.state.figures.month);
    }

    late(count) {
        return count === 1 ? _t("1 promise late") : _t("%s promises late", count);
    }

    percent(row) {
        const first = this.state.figures.funnel[0].count;
        return first ? `${Math.round((100 * row.count) / first)}\u00a0%` : "";
    }

    get isMonthEmpty() {
        return !this.state.figures.funnel[0]?.count;
    }
}

registry.category("actions").add("lead_intake.dashboard", IntakeDashboard);
