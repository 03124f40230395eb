#!/bin/sh
# nginx in a container: the project's own configuration, and a list of instances that follows the name `hamdam`.
set -eu
folder=/run/hamdam-nginx
rm -rf "$folder"
cp -r /etc/hamdam/nginx "$folder"
mkdir -p "$folder/temp" "$folder/enabled" "$folder/tls"
# With certificates there, TLS ends here.
if [ -f /etc/hamdam/tls/fullchain.pem ]; then
    cp /etc/hamdam/tls/*.pem "$folder/tls/"
    ln -s ../options/tls.conf "$folder/enabled/"
fi
if [ -n "${TELEGRAM_ONLY:-}" ]; then ln -s ../options/telegram-only.conf "$folder/enabled/"; fi
# Failures go where containers log.
ln -s /dev/stdout "$folder/nginx-failures.log"
# The first list before nginx starts, and every later one while it runs.
sh "$folder/instances-by-dns.sh" hamdam 8080 "$folder" once
sh "$folder/instances-by-dns.sh" hamdam 8080 "$folder" &
exec nginx -p "$folder" -e stderr -c nginx.conf -g 'daemon off;'
