import {patch} from "@web/core/utils/patch";
import {SelectCreateDialog} from "@web/views/view_dialogs/select_create_dialog";

/**
 * "Search more…" hides the search panel. Among 1,972 industries the tree in that panel is how
 * one finds the way, in every field that asks for an industry.
 */
patch(SelectCreateDialog.prototype, {
    setup() {
        super.setup();
        if (this.props.resModel === "res.partner.industry") {
            this.baseViewProps.display = {...this.baseViewProps.display, searchPanel: true};
        }
    },
});
