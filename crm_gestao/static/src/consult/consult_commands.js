import {browser} from "@web/core/browser/browser";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {
    markup,
    onMounted,
    onPatched,
    onWillStart,
    reactive,
    useComponent,
    useExternalListener,
    useSubEnv,
} from "@odoo/owl";
import {isDate} from "./consult_period";
import {getDeletionMessage} from "../occurrence_views/named_deletion";

/**
 * Run a callback for a function key, under the guards of Odoo's hotkey service (which
 * knows no function keys): not behind a dialog, not while the screen is blocked, not in
 * an input method's composition, not on key repeat and with no modifier.
 *
 * @param {() => Object<string, () => any>} getCallbacks callbacks by key; no other key is handled
 */
export function useFunctionKeys(getCallbacks) {
    const ui = useService("ui");
    let activeElement = null;
    onMounted(() => (activeElement = ui.activeElement));
    useExternalListener(
        window,
        "keydown",
        (ev) => {
            const callback = getCallbacks()[ev.key];
            const isPlain = !(ev.altKey || ev.ctrlKey || ev.metaKey || ev.shiftKey);
            if (
                !callback ||
                !isPlain ||
                ev.isComposing ||
                ui.isBlocked ||
                ui.activeElement !== activeElement
            ) {
                return;
            }
            ev.preventDefault();
            ev.stopPropagation();
            if (!ev.repeat) {
                callback();
            }
        },
        {capture: true}
    );
}

/** A dialog that knows also of what the buttons of its form have saved. */
class OccurrenceDialog extends FormViewDialog {
    setup() {
        super.setup();
        this.viewProps.onSave = (record) => {
            this.currentResId = record.resId;
            this.props.onRecordSaved(record);
        };
    }
}

/**
 * The commands of the consult screen, for any view of occurrences: New F7, Edit F2,
 * Delete F3, Print F11. Puts them as `consult` into the environment, from where the bar
 * takes its buttons, and keeps track of the current line: the one that has the focus, or
 * had it before a dialog or a button of the bar took it.
 *
 * @param {Object} rootRef of the controller
 */
export function useConsultCommands(rootRef) {
    const component = useComponent();
    const {env} = component;
    const action = useService("action");
    const dialog = useService("dialog");
    const names = useService("name");
    const notification = useService("notification");
    const orm = useService("orm");
    const searchModel = env.searchModel;
    const {resModel} = component.props;
    const hasLines = ["list", "kanban"].includes(env.config.viewType);
    const rights = {};
    const current = reactive({resId: false});
    let busy = false;
    let consulting = Promise.resolve();
    let focusResId = false;
    let typedFor = null;

    if (!searchModel?.consulting) {
        return null;
    }

    onWillStart(async () => {
        const operations = ["create", "write", "unlink"];
        const granted = await Promise.all(
            operations.map((operation) => user.checkAccessRight(resModel, operation))
        );
        operations.forEach((operation, index) => (rights[operation] = granted[index]));
    });

    function getRecords() {
        // Odoo fills an empty view with sample lines, which are nobody's
        return hasLines && !component.model.useSampleModel
            ? component.model.root.records
            : [];
    }

    function isShown(resId) {
        return getRecords().some((record) => record.resId === resId);
    }

    function getRow(resId) {
        const record = getRecords().find((line) => line.resId === resId);
        return record && rootRef.el.querySelector(`[data-id="${record.id}"]`);
    }

    function focusRow(row) {
        (row?.querySelector("td.o_data_cell") || row)?.focus();
    }

    /** After a dialog: to the current line, else to where the focus was before. */
    function focusBack(before) {
        const row = getRow(current.resId);
        if (row) {
            focusRow(row);
        } else if (
            before &&
            before !== document.body &&
            !before.disabled &&
            rootRef.el.contains(before)
        ) {
            before.focus();
        } else {
            rootRef.el.querySelector(".o_consult_button").focus();
        }
    }

    async function getSelected() {
        const {root} = component.model;
        if (!getRecords().length) {
            return [];
        }
        if (root.isDomainSelected || root.selection.length) {
            return root.getResIds(true);
        }
        return isShown(current.resId) ? [current.resId] : [];
    }

    /** What was ticked, or had the focus, is of what was consulted before. */
    function leaveLines() {
        current.resId = false;
        if (!hasLines) {
            return;
        }
        const {root} = component.model;
        root.selectDomain(false);
        root.selection.forEach((record) => record.toggleSelection(false));
    }

    async function reload() {
        // Real lines take the place of sample lines
        component.model.useSampleModel = false;
        if (hasLines || env.config.viewType === "calendar") {
            await component.model.load();
        } else {
            searchModel.search();
        }
    }

    /**
     * The lines that a command is for: the ticked ones, else the current one.
     *
     * @returns {Promise<number[]|null>} null where others have taken some of them away
     *  since they were shown, which has been told
     */
    async function getTargets() {
        const resIds = await getSelected();
        const present = resIds.length
            ? await orm.search(resModel, [["id", "in", resIds]], {
                  context: {...searchModel.context, active_test: false},
              })
            : [];
        if (present.length === resIds.length) {
            return resIds;
        }
        notification.add(
            _t(
                "It was deleted, or handed over. The lines are now those that are left."
            ),
            {title: _t("What was selected is no longer here"), type: "warning"}
        );
        leaveLines();
        reload();
        rootRef.el.querySelector(".o_consult_button").focus();
        return null;
    }

    function warnNoTarget() {
        notification.add(
            env.isSmall
                ? _t("Press one or more of them for a moment, then try again.")
                : _t(
                      "Walk to a line with the arrow keys, or tick one or more lines, then try again."
                  ),
            {title: _t("No occurrence is selected"), type: "warning"}
        );
    }

    /** Show what a button of a dialog may have saved before Cancel; ticks stay. */
    async function refresh(resId) {
        const record = getRecords().find((line) => line.resId === resId);
        if (record && !component.model.root.isGrouped) {
            try {
                await record.load();
                return;
            } catch {
                // It is gone: show what is left
            }
        }
        await reload();
        if (isShown(current.resId)) {
            focusResId = current.resId;
            component.render(true);
        }
    }

    /** Show a saved record: as the current line, or where it is, if it isn't shown. */
    async function showSaved(resId) {
        await reload();
        if (!hasLines) {
            return;
        }
        current.resId = resId;
        if (isShown(resId)) {
            focusResId = resId;
            component.render(true);
        } else {
            notification.add(_t("Saved. It is outside of what is consulted here."), {
                type: "info",
                buttons: [
                    {
                        name: _t("Open It"),
                        // Another screen may have been opened since
                        onClick: () =>
                            action.doAction({
                                type: "ir.actions.act_window",
                                res_model: resModel,
                                res_id: resId,
                                views: [[false, "form"]],
                            }),
                    },
                ],
            });
        }
    }

    /** Show what came of a dialog, which is closed already. */
    async function showResult(saved, resId, before) {
        // Also what was sold or invoiced from the dialog counts
        searchModel.reloadBar();
        if (saved) {
            await showSaved(saved);
        } else {
            // A button of the dialog may have saved before Cancel
            await refresh(resId);
            focusBack(before);
        }
    }

    function openDialog(resId, context) {
        const before = document.activeElement;
        return new Promise((resolve) => {
            let saved = false;
            dialog.add(
                OccurrenceDialog,
                {
                    resModel,
                    resId,
                    title: resId ? _t("Edit Occurrence") : _t("New Occurrence"),
                    context: {
                        ...context,
                        form_view_ref: "crm_gestao.occurrence_view_form_dialog",
                    },
                    expandedFormRef: "crm_gestao.occurrence_view_form",
                    onRecordSaved: (record) => (saved = record.resId),
                },
                {
                    // Odoo keeps the dialog until this is done, and there is no end
                    // to it where the lines are left or loaded again meanwhile
                    onClose: (params) => {
                        resolve();
                        if (!params?.noReload) {
                            showResult(saved, resId, before);
                        }
                    },
                }
            );
        });
    }

    async function create(defaults = {}) {
        const {draft} = searchModel;
        await openDialog(false, {
            ...searchModel.context,
            ...(draft.partnerId && {default_partner_id: draft.partnerId}),
            ...defaults,
        });
    }

    async function edit() {
        const resIds = await getTargets();
        if (!resIds?.length) {
            return resIds && warnNoTarget();
        }
        if (resIds.length > 1) {
            notification.add(
                _t(
                    "Tick only the one that you want to edit. To change one field of all of them, click on it in the list."
                ),
                {
                    title: _t("%s occurrences are selected", resIds.length),
                    type: "warning",
                }
            );
            return;
        }
        await openDialog(resIds[0], searchModel.context);
    }

    async function remove() {
        const resIds = await getTargets();
        if (!resIds?.length) {
            return resIds && warnNoTarget();
        }
        const body = await getDeletionMessage(orm, resModel, resIds);
        const records = getRecords();
        const index = records.findIndex((record) => resIds.includes(record.resId));
        let before = document.activeElement;
        await new Promise((resolve) => {
            dialog.add(
                ConfirmationDialog,
                {
                    title:
                        resIds.length === 1
                            ? _t("Delete Occurrence")
                            : _t("Delete %s Occurrences", resIds.length),
                    body,
                    confirmClass: "btn-danger",
                    confirmLabel: _t("Delete"),
                    cancelLabel: _t("Keep"),
                    cancel: () => true,
                    confirm: async () => {
                        await orm.unlink(resModel, resIds, {
                            context: searchModel.context,
                        });
                        searchModel.reloadBar();
                        await component.model.load();
                        // Most likely it is gone with the line
                        before = null;
                        // The line that has moved up is the current one now
                        const left = getRecords();
                        const next = left[Math.min(index, left.length - 1)];
                        current.resId = focusResId = next?.resId || false;
                        component.render(true);
                    },
                },
                {
                    onClose: () => {
                        focusBack(before);
                        resolve();
                    },
                }
            );
        });
    }

    async function printDiary() {
        const {partnerId, dateFrom, dateTo} = searchModel.consultation;
        await action.doAction({
            type: "ir.actions.report",
            report_type: "qweb-pdf",
            report_name: "crm_gestao.report_diary",
            report_file: "crm_gestao.report_diary",
            name: _t("Diary"),
            data: {
                domain: searchModel.domain,
                partner_id: partnerId,
                date_from: dateFrom,
                date_to: dateTo,
            },
            context: user.context,
        });
    }

    async function print() {
        const resIds = await getTargets();
        if (!resIds) {
            return;
        }
        if (resIds.length) {
            await action.doAction("crm_gestao.action_report_occurrence", {
                additionalContext: {active_ids: resIds},
            });
        } else {
            await printDiary();
        }
    }

    /**
     * Take over what is being typed in the bar, and has not been left yet; says what is
     * wrong where it is no date, or no customer that was chosen.
     */
    async function takeOverTyped() {
        const input = rootRef.el.querySelector(".o_consult_bar input:focus");
        if (input) {
            const isGood = !input.closest(".o_consult_date") || isDate(input.value);
            input.dispatchEvent(new Event("change", {bubbles: true}));
            if (!isGood) {
                return false;
            }
        }
        // A customer or a date that was just chosen gets into its input by the next frame
        await new Promise((resolve) => browser.requestAnimationFrame(resolve));
        const customer = rootRef.el.querySelector(".o_consult_customer input");
        const {partnerId} = searchModel.draft;
        const chosen = partnerId
            ? (await names.loadDisplayNames("res.partner", [partnerId]))[partnerId]
            : "";
        const typed = customer?.value.trim();
        // Where nothing was typed, the input may not have got its text yet
        if (
            customer &&
            typedFor === partnerId &&
            typeof chosen === "string" &&
            typed !== chosen.trim()
        ) {
            notification.add(_t("Choose “%s” from the list first.", typed), {
                type: "danger",
            });
            customer.focus();
            return false;
        }
        return true;
    }

    /** Apply the bar; says what is wrong where it can't. */
    async function applyBar() {
        leaveLines();
        if (await searchModel.consult()) {
            return true;
        }
        notification.add(
            searchModel.summary.error
                ? _t("This customer can no longer be read. Choose another one.")
                : _t("The period ends before it begins. Correct one of its dates."),
            {type: "danger"}
        );
        return false;
    }

    /** One command at a time, on what the bar shows and with no line in edition. */
    async function run(command) {
        if (busy) {
            return;
        }
        busy = true;
        try {
            // The lines may still be those of before
            await consulting.catch(() => false);
            const {root} = component.model;
            const isMultiEdit = root?.editedRecord && root.selection?.length;
            if (root?.leaveEditMode && !(await root.leaveEditMode())) {
                return;
            }
            if (isMultiEdit) {
                // Odoo has asked about that edition: one question at a time
                return;
            }
            if (!(await takeOverTyped())) {
                return;
            }
            if (searchModel.isDraftChanged && !(await applyBar())) {
                return;
            }
            await command();
        } finally {
            busy = false;
        }
    }

    /** Open what a query button stands for; the way back is the breadcrumb. */
    async function openQuery(name) {
        const {partnerId, dateFrom, dateTo} = searchModel.consultation;
        const query = await orm.call("crm.gestao.consult", "get_query_action", [
            name,
            partnerId,
            dateFrom,
            dateTo,
        ]);
        // Odoo does so with the actions that it loads by itself
        await action.doAction({
            ...query,
            ...(query.help && {help: markup(query.help)}),
        });
    }

    function makeQuery(name, label, index, hasTotal = true) {
        const hotkey = `shift+${index}`;
        return {name, label, hotkey, hasTotal, run: () => run(() => openQuery(name))};
    }

    const consult = {
        current,
        queries: [
            makeQuery("quotations", _t("Quotations"), 1),
            makeQuery("orders", _t("Orders"), 2),
            makeQuery("invoices", _t("Invoices"), 3),
            makeQuery("sales_history", _t("Sales History"), 4),
            makeQuery("products", _t("Products"), 5, false),
            makeQuery("receivables", _t("Receivables"), 6),
        ],
        get commands() {
            return [
                {
                    name: "new",
                    key: "F7",
                    hotkey: "c",
                    label: _t("New"),
                    run: () => run(() => create()),
                    isAvailable: rights.create,
                    // List and kanban have Odoo's own button
                    isShown: !hasLines,
                },
                {
                    name: "edit",
                    key: "F2",
                    hotkey: "e",
                    label: _t("Edit"),
                    run: () => run(edit),
                    isAvailable: rights.write && hasLines,
                    isShown: true,
                },
                {
                    name: "delete",
                    key: "F3",
                    hotkey: "l",
                    label: _t("Delete"),
                    run: () => run(remove),
                    isAvailable: rights.unlink && hasLines,
                    isShown: true,
                },
                {
                    name: "print",
                    key: "F11",
                    hotkey: "i",
                    label: _t("Print"),
                    run: () => run(print),
                    isAvailable: true,
                    isShown: true,
                },
            ].filter((command) => command.isAvailable);
        },
        /** @param {Object} [defaults] such as `{default_date: "2026-03-01 12:00:00"}` */
        create: (defaults) => run(() => create(defaults)),
        edit: (resId) => run(() => openDialog(resId, searchModel.context)),
        consult() {
            consulting = takeOverTyped().then((isGood) => isGood && applyBar());
            return consulting;
        },
        /** Go from the bar into the lines. */
        focusLines() {
            const rows = rootRef.el.querySelectorAll(
                ".o_data_row, .o_kanban_record[data-id]"
            );
            if (getRecords().length) {
                focusRow(getRow(current.resId) || rows[0]);
            } else {
                // Groups that are folded
                rootRef.el.querySelector(".o_group_name")?.focus();
            }
        },
    };
    useSubEnv({consult});

    useFunctionKeys(() =>
        Object.fromEntries(
            consult.commands.map((command) => [command.key, command.run])
        )
    );

    useExternalListener(window, "focusin", (ev) => {
        if (!rootRef.el?.contains(ev.target)) {
            return;
        }
        const row = ev.target.closest(".o_data_row, .o_kanban_record");
        if (row) {
            const record = getRecords().find((line) => line.id === row.dataset.id);
            current.resId = record?.resId || false;
        } else if (ev.target.matches("input, select") && !ev.target.closest("table")) {
            // Whoever types elsewhere has left the lines
            current.resId = false;
        }
    });

    useExternalListener(window, "input", (ev) => {
        if (ev.target.closest?.(".o_consult_customer")) {
            typedFor = searchModel.draft.partnerId;
        }
    });

    // Before Odoo's hotkeys: its website has one for Escape, and keeps the key
    useExternalListener(
        window,
        "keydown",
        (ev) => {
            const row = ev.target.closest?.(".o_data_row, .o_kanban_record");
            if (
                ev.key === "Escape" &&
                row &&
                rootRef.el?.contains(row) &&
                // Such as the menu of a field, which the key closes
                !document.querySelector(".o_popover") &&
                !component.model.root.editedRecord &&
                !component.model.root.selection?.length
            ) {
                current.resId = false;
                rootRef.el.querySelector(".o_consult_button").focus();
            }
        },
        {capture: true}
    );

    useSetupAction({getLocalState: () => ({consultResId: current.resId})});

    onMounted(() => {
        const {consultResId} = component.props.state || {};
        if (getRow(consultResId)) {
            // Back from its form
            current.resId = consultResId;
            focusRow(getRow(consultResId));
        } else if (!env.isSmall) {
            // Not Odoo's search, from where Tab does not lead on
            rootRef.el.querySelector(".o_consult_customer input")?.focus();
        }
    });

    onPatched(() => {
        const row = focusResId && getRow(focusResId);
        if (row) {
            focusResId = false;
            focusRow(row);
        }
    });

    return consult;
}
