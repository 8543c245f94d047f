#!/usr/bin/env bash
# Prints the path of the pawl that the action is to run:
#
#   1. PAWL_BINARY, if it is set;
#   2. else pawl on PATH;
#   3. else the release that belongs to the action, which is run only if it has the SHA-256 that
#      checksums.txt beside this script has for it. The list comes with the action's own commit, so
#      neither a moved tag nor an exchanged asset of a release can change what runs.
#
# It never builds. Everything but the path goes to stderr.
#
# Reads PAWL_BINARY, PAWL_ACTION_REPOSITORY (owner/name) and PAWL_ACTION_REF of the action,
# GITHUB_SERVER_URL and RUNNER_TEMP.
set -euo pipefail

# Seconds for the whole download, and bytes of the largest program that is taken.
seconds_max=120
bytes_max=$((256 * 1024 * 1024))

fail() { # MESSAGE ADVICE
    printf '::error title=pawl::%s %s\n' "$1" "$2" >&2
    exit 3
}

# What came from outside, as one line that cannot begin a workflow command or break its own.
shown() { # TEXT
    printf '%s' "${1:0:200}" | LC_ALL=C tr -c 'A-Za-z0-9._/@+ -' '?'
}

if [ -n "${PAWL_BINARY:-}" ]; then
    if [ ! -f "$PAWL_BINARY" ] || [ ! -x "$PAWL_BINARY" ]; then
        fail "PAWL_BINARY is $(shown "$PAWL_BINARY"), which is not a program." \
            "Give the path of an executable file."
    fi
    case "$PAWL_BINARY" in
    /*) printf '%s\n' "$PAWL_BINARY" ;;
    *) printf '%s\n' "$PWD/$PAWL_BINARY" ;;
    esac
    exit 0
fi

if found="$(type -P pawl)"; then
    printf '%s\n' "$found"
    exit 0
fi

checksums="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/checksums.txt"
otherwise="Put pawl on PATH in an earlier step, or set PAWL_BINARY to its path."
asset="pawl-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)"

# A release's own tag names its version; a commit or a branch has the newest of its list.
ref="${PAWL_ACTION_REF:-}"
version='v[0-9]+\.[0-9]+\.[0-9]+'
if [[ "$ref" =~ ^$version$ ]]; then
    version="${ref//./\\.}"
fi
line="$(grep -E "^[0-9a-f]{64}  $version/$asset\$" "$checksums" | tail -n 1 || true)"
if [ -z "$line" ]; then
    fail "There is no pawl on PATH, and checksums.txt of the action$(
        [ -z "$ref" ] || printf ' at %s' "$(shown "$ref")"
    ) has no release for $asset." "$otherwise"
fi

repository="${PAWL_ACTION_REPOSITORY:-}"
if [[ ! "$repository" =~ ^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$ ]]; then
    fail "There is no pawl on PATH, and an action used by its path has no releases." "$otherwise"
fi

digest="${line%%  *}"
tag="${line#*  }"
tag="${tag%%/*}"
# The runner's own folder is this job's alone. Without one, nobody else may foresee the name.
if [ -n "${RUNNER_TEMP:-}" ]; then
    folder="$RUNNER_TEMP/pawl-$tag-$digest"
else
    folder="$(mktemp -d)"
fi
program="$folder/pawl"

is_verified() { # FILE
    printf '%s  %s\n' "$digest" "$1" | sha256sum --check --status --strict
}

# A job may use the action more than once. What is found here is checked like what is downloaded.
if [ -f "$program" ] && is_verified "$program"; then
    printf '%s\n' "$program"
    exit 0
fi

mkdir -p "$folder"
download="$(mktemp "$folder/download.XXXXXX")"
trap 'rm -f "$download"' EXIT

server="${GITHUB_SERVER_URL:-https://github.com}"
address="$server/$repository/releases/download/$tag/$asset"
printf 'Downloading pawl %s for %s\n' "$tag" "${asset#pawl-}" >&2
if ! curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 \
    --retry 3 --retry-connrefused --connect-timeout 15 --max-time "$seconds_max" \
    --max-filesize "$bytes_max" --output "$download" -- "$address" >&2; then
    fail "pawl $tag could not be downloaded from $(shown "$server/$repository")." "$otherwise"
fi
if ! is_verified "$download"; then
    fail "The download of pawl $tag does not have the SHA-256 that the action has for it." \
        "Do not use this release; tell the project."
fi
chmod 0755 "$download"
mv -f "$download" "$program"
printf '%s\n' "$program"
