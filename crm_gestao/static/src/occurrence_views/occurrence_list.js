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
