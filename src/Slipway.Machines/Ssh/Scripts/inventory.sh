# inventory ROOT OUTPUT: the text of TreeInventory, whose grammar this follows line by line.
inventory() {
    work=$2.work
    op mkdir -- "$work"
    e=$(
        {
            export LC_ALL=C
            cd -- "$1" || exit 1
            # One name a line, its own newlines told apart.
            lines() { tr '\n\0' '\001\n' | sed -e 's/\\/\\\\/g' -e 's/>/\\>/g' -e "s/$(printf '\001')/\\\\n/g"; }
            for kind in f d l o; do
                case $kind in
                    o) find . -mindepth 1 ! -type f ! -type d ! -type l -print0 ;;
                    *) find . -mindepth 1 -type $kind -print0 ;;
                esac >"$work/$kind" || exit 1
                lines <"$work/$kind" | sed 's/^\.\///' >"$work/$kind.name"
                case $kind in
                    f)
                        xargs -0 -r stat -c '%a %s' <"$work/f" >"$work/f.stat" || exit 1
                        xargs -0 -r sha256sum <"$work/f" | sed -e 's/^\\//' -e 's/ .*//' >"$work/f.hash" || exit 1
                        ;;
                    l) xargs -0 -r sh -c 'for l; do readlink -n "$l" && printf "\0"; done' _ <"$work/l" | lines >"$work/l.target" || exit 1 ;;
                    *) xargs -0 -r stat -c %a <"$work/$kind" >"$work/$kind.stat" || exit 1 ;;
                esac
            done
            # A tool that writes a name in two lines (busybox, a newline in it) would pair the wrong lines.
            for pair in f.stat f.hash d.stat l.target o.stat; do
                [ "$(wc -l <"$work/$pair")" = "$(wc -l <"$work/${pair%%.*}.name")" ] || { echo "a name in $1 holds a newline, which this host's tools cannot list" >&2; exit 1; }
            done
            separator=$(printf '\001')
            {
                paste -d ' ' "$work/f.stat" "$work/f.hash" | paste -d "$separator" "$work/f.name" - | awk -F "$separator" '{ print $1 FS "f " $2 " " $1 }'
                paste -d "$separator" "$work/d.name" "$work/d.stat" | awk -F "$separator" '{ print $1 FS "d " $2 " " $1 }'
                paste -d "$separator" "$work/o.name" "$work/o.stat" | awk -F "$separator" '{ print $1 FS "o " $2 " " $1 }'
                paste -d "$separator" "$work/l.name" "$work/l.target" | awk -F "$separator" '{ print $1 FS "l " $1 " -> " $2 }'
            } | sort | cut -d "$separator" -f 2- >"$work/lines"
            {
                awk '{ n++; bytes += $2 } END { printf "slipway-inventory/1 files=%d bytes=%.0f\n", n, bytes }' "$work/f.stat"
                cat "$work/lines"
            } >"$work/text"
            printf 'sha256 %s\n' "$(sha256sum <"$work/text" | cut -d ' ' -f 1)" >>"$work/text"
        } 2>&1 >/dev/null
    ) || { rm -rf -- "$work"; fail os "$(one "$e")"; }
    op chmod 644 "$work/text"
    op mv -f -- "$work/text" "$2"
    rm -rf -- "$work"
}
