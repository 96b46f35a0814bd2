# `make help` says what can be made. The work is done by development/run.

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-long test-combinations test-lifecycle test-faults test-package bench lint format pot package clean

help: ## this list
	@echo "make TARGET, where TARGET is one of:"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1|/' | column -t -s '|'
	@echo
	@echo "One test file, class or test by its path:"
	@echo "  make test TEST=lead_intake/tests/test_review.py"
	@echo "  make test TEST=lead_intake/tests/test_review.py::TestReview::test_approve"
	@echo
	@echo "Environment variables that are heeded, none of them needed:"
	@echo "  ODOO_PATH                   an Odoo 19 checkout to use instead of Debian's package"
	@echo "  PGHOST PGPORT PGUSER ...    a PostgreSQL server to use instead of a private one"
	@echo "  PYTHON                      the Python (3.10 to 3.13) to make the virtual environment with"
	@echo "  LEAD_INTAKE_PORT            first port the demo tries (8069)"
	@echo "  LEAD_INTAKE_HTTP_INTERFACE  where the demo listens (127.0.0.1)"
	@echo "  LEAD_INTAKE_DB_SUFFIX       several runs at a time, each with databases of its own"

demo: ## an Odoo with demo data to click through, until Ctrl-C
	@development/run demo

test: ## linters and all tests; or one test: TEST=path
	@development/run test $(TEST)

test-fast: ## the addon's own tests only
	@development/run test --fast

test-long: ## new sequences of steps through the procedure; LEAD_INTAKE_EXAMPLES=1000 of them
	@LEAD_INTAKE_EXAMPLES=$${LEAD_INTAKE_EXAMPLES:-1000} development/run test \
		lead_intake/tests/test_procedure.py

bench: ## measure against the alternatives: SIZES="10k 100k 1m" ITEMS="create review" LOAD=300 FULL=1
	@development/run bench $(if $(SIZES),--sizes $(SIZES)) $(if $(ITEMS),--items $(ITEMS)) \
		$(if $(LOAD),--load $(LOAD)) $(if $(FULL),--full)

test-package: ## wheel, ZIP, upgrade, removal and demo, each tried out; minutes; one: CHECK=upgrade
	@development/run test-package $(CHECK)

test-combinations: ## beside other modules of Odoo (takes long)
	@development/run test-combinations $(TEST)

test-lifecycle: ## install, uninstall and reinstall beside 200,000 leads (takes long)
	@development/run test-lifecycle

test-faults: ## PostgreSQL killed in the middle of each step; LEAD_INTAKE_KILLS=10 times (takes long)
	@development/run test-faults

lint: ## the linters; certain files: FILES="..."
	@development/run lint $(FILES)

format: ## let the formatters rewrite the files
	@development/run lint --fix $(FILES)

pot: ## export the translatable texts to lead_intake/i18n
	@development/run pot

package: ## the wheel and the ZIP others install, into dist/
	@development/run package

clean: ## remove all that was made here, the databases too
	@development/run clean
