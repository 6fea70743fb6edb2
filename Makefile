# The doors of the project. `make demo` shows it, `make test` proves it.
#
#   make demo       build, check, plan, verify and report the shipped programme
#   make test       everything that continuous integration runs
#   make test-long  what takes longer: 10,000 killed processes, crowds of 8,000 appends, 100,000 random histories of a ledger,
#                   2,000 programmes against an exact model
#   make picture    make the pictures of README and guides again (needs Chromium; `make test` installs it)
#   make bench-short  the benchmark table in under 25 minutes; `make bench` takes hours
#   make bench-ledger  the evidence ledger against raw inserts, in four minutes
#   make test-oracle  random programmes with all rules against an exact model (needs HiGHS from PyPI)
#   make bless      rewrite schemas, error index and snapshots after a wanted change

CARGO ?= cargo
DEMO := demo/prk-20x10
GROUNDWORK := target/release/groundwork
BROWSER := tests/browser
BENCH_VENV := bench/.venv
ORACLE := tests/oracle
EXCHANGE := tests/exchange
# Flags for the benchmark commands, such as BENCH="--only roll".
BENCH ?=
# One profile for program and tests, and all crates together (a part of them alone has other features of the libraries), so
# that nothing is built twice.
PROFILE := --release --locked

.PHONY: demo test test-long test-rust test-postgres test-scripts test-browser lint build browser picture bless clean-demo \
    bench bench-short bench-growth bench-ledger bench-venv oracle-venv test-oracle \
    exchange-venv test-exchange

demo: clean-demo
	@sh scripts/demo.sh $(DEMO)

build:
	$(CARGO) build $(PROFILE)

test: lint test-rust test-postgres test-scripts test-browser test-exchange test-oracle

# In parts, so that each says how far it came.
test-long: test
	GROUNDWORK_KILLS=10000 $(CARGO) test $(PROFILE) -p groundwork-ledger --test suite -- kill
	GROUNDWORK_CROWD=1000 $(CARGO) test $(PROFILE) -p groundwork-ledger --test suite -- crowd
	GROUNDWORK_CROWD=1000 sh scripts/with-postgres.sh \
	    $(CARGO) test $(PROFILE) -p groundwork-ledger --test suite -- --ignored crowd_over_postgres
	GROUNDWORK_HISTORIES=100000 $(CARGO) test $(PROFILE) -p groundwork-ledger --test bitemporal
	if test -e $(ORACLE)/.venv/ready; then \
	    $(ORACLE)/.venv/bin/python $(ORACLE)/compare.py --groundwork target/release/groundwork \
	        --count 2000 --limit 5 --jobs 2 --keep-going; \
	else echo "oracle: HiGHS is not installed, left out"; fi

# A toolchain without these two parts still runs all other tests.
lint:
	@if $(CARGO) fmt --version >/dev/null 2>&1; then $(CARGO) fmt --all --check; \
	else echo "lint: rustfmt is not installed, left out"; fi
	@if $(CARGO) clippy --version >/dev/null 2>&1; then \
	    $(CARGO) clippy $(PROFILE) --workspace --all-targets -- -D warnings; \
	else echo "lint: clippy is not installed, left out"; fi

test-rust:
	$(CARGO) test $(PROFILE) --workspace

# The suite of the stores, a crowd of processes and the commands, over a server that is started for them. Where there is
# none and none can be installed, that is said and they are left out.
test-postgres:
	$(CARGO) test $(PROFILE) --workspace --test stores --test suite --test commands --no-run
	sh scripts/with-postgres.sh $(CARGO) test $(PROFILE) --workspace \
	    --test stores --test suite --test commands -- --ignored postgres

# The example's tables are what its script makes of the source data, wherever those are at hand.
test-scripts:
	python3 -m unittest discover -s tests/scripts -v
	python3 -m unittest discover -s bench

# The report of the shipped programme, and a page of 42,010 places that the test makes itself.
test-browser: build browser
	@sh scripts/demo.sh $(DEMO) --quiet
	cd $(BROWSER) && GROUNDWORK_REPORT=$(CURDIR)/$(DEMO)/report.html npm test --silent

browser:
	@sh scripts/install-browser.sh $(BROWSER)

picture: build browser
	@sh scripts/demo.sh $(DEMO) --quiet
	cd $(BROWSER) && node picture.mjs $(CURDIR)/$(DEMO)/report.html $(CURDIR)/docs/images/report.png
	$(GROUNDWORK) report $(DEMO) --as-of 2025-12-03 --known-by 2025-12-04
	cd $(BROWSER) && node picture.mjs $(CURDIR)/$(DEMO)/report.html $(CURDIR)/docs/images/scorecard.png "#scorecard .batch"

# Data come from GROUNDWORK_DATA; docs/reference/benchmarks.md says what is measured.
bench: build bench-venv
	python3 bench/table.py --peers $(BENCH)

bench-short: build bench-venv
	python3 bench/table.py --short $(BENCH)

# The evidence ledger by itself: appends against raw inserts, an import, snapshots, memory.
bench-ledger:
	$(CARGO) build $(PROFILE) -p groundwork-ledger --example ledger_bench
	python3 bench/ledger.py $(BENCH)

bench-growth: build bench-venv
	if test -e $(BENCH_VENV)/ready; then $(BENCH_VENV)/bin/python bench/growth.py $(BENCH); \
	else python3 bench/growth.py $(BENCH); fi

# Without it the table leaves the other solvers out.
bench-venv: $(BENCH_VENV)/ready
$(BENCH_VENV)/ready: bench/requirements.txt
	-python3 -m venv $(BENCH_VENV) && $(BENCH_VENV)/bin/pip install --quiet -r $< && touch $@

# tests/oracle/README.md says what is compared. Without HiGHS it is left out.
test-oracle: build oracle-venv
	if test -e $(ORACLE)/.venv/ready; then \
	    $(ORACLE)/.venv/bin/python -m unittest discover -s $(ORACLE) && \
	    $(ORACLE)/.venv/bin/python $(ORACLE)/compare.py --groundwork target/release/groundwork \
	        --count 300 --limit 5 --minutes 2 --jobs 2 --keep-going; \
	else echo "oracle: HiGHS is not installed, left out"; fi

oracle-venv: $(ORACLE)/.venv/ready
$(ORACLE)/.venv/ready: $(ORACLE)/requirements.txt
	-python3 -m venv $(ORACLE)/.venv && $(ORACLE)/.venv/bin/pip install --quiet -r $< && touch $@

# Needs a programme folder with a ledger, which the demo makes. Without the validators it is left out.
test-exchange: build exchange-venv
	if test -e $(EXCHANGE)/.venv/ready; then sh scripts/demo.sh $(DEMO) --quiet && \
	    cd $(EXCHANGE) && GROUNDWORK=$(CURDIR)/target/release/groundwork GROUNDWORK_FOLDER=$(CURDIR)/$(DEMO) \
	        .venv/bin/python -W ignore -m unittest -v; \
	else echo "exchange: the validators are not installed, left out"; fi

exchange-venv: $(EXCHANGE)/.venv/ready
$(EXCHANGE)/.venv/ready: $(EXCHANGE)/requirements.txt
	-python3 -m venv $(EXCHANGE)/.venv && $(EXCHANGE)/.venv/bin/pip install --quiet -r $< && \
	    $(EXCHANGE)/.venv/bin/pip install --quiet --no-deps pyIATI==0.4.1 && touch $@

bless:
	BLESS=1 INSTA_UPDATE=always $(CARGO) test $(PROFILE) --workspace

clean-demo:
	@rm -rf $(DEMO)
