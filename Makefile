# make shows what there is. CI runs .ci/run, which is: make check.
.DEFAULT_GOAL := help

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
CODEGEN  := go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
SWAG     := go run github.com/swaggo/swag/cmd/swag@v1.16.6
OPENAPI  := docs/openapi/openapi.json
NPM      := docs/openapi/npm
BUILD    := docs/openapi/clients/build
OLD      := api/petfinder/clients

export REDOCLY_TELEMETRY = off
export REDOCLY_SUPPRESS_UPDATE_NOTICE = true

.PHONY: help run test test-properties bench rubric-simulation fmt lint generate verify check cover clients test-clients image

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run on SQLite, no set-up
	go run ./cmd/trailcat serve

test: ## Test everything, on both engines, with the race detector
	go test -race -shuffle=on ./...

test-properties: ## Run the properties of the rating and the hints with 10,000 cases each (nightly)
	RAPID_CHECKS=10000 go test -timeout 60m ./internal/rating/... ./internal/hints

bench: ## Measure the budgets of docs/PERFORMANCE.md at national size (TRAILCAT_BENCH_CATS shrinks it)
	go test -tags bench -count=1 -timeout 40m -run TestBudgets -v ./internal/bench
	go test -run '^$$' -bench Bulk -benchtime 20x ./api
	go test -run '^$$' -bench Search ./api/petfinder

rubric-simulation: ## Rate simulated cats with the adventure rubric and print the results beside the criteria
	go run ./docs/rubric/simulation

fmt: ## Format the code and the comments that describe the API
	$(SWAG) fmt -d api
	$(GOLANGCI) fmt

lint: $(NPM)/node_modules ## Lint the code and the description of the API
	$(GOLANGCI) run
	$(NPM)/node_modules/.bin/redocly lint --config $(NPM)/redocly.yaml $(OPENAPI)

generate: ## Generate the structs of tri-state facts and the OpenAPI document
	go generate ./internal/catalog ./docs/openapi

verify: generate lint clients ## Fail where something generated is stale (stage what make generate wrote), or lint finds fault
	git diff --exit-code -- docs/openapi
	@new=$$(git ls-files --others --exclude-standard -- docs/openapi); test -z "$$new" || { echo "not in git: $$new"; exit 1; }
	CGO_ENABLED=0 go build ./...

check: verify test test-clients ## What CI runs

cover: ## Show what the tests reach
	go test -coverpkg=./... -coverprofile=cover.out ./...
	go tool cover -func=cover.out | tail -n 1

clients: $(NPM)/node_modules ## Prove that clients can be made: Go and TypeScript
	cd docs/openapi/clients/go && $(CODEGEN) -config oapi-codegen.yaml -o client.go ../../openapi.json && go vet ./...
	$(NPM)/node_modules/.bin/openapi-typescript $(OPENAPI) --output $(BUILD)/client.ts
	$(NPM)/node_modules/.bin/tsc --strict --noEmit $(BUILD)/client.ts

test-clients: $(OLD)/node_modules ## Run Petfinder's own client against a started server
	CGO_ENABLED=0 go build -o trailcat ./cmd/trailcat
	TRAILCAT=$(CURDIR)/trailcat npm test --silent --prefix $(OLD)

image: ## Build the container image
	docker build --tag trailcat .

$(NPM)/node_modules: $(NPM)/package-lock.json
	npm ci --prefix $(NPM)
	@touch $@

$(OLD)/node_modules: $(OLD)/package-lock.json
	npm ci --ignore-scripts --prefix $(OLD)
	@touch $@
