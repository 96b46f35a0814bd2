import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

// An icon and a word for each stance, so that nothing depends on telling colours apart.
const STANCES = {
    for: {icon: "fa-thumbs-up", className: "o_intake_for", label: _t("For us")},
    neutral: {icon: "fa-minus", className: "o_intake_neutral", label: _t("Neutral")},
    against: {icon: "fa-thumbs-down", className: "o_intake_against", label: _t("Against us")},
    unknown: {icon: "fa-question", className: "o_intake_unknown", label: _t("Stance unknown")},
};

/** The customer's decision chain: a path above the list in which it is edited. */
export class IntakeDecisionChainField extends X2ManyField {
    static template = "lead_intake.DecisionChainField";

    get steps() {
        return this.list.records.map((record) => {
            const {name, person, stance} = record.data;
            return {
                id: record.id,
                name: name || _t("New step"),
                person: person || "",
                stance: STANCES[stance] || STANCES.unknown,
            };
        });
    }

    /** What to look at first: who is missing, and who is against us. */
    get summary() {
        const steps = this.steps;
        const missing = steps.filter((step) => !step.person);
        const against = steps.filter((step) => step.stance === STANCES.against);
        const lines = [];
        if (missing.length) {
            lines.push(_t("Nobody known yet: %s", missing.map((step) => step.name).join(", ")));
        }
        if (against.length) {
            lines.push(_t("Against us: %s", against.map((step) => step.name).join(", ")));
        }
        return lines;
    }
}

export const intakeDecisionChainField = {
    ...x2ManyField,
    component: IntakeDecisionChainField,
    displayName: _t("Decision Chain"),
    supportedTypes: ["one2many"],
};

registry.category("fields").add("intake_decision_chain", intakeDecisionChainField);
