# curl, with nothing but what its environment says. One line of JSON at the end, as the other clients.
set -eu
get() { curl -sS --max-time 10 "$@" | base64 -w0; }
a=$(get -i "$BASE/items/1" -H 'X-Case: Kept')
b=$(get -d 'name=Ada&n=1' "$BASE/echo")
c=$(get -L "$BASE/moved")
d=$(get --compressed "$BASE/large")
e=$(get "$SECURE/items/2")
f=$(get --http1.1 -F 'file=@/dev/null;filename=a.txt' "$BASE/echo?form")
g=$(get -I "$BASE/cookies")
printf '["%s","%s","%s","%s","%s","%s","%s"]\n' "$a" "$b" "$c" "$d" "$e" "$f" "$g"
