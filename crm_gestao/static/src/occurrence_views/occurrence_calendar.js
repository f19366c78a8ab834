import {registry} from "@web/core/registry";
import {calendarView} from "@web/views/calendar/calendar_view";
import {withConsultBar} from "../consult/consult_view";

registry
    .category("views")
    .add("crm_gestao_occurrence_calendar", withConsultBar(calendarView));
