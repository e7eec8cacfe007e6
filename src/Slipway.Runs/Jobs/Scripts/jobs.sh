# Questions about runs, and what is asked of them. $1 directory of all runs, $2 the question, then its arguments.
all=$1
ask=$2
boot=-
{ read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null

pause() { sleep 0.2 2>/dev/null || sleep 1; }

ticks() {
    ticks=
    { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return
    set -- ${line##*) }
    ticks=${20}
    [ "$1" != Z ]
}

# look RUN: what of its supervisor there is: none, dead, rebooted or alive.
look() {
    state=none
    pid=
    { read -r pid start at <"$1/pid"; } 2>/dev/null || return
    state=dead
    if [ "$at" != "$boot" ]; then state=rebooted
    elif ticks "$pid" && [ "$ticks" = "$start" ]; then state=alive
    fi
}

# over RUN: whether it has ended. The supervisor is looked at first: one that ends meanwhile has left its word. A rented run has none here: it is over when that is written.
over() {
    if [ -e "$1/cloud.json" ]; then
        [ -e "$1/exit.json" ]
        return
    fi
    look "$1"
    [ -e "$1/exit.json" ] || [ "$state" != alive ]
}

describe() {
    look "$1"
    line=
    { IFS= read -r line <"$1/run.json"; } 2>/dev/null
    [ -n "$line" ] || return 0
    printf 'run %s %s\nspec %s\n' "${1##*/}" "$state" "$line"
    if { IFS= read -r line <"$1/exit.json"; } 2>/dev/null; then printf 'exit %s\n' "$line"; fi
    if [ -e "$1/ready" ]; then echo ready; fi
}

# find WORD: the run of that id, else the newest of that name.
find_run() {
    run=
    case $1 in
        [0-9]*t*-*) if [ -d "$all/$1" ]; then run=$all/$1; return; fi ;;
    esac
    best=0
    for r in "$all"/*; do
        { read -r name at <"$r/name"; } 2>/dev/null || continue
        if [ "$name" = "$1" ] && [ "$at" -ge "$best" ]; then best=$at; run=$r; fi
    done
    if [ -n "$run" ]; then return; fi
    # The log of no run has no text either.
    [ "$ask" != logs ] || exit 4
    echo missing
    exit 0
}

size() { wc -c <"$1" 2>/dev/null | tr -d ' '; }

# The processes of a run whose supervisor is gone: its command, and what is in its session, if they carry its id. A run without one command says *: all that carry it.
left() {
    { read -r child start <"$1/child"; } 2>/dev/null || return
    for f in /proc/[0-9]*/stat; do
        { IFS= read -r line <"$f"; } 2>/dev/null || continue
        f=${f%/stat}
        set -- "$1" ${line##*) }
        # The keeper of a terminal has sessions of its own.
        { [ "$child" = "*" ] || [ "$5" = "$child" ] || [ "${f#/proc/}" = "$child" ] || [ -e "$1/tty" ]; } && [ "$2" != Z ] || continue
        tr '\0' '\n' <"$f/environ" 2>/dev/null | grep -qxF "SLIPWAY_RUN_ID=${1##*/}" && printf '%s ' "${f#/proc/}"
    done
}

# tell RUN LOOKS: an owner that would pass signals on is not told itself; it sees that its command ends.
tell() {
    { true >"$1/cancel"; } 2>/dev/null
    { read -r child began rest <"$1/child"; } 2>/dev/null || return
    i=$2
    signal=TERM
    while ! over "$1" && [ "$i" -gt 0 ]; do
        # For ten seconds it has time to end.
        [ $(($2 - i)) -lt 50 ] || signal=KILL
        if [ $signal = KILL ] || [ "$i" = "$2" ]; then
            ticks "$child" && [ "$ticks" = "$began" ] && { kill -s $signal "$child"; kill -s CONT "$child"; } 2>/dev/null
        fi
        i=$((i - 1))
        pause
    done
}

cancel() {
    [ ! -e "$1/exit.json" ] || return
    look "$1"
    case $state in none | rebooted) return ;; esac
    if { read -r who <"$1/attached"; } 2>/dev/null && [ "$who" = command ] && [ "$state" = alive ]; then
        tell "$1" "$2"
        return
    fi
    signal=USR1
    # TERM says the same, and needs no room on a disk.
    { true >"$1/cancel"; } 2>/dev/null || signal=TERM
    i=$2
    while ! over "$1" && [ "$i" -gt 0 ]; do
        kill -s $signal "$pid" 2>/dev/null
        i=$((i - 1))
        pause
    done
    [ "$state" = dead ] && [ ! -e "$1/exit.json" ] || return
    for m in $(left "$1"); do kill -s TERM "$m"; kill -s CONT "$m"; done 2>/dev/null
    i=50
    while [ $i -gt 0 ] && [ -n "$(left "$1")" ]; do i=$((i - 1)); pause; done
    for m in $(left "$1"); do kill -s KILL "$m"; done 2>/dev/null
}

# follow FILE: what it has from a place on, to the end of the run. Code 3: it has become shorter.
follow() {
    while :; do
        ended=
        over "$run" && ended=1
        now=$(size "$1")
        [ "${now:-0}" -ge "$place" ] || exit 3
        if [ "${now:-0}" -gt "$place" ]; then
            tail -c +$((place + 1)) "$1" | head -c $((now - place))
            place=$now
        fi
        [ -z "$ended" ] || exit 0
        pause
    done
}

case $ask in
    list)
        # Rented runs are no jobs of this machine.
        for r in "$all"/*; do [ -e "$r/cloud.json" ] || describe "$r"; done
        ;;
    show)
        find_run "$3"
        describe "$run"
        echo "logs $(size "$run/out.log") $(size "$run/err.log")"
        if [ "$state" = dead ] && [ ! -e "$run/exit.json" ]; then echo "left $(left "$run")"; fi
        ;;
    wait)
        # $4: how long, in fifths of a second; $5: whether readiness is enough
        find_run "$3"
        i=0
        until over "$run" || [ $i -ge "$4" ] || { [ "$5" = ready ] && [ -e "$run/ready" ]; }; do
            i=$((i + 1))
            pause
        done
        describe "$run"
        if [ "$5" = ready ] && over "$run"; then
            for f in out.log err.log; do
                tail -n 20 "$run/$f" 2>/dev/null | while IFS= read -r line || [ -n "$line" ]; do printf 'tail %s\n' "$line"; done
            done
        fi
        ;;
    cancel)
        find_run "$3"
        cancel "$run" "$4"
        describe "$run"
        ;;
    logs)
        # $4 the file, $5 how it goes on: +PLACE or -LINES, $6 whether it is followed
        find_run "$3"
        # Code 5: it has none.
        [ ! -e "$run/attached" ] || exit 5
        file=$run/$4
        case $5 in
            +*) place=${5#+} ;;
            *)
                place=$(size "$file")
                place=$((${place:-0} - $(head -c "${place:-0}" "$file" 2>/dev/null | tail -n "${5#-}" | wc -c | tr -d ' ')))
                ;;
        esac
        echo "place $place ${run##*/}" >&2
        [ "$6" != follow ] || follow "$file"
        [ "$(size "$file")" -ge "$place" ] || exit 3
        tail -c +$((place + 1)) "$file"
        ;;
    prune)
        # $3: those that were started before this time, all digits
        for r in "$all"/*; do
            name=${r##*/}
            at=${name%%-*}
            at=${at%t*}${at#*t}
            case $at in *[!0-9]* | '') continue ;; esac
            [ ${#at} = 14 ] && [ "$at" -lt "$3" ] || continue
            over "$r" && [ -z "$(left "$r")" ] || continue
            mv -- "$r" "$all/.gone-$name" && rm -rf -- "$all/.gone-$name" && echo "gone $name"
        done
        exit 0
        ;;
esac
