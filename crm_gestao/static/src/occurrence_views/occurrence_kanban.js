import {registry} from "@web/core/registry";
import {SearchModel} from "@web/search/search_model";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {KanbanRecord} from "@web/views/kanban/kanban_record";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {useState} from "@odoo/owl";
import {useConsultCommands} from "../consult/consult_commands";
import {ConsultLayout} from "../consult/consult_layout";
import {ConsultSearchModel} from "../consult/consult_search_model";
import {useNamedDeletion} from "./named_deletion";

export class OccurrenceKanbanController extends KanbanController {
    static template = "crm_gestao.OccurrenceKanbanView";
    static components = {...KanbanController.components, Layout: ConsultLayout};

    setup() {
        super.setup();
        useNamedDeletion();
        this.consult = useConsultCommands(this.rootRef);
    }

    async createRecord() {
        return this.consult ? this.consult.create() : super.createRecord(...arguments);
    }
}

export class OccurrenceKanbanRecord extends KanbanRecord {
    setup() {
        super.setup();
        this.current = this.env.consult && useState(this.env.consult.current);
    }

    getRecordClasses() {
        const classes = super.getRecordClasses();
        return this.current?.resId === this.props.record.resId
            ? `${classes} o_consult_current border-primary`
            : classes;
    }
}

export class OccurrenceKanbanRenderer extends KanbanRenderer {
    static components = {
        ...KanbanRenderer.components,
        KanbanRecord: OccurrenceKanbanRecord,
    };
}

registry.category("views").add("crm_gestao_occurrence_kanban", {
    ...kanbanView,
    Controller: OccurrenceKanbanController,
    Renderer: OccurrenceKanbanRenderer,
    SearchModel: ConsultSearchModel(SearchModel),
});
