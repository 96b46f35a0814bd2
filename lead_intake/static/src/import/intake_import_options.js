import {ImportDataSidepanel} from "@base_import/import_data_sidepanel/import_data_sidepanel";
import {Component} from "@odoo/owl";

/** Which team the leads go to, and what is done with those that are there already. */
export class IntakeImportOptions extends Component {
    static template = "lead_intake.ImportOptions";
    static props = {
        options: {type: Object},
        onOptionChanged: {type: Function},
    };

    onTeamChanged(ev) {
        this.props.onOptionChanged("intake_team_id", Number(ev.target.value) || false);
    }

    onDuplicatesChanged(ev) {
        this.props.onOptionChanged("intake_duplicates", ev.target.value);
    }
}

ImportDataSidepanel.components = {...ImportDataSidepanel.components, IntakeImportOptions};
