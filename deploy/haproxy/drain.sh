#!/bin/sh
# Takes an instance out of HAProxy's hands before it is stopped, and lets it in again (needs socat):
#   drain.sh i1            no new update goes to i1; ends when what it had is answered
#   drain.sh i1 ready      i1 gets its share again, growing for 10 s
# Stopping an instance without this loses nothing either: it says "draining" first, and HAProxy hears it within a second.
set -eu
socket=${HAPROXY_SOCKET:-/run/haproxy-hamdam.sock}
server=hamdam/$1 state=${2:-drain}

ask() {
    echo "$1" | socat -t 5 - "UNIX-CONNECT:$socket"
}

# HAProxy answers nothing when all is well.
answer=$(ask "set server $server state $state")
if [ -n "$answer" ]; then
    echo "$answer" >&2
    exit 1
fi
[ "$state" = drain ] || exit 0

# The fifth column of the statistics is the number of requests under way.
while [ "$(ask 'show stat' | awk -F , -v server="$1" '$1 == "hamdam" && $2 == server { print $5 }')" != 0 ]; do
    sleep 0.2
done
