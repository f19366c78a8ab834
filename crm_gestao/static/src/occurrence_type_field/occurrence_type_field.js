import {registry} from "@web/core/registry";
import {
    buildM2OFieldDescription,
    Many2OneField,
} from "@web/views/fields/many2one/many2one_field";

/** The type of an occurrence with its icon, in its colour. */
export class OccurrenceTypeField extends Many2OneField {
    static template = "crm_gestao.OccurrenceTypeField";
}

registry.category("fields").add("crm_gestao_occurrence_type", {
    ...buildM2OFieldDescription(OccurrenceTypeField),
    fieldDependencies: [
        {name: "type_icon", type: "selection"},
        {name: "type_color", type: "integer"},
    ],
});
