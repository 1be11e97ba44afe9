# KSBB. Two commands do all the set-up on a machine with Go and Node:
#
#   make run    the whole platform on this machine, with demo data, on http://localhost:8080
#   make test   everything that must hold before a change lands
#
# PORT and DATA_DIR change where `make run` listens and keeps its data.

FUNCTIONS := $(patsubst functions/%/main.go,%,$(wildcard functions/*/main.go))
BUILD     := build
BIN       := $(BUILD)/bin
GOFLAGS_FUNCTION := -tags lambda.norpc -trimpath -ldflags '-s -w'
PORT      ?= 8080
DATA_DIR  ?= .local
REGION_PACK ?= dki-jakarta
STACK     ?= ksbb
export CGO_ENABLED := 0

.PHONY: run test check test-go test-local test-site journey lighthouse bench build functions site local engines chromium reset deploy

run: build
	@PORT=$(PORT) DATA_DIR=$(DATA_DIR) exec $(BUILD)/local -template template.yaml -bin $(BIN) -site site/dist \
		-parameter RegionPack=$(REGION_PACK) -demo

reset:
	rm -rf $(DATA_DIR)

build: local functions site

functions:
	@echo 'building the functions' >&2
	@for f in $(FUNCTIONS); do \
		go build $(GOFLAGS_FUNCTION) -o $(BIN)/$$f/bootstrap ./functions/$$f || exit 1; \
	done

local: engines
	@echo 'building infra/local (the first time takes minutes)' >&2
	@cd infra/local && go build -trimpath -o ../../$(BUILD)/local .

# npm ci leaves node_modules/.package-lock.json behind; it is newer than the
# lock file once that was installed.
engines: infra/local/node_modules/.package-lock.json
infra/local/node_modules/.package-lock.json: infra/local/package-lock.json
	@echo 'installing the local engines' >&2
	@cd infra/local && npm ci --no-audit --no-fund --loglevel=error >&2

site: site/node_modules/.package-lock.json
	@cd site && npm run --silent build >&2
site/node_modules/.package-lock.json: site/package-lock.json
	@echo 'installing the site build' >&2
	@cd site && npm ci --no-audit --no-fund --loglevel=error >&2

# Fast checks first: a slip shows in seconds.
test: check test-go site test-site local functions test-local journey

check:
	@echo 'checking the source' >&2
	@unformatted=$$(gofmt -l functions shared infra); \
		[ -z "$$unformatted" ] || { echo "gofmt would change: $$unformatted" >&2; exit 1; }
	@go vet ./...

# KSBB_ENGINES=required: the suites that need a real engine fail without one
# instead of standing aside. GOGC=800: the simulator makes and drops millions of
# small files; collecting less often saves a third of its time.
test-go: engines
	GOGC=800 KSBB_ENGINES=required go test ./...

test-local: local
	@cd infra/local && go vet ./...
	@cd infra/bench && go vet ./...
	cd infra/local && KSBB_ENGINES=required go test ./...

test-site: site
	cd site && npm run --silent check && npm run --silent test

# One donor's whole way in a real browser, and what it must not leave behind.
# Screenshots stay in site/shots.
journey: build chromium
	cd site && node journey/run.mjs

# Each of the five pages in both languages; make test measures one language.
lighthouse: build chromium
	cd site && LIGHTHOUSE=all node journey/run.mjs lighthouse.test.mjs

chromium:
	@[ -x "$${CHROMIUM:-/usr/bin/chromium}" ] || { \
		echo 'installing Chromium' >&2; \
		sudo=$$([ $$(id -u) = 0 ] || echo sudo); \
		$$sudo apt-get update -q && $$sudo apt-get install -qy --no-install-recommends chromium fonts-dejavu-core; }

# Figures, not tests: what was run, how often and on what stands in the output.
bench: build
	cd infra/bench && go run .

# SAM builds each function in place; the tag leaves net/rpc out of it, the flags
# what only a debugger reads. Pages are all written anew at once, so that none of
# before meets a script of after.
output = $$(sam list stack-outputs --stack-name $(STACK) --output json | node -p 'JSON.parse(require("fs").readFileSync(0)).find(o => o.OutputKey === "$(1)").OutputValue')
deploy: site
	GOFLAGS="-tags=lambda.norpc -trimpath '-ldflags=-s -w'" sam build
	sam deploy --guided
	aws s3 sync site/dist "s3://$(call output,PublicBucketName)" --cache-control 'public, no-cache'
	aws lambda invoke --function-name "$(call output,AuditSweepName)" --invocation-type Event --cli-binary-format raw-in-base64-out \
		--payload "{\"time\":\"$$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"everyone\":true}" /dev/null
