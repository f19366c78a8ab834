import {Domain} from "@web/core/domain";
import {patch} from "@web/core/utils/patch";
import {omit} from "@web/core/utils/objects";
import {SearchModel} from "@web/search/search_model";

/**
 * An action of any model may start with facets of its own, which the user can remove: the
 * key `crm_gestao_facets` of its context is a list of
 * `{description: string, domain: Array, [context: Object]}`.
 */
patch(SearchModel.prototype, {
    async load(config) {
        const facets = config.context?.crm_gestao_facets;
        if (!facets) {
            return super.load(config);
        }
        await super.load({
            ...config,
            context: omit(config.context, "crm_gestao_facets"),
        });
        if (config.state) {
            return;
        }
        this.blockNotification = true;
        for (const {description, domain, context} of facets) {
            this.createNewFilters([
                {
                    description,
                    domain: new Domain(domain).toString(),
                    ...(context && {context}),
                    invisible: "True",
                },
            ]);
        }
        this.blockNotification = false;
    },

    async reload(config = {}) {
        await super.reload(
            config.context
                ? {...config, context: omit(config.context, "crm_gestao_facets")}
                : config
        );
    },
});
