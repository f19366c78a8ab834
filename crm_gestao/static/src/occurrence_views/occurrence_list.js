import {registry} from "@web/core/registry";
import {SearchModel} from "@web/search/search_model";
import {ListController} from "@web/views/list/list_controller";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {useState} from "@odoo/owl";
import {useConsultCommands} from "../consult/consult_commands";
import {ConsultLayout} from "../consult/consult_layout";
import {ConsultSearchModel} from "../consult/consult_search_model";
import {useNamedDeletion} from "./named_deletion";

export class OccurrenceListController extends ListController {
    static template = "crm_gestao.OccurrenceListView";
    static components = {...ListController.components, Layout: ConsultLayout};

    setup() {
        super.setup();
        useNamedDeletion();
        this.consult = useConsultCommands(this.rootRef);
    }

    async createRecord() {
        return this.consult ? this.consult.create() : super.createRecord(...arguments);
    }
}

export class OccurrenceListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.current = this.env.consult && useState(this.env.consult.current);
    }

    /** Without a customer there is no timeline, and it is the name to tell lines by. */
    getActiveColumns() {
        const columns = super.getActiveColumns();
        if (!this.env.consult || this.env.searchModel.consultation.partnerId) {
            return columns;
        }
        return columns.map((column) => {
            if (column.name !== "partner_id") {
                return column;
            }
            // Widths are computed anew for columns with other ids only
            const id = `${column.id}_wide`;
            return {...column, id, attrs: {...column.attrs, width: "200px"}};
        });
    }

    getRowClass(record) {
        const className = super.getRowClass(record);
        return this.current?.resId === record.resId
            ? `${className} o_consult_current table-active`
            : className;
    }
}

registry.category("views").add("crm_gestao_occurrence_list", {
    ...listView,
    Controller: OccurrenceListController,
    Renderer: OccurrenceListRenderer,
    SearchModel: ConsultSearchModel(SearchModel),
});
