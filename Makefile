# KSBB. Two commands do all the set-up on a machine with Go and Node:
#
#   make run    the whole platform on this machine, with demo data, on http://localhost:8080
#   make test   everything that must hold before a change lands
#
# PORT and DATA_DIR change where `make run` listens and keeps its data.

FUNCTIONS := $(notdir $(wildcard functions/*-api functions/*-stream functions/*-sweep))
BUILD     := build
BIN       := $(BUILD)/bin
GOFLAGS_FUNCTION := -tags lambda.norpc -trimpath -ldflags '-s -w'
PORT      ?= 8080
DATA_DIR  ?= .local
export CGO_ENABLED := 0

.PHONY: run test test-go test-local test-site bench build functions site local engines reset deploy check clean screenshots

run: build
	@PORT=$(PORT) DATA_DIR=$(DATA_DIR) $(BUILD)/local -template template.yaml -bin $(BIN) -site site/dist -demo

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
	@cd infra/local && npm ci --no-audit --no-fund --loglevel=error

site: site/node_modules/.package-lock.json
	@cd site && npm run --silent build
site/node_modules/.package-lock.json: site/package-lock.json
	@echo 'installing the site build' >&2
	@cd site && npm ci --no-audit --no-fund --loglevel=error
