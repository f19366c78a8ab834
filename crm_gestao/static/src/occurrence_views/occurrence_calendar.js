import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {serializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {calendarView} from "@web/views/calendar/calendar_view";
import {withConsultBar} from "../consult/consult_view";
import {getDeletionMessage} from "./named_deletion";

const view = withConsultBar(calendarView);

// What a calendar of a month can show, and a browser can draw
export const MOST = 1000;

export class OccurrenceCalendarModel extends view.Model {
    /**
     * As Odoo's, which asks for all that began before the period ends, however long
     * ago, where records have a duration. What takes more than a week is a slip.
     */
    computeRangeDomain(data) {
        const first = serializeDateTime(data.range.start.minus({weeks: 1}));
        return [
            ...super.computeRangeDomain(data),
            [this.meta.fieldMapping.date_start, ">=", first],
        ];
    }

    /** As Odoo's, which asks for all that there are. */
    async fetchRecords(data) {
        const {context, fieldNames, resModel, activeFields} = this.meta;
        const records = await this.orm.searchRead(
            resModel,
            this.computeDomain(data),
            [...new Set([...fieldNames, ...Object.keys(activeFields)])],
            {context, limit: MOST + 1}
        );
        // The last are kept, by date: what is left out may be of the week before
        if (records[MOST]?.date >= serializeDateTime(data.range.start)) {
            this.notification.add(
                _t(
                    "Only the last %s occurrences of this period are shown. Choose a" +
                        " shorter period, or filter.",
                    MOST
                ),
                {type: "warning"}
            );
        }
        return records.slice(0, MOST);
    }

    /**
     * What is moved takes as long as before; Odoo draws what has no length an hour long.
     * What is new takes as long as its type says, where no time was dragged over.
     */
    buildRawRecord({id, end}, {moved} = {}) {
        const values = super.buildRawRecord(...arguments);
        const {date_delay} = this.meta.fieldMapping;
        if (moved || (!id && !(end && values[date_delay]))) {
            delete values[date_delay];
        }
        return values;
    }

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
