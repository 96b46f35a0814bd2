import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long is left, in the largest unit that tells something.
 *
 * @param {number} seconds until the due time, negative when it has passed
 * @returns {string}
 */
export function countdownText(seconds) {
    const late = seconds < 0;
    const span = Math.abs(seconds);
    if (span >= 2 * DAY) {
        const count = Math.floor(span / DAY);
        return late ? _t("%s d overdue", count) : _t("%s d left", count);
    }
    if (span >= HOUR) {
        const count = Math.floor(span / HOUR);
        return late ? _t("%s h overdue", count) : _t("%s h left", count);
    }
    const count = Math.floor(span / MINUTE);
    return late ? _t("%s min overdue", count) : _t("%s min left", count);
}

/** A badge that counts down to the promise due next, and says on hover how it came about. */
export class IntakeCountdownField extends Component {
    static template = "lead_intake.IntakeCountdownField";
    static props = {
        ...standardFieldProps,
        warningField: {type: String, optional: true},
        milestoneField: {type: String, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({now: luxon.DateTime.now(), explanation: ""});
        onMounted(() => {
            this.timer = setInterval(() => (this.state.now = luxon.DateTime.now()), 30000);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get due() {
        return this.asDateTime(this.props.record.data[this.props.name]);
    }

    get seconds() {
        return this.due.diff(this.state.now, "seconds").seconds;
    }

    get text() {
        return countdownText(this.seconds);
    }

    get milestone() {
        const name = this.props.milestoneField;
        const value = name && this.props.record.data[name];
        const options = value ? this.props.record.fields[name].selection : [];
        return options.find((option) => option[0] === value)?.[1] || "";
    }

    get tone() {
        if (this.seconds < 0) {
            return "danger";
        }
        const warning = this.asDateTime(this.props.record.data[this.props.warningField]);
        return warning && this.state.now >= warning ? "warning" : "success";
    }

    get icon() {
        return this.tone === "danger" ? "fa-exclamation-circle" : "fa-clock-o";
    }

    get title() {
        const due = this.due.toLocaleString(luxon.DateTime.DATETIME_MED_WITH_WEEKDAY);
        return [this.milestone, due, this.state.explanation].filter(Boolean).join("\n");
    }

    asDateTime(value) {
        return typeof value === "string" ? deserializeDateTime(value) : value;
    }

    /** Only whoever asks pays for the explanation. */
    async explain() {
        const {resModel, resId} = this.props.record;
        if (resId && !this.state.explanation) {
            this.state.explanation =
                (await this.orm.silent.call(resModel, "intake_explain_due", [[resId]])) || "";
        }
    }
}

export const intakeCountdownField = {
    component: IntakeCountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    extractProps: ({options}) => ({
        warningField: options.warning_field,
        milestoneField: options.milestone_field,
    }),
};

registry.category("fields").add("intake_countdown", intakeCountdownField);
