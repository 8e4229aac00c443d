#!/bin/sh
# The commands of README.md in their order, with `ourclone` on PATH, by a user who is not root; for bare-roots.sh. KEY_ID, KEY and
# ENDPOINT are of an account that may do everything.
set -eu
HOME=$(mktemp -d)
export HOME
cd "$HOME"
say() { printf '\n== %s\n' "$*"; }
ourclone --version
say completions
mkdir -p .local/share/bash-completion/completions .zfunc .config/fish/completions
ourclone completion bash > .local/share/bash-completion/completions/ourclone
ourclone completion zsh > .zfunc/_ourclone
ourclone completion fish > .config/fish/completions/ourclone.fish
say remote
ourclone remote add photos b2 --key-id "$KEY_ID" --application-key "$KEY" --endpoint "$ENDPOINT"
mkdir -p Pictures/empty Documents Notes; head -c 300000 /dev/urandom > Pictures/a.jpg; echo b > "Pictures/b ü.txt"; ln -s a.jpg Pictures/l; echo d > Documents/d.txt; echo n > Notes/n
B=my-bucket-$$
say sync
ourclone sync ~/Pictures photos:$B/pictures --dry-run
ourclone sync ~/Pictures photos:$B/pictures
ourclone check ~/Pictures photos:$B/pictures
echo r > report.pdf
B2_APPLICATION_KEY_ID=$KEY_ID B2_APPLICATION_KEY=$KEY B2_ENDPOINT=$ENDPOINT ourclone copy report.pdf b2://$B/reports
B2_APPLICATION_KEY_ID=$KEY_ID B2_APPLICATION_KEY=$KEY B2_ENDPOINT=$ENDPOINT ourclone ls b2://$B
say help
ourclone --help > /dev/null; ourclone sync --help > /dev/null
ourclone remote import --dry-run /dev/null || echo "(import of nothing: $?)"
ourclone sync Pictures photos:$B/pictures --dry-run
ourclone copy Documents photos:$B/documents --max-cost 1.50
say key
ourclone key create --for sync photos:$B/pictures --remote pictures
ourclone doctor pictures:$B/pictures
say bisync
ourclone bisync ~/Notes photos:$B/notes --dry-run
ourclone bisync ~/Notes photos:$B/notes
say "as it was"
ourclone rm photos:$B/pictures/a.jpg
ourclone undelete photos:$B/pictures/a.jpg
ourclone versions photos:$B/pictures/a.jpg
ID=$(ourclone versions --json photos:$B/pictures/a.jpg | grep -o '"versionId":"[^"]*"' | head -1 | cut -d'"' -f4)
ourclone undelete --version-id "$ID" photos:$B/pictures/a.jpg
sleep 3; ourclone ls --at 1s photos:$B/pictures
ourclone sync --at 1s photos:$B/pictures photos:$B/pictures
ourclone cleanup --old-versions --older-than 30d photos:$B
say backup
echo secret > pw
ourclone repo init --repo photos:$B/backup --name home --password-file pw
ourclone backup ~/Documents ~/Pictures --repo home --exclude-caches --password-file pw
ourclone snapshots --repo home --password-file pw
ourclone restore latest --repo home --target back --password-file pw
cmp back"$HOME"/Pictures/a.jpg Pictures/a.jpg && echo "restored the same"
ourclone forget --repo home --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --prune --password-file pw
ourclone repo check --repo home --read-data-subset 1/30 --password-file pw
ourclone repo drill --repo home --password-file pw
say service
ourclone serve > serve.out 2>&1 & S=$!
for i in $(seq 100); do grep -q "set it up" serve.out && break; sleep 0.3; done
cat serve.out; kill $S; wait $S || echo "serve ended with $?"
ourclone serve http photos:$B --addr 127.0.0.1:0 > http.out 2>&1 & S=$!
for i in $(seq 100); do grep -q "http://" http.out && break; sleep 0.3; done
cat http.out; kill $S; wait $S || echo "serve http ended with $?"
ourclone tui </dev/null || echo "tui without a terminal: $?"
say done
