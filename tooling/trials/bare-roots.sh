#!/bin/bash
# `npm run exec bash tooling/trials/bare-roots.sh`: as root, with Debian's debootstrap and a mirror at hand. Packs this checkout, makes two roots of
# Debian 12, one with Node and npm alone and one with nothing, and runs README's commands in each as a user other than root: in
# the first from the tarball, in the second from the folder with a Node of its own, and from the package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
emulator=
clean() {
  [ -z "$emulator" ] || kill "$emulator"
  for root in "$work"/node "$work"/nothing; do umount "$root/dev" "$root/proc" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT

node tooling/release/pack.ts "$work/pack" >/dev/null
node tooling/b2-emulator/src/main.ts --port 0 --store memory >"$work/account" &
emulator=$!
debootstrap --variant=minbase bookworm "$work/nothing" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$work/log" || { tail "$work/log"; exit 1; }
chroot "$work/nothing" useradd -m -u 4242 ann
cp -r "$work/pack" tooling/trials/readme.sh "$work/nothing/srv"
cp /etc/resolv.conf "$work/nothing/etc/resolv.conf"
[ -z "${NODE_EXTRA_CA_CERTS:-}" ] || cp "$NODE_EXTRA_CA_CERTS" "$work/nothing/srv/authorities.pem"
cp -a "$work/nothing" "$work/node"
cp -L "$(node -p process.execPath)" "$work/node/usr/local/bin/node"
mkdir -p "$work/node/usr/local/lib/node_modules"
cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$work/node/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/usr/local/bin/npm"

eval "$(sed 's/^export /ACCOUNT_/' "$work/account")"
inside() {
  root=$work/$1
  mountpoint -q "$root/dev" || { mount --bind /dev "$root/dev"; mount -t proc proc "$root/proc"; }
  chroot --userspec=ann:ann "$root" env -i HOME=/home/ann USER=ann LANG=C.UTF-8 \
    PATH=/home/ann/.local/bin:/usr/local/bin:/usr/bin:/bin npm_config_registry="$(npm config get registry)" \
    KEY_ID="$ACCOUNT_B2_APPLICATION_KEY_ID" KEY="$ACCOUNT_B2_APPLICATION_KEY" ENDPOINT="$ACCOUNT_B2_ENDPOINT" sh -euc "cd; $2"
}
authorities='[ ! -e /srv/authorities.pem ] || export npm_config_cafile=/srv/authorities.pem'
inside node "$authorities; npm install -g --ignore-scripts --prefix ~/.local /srv/pack/ourclone-[0-9]*.tgz; du -sh ~/.local; sh /srv/readme.sh"
inside nothing "mkdir -p ~/.local/lib ~/.local/bin; tar -xzf /srv/pack/ourclone-*-linux-x64.tar.gz -C ~/.local/lib
  ln -s ~/.local/lib/ourclone-*/bin/ourclone ~/.local/bin/; sh /srv/readme.sh; rm -r ~/.local"
chroot "$work/nothing" sh -c 'dpkg -i /srv/pack/ourclone_*_amd64.deb'
inside nothing "sh /srv/readme.sh"
echo "README's commands held in both roots: from the tarball, the folder and the package"
