import {Component, useEffect, useRef} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * What a reviewer rejected: each field with the reason and what it said then. The fields
 * are marked in the form, and a click goes to the field.
 */
export class IntakeRejectionsField extends Component {
    static template = "lead_intake.IntakeRejectionsField";
    static props = {...standardFieldProps};

    setup() {
        this.root = useRef("root");
        useEffect(() => {
            const widgets = this.fields.flatMap((field) => this.findWidgets(field.name));
            widgets.forEach((el) => el.classList.add("o_intake_rejected"));
            return () => widgets.forEach((el) => el.classList.remove("o_intake_rejected"));
        });
    }

    get value() {
        return this.props.record.data[this.props.name] || {fields: []};
    }

    get fields() {
        return this.value.fields || [];
    }

    findWidgets(name) {
        const form = this.root.el?.closest(".o_form_view");
        return form ? [...form.querySelectorAll(`.o_field_widget[name="${name}"]`)] : [];
    }

    goTo(name) {
        const visible = this.findWidgets(name).find((el) => el.offsetParent);
        visible?.scrollIntoView({block: "center", behavior: "smooth"});
        visible?.querySelector("input, textarea, select")?.focus();
    }
}

export const intakeRejectionsField = {
    component: IntakeRejectionsField,
    supportedTypes: ["json"],
};

registry.category("fields").add("intake_rejections", intakeRejectionsField);
