# make lists the targets. CI runs .ci/run, which runs make check on a clean clone.
.DEFAULT_GOAL := help

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
SWAG     := go run github.com/swaggo/swag/cmd/swag@v1.16.6
OPENAPI  := docs/openapi/openapi.json
NPM      := docs/openapi/npm
CLIENTS  := docs/openapi/clients
OLD      := api/petfinder/clients

# SQLite is C code translated to Go: the race detector finds nothing of ours in it,
# and makes it five times slower.
RACE     := -race -gcflags=modernc.org/libc=-race=false -gcflags=modernc.org/sqlite/lib=-race=false
# The race detector reports at once; without this it waits a second at the end of each process.
export GORACE = atexit_sleep_ms=0

export REDOCLY_TELEMETRY = off
export REDOCLY_SUPPRESS_UPDATE_NOTICE = true

.PHONY: help run build test test-properties test-benchmarks test-chaos test-failover test-overload test-recipes test-s3 test-schemathesis test-fuzz nightly bench bench-compare bench-growth bench-peers rubric-simulation fmt lint generate verify check cover clients test-clients image

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run a server on SQLite
	go run ./cmd/trailcat serve

build: ## Build the binary ./trailcat, without debug symbols
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o trailcat ./cmd/trailcat

test: ## Run all tests but the largest, on SQLite and Postgres, with the race detector
	RAPID_CHECKS=$${RAPID_CHECKS:-20} go test $(RACE) -short -shuffle=on -timeout 20m ./...

nightly: FUZZ_TIME = 5m
nightly: test-properties test-benchmarks test-chaos test-failover test-overload test-recipes test-s3 test-schemathesis test-fuzz rubric-simulation ## Run the tests that take too long for every push

test-properties: ## Run all tests, the property tests with many cases: 10,000 for ratings and hints, 1,000 for the rest
	RAPID_CHECKS=10000 go test -timeout 60m ./internal/rating/... ./internal/hints
	RAPID_CHECKS=1000 go test -timeout 120m $$(go list ./... | grep -v -e /internal/rating -e /internal/hints)

test-benchmarks: ## Run each benchmark once
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./...

test-chaos: ## Kill nodes 100 times while clients write and follow the change feed
	TRAILCAT_CHAOS_FAILURES=100 go test $(RACE) -count=1 -timeout 60m -run TestChanges_NoneIsLostWhenNodesAreKilled ./cmd/trailcat

test-failover: ## Kill the primary of a Patroni cluster eleven times (needs apt install etcd-server patroni haproxy postgresql)
	TRAILCAT_TEST_PATRONI=1 go test -count=1 -timeout 20m -run TestFailover_PatroniPromotesAStandby -v ./cmd/trailcat

test-overload: ## Write at twice the rate that a server can process, on SQLite and Postgres
	TRAILCAT_OVERLOAD=1 go test -count=1 -timeout 20m -run TestServe_OverloadShedsWrites -v ./cmd/trailcat

test-recipes: ## Follow the recipe of CONTRIBUTING.md for a made-up fact and test the result
	TRAILCAT_TEST_RECIPES=1 go test -count=1 -timeout 20m -run TestFactRecipe ./docs

test-s3: ## Store photos on an S3 server, which is built the first time (about 80 MB)
	TRAILCAT_TEST_S3=1 go test $(RACE) -count=1 -timeout 20m -run TestBucket_OnAServer ./internal/photo/files

test-schemathesis: ## Send generated requests for the OpenAPI document to a server with the demo listings; needs Python 3
	docs/openapi/schemathesis/run

FUZZ_TIME ?= 30s
test-fuzz: ## Send random imports, queries, cursors, patches and photos to their parsers, each for FUZZ_TIME (default 30s)
	go test -run '^$$' -fuzz '^FuzzRead$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 10x ./internal/ingest
	go test -run '^$$' -fuzz '^FuzzRead$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 10x ./internal/catjson
	go test -run '^$$' -fuzz '^FuzzParseCatRequest$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 10x ./internal/filters
	go test -run '^$$' -fuzz '^FuzzParseCursor$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 10x ./internal/changefeed
	go test -run '^$$' -fuzz '^FuzzApplyPatch$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 10x ./internal/binding
	go test -run '^$$' -fuzz '^FuzzRead$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 10x ./internal/photo/imaging

bench: ## Measure the budgets of docs/PERFORMANCE.md (TRAILCAT_BENCH_CATS sets a smaller size)
	go test -tags bench -count=1 -timeout 40m -run TestBudgets -v ./internal/bench
	go test -run '^$$' -bench Bulk -benchtime 20x ./api
	go test -run '^$$' -bench Search ./api/petfinder

BASE ?= 4056e9f
bench-compare: ## Compare the processor time of list requests with that of the server of the commit BASE (TRAILCAT_BENCH_CATS as above)
	TRAILCAT_BENCH_BASE=$(BASE) go test -tags bench -count=1 -timeout 60m -run TestCompare -v ./internal/bench

bench-growth: ## Measure how load, start, memory and requests grow from 100,000 to 1,600,000 cats (TRAILCAT_BENCH_SIZES sets others)
	go test -tags bench -count=1 -timeout 120m -run TestGrowth -v ./internal/bench

bench-peers: ## Ask Lucene, Bleve and PocketBase the same as Trailcat; needs Java 21 and Maven (TRAILCAT_BENCH_CATS as above, default 100000)
	internal/bench/peers/run

rubric-simulation: ## Rate simulated cats with the adventure rubric and print the results beside the criteria
	go run ./docs/rubric/simulation

fmt: ## Format the code and the OpenAPI comments
	$(SWAG) fmt -d api
	$(GOLANGCI) fmt

lint: $(NPM)/node_modules ## Lint the code and the OpenAPI document
	$(GOLANGCI) run
	$(NPM)/node_modules/.bin/redocly lint --config $(NPM)/redocly.yaml $(OPENAPI)
	$(NPM)/node_modules/.bin/spectral lint --ruleset $(NPM)/spectral.yaml --fail-severity hint $(OPENAPI)

generate: ## Generate the structs of tri-state facts and the OpenAPI document
	go generate ./internal/catalog ./docs/openapi

verify: generate lint clients ## Lint, and fail if generated files are stale (stage what make generate wrote)
	git diff --exit-code -- docs/openapi
	@new=$$(git ls-files --others --exclude-standard -- docs/openapi); test -z "$$new" || { echo "untracked files: $$new"; exit 1; }
	CGO_ENABLED=0 go build ./...
	go vet -tags bench ./internal/bench

check: verify test test-fuzz test-clients ## Run everything that CI runs

cover: ## Measure test coverage
	go test -coverpkg=./... -coverprofile=cover.out ./...
	go tool cover -func=cover.out | tail -n 1

clients: ## Check that Go and TypeScript clients can be generated and compile
	$(CLIENTS)/run --compile oapi-codegen openapi-fetch

test-clients: build $(OLD)/node_modules ## Run generated clients and the clients of the Petfinder API; needs Java, Maven and Python 3
	TRAILCAT=$(CURDIR)/trailcat $(CLIENTS)/run
	TRAILCAT=$(CURDIR)/trailcat npm test --silent --prefix $(OLD)

image: ## Build the container image
	docker build --tag trailcat .

$(NPM)/node_modules: $(NPM)/package-lock.json
	npm ci --prefix $(NPM)
	@touch $@

$(OLD)/node_modules: $(OLD)/package-lock.json
	npm ci --ignore-scripts --prefix $(OLD)
	@touch $@
