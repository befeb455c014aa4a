#!/bin/sh
# make-env.sh [FILE]: writes new random secrets for docker-compose.yml into FILE, `.env` beside it unless told otherwise.
# Never overwrites: losing these values locks everybody out. Needs openssl or node.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
file="${1:-$here/../.env}"
if [ -e "$file" ]; then
  echo "$file exists already. Change single values there; docs/production.md says how." >&2
  exit 1
fi

random() { od -v -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# Ed25519, PKCS #8, on one line: line breaks are written as \n.
signing_key() {
  if command -v openssl > /dev/null; then
    openssl genpkey -algorithm ed25519
  else
    node -p 'crypto.generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).trim()'
  fi | awk '{ printf "%s%s", separator, $0; separator = "\\n" }'
}

key="$(signing_key)"
case "$key" in
  '-----BEGIN PRIVATE KEY-----'*'-----END PRIVATE KEY-----') ;;
  *)
    echo 'No signing key could be made: neither openssl nor node did it.' >&2
    exit 1
    ;;
esac

umask 077
# Every name of the example that has no value gets one.
while IFS= read -r line; do
  case "$line" in
    TOKEN_PRIVATE_KEY=) printf 'TOKEN_PRIVATE_KEY=%s\n' "$key" ;;
    [A-Z]*=) printf '%s%s\n' "$line" "$(random)" ;;
    *) printf '%s\n' "$line" ;;
  esac
done < "$here/.env.example" > "$file.new"
mv "$file.new" "$file"
echo "$file is written; only you can read it. Keep a copy where you keep secrets."
