# Everything is in dev/, which can be called without make as well.
.DEFAULT_GOAL := help
.PHONY: help run shell test suites combos lint fmt i18n screenshots news bench load stop clean

help: ## this list
	@echo "CRM Gestão, an addon for Odoo 19. Nothing is installed outside of this folder."
	@sed -n 's/^\([a-z0-9]*\):[^#]*## /  make \1@/p' Makefile | awk -F@ '{printf "%-12s %s\n", $$1, $$2}'
	@echo "DB= and PORT= choose a database and a port; ODOO_PATH= takes an Odoo 19 that"
	@echo "is already here, PGHOST= (and the like) or DATABASE_URL= a PostgreSQL."

run: ## set up, and serve Odoo with the addon and demo data on 127.0.0.1
	@dev/run serve

shell: ## Odoo's Python shell on the same database
	@dev/run shell

test: ## every test; T=name or T=path for some of them
	@dev/test

suites: ## Odoo's own tests without our addons and with them; SUITE="sale crm" for some
	@dev/suites

combos: ## every test beside other addons, Odoo's and OCA's; T=stock for one of them
	@T=tests/test_combinations.py dev/test $(if $(T),-k "$(T)")

lint: ## every check of style; T=name for one of them
	@dev/lint $(T)

fmt: ## let the checks of style repair what they can
	@dev/lint --fix

i18n: ## write the .pot anew and merge it into the translation
	@dev/i18n update

screenshots: ## take the pictures of the manual anew; SCENE="consult new" for some
	@dev/screenshots $(SCENE)

news: ## write docs/news.md, which tells what is new, from the newsfragments
	@dev/news

bench: ## what each operation costs, beside its peers and bare SQL; SIZE=1M GROWTH=1 OUTPUT=docs
	@benchmarks/bench.py $(or $(SIZE),10k) $(if $(GROWTH),--growth) $(if $(OUTPUT),--output $(OUTPUT))

load: ## a working day of 50 and of 200 people; PEOPLE=50,200 MINUTES=5 OUTPUT=docs
	@benchmarks/load.py $(if $(PEOPLE),--people $(PEOPLE)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(PAUSE),--pause $(PAUSE)) $(if $(SIZE),--size $(SIZE)) $(if $(OUTPUT),--output $(OUTPUT))

stop: ## end the servers of this folder, PostgreSQL too; DB= ends only that one's
	@dev/run stop

clean: ## stop, and remove all that was set up
	@dev/run clean
