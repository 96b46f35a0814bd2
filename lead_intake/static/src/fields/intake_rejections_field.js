import {Component, onMounted, onPatched, onWillUnmount, useRef} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const MARK = "o_intake_rejected";
const PAGE_FRAMES = 10;

/**
 * What a reviewer rejected: each field with the reason and what it said then. The fields
 * are marked in the form, and a click goes to the field, on whichever page it is.
 */
export class IntakeRejectionsField extends Component {
    static template = "lead_intake.IntakeRejectionsField";
    static props = {...standardFieldProps};

    setup() {
        this.root = useRef("root");
        // A page of the notebook is drawn when it is opened: mark what appears later, too.
        this.observer = new MutationObserver(() => this.mark());
        onMounted(() => {
            this.form = this.root.el.closest(".o_form_view");
            this.mark();
            if (this.form) {
                this.observer.observe(this.form, {childList: true, subtree: true});
            }
        });
        onPatched(() => this.mark());
        onWillUnmount(() => {
            this.observer.disconnect();
            this.marked.forEach((el) => el.classList.remove(MARK));
        });
    }

    get value() {
        return this.props.record.data[this.props.name] || {};
    }

    get fields() {
        return this.value.fields || [];
    }

    get marked() {
        return [...(this.form?.querySelectorAll(`.${MARK}`) || [])];
    }

    findWidgets(name) {
        const selector = `.o_field_widget[name="${name}"]`;
        return [...(this.form?.querySelectorAll(selector) || [])];
    }

    mark() {
        const widgets = this.fields.flatMap((field) => this.findWidgets(field.name));
        this.marked
            .filter((el) => !widgets.includes(el))
            .forEach((el) => el.classList.remove(MARK));
        widgets.forEach((el) => el.classList.add(MARK));
    }

    findVisible(name) {
        return this.findWidgets(name).find((el) => el.offsetParent);
    }

    /** A page that was opened takes a few frames to be drawn. */
    async appears(name) {
        for (let frame = 0; frame < PAGE_FRAMES && !this.findVisible(name); frame++) {
            await new Promise(requestAnimationFrame);
        }
        return Boolean(this.findVisible(name));
    }

    async goTo(name) {
        const tabs = [...(this.form?.querySelectorAll(".o_notebook .nav-link") || [])];
        let isFound = Boolean(this.findVisible(name));
        while (!isFound && tabs.length) {
            tabs.shift().click();
            isFound = await this.appears(name);
        }
        const widget = this.findVisible(name);
        widget?.scrollIntoView({block: "center"});
        widget?.querySelector("input, textarea, select")?.focus();
    }
}

export const intakeRejectionsField = {
    component: IntakeRejectionsField,
    supportedTypes: ["json"],
};

registry.category("fields").add("intake_rejections", intakeRejectionsField);
