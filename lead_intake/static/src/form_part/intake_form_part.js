import {Component, onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {parseXML} from "@web/core/utils/xml";
import {Record} from "@web/model/record";
import {extractFieldsFromArchInfo} from "@web/model/relational_model/utils";
import {FormArchParser} from "@web/views/form/form_arch_parser";
import {loadSubViews} from "@web/views/form/form_controller";
import {FormRenderer} from "@web/views/form/form_renderer";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/**
 * A part of a form that is read when it comes into sight, because few look at it: the lists on
 * the pages of a lead. It is a form view of the same model, to show and not to edit, and so it is
 * extended as any view is:
 *
 *     <page string="History">
 *         <field name="write_date" invisible="1" />
 *         <widget name="intake_form_part" view_ref="lead_intake.crm_lead_view_form_history" />
 *     </page>
 */
export class IntakeFormPart extends Component {
    static template = "lead_intake.FormPart";
    static components = {Record, FormRenderer};
    static props = {...standardWidgetProps, viewRef: String};

    setup() {
        this.viewService = useService("view");
        onWillStart(() => this.load());
    }

    async load() {
        const {resModel, context} = this.props.record;
        const {fields, relatedModels, views} = await this.viewService.loadViews(
            {resModel, views: [[false, "form"]], context: {form_view_ref: this.props.viewRef}},
            {},
        );
        this.archInfo = new FormArchParser().parse(
            parseXML(views.form.arch),
            relatedModels,
            resModel,
        );
        await loadSubViews(
            this.archInfo.fieldNodes,
            fields,
            context,
            resModel,
            this.viewService,
            this.env.isSmall,
        );
        Object.assign(this, extractFieldsFromArchInfo(this.archInfo, fields));
    }

    /** Changes whenever the lead was read or saved: the part is then read anew. */
    get key() {
        const {id, data} = this.props.record;
        return `${id} ${data.write_date?.toMillis()}`;
    }
}

registry.category("view_widgets").add("intake_form_part", {
    component: IntakeFormPart,
    extractProps: ({attrs}) => ({viewRef: attrs.view_ref}),
});
