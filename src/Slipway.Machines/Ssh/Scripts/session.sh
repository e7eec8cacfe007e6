# The supervisor of one remote call. POSIX sh (dash, bash, busybox). Its text follows lines that set:
#   sw_nonce  what marks our own lines          sw_body  the script of the worker     sw_grace  seconds between TERM and KILL
#   sw_after  what is done when the worker has ended
#   sw_sizes  the lengths of the payloads       sw_use   what follows them: nothing (lifeline), lines for the worker (answers) or pieces of its standard input (feed)
# All variables of what runs on hosts begin with sw_: another name could be one that the session has exported, and the command would see the change.
# Standard input is the lifeline: when it ends, the worker and all of its session are ended.
say() { printf '%s %s\n' "$sw_nonce" "$*" >&2; }

if dd if=/dev/null count=0 iflag=fullblock 2>/dev/null; then
    take() { dd bs="$1" count=1 iflag=fullblock 2>/dev/null; }
else
    take() { dd bs=1 count="$1" 2>/dev/null; }
fi

say up
clean() { [ -z "$sw_room" ] || rm -rf -- "$sw_room"; }

if ! command -v setsid >/dev/null; then
    say need setsid
    exit 0
fi

sw_room=
if [ -n "$sw_sizes" ] || [ "$sw_use" != lifeline ]; then
    sw_umask=$(umask)
    umask 077
    sw_room=$(mktemp -d /dev/shm/slipway.XXXXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXXXX") || { say need 'a writable /dev/shm or /tmp'; exit 0; }
    trap clean 0
    sw_i=0
    for sw_n in $sw_sizes; do
        sw_i=$((sw_i + 1))
        if [ "$sw_n" = 0 ]; then : >"$sw_room/$sw_i"; else take "$sw_n" >"$sw_room/$sw_i"; fi
        if [ "$(wc -c <"$sw_room/$sw_i" | tr -d ' ')" != "$sw_n" ]; then
            say need "room for $sw_n bytes in ${sw_room%/*}"
            exit 0
        fi
    done
    [ "$sw_use" = lifeline ] || mkfifo "$sw_room/input"
    umask "$sw_umask"
fi

exec 3<&0 </dev/null
if [ "$sw_use" = feed ]; then
    # Both ends are there before either side uses its own.
    exec 4<>"$sw_room/input" 5<"$sw_room/input"
fi
# A shell starts what is in the background with INT and QUIT ignored, and has no word of its own that gives them back.
sw_signals=
if env --default-signal=INT true 2>/dev/null; then sw_signals='env --default-signal=INT,QUIT'; fi
printf '%s' "sw_nonce=$sw_nonce sw_room=$sw_room
$sw_body" | setsid $sw_signals sh -c 'eval "$(cat)"' 3<&- 4>&- &
sw_worker=$!

# The processes of the worker's session that are not dead yet.
members() {
    for sw_f in /proc/[0-9]*/stat; do
        { IFS= read -r sw_line <"$sw_f"; } 2>/dev/null || continue
        sw_f=${sw_f#/proc/}
        set -- ${sw_line##*) }
        if [ "$4" = "$sw_worker" ] && [ "$1" != Z ]; then printf '%s ' "${sw_f%/stat}"; fi
    done
}

stop() {
    for sw_m in $(members); do kill -s TERM "$sw_m"; kill -s CONT "$sw_m"; done 2>/dev/null
    sw_i=$((sw_grace * 10))
    while [ $sw_i -gt 0 ] && [ -n "$(members)" ]; do
        sw_i=$((sw_i - 1))
        sleep 0.1 2>/dev/null || { sleep 1; sw_i=$((sw_i - 9)); }
    done
    for sw_m in $(members); do kill -s KILL "$sw_m"; done 2>/dev/null
}

sw_ended=
trap 'sw_ended=1' USR1
(
    trap - 0 USR1
    case $sw_use in
        lifeline) while IFS= read -r sw_line; do :; done ;;
        answers) while IFS= read -r sw_line; do printf '%s\n' "$sw_line" >"$sw_room/input"; done ;;
        # In pieces, each after a line with its length, so that the end of what the command reads is not the end of everything. It may stop reading before.
        feed)
            exec 5<&-
            while IFS= read -r sw_n && [ "$sw_n" != end ]; do take "$sw_n" >&4 || break; done
            exec 4>&-
            cat
            ;;
    esac
    # Repeated: a signal that comes just before the wait would be lost.
    while kill -s USR1 $$; do sleep 0.1 || sleep 1; done
    # The supervisor ends this process before itself. It was killed, which closes the input, too: nobody else is left to do its work.
    stop
    clean
) <&3 >/dev/null 2>&1 &
sw_watcher=$!
exec 3<&- 4>&- 5<&-

wait "$sw_worker" 2>/dev/null
sw_code=$?
if [ -n "$sw_ended" ]; then
    kill "$sw_watcher" 2>/dev/null
    trap '' USR1
    stop
    wait "$sw_worker" 2>/dev/null
    sw_code=$?
fi
kill "$sw_watcher" 2>/dev/null
eval "$sw_after"
# Before the last word: where nobody hears it any more, saying it ends this process at once.
clean
say rc "$sw_code"
exit 0
