import {ImportAction} from "@base_import/import_action/import_action";
import {ImportDataContent} from "@base_import/import_data_content/import_data_content";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";

/** What became of the rows of a file, and why some of them weren't imported. */
export class IntakeImportReport extends Component {
    static template = "lead_intake.ImportReport";
    static props = {report: {type: Object}};

    setup() {
        this.action = useService("action");
    }

    get figures() {
        const {counts, isTest} = this.props.report;
        const labels = isTest
            ? {
                  created: _t("would be created"),
                  updated: _t("would be updated"),
                  skipped: _t("would be skipped"),
                  rejected: _t("would be rejected"),
              }
            : {
                  created: _t("created"),
                  updated: _t("updated"),
                  skipped: _t("skipped"),
                  rejected: _t("rejected"),
              };
        return Object.entries(labels).map(([name, label]) => ({
            name,
            label,
            count: counts[name],
        }));
    }

    get more() {
        const {more, counts} = this.props.report;
        return counts.rejected
            ? _t("Rows not shown here: %s. The file to download has all rejected rows.", more)
            : _t("Rows not shown here: %s.", more);
    }

    get rejectedUrl() {
        return `/lead_intake/import/rejected/${this.props.report.id}`;
    }

    openRecords() {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Imported records"),
            res_model: this.props.report.model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["id", "in", this.props.report.ids]],
            target: "current",
        });
    }
}

ImportDataContent.components = {...ImportDataContent.components, IntakeImportReport};

patch(ImportAction.prototype, {
    /** Once imported, the file isn't imported a second time by another click. */
    get isIntakeDone() {
        const report = this.importOptions.intake_report;
        return Boolean(report) && report.isTest === false && report.ids.length > 0;
    },

    openRecords(resIds) {
        const report = this.importOptions.intake_report;
        if (report && (report.counts.rejected || report.counts.skipped)) {
            return; // the report stays, and opens them
        }
        return super.openRecords(resIds);
    },
});
