import {formatPercentage} from "@web/views/fields/formatters";
import {percentageField} from "@web/views/fields/percentage/percentage_field";
import {registry} from "@web/core/registry";

/**
 * A percentage which may have nothing to be of: the average of a group without any value
 * is false, which is not 0%.
 */
export function formatRate(value, options) {
    return value === false ? "" : formatPercentage(value, options);
}
formatRate.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("crm_gestao_rate", formatRate);
registry.category("fields").add("crm_gestao_rate", percentageField);
