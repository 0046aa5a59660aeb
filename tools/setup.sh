#!/usr/bin/env bash
# Prepares this clone: tools/setup.sh [runtime|dev] [servers]
#
#   runtime   .venv with the libraries a service needs          (make demo)
#   dev       the same with tests and checks, project installed (make setup, test, lint, up)
#   servers   RabbitMQ and PostgreSQL from the system's packages (make test, up, bench)
#
# Every library is pinned with its hash. A stamp per layer makes a second run a matter of milliseconds. Where system
# packages are missing and neither root nor sudo is to be had, it names the one line to type and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv

say() { printf '%s\n' "$*" >&2; }

# The first Python of 3.11 or newer.
find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  say "Python 3.11 or newer is needed. Type: sudo apt-get install python3 python3-venv"
  return 1
}

# Installs Debian packages as root, by sudo, or not at all.
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "Missing: $*. As root, type: apt-get update && apt-get install -y $*"
      return 1
    fi
    if [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
      say "Missing: $*. Type: sudo apt-get update && sudo apt-get install -y $*"
      return 1
    fi
    as_root=(sudo)
  fi
  say "Installing $* ..."
  "${as_root[@]}" apt-get update -qq
  # The servers that these packages bring aren't used: ours run on other ports, under the caller's account.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

has_venv() {
  [ -x $VENV/bin/python ] && $VENV/bin/python -m pip --version >/dev/null 2>&1
}

make_venv() {
  local python
  if has_venv; then
    return
  fi
  python=$(find_python)
  say "Making $VENV with $("$python" --version) ..."
  "$python" -m venv --clear $VENV
}

# What a layer was installed from: its lock, the project's own description, the Python.
fingerprint() {
  { cat "requirements/$1.txt" pyproject.toml; $VENV/bin/python --version; pwd; } | sha256sum | cut -d' ' -f1
}

is_installed() {
  [ -f "$VENV/.installed-$1" ] && [ "$(cat "$VENV/.installed-$1")" = "$(fingerprint "$1")" ]
}

install_layer() {
  local layer=$1
  # dev holds all of runtime.
  if is_installed "$layer" || { [ "$layer" = runtime ] && is_installed dev; }; then
    return
  fi
  say "Installing the libraries of requirements/$layer.txt, a minute or two ..."
  $VENV/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$layer.txt"
  if [ "$layer" = dev ]; then
    $VENV/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  fi
  fingerprint "$layer" > "$VENV/.installed-$layer"
}

# The packages that a part wants and the system lacks, a line each.
missing_for() {
  local python
  case $1 in
    runtime | dev)
      python=$(find_python) || return
      if ! has_venv && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
      fi
      ;;
    servers)
      [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || echo rabbitmq-server
      compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
      command -v setpriv >/dev/null || echo util-linux
      ;;
    *)
      say "usage: tools/setup.sh [runtime|dev] [servers]"
      return 2
      ;;
  esac
}

# What all parts lack is named in one line, before anything is downloaded.
missing=""
for part in "$@"; do
  missing+=" $(missing_for "$part")"
done
if [ -n "${missing// /}" ]; then
  # Unquoted: one word a package.
  # shellcheck disable=SC2086
  install_packages $missing
fi

for part in "$@"; do
  if [ "$part" != servers ]; then
    make_venv
    install_layer "$part"
  fi
done
