import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useSpecialData} from "@web/views/fields/relational_utils";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

let nextId = 0;

/** The grades side by side, each with what it means; the arrow keys choose. */
export class IntakeGradeChoiceField extends Component {
    static template = "lead_intake.IntakeGradeChoiceField";
    static props = {...standardFieldProps};

    setup() {
        this.id = `intake_grade_choice_${nextId++}`;
        this.grades = useSpecialData(async (orm, props) => {
            const {relation} = props.record.fields[props.name];
            const specification = {
                color: {},
                description: {},
                display_name: {},
                first_contact_hours: {},
            };
            const {records} = await orm.call(relation, "web_search_read", [], {
                domain: [],
                specification,
            });
            return records;
        });
    }

    get value() {
        return this.props.record.data[this.props.name]?.id;
    }

    hoursText(grade) {
        return _t("First contact within %s h", grade.first_contact_hours);
    }

    choose({id, display_name}) {
        this.props.record.update({[this.props.name]: {id, display_name}});
    }
}

export const intakeGradeChoiceField = {
    component: IntakeGradeChoiceField,
    displayName: _t("Grade Choice"),
    supportedTypes: ["many2one"],
};

registry.category("fields").add("intake_grade_choice", intakeGradeChoiceField);
