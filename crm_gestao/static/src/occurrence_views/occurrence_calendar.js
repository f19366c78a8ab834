import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {registry} from "@web/core/registry";
import {calendarView} from "@web/views/calendar/calendar_view";
import {withConsultBar} from "../consult/consult_view";
import {getDeletionMessage} from "./named_deletion";

const view = withConsultBar(calendarView);

export class OccurrenceCalendarController extends view.Controller {
    async deleteRecord(record) {
        const {resModel} = this.props;
        const body = await getDeletionMessage(this.orm, resModel, [record.id]);
        this.displayDialog(ConfirmationDialog, {
            ...this.deleteConfirmationDialogProps(record),
            body,
        });
    }
}

registry.category("views").add("crm_gestao_occurrence_calendar", {
    ...view,
    Controller: OccurrenceCalendarController,
});
