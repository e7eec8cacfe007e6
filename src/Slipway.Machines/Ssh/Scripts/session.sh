# The supervisor of one remote call. POSIX sh (dash, bash, busybox). Its text follows lines that set:
#   N  the nonce that marks our own lines     B  the script of the worker     G  seconds between TERM and KILL
#   E  what is done when the worker has ended
#   P  the lengths of the payloads            L  what follows them: nothing (lifeline), lines for the worker (answers) or its standard input (feed)
# Standard input is the lifeline: when it ends, the worker and all of its session are ended.
say() { printf '%s %s\n' "$N" "$*" >&2; }

if dd if=/dev/null count=0 iflag=fullblock 2>/dev/null; then
    take() { dd bs="$1" count=1 iflag=fullblock 2>/dev/null; }
else
    take() { dd bs=1 count="$1" 2>/dev/null; }
fi

say up
clean() { [ -z "$T" ] || rm -rf -- "$T"; }

if ! command -v setsid >/dev/null; then
    say need setsid
    exit 0
fi

T=
if [ -n "$P" ] || [ "$L" != lifeline ]; then
    umask_before=$(umask)
    umask 077
    T=$(mktemp -d /dev/shm/slipway.XXXXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXXXX") || { say need 'a writable /dev/shm or /tmp'; exit 0; }
    trap clean 0
    i=0
    for n in $P; do
        i=$((i + 1))
        if [ "$n" = 0 ]; then : >"$T/$i"; else take "$n" >"$T/$i"; fi
        if [ "$(wc -c <"$T/$i" | tr -d ' ')" != "$n" ]; then
            say need "room for $n bytes in ${T%/*}"
            exit 0
        fi
    done
    [ "$L" = lifeline ] || mkfifo "$T/input"
    umask "$umask_before"
fi

exec 3<&0 </dev/null
if [ "$L" = feed ]; then
    # Both ends are there before either side uses its own.
    exec 4<>"$T/input" 5<"$T/input"
fi
printf '%s' "N=$N T=$T
$B" | setsid sh -c 'eval "$(cat)"' 3<&- 4>&- &
p=$!

# The processes of the worker's session that are not dead yet.
members() {
    for f in /proc/[0-9]*/stat; do
        { IFS= read -r line <"$f"; } 2>/dev/null || continue
        f=${f#/proc/}
        set -- ${line##*) }
        if [ "$4" = "$p" ] && [ "$1" != Z ]; then printf '%s ' "${f%/stat}"; fi
    done
}

stop() {
    for m in $(members); do kill -s TERM "$m"; kill -s CONT "$m"; done 2>/dev/null
    i=$((G * 10))
    while [ $i -gt 0 ] && [ -n "$(members)" ]; do
        i=$((i - 1))
        sleep 0.1 2>/dev/null || { sleep 1; i=$((i - 9)); }
    done
    for m in $(members); do kill -s KILL "$m"; done 2>/dev/null
}

ended=
trap 'ended=1' USR1
(
    trap - 0 USR1
    case $L in
        lifeline) while IFS= read -r line; do :; done ;;
        answers) while IFS= read -r line; do printf '%s\n' "$line" >"$T/input"; done ;;
        # The worker sees the end itself and has its time to come to one.
        feed) exec 5<&-; cat >&4; exec 4>&-; sleep "$G" ;;
    esac
    # Repeated: a signal that comes just before the wait would be lost.
    while kill -s USR1 $$; do sleep 0.1 || sleep 1; done
    # The supervisor ends this process before itself. It was killed, which closes the input, too: nobody else is left to do its work.
    stop
    clean
) <&3 >/dev/null 2>&1 &
w=$!
exec 3<&- 4>&- 5<&-

wait "$p" 2>/dev/null
r=$?
if [ -n "$ended" ]; then
    kill "$w" 2>/dev/null
    trap '' USR1
    stop
    wait "$p" 2>/dev/null
    r=$?
fi
kill "$w" 2>/dev/null
eval "$E"
# Before the last word: where nobody hears it any more, saying it ends this process at once.
clean
say rc "$r"
exit 0
