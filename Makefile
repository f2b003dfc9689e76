# `make` lists the targets. The first one that needs Python makes .venv; nothing is installed elsewhere.

STUDY ?= default
CORES ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 1)
ARGS ?=

# Snakemake runs code in files given by --configfile before this project can look at them; a study is plain data.
$(if $(findstring --configf,$(ARGS)),$(error --configfile is not handed on to Snakemake: say STUDY=path/to/mine.yaml))

# A study is named, or given as a file that lies anywhere.
NAME = $(patsubst %.yaml,%,$(notdir $(STUDY)))

# Results go into this folder, or into another one: DIRECTORY=path, when this one may not be written to.
PLACE = $(if $(DIRECTORY),$(DIRECTORY)/)results/$(NAME)

BIN = .venv/bin
# Tests of one file share a worker, and what is costly to set up.
PYTEST = $(BIN)/pytest -n $(CORES) --dist loadfile --no-loadscope-reorder
SNAKEMAKE = $(BIN)/snakemake $(AGAIN) --config study="$(STUDY)" --cores $(CORES) $(if $(DIRECTORY),--directory "$(DIRECTORY)")

# What to open is said where it was made: not after a dry run, nor for other targets.
SAME_TARGETS = -F --forceall -k --keep-going -p --printshellcmds -q --quiet --verbose --rerun-incomplete
say = @$(if $(filter-out $(SAME_TARGETS),$(ARGS)),:,echo "$(1)")

# Parallelism is over jobs and chains; threads inside BLAS would compete with it and change the order of sums.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
# NumPy and OpenBLAS have other code for AVX-512, which rounds otherwise: the same seed gives the same bytes with AVX2.
ifeq ($(shell grep -qsw avx2 /proc/cpuinfo && echo yes), yes)
export NPY_DISABLE_CPU_FEATURES = X86_V4 AVX512_ICL AVX512_SPR
export OPENBLAS_CORETYPE = Haswell
endif
# Fast maths lets each processor round differently: the same seed would give other draws elsewhere.
comma := ,
export PYTENSOR_FLAGS := $(if $(PYTENSOR_FLAGS),$(PYTENSOR_FLAGS)$(comma))numba__fastmath=False
# Modules of some other Python must not shadow the locked ones.
unexport PYTHONPATH PYTHONHOME
# Containers often forbid Python to keep what it compiled: then each of 180 jobs compiles PyMC, SciPy and ArviZ anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help report verify explorer notebooks provenance study test test-all lint bench calibrate plan own-data examples cost cluster-test statistical-world planning-points schemas docs protocol take-over take-over-calibration graph screenshot reference environment lock drift audit reliability release site clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "STUDY=$(STUDY) is a name in config/ or the path of a YAML file; CORES=$(CORES); ARGS= go to Snakemake, pytest or uv."
	@echo "DIRECTORY= is another folder for results/, when this one may not be written to."

# What was altered by hand, cut short or lost, which Snakemake would not see because it looks at times.
# If it cannot be said, nothing is run: Snakemake would take altered files for results.
SUMMARY = $(BIN)/snakemake --config study="$(STUDY)" $(if $(DIRECTORY),--directory "$(DIRECTORY)")
UNSAID = cannot-say-what-was-altered
report: ASKED = $(shell cd "$(or $(DIRECTORY),.)" 2>/dev/null || exit 0; "$(CURDIR)/$(BIN)/python" -m iatrogenesis.verification.again "results/$(NAME)" "$(CURDIR)" $(SUMMARY) || echo $(UNSAID))
report: AGAIN = $(if $(findstring $(UNSAID),$(eval AGAIN_SAID := $$(ASKED))$(AGAIN_SAID)),$(error What was altered in results/$(NAME) cannot be said, for the reason above),$(AGAIN_SAID))
report: .venv/.installed ## Run the study and write its report
	$(SNAKEMAKE) $(ARGS)
	$(call say,Open $(PLACE)/report.html)

# The simulation study alone; all of it, unless a study is named.
study: STUDY = full
study: .venv/.installed ## Run the simulation study: all cells (hours); STUDY=default for some of them (minutes)
	$(SNAKEMAKE) $(ARGS) study
	$(call say,See $(PLACE)/tables/performance.csv and $(PLACE)/figures)

explorer: .venv/.installed ## Simulate and write the page with sliders alone, without fitting anything
	$(SNAKEMAKE) $(ARGS) results/$(NAME)/explorer.html
	$(call say,Open $(PLACE)/explorer.html)

notebooks: .venv/.installed ## Open the notebooks, to run and change them
	$(BIN)/jupyter lab notebooks

verify: .venv/.installed ## Give each claim of a finished study a verdict; RERUN=1 makes its results anew first
	$(if $(RERUN),$(SNAKEMAKE) --forceall $(ARGS))
	$(BIN)/python -m iatrogenesis.verification "$(STUDY)"

provenance: report ## Write Snakemake's own report: which rule, script, inputs and software made each result
	$(SNAKEMAKE) --report results/$(NAME)/provenance.html
	@echo "Open results/$(NAME)/provenance.html"

test: .venv/.installed ## Run the tests that take minutes in all; ARGS="-k streams" runs some, ARGS="-m slow" the others
	$(PYTEST) $(ARGS)

test-all: .venv/.installed ## Run all tests, the slow ones too
	$(PYTEST) -m "" $(ARGS)

lint: .venv/.installed ## Check style, formatting, spelling, types, and that imports go downwards
	$(BIN)/ruff check --no-cache
	$(BIN)/ruff format --no-cache --check
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/codespell
	$(BIN)/python workflow/bootstrap/notebooks.py notebooks/*.ipynb
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/pyrefly check

bench: .venv/.installed ## Measure speed and memory beside peers; BENCH_LARGEST=10000000 for ten million clients
	PYTHONPATH=. $(BIN)/python -m bench.simulator
	PYTHONPATH=. $(BIN)/python -m bench.members
	PYTHONPATH=. $(BIN)/python -m bench.engines
	PYTHONPATH=. $(BIN)/python -m bench.live

plan: .venv/.installed ## Say what own numbers can show: ARGS="--therapists 35 --clients 60 --years 3", or ARGS=--help
	$(BIN)/python -m iatrogenesis.cli plan $(ARGS)

cost: TIMES ?= 1
cost: .venv/.installed ## Say what a study costs: STUDY=full TIMES=100 for a hundred times its replicates
	$(BIN)/python -m iatrogenesis.study.cost config results/reference/cost.csv "$(STUDY)" "$(TIMES)"

cluster-test: .venv/.installed ## Run the whole tiny study on a Slurm of this machine; needs slurm-wlm, munge and root
	$(BIN)/pytest -n 0 -m "" tests/cluster --whole-study $(ARGS)

own-data: .venv/.installed ## Analyse your own data: CONFIG=my_service.yaml; ARGS="init my.csv" writes that file
	$(BIN)/python -m iatrogenesis.cli $(if $(CONFIG),analyse "$(CONFIG)" --cores $(CORES) $(if $(ARGS),-- $(ARGS)),$(or $(ARGS),analyse --help))

examples: .venv/.installed ## Write the simulated example data anew
	$(BIN)/python -m iatrogenesis.own_data.examples examples

calibrate: .venv/.installed ## Find the simulator's free parameters anew
	$(SNAKEMAKE) $(ARGS) calibrate

schemas: .venv/.installed ## Write workflow/schemas from the configuration classes
	$(BIN)/python -m iatrogenesis.study.schemas workflow/schemas

statistical-world: .venv/.installed ## Work out the numbers of the statistical cells anew
	$(SNAKEMAKE) $(ARGS) statistical_world

planning-points: .venv/.installed ## Simulate the plans anew that the planning page's surface is fitted to
	$(BIN)/python -m iatrogenesis.planning.surface_points config config/planning_points.csv $(CORES)

protocol: .venv/.installed ## Freeze the plan of the full study, before its final run
	$(BIN)/python -m iatrogenesis.study.protocol config docs results/reference/full

take-over: .venv/.installed ## Take the full study's tables over into results/reference/full
	$(BIN)/python -m iatrogenesis.study.committed config docs $(or $(PART),config/full.yaml) results/reference/full

take-over-calibration: .venv/.installed ## Take the full study's simulation-based calibration over into results/reference/full
	$(BIN)/python -m iatrogenesis.study.committed_calibration config $(or $(PART),config/full.yaml) results/reference/full

docs: .venv/.installed ## Write the pages of docs/ that follow from code and numbers, and codecheck.yml
	$(BIN)/python -m iatrogenesis.study.routes_page config docs/routes.md
	$(BIN)/python -m iatrogenesis.study.models_page config docs/models.md
	$(BIN)/python -m iatrogenesis.study.ademp_page config docs/ADEMP.md
	$(BIN)/python -m iatrogenesis.study.codebook_page config docs/codebook.md
	$(BIN)/python -m iatrogenesis.study.cluster_page config results/reference/cost.csv docs/cluster.md
	$(BIN)/python -m iatrogenesis.study.codecheck_page config codecheck.yml

graph: .venv/.installed ## Draw the rules into docs/workflow.md
	$(BIN)/python workflow/bootstrap/graph.py

site: .venv/.installed ## Build the site of this project and of a study's pages into site/
	$(BIN)/python workflow/site/build.py "$(NAME)" site
	@echo "Open site/index.html"

screenshot: .venv/.installed ## Photograph the default study's explorer for README.md; needs Chromium
	$(BIN)/python workflow/bootstrap/screenshot.py

reference: .venv/.installed ## Bring results/reference up to date with the studies tiny and default; ARGS=tiny for one
	$(BIN)/python workflow/bootstrap/reference.py $(ARGS)

environment: .venv/.installed ## Write environment.yml from pyproject.toml
	$(BIN)/python workflow/bootstrap/environment.py

COMPILE = $(BIN)/uv pip compile --python $(BIN)/python --universal --python-version 3.12 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet
lock: .venv/.installed ## Write requirements.lock from pyproject.toml; ARGS=--upgrade for newer versions
	$(COMPILE) pyproject.toml --all-extras --group dev --group fuzz --group site --output-file requirements.lock $(ARGS)
	$(COMPILE) workflow/bootstrap/audit.in --output-file workflow/bootstrap/audit.lock $(ARGS)

reliability: .venv/.installed ## Run the tests that are trials, and write docs/reliability.md
	status=0; $(PYTEST) -m trial --trials .pytest_cache/trials.json $(ARGS) || status=$$?; \
	$(BIN)/python -m iatrogenesis.study.reliability_page .pytest_cache/trials.json docs/reliability.md && exit $$status

release: verify ## Write into dist/ the archive (sources, lock, verified results), wheel and sdist; CONTRIBUTING.md has the steps
	$(BIN)/python -m iatrogenesis.verification.release "$(NAME)" dist
	$(BIN)/python -m hatchling build --directory dist

# A small study, unless one is named: the whole default study runs anew.
drift: STUDY = tiny
drift: .venv/.installed ## After `make lock ARGS=--upgrade`: run a study with that lock elsewhere, and say which numbers move
	@sh workflow/bootstrap/drift "$(NAME)" "$(CORES)"

audit: .venv/.installed ## Look up every locked package among known vulnerabilities; needs the network
	@sh workflow/bootstrap/audit $(ARGS)

clean: ## Delete this study's results and the tools' caches
	$(if $(filter-out . .. reference,$(NAME)),,$(error STUDY=$(STUDY) names no study's results))
	rm -rf "results/$(NAME)" .pytest_cache .ruff_cache .hypothesis

.venv/.installed: requirements.lock .python-version pyproject.toml CITATION.cff
	@sh workflow/bootstrap/install

# A stamp says nothing about a .venv that was copied here or whose Python is gone.
ifneq ($(shell sh workflow/bootstrap/check-venv && echo sound),sound)
.PHONY: .venv/.installed
endif
