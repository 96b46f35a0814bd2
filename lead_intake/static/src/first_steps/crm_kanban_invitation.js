import {browser} from "@web/core/browser/browser";
import {crmKanbanView} from "@crm/views/crm_kanban/crm_kanban_view";
import {patch} from "@web/core/utils/patch";
import {session} from "@web/session";
import {useService} from "@web/core/utils/hooks";
import {useState} from "@odoo/owl";

const DISMISSED = "lead_intake.first_steps_dismissed";

crmKanbanView.Controller.template = "lead_intake.CrmKanbanView";

/** Invites administrators to the first steps while no team works by the procedure. */
patch(crmKanbanView.Controller.prototype, {
    setup() {
        super.setup();
        this.intakeAction = useService("action");
        this.intakeInvitation = useState({
            shown:
                Boolean(session.lead_intake_first_steps) &&
                !browser.localStorage.getItem(DISMISSED),
        });
    },

    openFirstSteps() {
        this.intakeAction.doAction("lead_intake.lead_intake_first_steps_action");
    },

    dismissFirstSteps() {
        browser.localStorage.setItem(DISMISSED, "1");
        this.intakeInvitation.shown = false;
    },
});
