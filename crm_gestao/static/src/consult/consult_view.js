import {SearchModel} from "@web/search/search_model";
import {useRef} from "@odoo/owl";
import {useConsultCommands} from "./consult_commands";
import {ConsultLayout} from "./consult_layout";
import {ConsultSearchModel} from "./consult_search_model";

/**
 * A view that shows no single lines (calendar, pivot, graph), with the consult bar.
 *
 * @param {Object} view a description from the registry of views
 * @returns {Object} another such description
 */
export function withConsultBar(view) {
    return {
        ...view,
        Controller: class extends view.Controller {
            static components = {...view.Controller.components, Layout: ConsultLayout};

            setup() {
                super.setup();
                this.consult = useConsultCommands(useRef("root"));
            }
        },
        SearchModel: ConsultSearchModel(view.SearchModel || SearchModel),
    };
}
