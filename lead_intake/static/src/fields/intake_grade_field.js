import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The grade as a small round badge; its colour is the grade's own. */
export class IntakeGradeField extends Component {
    static template = "lead_intake.IntakeGradeField";
    static props = {...standardFieldProps};

    get grade() {
        return this.props.record.data[this.props.name];
    }

    get className() {
        return `o_tag o_intake_grade o_tag_color_${this.grade.color || 0}`;
    }
}

export const intakeGradeField = {
    component: IntakeGradeField,
    displayName: _t("Grade Badge"),
    supportedTypes: ["many2one"],
    relatedFields: [
        {name: "display_name", type: "char"},
        {name: "color", type: "integer"},
    ],
};

registry.category("fields").add("intake_grade", intakeGradeField);
