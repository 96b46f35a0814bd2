import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const MODEL = "lead.intake.first.steps";

/**
 * What an administrator sets up after the installation. One switch is enough to work; every
 * other step has a default, says what it does and how to take it back.
 */
export class IntakeFirstSteps extends Component {
    static template = "lead_intake.IntakeFirstSteps";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({figures: null, busy: false});
        this.display = {controlPanel: {}};
        onWillStart(() => this.call("get_steps", []));
    }

    async call(method, args) {
        this.state.busy = true;
        try {
            this.state.figures = await this.orm.call(MODEL, method, args);
            // The pipeline's invitation has done its work once a team is on.
            session.lead_intake_first_steps = !this.isOn;
        } finally {
            this.state.busy = false;
        }
    }

    switchTeam(team) {
        return this.call("set_team", [team.id, !team.used]);
    }

    open(step) {
        this.action.doAction(step.action);
    }

    get isOn() {
        return this.state.figures.teams.some((team) => team.used);
    }

    get settled() {
        return this.state.figures.steps.filter((step) => step.state !== "todo").length;
    }

    get settledText() {
        const every = this.state.figures.steps.length;
        return this.settled === every
            ? _t("All %s settings are ready", every)
            : _t("%(ready)s of %(every)s settings ready", {ready: this.settled, every});
    }
}

registry.category("actions").add("lead_intake.first_steps", IntakeFirstSteps);
