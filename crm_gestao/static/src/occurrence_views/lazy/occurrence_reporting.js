import {registry} from "@web/core/registry";
import {graphView} from "@web/views/graph/graph_view";
import {pivotView} from "@web/views/pivot/pivot_view";
import {withConsultBar} from "../../consult/consult_view";

registry
    .category("views")
    .add("crm_gestao_occurrence_graph", withConsultBar(graphView));
registry
    .category("views")
    .add("crm_gestao_occurrence_pivot", withConsultBar(pivotView));
