# Sourced by the scripts next to it; runs nothing by itself.
# shellcheck shell=bash
set -euo pipefail

# shellcheck disable=SC2034  # for the scripts that source this
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
step() { printf '\n==> %s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    warn "error: $*"
    exit 1
}

is_root() { [[ $(id -u) -eq 0 ]]; }
is_debian() { [[ -e /etc/debian_version ]] && command -v apt-get >/dev/null; }
has_package() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# need_packages REASON PACKAGE...: installs what is missing, or says what is and returns 1.
need_packages() {
    local reason=$1 missing=() package log
    shift
    if ! is_debian; then
        warn "missing for $reason: what Debian calls '$*'; install it with your package manager"
        return 1
    fi
    for package; do has_package "$package" || missing+=("$package"); done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if ! is_root; then
        warn "missing for $reason: ${missing[*]}"
        warn "    get it with: sudo apt-get install --no-install-recommends ${missing[*]}"
        return 1
    fi
    say "installing for $reason: ${missing[*]}"
    log=$(mktemp)
    if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq \
        --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# The runner is one static C program, built where it is used.
static_c_works() { echo 'int main(void){return 0;}' | gcc -static -x c - -o /dev/null 2>/dev/null; }
need_static_c() {
    static_c_works && return
    need_packages "the static runner" gcc libc6-dev || return 1
    static_c_works || {
        warn "gcc is here, but 'gcc -static' does not work: is the static C library missing?"
        return 1
    }
}

# Bounded, because a DOCKER_HOST that drops packets would hang here for minutes.
docker_answers() {
    command -v docker >/dev/null &&
        timeout 15 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}
has_image() { docker image inspect "$1" >/dev/null 2>&1; }

hash_of() { sha256sum | cut -c1-16; }

# The mirror that this machine itself uses; nothing where it isn't Debian or needs a password,
# which must not end up in an image.
debian_mirror() {
    # shellcheck disable=SC2016  # apt expands these
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk '$1 == "Debian" && $2 == "Debian" && $3 !~ /@/ { print $3; exit }'
}
