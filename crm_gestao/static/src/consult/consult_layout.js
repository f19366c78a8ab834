import {Layout} from "@web/search/layout";
import {ConsultBar} from "./consult_bar";

/** Odoo's layout of a view, with the consult bar between control panel and content. */
export class ConsultLayout extends Layout {
    static template = "crm_gestao.ConsultLayout";
    static components = {...Layout.components, ConsultBar};
}
