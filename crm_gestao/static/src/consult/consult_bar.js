import {browser} from "@web/core/browser/browser";
import {formatCurrency} from "@web/core/currency";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {_t} from "@web/core/l10n/translation";
import {RecordAutocomplete} from "@web/core/record_selectors/record_autocomplete";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {useService} from "@web/core/utils/hooks";
import {Component, onWillUnmount, useEffect, useRef, useState} from "@odoo/owl";
import {getPeriod, isDate, PERIODS} from "./consult_period";

const {DateTime} = luxon;

/** Offers customers for what is typed only: an empty text is no customer. */
class CustomerAutocomplete extends RecordAutocomplete {
    loadOptionsSource(name) {
        return name ? super.loadOptionsSource(name) : [];
    }
}

class CustomerSelector extends RecordSelector {
    static components = {RecordAutocomplete: CustomerAutocomplete};
}

/**
 * The bar of the consult screen: customer, period, Consult, what is known of the customer,
 * and the commands with their keys. All it shows is the search model's `draft` and
 * `summary`; all it does is `env.consult`.
 */
export class ConsultBar extends Component {
    static template = "crm_gestao.ConsultBar";
    static components = {CustomerSelector, DateTimeInput};
    static props = {};

    setup() {
        this.periods = PERIODS;
        this.rootRef = useRef("root");
        this.consultRef = useRef("consult");
        this.notification = useService("notification");
        this.searchModel = this.env.searchModel;
        this.draft = useState(this.searchModel.draft);
        this.summary = useState(this.searchModel.summary);
        this.queries = useState(this.searchModel.queries);
        this.state = useState({isUnfolded: false, isBusy: false});
        // The selector gives its input no id for the label to point to
        useEffect(
            (input) => {
                input?.setAttribute("id", "crm_gestao_consult_customer");
                input?.setAttribute("data-hotkey", "shift+o");
            },
            () => [this.rootRef.el?.querySelector(".o_consult_customer input")]
        );
        onWillUnmount(() => (this.isGone = true));
    }

    get dateFrom() {
        return this.draft.dateFrom ? DateTime.fromISO(this.draft.dateFrom) : false;
    }

    get dateTo() {
        return this.draft.dateTo ? DateTime.fromISO(this.draft.dateTo) : false;
    }

    get customer() {
        return this.summary.partnerId === this.draft.partnerId
            ? this.summary.data
            : null;
    }

    get companyLabel() {
        return _t("Only this contact. Show all of %s", this.customer.company.name);
    }

    /** The query buttons that the user has the rights for, with what they show. */
    get queryButtons() {
        const {figures, currencyId} = this.queries;
        return this.env.consult.queries
            .filter(({name}) => figures[name])
            .map((query) => {
                const {count, total, late_count: lateCount} = figures[query.name];
                return {
                    ...query,
                    count,
                    total: count && query.hasTotal && formatCurrency(total, currencyId),
                    late: lateCount && _t("%s late", lateCount),
                };
            });
    }

    get lastContact() {
        const {last_contact} = this.customer;
        return last_contact
            ? _t("last contact %s", DateTime.fromISO(last_contact).toRelativeCalendar())
            : _t("no contact yet");
    }

    onCustomerChange(partnerId) {
        this.draft.partnerId = partnerId;
        this.searchModel.loadSummary(partnerId);
        this.searchModel.loadFigures();
    }

    /** Odoo's input would wait for its options, of which an empty text has none. */
    onCustomerKeydown(ev) {
        if (ev.key === "Enter" && !ev.target.value.trim()) {
            ev.stopPropagation();
            this.onCustomerChange(false);
            this.onKeydown(ev);
        }
    }

    onDateChange(name, date) {
        this.draft[name] = date ? date.toISODate() : false;
        this.draft.period = this.draft.dateFrom || this.draft.dateTo ? "custom" : "all";
    }

    onPeriodChange(ev) {
        if (ev.target.value === "custom") {
            this.draft.period = "custom";
            this.rootRef.el.querySelector("#crm_gestao_consult_from").focus();
        } else {
            Object.assign(this.draft, getPeriod(ev.target.value));
        }
    }

    /** Tell of a text that is no date before the input puts back the date it had. */
    onDateTyped(ev) {
        const text = ev.target.value;
        if (!isDate(text)) {
            this.notification.add(_t("“%s” is not a date. Type it again.", text), {
                type: "danger",
            });
        }
    }

    async consult() {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        const before = document.activeElement;
        try {
            await this.env.consult.consult();
        } finally {
            this.state.isBusy = false;
        }
        // Not from where the user has gone meanwhile
        if (!this.isGone && [before, document.body].includes(document.activeElement)) {
            this.consultRef.el.focus();
        }
    }

    async consultCompany() {
        this.onCustomerChange(this.customer.company.id);
        await this.consult();
    }

    onKeydown(ev) {
        if (ev.defaultPrevented || ev.isComposing || ev.repeat) {
            return;
        }
        if (ev.key === "Enter" && !ev.target.closest("button, a")) {
            if (ev.target.closest(".o_consult_date") && !isDate(ev.target.value)) {
                // It is told by the change that follows this key
                return;
            }
            browser.requestAnimationFrame(() => this.consult());
        } else if (ev.key === "ArrowDown" && ev.target.closest("button")) {
            ev.preventDefault();
            this.env.consult.focusLines();
        }
    }
}
