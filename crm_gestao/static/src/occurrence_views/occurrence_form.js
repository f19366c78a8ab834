import {browser} from "@web/core/browser/browser";
import {hasTouch} from "@web/core/browser/feature_detection";
import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {onMounted} from "@odoo/owl";
import {useNamedDeletion} from "./named_deletion";

export class OccurrenceFormController extends FormController {
    setup() {
        super.setup();
        useNamedDeletion();
        if (this.env.inDialog) {
            // Else the dialog takes its first button, and Enter would close the case
            onMounted(() => !hasTouch() && this.focusField("[name=subject]"));
        }
    }

    /** Ok, too, comes by here. */
    async beforeExecuteActionButton() {
        const isGood = await super.beforeExecuteActionButton(...arguments);
        if (isGood === false) {
            // What is missing is marked by the next frame
            browser.requestAnimationFrame(() => this.focusField(".o_field_invalid"));
        }
        return isGood;
    }

    focusField(selector) {
        this.rootRef.el
            ?.querySelector(`.o_field_widget${selector} :is(input, textarea)`)
            ?.focus();
    }
}

registry.category("views").add("crm_gestao_occurrence_form", {
    ...formView,
    Controller: OccurrenceFormController,
});
