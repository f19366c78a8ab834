import {CheckboxItem} from "@web/core/dropdown/checkbox_item";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {ConnectionLostError, rpcBus, RPCError} from "@web/core/network/rpc";
import {UPDATE_METHODS} from "@web/core/orm_service";
import {user} from "@web/core/user";
import {KeepLast} from "@web/core/utils/concurrency";
import {useBus, useService} from "@web/core/utils/hooks";
import {formatMonetary} from "@web/views/fields/formatters";
import {Component, onMounted, onPatched, status, useRef, useState} from "@odoo/owl";

/** A change of one of these, on this screen, loads the timeline again. */
export const TIMELINE_MODELS = new Set([
    "account.move",
    "account.payment",
    "crm.gestao.occurrence",
    "mail.activity",
    "mail.message",
    "res.partner",
    "sale.order",
]);
const PAGE_LENGTH = 30;
/** The server gives no more at once. */
const LONGEST_PAGE = 100;
/** What a button calls: to change something, not to look at or to begin something. */
const CHANGING_METHOD = /^action_(?!view_|new_)/;

/**
 * The life of the consulted customer in one column, newest first (see
 * `crm.gestao.timeline` in Python). Whether it is open and what it shows is remembered for
 * the user. Where no customer is consulted there is none.
 */
export class Timeline extends Component {
    static template = "crm_gestao.Timeline";
    static components = {CheckboxItem, Dropdown};
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.listRef = useRef("list");
        this.searchModel = this.env.searchModel;
        this.state = useState({
            partnerId: this.searchModel.consultation.partnerId,
            isOpen: user.settings.crm_gestao_timeline_open ?? true,
            chosen: user.settings.crm_gestao_timeline_kinds || null,
            kinds: [],
            entries: [],
            next: null,
            isLoading: false,
            hasError: false,
        });
        onMounted(() => this.load());
        useBus(this.searchModel, "update", this.onConsult);
        useBus(rpcBus, "RPC:RESPONSE", this.onResponse);
        onPatched(() => {
            if (this.focusIndex) {
                this.listRef.el.children[this.focusIndex]
                    ?.querySelector("button")
                    .focus();
                this.focusIndex = 0;
            }
        });
    }

    get toggleIcon() {
        if (this.env.isSmall) {
            return this.state.isOpen ? "fa-chevron-down" : "fa-chevron-right";
        }
        return this.state.isOpen ? "fa-chevron-right" : "fa-chevron-left";
    }

    getKind(entry) {
        return this.state.kinds.find((kind) => kind.name === entry.kind);
    }

    isChosen(kind) {
        return !this.state.chosen || this.state.chosen.includes(kind.name);
    }

    formatDate(entry) {
        return entry.is_day
            ? toLocaleDateString(deserializeDate(entry.date))
            : toLocaleDateTimeString(deserializeDateTime(entry.date));
    }

    formatAmount(entry) {
        return formatMonetary(entry.amount, {currencyId: entry.currency_id});
    }

    /**
     * @param {Number} length how many entries
     * @param {any} [before] the `next` of the page before
     * @returns {Promise<Object>} see `get_page` in Python
     */
    async fetch(length, before = null) {
        const {partnerId, chosen} = this.state;
        const entries = [];
        let page = {next: before};
        do {
            page = await this.orm.silent.call(
                "crm.gestao.timeline",
                "get_page",
                [partnerId],
                {
                    kinds: chosen,
                    before: page.next,
                    limit: Math.min(LONGEST_PAGE, length - entries.length),
                }
            );
            entries.push(...page.entries);
        } while (page.next && entries.length < length);
        return {...page, entries};
    }

    /**
     * Load the first page, as long as what is shown, or one more.
     *
     * @param {{ more?: boolean }} [options]
     */
    async load({more = false} = {}) {
        const {state} = this;
        if (!state.partnerId || !state.isOpen) {
            return;
        }
        Object.assign(state, {isLoading: true, hasError: false});
        const shown = more ? state.entries : [];
        const update = {isLoading: false};
        let expired = null;
        try {
            const {entries, next, kinds} = await this.keepLast.add(
                more
                    ? this.fetch(PAGE_LENGTH, state.next)
                    : this.fetch(Math.max(PAGE_LENGTH, state.entries.length))
            );
            Object.assign(update, {entries: [...shown, ...entries], next, kinds});
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
            update.hasError = true;
            if (error.exceptionName === "odoo.http.SessionExpiredException") {
                expired = error;
            }
        }
        if (status(this) !== "destroyed") {
            Object.assign(state, update);
        }
        if (expired) {
            // Odoo asks to log in again
            throw expired;
        }
    }

    async loadMore() {
        // The button may be gone then: the focus goes to what is new
        const shown = this.state.entries.length;
        await this.load({more: true});
        this.focusIndex = shown;
    }

    onConsult() {
        const {partnerId} = this.searchModel.consultation;
        if (partnerId !== this.state.partnerId) {
            Object.assign(this.state, {partnerId, entries: [], next: null});
        }
        this.load();
    }

    onResponse({detail}) {
        const {model, method} = detail.data.params;
        if (
            !detail.error &&
            TIMELINE_MODELS.has(model) &&
            (UPDATE_METHODS.includes(method) || CHANGING_METHOD.test(method))
        ) {
            this.load();
        }
    }

    async toggle() {
        this.state.isOpen = !this.state.isOpen;
        this.load();
        await user.setUserSettings("crm_gestao_timeline_open", this.state.isOpen);
    }

    /** Show all kinds, or show or hide one. */
    async choose(kind = null) {
        const {state} = this;
        const chosen = state.kinds
            .filter((other) => !kind || this.isChosen(other) !== (other === kind))
            .map((other) => other.name);
        state.chosen = chosen.length === state.kinds.length ? null : chosen;
        Object.assign(state, {entries: [], next: null});
        this.load();
        await user.setUserSettings("crm_gestao_timeline_kinds", state.chosen);
    }

    async openEntry(entry, newWindow) {
        if (this.isOpening) {
            return;
        }
        this.isOpening = true;
        try {
            const action = await this.orm.call(
                entry.res_model,
                "get_formview_action",
                [[entry.res_id]],
                {context: user.context}
            );
            await this.action.doAction(action, {newWindow});
        } finally {
            this.isOpening = false;
        }
    }
}
