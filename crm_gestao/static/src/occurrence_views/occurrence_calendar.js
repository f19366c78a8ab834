import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {registry} from "@web/core/registry";
import {calendarView} from "@web/views/calendar/calendar_view";
import {withConsultBar} from "../consult/consult_view";
import {getDeletionMessage} from "./named_deletion";

const view = withConsultBar(calendarView);

export class OccurrenceCalendarModel extends view.Model {
    /** What is recorded on a day is of the time of day it is now, not from 7 to 19 h. */
    getAllDayDates(start, end) {
        const {hour, minute} = luxon.DateTime.local();
        return [start.set({hour, minute}), end.set({hour, minute})];
    }
}

export class OccurrenceCalendarController extends view.Controller {
    /** On the consult screen a day and an occurrence open the dialog of F7 and F2. */
    async editRecord(record, context = {}) {
        if (!this.consult) {
            return super.editRecord(...arguments);
        }
        return record.id ? this.consult.edit(record.id) : this.consult.create(context);
    }

    async deleteRecord(record) {
        const {resModel} = this.props;
        const body = await getDeletionMessage(this.orm, resModel, [record.id]);
        this.displayDialog(ConfirmationDialog, {
            ...this.deleteConfirmationDialogProps(record),
            body,
            confirm: async () => {
                await this.model.unlinkRecord(record.id);
                if (this.consult) {
                    this.env.searchModel.reloadBar();
                }
            },
        });
    }
}

registry.category("views").add("crm_gestao_occurrence_calendar", {
    ...view,
    Controller: OccurrenceCalendarController,
    Model: OccurrenceCalendarModel,
});
