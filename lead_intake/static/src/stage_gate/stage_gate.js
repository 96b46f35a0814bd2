import {CrmKanbanDynamicGroupList} from "@crm/views/crm_kanban/crm_kanban_model";
import {StatusBarField} from "@web/views/fields/statusbar/statusbar_field";
import {checkRainbowmanMessage} from "@crm/views/check_rainbowman_message";
import {patch} from "@web/core/utils/patch";

/**
 * Ask the server whether a lead can be moved to a stage, and show the dialog it asks for.
 *
 * @param {Object} services
 * @param {Object} services.action
 * @param {Object} services.orm
 * @param {Number} leadId
 * @param {Number} stageId
 * @returns {Promise<"free"|"moved"|"stayed">} "free" when there is no dialog; otherwise where
 *     the lead is after the dialog, which moves it itself
 */
export async function passStageGate({action, orm}, leadId, stageId) {
    const dialog = await orm.call("crm.lead", "intake_get_stage_action", [[leadId], stageId]);
    if (!dialog) {
        return "free";
    }
    await new Promise((resolve, reject) => {
        action.doAction(dialog, {onClose: resolve}).catch(reject);
    });
    const [lead] = await orm.read("crm.lead", [leadId], ["stage_id"]);
    return lead && lead.stage_id && lead.stage_id[0] === stageId ? "moved" : "stayed";
}

function isGated(record, fieldName) {
    return (
        record?.resModel === "crm.lead" &&
        record.resId &&
        fieldName === "stage_id" &&
        // A card says so in one field of its own.
        (record.data.use_intake || record.data.intake_card)
    );
}

patch(CrmKanbanDynamicGroupList.prototype, {
    async moveRecord(dataRecordId, dataGroupId, refId, targetGroupId) {
        const source = this.groups.find((group) => group.id === dataGroupId);
        const target = this.groups.find((group) => group.id === targetGroupId);
        const record = source?.list.records.find((each) => each.id === dataRecordId);
        if (source !== target && target?.value && isGated(record, target.groupByField.name)) {
            const outcome = await passStageGate(this.model, record.resId, target.value);
            if (outcome === "stayed") {
                return;
            }
        }
        return super.moveRecord(...arguments);
    },
});

patch(StatusBarField.prototype, {
    async selectItem(item) {
        const {name, record} = this.props;
        if (!isGated(record, name)) {
            return super.selectItem(...arguments);
        }
        // What was typed in the form counts.
        if (!(await record.save())) {
            return;
        }
        const {action, effect, orm} = this.env.services;
        const outcome = await passStageGate({action, orm}, record.resId, item.value);
        if (outcome === "free") {
            return super.selectItem(...arguments);
        }
        await record.load();
        if (outcome === "moved") {
            await checkRainbowmanMessage(orm, effect, record.resId);
        }
    },
});
