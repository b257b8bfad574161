#!/usr/bin/env bash
# First step of `make setup`: checks what a machine must bring, installs the npm packages (which
# carry Node 24), and hands over to hack/src/setup/main.ts.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need node 'node >= 20 (any; Node 24 itself comes with the npm packages)'
need npm 'npm >= 10'
need go 'go >= 1.26 (https://go.dev/dl)'
need python3 'python3 >= 3.11 with pip'
need apt-get 'apt-get: Debian 12 or later, or Ubuntu 24.04 or later'
[ "$(id -u)" = 0 ] || missing+=('root rights (the local cluster makes network namespaces and cgroups): run with sudo -E')
[ "$(uname -sm)" = 'Linux x86_64' ] || missing+=('Linux on x86_64')
if command -v go >/dev/null 2>&1; then
  version=$(go env GOVERSION | sed 's/^go//')
  if [ "$(printf '%s\n' 1.26 "$version" | sort -V | head -n 1)" != 1.26 ]; then
    missing+=("go >= 1.26 (found $version)")
  fi
fi
if [ "${#missing[@]}" -gt 0 ]; then
  echo 'This machine lacks:' >&2
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
fi

# The stamp holds the digest of the lock file that node_modules was made from.
digest=$(sha256sum package-lock.json | cut -d' ' -f1)
stamp=node_modules/.collabnet-lock
if [ ! -x node_modules/.bin/node ]; then
  echo 'npm packages: installing ...'
  npm ci --no-audit --no-fund --loglevel=error
  echo "$digest" >"$stamp"
elif [ "$(cat "$stamp" 2>/dev/null || true)" != "$digest" ]; then
  echo 'npm packages: bringing up to date ...'
  npm install --no-audit --no-fund --loglevel=error
  sha256sum package-lock.json | cut -d' ' -f1 >"$stamp"
fi

PATH="$PWD/node_modules/.bin:$PATH" exec node hack/src/setup/main.ts
