# inventory ROOT OUTPUT: the text of TreeInventory, whose grammar this follows line by line.
inventory() {
    sw_work=$2.work
    op mkdir -- "$sw_work"
    sw_words=$(
        {
            export LC_ALL=C
            cd -- "$1" || exit 1
            # One name a line, its own newlines told apart.
            lines() { tr '\n\0' '\001\n' | sed -e 's/\\/\\\\/g' -e 's/>/\\>/g' -e "s/$(printf '\001')/\\\\n/g"; }
            for sw_kind in f d l o; do
                case $sw_kind in
                    o) find . -mindepth 1 ! -type f ! -type d ! -type l -print0 ;;
                    *) find . -mindepth 1 -type $sw_kind -print0 ;;
                esac >"$sw_work/$sw_kind" || exit 1
                lines <"$sw_work/$sw_kind" | sed 's/^\.\///' >"$sw_work/$sw_kind.name"
                case $sw_kind in
                    f)
                        xargs -0 -r stat -c '%a %s' <"$sw_work/f" >"$sw_work/f.stat" || exit 1
                        xargs -0 -r sha256sum <"$sw_work/f" | sed -e 's/^\\//' -e 's/ .*//' >"$sw_work/f.hash" || exit 1
                        ;;
                    l) xargs -0 -r sh -c 'for sw_l; do readlink -n "$sw_l" && printf "\0"; done' _ <"$sw_work/l" | lines >"$sw_work/l.target" || exit 1 ;;
                    *) xargs -0 -r stat -c %a <"$sw_work/$sw_kind" >"$sw_work/$sw_kind.stat" || exit 1 ;;
                esac
            done
            # A tool that writes a name in two lines (busybox, a newline in it) would pair the wrong lines.
            for sw_pair in f.stat f.hash d.stat l.target o.stat; do
                [ "$(wc -l <"$sw_work/$sw_pair")" = "$(wc -l <"$sw_work/${sw_pair%%.*}.name")" ] || { echo "a name in $1 holds a newline, which this host's tools cannot list" >&2; exit 1; }
            done
            sw_separator=$(printf '\001')
            {
                paste -d ' ' "$sw_work/f.stat" "$sw_work/f.hash" | paste -d "$sw_separator" "$sw_work/f.name" - | awk -F "$sw_separator" '{ print $1 FS "f " $2 " " $1 }'
                paste -d "$sw_separator" "$sw_work/d.name" "$sw_work/d.stat" | awk -F "$sw_separator" '{ print $1 FS "d " $2 " " $1 }'
                paste -d "$sw_separator" "$sw_work/o.name" "$sw_work/o.stat" | awk -F "$sw_separator" '{ print $1 FS "o " $2 " " $1 }'
                paste -d "$sw_separator" "$sw_work/l.name" "$sw_work/l.target" | awk -F "$sw_separator" '{ print $1 FS "l " $1 " -> " $2 }'
            } | sort | cut -d "$sw_separator" -f 2- >"$sw_work/lines"
            {
                awk '{ n++; bytes += $2 } END { printf "slipway-inventory/1 files=%d bytes=%.0f\n", n, bytes }' "$sw_work/f.stat"
                cat "$sw_work/lines"
            } >"$sw_work/text"
            printf 'sha256 %s\n' "$(sha256sum <"$sw_work/text" | cut -d ' ' -f 1)" >>"$sw_work/text"
        } 2>&1 >/dev/null
    ) || { rm -rf -- "$sw_work"; fail os "$(one "$sw_words")"; }
    op chmod 644 "$sw_work/text"
    op mv -f -- "$sw_work/text" "$2"
    rm -rf -- "$sw_work"
}
