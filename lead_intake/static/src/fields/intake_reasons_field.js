import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The lines of the scorecard that counted: the points in front of the sentence. */
export class IntakeReasonsField extends Component {
    static template = "lead_intake.IntakeReasonsField";
    static props = {...standardFieldProps};

    get lines() {
        const text = this.props.record.data[this.props.name] || "";
        return text
            .split("\n")
            .filter(Boolean)
            .map((line) => {
                const [, points, sentence] = line.match(/^([+-]\d+)?\s*(.*)$/);
                return {points: points || "", sentence};
            });
    }
}

export const intakeReasonsField = {
    component: IntakeReasonsField,
    displayName: _t("Scorecard Reasons"),
    supportedTypes: ["text"],
};

registry.category("fields").add("intake_reasons", intakeReasonsField);
