import {IntegerField, integerField} from "@web/views/fields/integer/integer_field";
import {registry} from "@web/core/registry";

/** A year nobody knows is empty, and shows its placeholder, not 0. */
export class IntakeYearField extends IntegerField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("intake_year", {...integerField, component: IntakeYearField});
