#!/usr/bin/env bash
# Makes a standby the primary, after the primary was lost.
#
#   scripts/database/promote.sh postgres://postgres@two.example/postgres
#
# Make sure first that the former primary is off and stays off. Refused while the standby still hears from it.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
url=$1
seconds_max=60

ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --command "$1" "$url"; }

if [ "$(ask 'select pg_is_in_recovery()')" != t ]; then
  echo "This server is a primary already." >&2
  exit 1
fi
if [ "$(ask "select count(*) from pg_stat_wal_receiver where status = 'streaming'")" != 0 ]; then
  echo "This standby still hears from its primary: stop that one first, and for good." >&2
  exit 1
fi
if [ "$(ask "select pg_promote(true, $seconds_max)")" != t ]; then
  echo "Not promoted within $seconds_max s; its log says why." >&2
  exit 1
fi
names=$(ask 'show synchronous_standby_names')
echo "Promoted. Commits wait for ${names:-no standby: run require-standby.sh once one follows it}."
