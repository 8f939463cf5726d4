#!/usr/bin/env bash
# From now on the primary acknowledges nothing that its standbys have not as well (profile C).
#
#   scripts/database/require-standby.sh postgres://postgres@one.example/postgres second
#   scripts/database/require-standby.sh postgres://postgres@one.example/postgres 'any 1 (second, third)'
#   scripts/database/require-standby.sh postgres://postgres@one.example/postgres ''      # no longer: profile B
#
# Refused, and taken back, while no such standby follows: every commit would wait for it.
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
url=$1 names=$2
seconds_max=20

ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --set "names=$names" "$url"; }
followed() { [ "$(echo "select count(*) from pg_stat_replication where $1" | ask)" -gt 0 ]; }

if [ -n "$names" ] && ! followed "state = 'streaming'"; then
  echo "No standby follows this server; nothing was changed." >&2
  exit 1
fi
before=$(echo "show synchronous_standby_names" | ask)
printf '%s\n' "alter system set synchronous_standby_names = :'names';" 'select pg_reload_conf();' | ask >/dev/null
if [ -z "$names" ]; then
  echo "Commits wait for no standby any more."
  exit 0
fi
for ((i = 0; i < seconds_max * 5; i++)); do
  if followed "sync_state in ('sync', 'quorum')"; then
    echo "Commits wait for $names."
    exit 0
  fi
  sleep 0.2
done
names=$before
printf '%s\n' "alter system set synchronous_standby_names = :'names';" 'select pg_reload_conf();' | ask >/dev/null
echo "No standby of $2 follows; what was set before is set again. Following now:" >&2
echo "select application_name, state from pg_stat_replication" | ask >&2
exit 1
