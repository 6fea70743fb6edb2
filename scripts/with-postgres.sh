#!/bin/sh
# Runs a command with a PostgreSQL server of its own, whose address stands in GROUNDWORK_POSTGRES, and the certificate of its
# authority in the file that GROUNDWORK_POSTGRES_CA names.
#   with-postgres.sh COMMAND [ARGUMENTS]
# The server listens on this machine only, lies in a temporary folder, and is gone afterwards, whatever happens.
set -eu

if ! programs=$(sh "$(dirname "$0")/install-postgres.sh"); then
    echo "PostgreSQL: LEFT OUT: $*" >&2
    exit 0
fi
folder=$(mktemp -d)
server=$folder/server

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then su postgres -s /bin/sh -c "$1"; else sh -c "$1"; fi
}

finish() {
    status=$?
    trap - EXIT INT TERM
    as_server "'$programs/pg_ctl' stop -D '$server' -m immediate -s" >/dev/null 2>&1 || true
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >"$folder/password"
if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$folder"; fi
as_server "'$programs/initdb' -D '$server' -U groundwork --pwfile='$folder/password' --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-instructions" >/dev/null

# An authority of its own, and a certificate by which the server shows who it is.
certificates=$folder/certificates
mkdir "$certificates"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=test authority" \
    -keyout "$certificates/ca.key" -out "$certificates/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" \
    -keyout "$server/server.key" -out "$certificates/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost\n' >"$certificates/names"
openssl x509 -req -days 2 -in "$certificates/server.csr" -CA "$certificates/ca.pem" -CAkey "$certificates/ca.key" \
    -CAcreateserial -extfile "$certificates/names" -out "$server/server.crt" 2>/dev/null
chmod 600 "$server/server.key"
if [ "$(id -u)" -eq 0 ]; then chown postgres "$server/server.key" "$server/server.crt"; fi
chmod 755 "$folder" "$certificates"
echo "ssl = on" >>"$server/postgresql.conf"

# Another program may hold the port.
tries=0
while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
    if as_server "'$programs/pg_ctl' start -D '$server' -w -t 60 -s -l '$folder/log' \
        -o \"-h 127.0.0.1 -p $port -k '$folder'\""; then break; fi
    tries=$((tries + 1))
    if [ "$tries" -ge 5 ]; then
        echo "PostgreSQL does not start:" >&2
        cat "$folder/log" >&2
        exit 1
    fi
done

GROUNDWORK_POSTGRES_CA="$certificates/ca.pem" \
    GROUNDWORK_POSTGRES="postgres://groundwork:$password@127.0.0.1:$port/postgres" "$@"
