# The steps of a program. sw_step is the number of the step, sw_record the failure record of the innermost lock.
sw_record=

one() { printf '%s' "$1" | tr '\n' ' '; }

fail() {
    say fail "$sw_step" "$@"
    [ -z "$sw_record" ] || keep
    exit 1
}

# What failed is put into words where the words are known: at the other end.
keep() {
    say record
    IFS= read -r sw_answer <"$sw_room/input" && printf '%b' "$sw_answer" >"$sw_record.new" && mv -f -- "$sw_record.new" "$sw_record"
}

finish() {
    [ -z "$sw_record" ] || [ "$1" = missing ] || rm -f -- "$sw_record"
    say end "$1"
    exit 0
}

# do COMMAND...: its words are the reason when it fails.
op() { sw_words=$(LC_ALL=C "$@" 2>&1) || fail os "$(one "$sw_words")"; }

there() { [ -e "$1" ] || [ -L "$1" ]; }

folder() { [ -d "$1" ] && [ ! -L "$1" ]; }

readable() { sw_words=$( { true <"$1"; } 2>&1 ) || fail os "$(one "$sw_words")"; }

make_directory() {
    [ -d "$1" ] && return
    sw_umask=$(umask)
    umask "$2"
    op mkdir -p -- "$1"
    umask "$sw_umask"
}

# place PATH MODE: a new file from standard input.
place() {
    ! folder "$1" || fail os 'Is a directory'
    sw_new=${1%/*}/.slipway-$$.tmp
    sw_words=$( { umask 077; LC_ALL=C cat >"$sw_new"; } 2>&1 ) || { rm -f -- "$sw_new"; fail os "$(one "$sw_words")"; }
    op chmod "$2" "$sw_new"
    op mv -f -- "$sw_new" "$1"
}

sync_path() { LC_ALL=C sync "$@" 2>/dev/null || sync; }

move() {
    if folder "$2"; then op rmdir -- "$2"; fi
    op mv -f -- "$1" "$2"
    sync_path "${2%/*}/"
}

remove_tree() {
    there "$1" || return 0
    if folder "$1"; then chmod -R u+rwX "$1" 2>/dev/null; fi
    op rm -rf -- "$1"
}

link_or_copy() { ln -- "$1" "$2" 2>/dev/null || op cp -p -- "$1" "$2"; }

set_mode() {
    [ ! -L "$1" ] || fail os 'Too many levels of symbolic links'
    op chmod "$2" "$1"
}

seal() {
    folder "$1" || fail os 'Not a directory'
    op find "$1" ! -type l -exec chmod a-w {} +
}

touch_file() {
    if ! there "$1"; then
        sw_umask=$(umask)
        umask 077
        op touch "$1"
        umask "$sw_umask"
    fi
    op touch "$1"
}

stop_if_exists() { ! there "$1" || finish stopped; }

require() { there "$1" || finish missing; }

stop_if_modified() { [ "$(stat -c %Y -- "$1" 2>/dev/null)" = "$2" ] || finish stopped; }

stop_unless_content() { [ "$(cat -- "$1" 2>/dev/null)" = "$2" ] || finish stopped; }

need_flock() { command -v flock >/dev/null || { say need flock; exit 1; }; }

# open NUMBER PATH: a lock file for locking, made with mode 0600 where it is missing.
open() {
    if [ ! -e "$2" ]; then sw_words=$( { umask 077; true >>"$2"; } 2>&1 ) || fail os "$(one "$sw_words")"; fi
    sw_words=$( { true <"$2"; } 2>&1 ) || fail os "$(one "$sw_words")"
    if { true <>"$2"; } 2>/dev/null; then eval "exec $1<>\"\$2\""; else eval "exec $1<\"\$2\""; fi
}

# try MODE NUMBER PATH: false when somebody else holds it.
try() {
    sw_words=$(LC_ALL=C flock "$1" -n "$2" 2>&1) && return
    [ -z "$sw_words" ] || fail nolocks "$(one "$sw_words")"
    return 1
}

short() { sleep 0.1 2>/dev/null || sleep 1; }

stamp() { stat -c '%i %y' -- "$1" 2>/dev/null; }

# lock NUMBER PATH TENTHS HOLDER [RECORD]
lock() {
    need_flock
    sw_was=
    [ -z "$5" ] || sw_was=$(stamp "$5")
    open "$1" "$2"
    sw_told=
    sw_i=0
    until try -x "$1"; do
        sw_holder=$(cat -- "$2" 2>/dev/null)
        [ $sw_i -lt "$3" ] || fail busy "$(one "$sw_holder")"
        if [ "$sw_holder" != "$sw_told" ] && { [ -z "$sw_told" ] || [ -n "$sw_holder" ]; }; then
            sw_told=${sw_holder:-?}
            say wait "$(one "$sw_holder")"
        fi
        sw_i=$((sw_i + 1))
        short
    done
    if [ -n "$sw_told" ] && [ -n "$5" ] && [ "$(stamp "$5")" != "$sw_was" ] && [ -f "$5" ]; then
        say adopt "$(tr '\n' '\001' <"$5")"
        exit 1
    fi
    printf 'process %s on %s: %s\n' "$$" "$(uname -n)" "$4" >"$2"
}

# unlock NUMBER [RECORD]
unlock() {
    [ -z "$2" ] || rm -f -- "$2"
    flock -u "$1"
    eval "exec $1<&-"
}

lease() {
    need_flock
    open "$1" "$2"
    sw_i=0
    until try -s "$1"; do
        [ $sw_i -lt 100 ] || fail collected
        sw_i=$((sw_i + 1))
        short
    done
    touch "$2" 2>/dev/null || :
}

exclusive() {
    need_flock
    open "$1" "$2"
    try -x "$1" || fail leased
}
