import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * How long ago something was, in the largest unit that tells something.
 *
 * @param {number} minutes
 * @returns {string}
 */
export function waitingText(minutes) {
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) {
        return _t("%s d", Math.floor(hours / 24));
    }
    return hours >= 1 ? _t("%s h", hours) : _t("%s min", Math.max(Math.floor(minutes), 0));
}

/** The time since a date: "3 d"; the date itself on hover. */
export class IntakeWaitingField extends Component {
    static template = "lead_intake.IntakeWaitingField";
    static props = {...standardFieldProps};

    get since() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return waitingText(luxon.DateTime.now().diff(this.since, "minutes").minutes);
    }

    get title() {
        return this.since.toLocaleString(luxon.DateTime.DATETIME_MED_WITH_WEEKDAY);
    }
}

export const intakeWaitingField = {
    component: IntakeWaitingField,
    displayName: _t("Waiting Time"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("intake_waiting", intakeWaitingField);
