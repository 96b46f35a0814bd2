import {BaseImportModel} from "@base_import/import_model";
import {patch} from "@web/core/utils/patch";

// Options that stay in the dialog.
const SHOWN = ["intake", "intake_report"];

/**
 * What the procedure adds to Odoo's import: which leads that are there already are skipped,
 * updated or imported, and what became of the rows. Models that aren't ours keep their options.
 */
patch(BaseImportModel.prototype, {
    async init() {
        await super.init(...arguments);
        const intake = await this.orm.call(
            "base_import.import",
            "get_intake_options",
            [this.resModel],
            {context: this.context},
        );
        if (intake) {
            Object.assign(this.importOptionsValues, {
                intake: {value: intake},
                intake_report: {value: false},
                intake_run: {value: 0},
                intake_duplicates: {value: "skip"},
                // Whose leads they are decides how the columns are understood.
                intake_team_id: {value: intake.team_id, reloadParse: true},
            });
        }
    },

    get formattedImportOptions() {
        const options = super.formattedImportOptions;
        for (const name of SHOWN) {
            delete options[name];
        }
        return options;
    },

    async updateData() {
        this._forgetIntakeReport();
        return super.updateData(...arguments);
    },

    async executeImport(isTest) {
        const {intake, intake_run, intake_report} = this.importOptionsValues;
        if (!intake) {
            return super.executeImport(...arguments);
        }
        this._forgetIntakeReport();
        intake_run.value += 1;
        const result = await super.executeImport(...arguments);
        if (intake_report.value && !result.res.hasError) {
            // The report says it better than “Everything seems valid”.
            this.importMessages = this.importMessages.filter(({type}) => type !== "info");
            intake_report.value = {...intake_report.value, isTest, model: this.resModel};
        }
        return result;
    },

    async _callImport() {
        const result = await super._callImport(...arguments);
        if (result.intake) {
            this.importOptionsValues.intake_report.value = result.intake;
        }
        return result;
    },

    _forgetIntakeReport() {
        if (this.importOptionsValues.intake_report) {
            this.importOptionsValues.intake_report.value = false;
        }
    },
});
