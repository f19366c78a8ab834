import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {useComponent} from "@odoo/owl";

const NAMED_IN_CONFIRMATION = 10;

/**
 * A sentence that names what a deletion takes away.
 *
 * @param {Object} orm
 * @param {String} resModel
 * @param {number[]} resIds
 * @returns {Promise<string>}
 */
export async function getDeletionMessage(orm, resModel, resIds) {
    const records = await orm.read(resModel, resIds.slice(0, NAMED_IN_CONFIRMATION), [
        "display_name",
        "partner_id",
    ]);
    const lines = records.map((record) =>
        [`• ${record.display_name}`, record.partner_id[1]].filter(Boolean).join(" — ")
    );
    if (resIds.length > records.length) {
        lines.push(_t("… and %s more", resIds.length - records.length));
    }
    return [
        resIds.length === 1
            ? _t("This occurrence will be deleted for good:")
            : _t("These %s occurrences will be deleted for good:", resIds.length),
        ...lines,
    ].join("\n");
}

/**
 * Make the confirmation that a list, kanban or form controller asks for before it deletes
 * name the occurrences. To be called after the controller's own `setup`.
 */
export function useNamedDeletion() {
    const component = useComponent();
    const orm = useService("orm");
    const confirmDeletion = component.deleteRecordsWithConfirmation;
    component.deleteRecordsWithConfirmation = async (dialogProps, records) => {
        const resIds = records
            ? records.map((record) => record.resId)
            : await component.model.root.getResIds(true);
        const body = await getDeletionMessage(orm, component.props.resModel, resIds);
        confirmDeletion({...dialogProps, body}, records);
    };
}
