# collabnet: build, local cluster, tests. `make` shows what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/collabnet
export PATH := $(CURDIR)/node_modules/.bin:$(CACHE)/bin/current:$(PATH)
# Driver of the ledger of demo and end-to-end suites: make demo LEDGER=fabric
export COLLABNET_LEDGER := $(or $(LEDGER),$(COLLABNET_LEDGER))
# Lanes of the end-to-end suites, each with institutions of its own: make test-faults LANES=3. Faults of the node itself need it alone.
export COLLABNET_LANES := $(or $(LANES),$(COLLABNET_LANES))
# Two runs that build images or change the cluster wait for each other.
LOCKED = mkdir -p $(CACHE) && flock -o $(CACHE)/lock

##@ Start here
help: ## Show this table
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Check and prepare this machine: packages, compiled tools, wheels (15 min cold, 2 s warm)
	@hack/setup.sh

fabric-tools: setup ## Compile Hyperledger Fabric, which setup leaves out (2 min cold); the unit tests do it by themselves
	@node hack/src/setup/fabric.ts

demo: export COLLABNET_DEMO_STARTED := $(shell date +%s)
demo: setup build ## Three institutions on a local cluster: from nothing to a joint result; LEDGER=fabric: each with its own peer
	@node hack/src/demo/main.ts

##@ Code
build: node_modules/.bin/node ## Compile all workspaces (TypeScript project references)
	@tsc -b

lint: node_modules/.bin/node ## ESLint with types
	@eslint .

generate: build ## Write CRD manifests, chart schema and generated documents anew from their sources
	@node crds/src/generate/main.ts
	@node operator/dist/chart/generate.js
	@node e2e/dist/fault-table/generate.js
	@node hack/src/bench/generate.ts
	@node hack/src/bench-ledger/generate.ts
	@node hack/src/bench-scale/generate.ts
	@node hack/src/bench-engines/generate.ts
	@node packages/telemetry/dist/catalogue/generate.js
	@node hack/src/operators/generate.ts

# Only when there is nothing yet: `npm ci` deletes what others may be running from. `make setup` updates in place.
node_modules/.bin/node:
	@npm ci --no-audit --no-fund --loglevel=error

##@ Tests
test: setup ## Unit tests, then end-to-end on the local cluster; last line: "N passed, N failed"
	@node hack/src/test/main.ts --unit --e2e

test-unit: node_modules/.bin/node ## Unit tests of all workspaces (no cluster)
	@node hack/src/test/main.ts --unit

test-e2e: setup ## End-to-end suites; brings up cluster and images where needed; also with LEDGER=fabric
	@node hack/src/test/main.ts --e2e

test-all: setup ## All tests: every cell of the fault table (docs/faults.md), with both ledgers; takes a day
	@COLLABNET_LANES=1 COLLABNET_LONG_TESTS=1 COLLABNET_FAULTS=all COLLABNET_FAULTS_NOTE=1 node hack/src/test/main.ts --unit --e2e

test-faults: setup ## Cells of the fault table that fit COLLABNET_FAULTS='part/action/moment' (* fits all); notes them
	@COLLABNET_FAULTS_NOTE=1 node hack/src/test/main.ts --e2e=fault-table

bench: setup build ## Benches on the cluster, as ratios in one run; LEDGER=fabric: approval to first message over Fabric
	@node hack/src/bench/main.ts

bench-ledger: fabric-tools build ## The ledger on Fabric: real nodes on loopback, no cluster; twenty minutes
	@node hack/src/bench-ledger/main.ts

bench-engines: setup build ## Engines against each other on loopback, without a cluster; three minutes
	@node hack/src/bench-engines/main.ts

bench-scale: setup build ## Memory, latency and endurance of the operator beside cert-manager; an hour, no cluster
	@node hack/src/bench-scale/main.ts

##@ Local cluster (or yours: set KUBECONFIG and IMAGE_REGISTRY)
cluster-up: setup ## Start a one-node Kubernetes, or what of it is down
	@$(LOCKED) node hack/src/cluster/main.ts up

cluster-down: node_modules/.bin/node ## End it and remove everything it left on this machine
	@$(LOCKED) node hack/src/cluster/main.ts down

cluster-status: ## Programs, node and pods
	@node hack/src/cluster/main.ts status

kubeconfig: ## Print the line to export
	@node hack/src/cluster/main.ts kubeconfig

images: setup build ## Build the container images and load them into the cluster
	@$(LOCKED) node hack/src/images/main.ts $(IMAGES)

##@ Cleaning
clean: ## Remove compiled files (the caches in ~/.cache/collabnet stay)
	@rm -rf $$(git ls-files '*/tsconfig.json' | xargs -n1 dirname | sed 's|$$|/dist|') $$(git ls-files '*/tsconfig.json' | xargs -n1 dirname | sed 's|$$|/tsconfig.tsbuildinfo|')

.PHONY: help setup fabric-tools demo build lint generate test test-all test-faults test-unit test-e2e bench bench-ledger bench-engines bench-scale cluster-up cluster-down cluster-status kubeconfig images clean
