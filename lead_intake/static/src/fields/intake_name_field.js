import {charField} from "@web/views/fields/char/char_field";
import {registry} from "@web/core/registry";

/**
 * The name of a lead in a list with many columns: it stays long enough to be read when the
 * screen is narrow, and gets its share of the space when it is wide. A `width` in the view
 * would be both the least and the most.
 */
export const intakeNameField = {...charField, listViewWidth: [120]};

registry.category("fields").add("intake_name", intakeNameField);
