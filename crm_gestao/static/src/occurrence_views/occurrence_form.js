import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {getDeletionMessage} from "../consult/consult_commands";

export class OccurrenceFormController extends FormController {
    async deleteRecord() {
        const {resId, resModel} = this.model.root;
        const body = await getDeletionMessage(this.orm, resModel, [resId]);
        this.deleteRecordsWithConfirmation(
            {...this.deleteConfirmationDialogProps, body},
            [this.model.root]
        );
    }
}

registry.category("views").add("crm_gestao_occurrence_form", {
    ...formView,
    Controller: OccurrenceFormController,
});
