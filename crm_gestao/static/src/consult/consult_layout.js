import {Layout} from "@web/search/layout";
import {Timeline} from "../timeline/timeline";
import {ConsultBar} from "./consult_bar";

/** Odoo's layout of a view, with the consult bar between control panel and content, and the timeline. */
export class ConsultLayout extends Layout {
    static template = "crm_gestao.ConsultLayout";
    static components = {...Layout.components, ConsultBar, Timeline};
}
