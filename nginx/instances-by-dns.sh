#!/bin/sh
# Keeps hamdam-instances.conf up to date where one name has the addresses of all instances, and tells nginx of changes:
#   instances-by-dns.sh hamdam 8080 /etc/nginx/hamdam          in the background, for ever
#   instances-by-dns.sh hamdam 8080 /etc/nginx/hamdam once     before nginx starts: waits for the first address
# So `docker compose up --scale hamdam=5` is all there is to do. (nginx itself follows a name only since 1.27.3; this works
# with every version.) A name that has no address for a moment changes nothing: the old instances are the better guess.
set -eu
name=$1 port=$2 folder=$3 once=${4:-}
list=$folder/hamdam-instances.conf

# One address a line, in an order that does not change by itself.
addresses() {
    getent ahostsv4 "$name" | awk '{ print $1 }' | sort -u || true
}

# Moved into place, so that nginx never reads half of it.
write() {
    {
        echo "# Written by instances-by-dns.sh from the addresses of $name."
        for address in $1; do
            echo "server $address:$port max_fails=1 fail_timeout=2s;"
            echo "server $address:$port max_fails=0 backup;"
        done
    } >"$list.new"
    mv "$list.new" "$list"
}

known=
while :; do
    now=$(addresses)
    if [ -n "$now" ] && [ "$now" != "$known" ]; then
        write "$now"
        if [ -n "$once" ]; then exit; fi
        # The first time it is as nginx found it, or as it should have.
        nginx -p "$folder" -e stderr -c nginx.conf -s reload && known=$now
    fi
    sleep 1
done
