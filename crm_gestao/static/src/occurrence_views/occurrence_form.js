import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {useNamedDeletion} from "./named_deletion";

export class OccurrenceFormController extends FormController {
    setup() {
        super.setup();
        useNamedDeletion();
    }
}

registry.category("views").add("crm_gestao_occurrence_form", {
    ...formView,
    Controller: OccurrenceFormController,
});
