#!/bin/sh
# Installs PostgreSQL where it is missing, for the tests of the ledger on a server. Prints the folder of its programs;
# fails, and says why on the other channel, where there is none and it cannot be installed.
set -eu

find_programs() {
    # The newest of Debian's versions, or wherever initdb is.
    programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    if [ -z "$programs" ] && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
        programs=$(dirname "$(command -v initdb)")
    fi
    [ -n "$programs" ] && [ -x "$programs/initdb" ] && [ -x "$programs/pg_ctl" ]
}

if ! find_programs; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "PostgreSQL is not installed, and only root can install it" >&2
        exit 1
    fi
    echo "installing postgresql" >&2
    { apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql openssl; } >&2 || true
    if ! find_programs; then
        echo "PostgreSQL is not installed, and installing it failed" >&2
        exit 1
    fi
fi
echo "$programs"
