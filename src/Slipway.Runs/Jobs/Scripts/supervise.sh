# The supervisor of one run: it holds the lease, starts the command in a session of its own, keeps the limits and writes how it ended.
# POSIX sh (dash, bash, busybox), after record.sh. All variables begin with sw_: another name could be one that the user has exported, and the command would see the change.
sw_run=$1        # the directory of the run
sw_max=$2        # how many seconds the command may take; 0 for any
sw_most=$3       # how many bytes a log may have; 0 for any
sw_grace=$4      # seconds between TERM and KILL
sw_lease=$5      # the lease of the environment; empty for none
sw_record=$6     # what has to be there once the lease is held
sw_port=$7       # where a service listens; 0 for none
sw_probe=$8      # none, tcp, http or command
sw_question=$9   # the path to ask for, or the command
sw_patience=${10} # seconds until a service has to be ready
sw_terminal=${11} # 1 when the command gets a terminal, which others can look at
sw_umask=$(umask)
umask 077

pause() { sleep "$1" 2>/dev/null || sleep 1; }

# refuse WORD: nothing was started.
refuse() {
    printf '%s\n' "$1" >"$sw_run/refused"
    exit 1
}

hold() {
    command -v flock >/dev/null || refuse flock
    { true >>"$sw_lease"; } 2>/dev/null || refuse lease
    exec 9<>"$sw_lease"
    sw_i=0
    until flock -s -n 9; do
        [ $sw_i -lt 40 ] || refuse collected
        sw_i=$((sw_i + 1))
        pause 0.1
    done
    touch "$sw_lease" 2>/dev/null
    [ -e "$sw_record" ] || refuse gone
}

# Whether a socket of this machine listens on the port.
listens() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":$(printf '%04X' "$sw_port") [0-9A-F]*:[0-9A-F]* 0A "; }

fetch() {
    if command -v curl >/dev/null; then
        curl -q -s -f -g -o /dev/null -m 5 --noproxy '*' "http://localhost:$sw_port$sw_question"
    else
        http_proxy= wget -q -T 5 -O /dev/null "http://localhost:$sw_port$sw_question"
    fi
}

answers() {
    case $sw_probe in
        tcp) listens ;;
        http) listens && fetch ;;
        command) sh -c "$sw_question" ;;
    esac </dev/null >/dev/null 2>&1 9<&-
}

# marked PROCESS: whether it belongs to the run by its variables; the keeper of a terminal has sessions of its own.
marked() { [ "$sw_terminal" = 1 ] && tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | grep -qxF "SLIPWAY_RUN_ID=${sw_run##*/}"; }

# The processes of the command's session that are not dead yet.
members() {
    for sw_file in /proc/[0-9]*/stat; do
        { IFS= read -r sw_line <"$sw_file"; } 2>/dev/null || continue
        set -- ${sw_line##*) }
        sw_file=${sw_file#/proc/}
        sw_file=${sw_file%/stat}
        [ "$1" != Z ] || continue
        if [ "$4" = "$sw_child" ] || marked "$sw_file"; then printf '%s ' "$sw_file"; fi
    done
}

stop() {
    for sw_m in $(members); do kill -s TERM "$sw_m"; kill -s CONT "$sw_m"; done 2>/dev/null
    sw_i=$((sw_grace * 5))
    while [ $sw_i -gt 0 ] && [ -n "$(members)" ]; do
        sw_i=$((sw_i - 1))
        pause 0.2
    done
    for sw_m in $(members); do kill -s KILL "$sw_m"; done 2>/dev/null
}

# finish END CODE REASON
finish() {
    conclude "$1" "$2" "$3"
    sw_i=0
    until keep || [ $sw_i -ge 600 ] || [ ! -d "$sw_run" ]; do
        sw_i=$((sw_i + 1))
        pause 1
    done
    rm -f -- "$sw_run/command" "$sw_run/before" "$sw_run/pane" "$sw_run/tail" "$sw_run/tty" "$sw_run/code"
    exit 0
}

# rest SECONDS: a pause of the watch that a signal ends.
rest() {
    sleep "$1" &
    wait $!
}

# poke SIGNAL: tells the supervisor; repeated, as a signal that comes just before a wait would be lost.
poke() {
    while ticks $$ && [ "$sw_ticks" = "$sw_own" ]; do
        kill -s "$1" $$
        [ "$1" = USR1 ] && return
        rest 1
    done
}

longer() { [ "$(wc -c <"$sw_run/$1" | tr -d ' ')" -gt "$sw_most" ]; }

# Keeps an eye on time, logs and readiness.
watch() {
    # From here on $! is a process of the watch's own.
    true &
    trap 'kill $! 2>/dev/null; exit' TERM
    trap - USR1 USR2 ALRM VTALRM HUP
    read -r sw_up sw_rest </proc/uptime
    sw_begun=${sw_up%.*}
    while ticks $$ && [ "$sw_ticks" = "$sw_own" ]; do
        read -r sw_up sw_rest </proc/uptime
        sw_age=$((${sw_up%.*} - sw_begun))
        [ "$sw_max" = 0 ] || [ $sw_age -lt "$sw_max" ] || poke USR2
        if [ "$sw_most" != 0 ] && { longer out.log || longer err.log; }; then poke ALRM; fi
        if [ "$sw_probe" != none ]; then
            if answers; then
                sw_probe=none
                : | put ready
                poke USR1
            elif [ $sw_age -ge "$sw_patience" ]; then
                poke VTALRM
            fi
        fi
        if [ "$sw_most$sw_probe" = 0none ]; then sw_next=$((sw_max - sw_age)); else sw_next=1; fi
        [ "$sw_max$sw_most$sw_probe" != 00none ] || return
        rest $sw_next
    done
}

take_room && true >"$sw_run/events.jsonl" && true >"$sw_run/out.log" && true >"$sw_run/err.log" || refuse disk
if [ "$sw_port" != 0 ] && listens; then refuse port; fi
if [ "$sw_terminal" = 1 ] && ! command -v tmux >/dev/null; then refuse tmux; fi
if [ "$sw_probe" = http ] && ! command -v curl >/dev/null && ! command -v wget >/dev/null; then refuse curl; fi
[ -z "$sw_lease" ] || hold
sw_poked= sw_late= sw_full= sw_slow= sw_told= sw_ready=
trap 'sw_poked=1' USR1
trap 'sw_poked=1 sw_late=1' USR2
trap 'sw_poked=1 sw_full=1' ALRM
trap 'sw_poked=1 sw_slow=1' VTALRM
trap 'sw_poked=1 sw_told=1' TERM HUP
identify $$ || refuse disk
sw_own=$sw_ticks
sw_started=$(now)

# What has to be had before the command may start, for example a free GPU. It may wait (it says so with `event waiting '{...}'`, and looks for the file `cancel`),
# set variables for the command, and hold locks by descriptors 5 to 8, which the command inherits.
if [ -f "$sw_run/before" ]; then
    . "$sw_run/before" || finish failed_to_start null '"before"'
fi
if [ -e "$sw_run/cancel" ] || [ -n "$sw_told" ]; then finish cancelled null null; fi
sw_poked=

# A shell starts what is in the background with INT and QUIT ignored, and has no word of its own that gives them back.
sw_signals=
if env --default-signal=INT true 2>/dev/null; then sw_signals='env --default-signal=INT,QUIT'; fi
sw_become='umask "$1"; sw_run=$2; sw_text=$(cat -- "$2/command"; echo x); rm -f -- "$2/command"; set --; eval "${sw_text%x}"'
sw_begin=$sw_become
if [ "$sw_terminal" = 1 ]; then
    # The terminal is kept by a tmux of the run's own, with nobody's settings. It shows what the command writes, keeps that in the log, and starts it only then.
    printf '%s\n' 'sw_run=$(pwd)' 'tmux -S tty wait-for go' 'cd -- "$sw_from"' 'trap : INT QUIT' \
        'sh -c "$sw_become" slipway-command "$sw_umask" "$sw_run"' 'echo $? >"$sw_run/code"' | put pane
    sw_begin='cd -- "$2" && mkfifo tail && sw_from=$3 sw_umask=$1 sw_become=$4 tmux -S tty -f /dev/null new-session -d -s job -x 120 -y 40 "exec sh ./pane" || exit 126
        cat <tail >>out.log &
        tmux -S tty set-option -g status-left "#[bold]detach: C-b d " \; set-option -g assume-paste-time 0 \; set-option -g history-limit 50000 \; pipe-pane -t job "exec cat >tail" \; wait-for -S go
        tmux -S tty wait-for "over" 2>/dev/null
        wait $!
        sw_code=137
        { read -r sw_code <code; } 2>/dev/null
        exit $sw_code'
fi
SLIPWAY_RUN_ID=${sw_run##*/} setsid $sw_signals sh -c "$sw_begin" slipway-command "$sw_umask" "$sw_run" "$(pwd)" "$sw_become" >>"$sw_run/out.log" 2>>"$sw_run/err.log" &
sw_child=$!
ticks $sw_child
printf '%s %s\n' $sw_child "$sw_ticks" | put child
event run_started "{\"pid\":$sw_child}"
sw_watch=
if [ "$sw_max$sw_most$sw_probe" != 00none ]; then
    watch 9<&- >/dev/null 2>&1 &
    sw_watch=$!
fi

sw_end=
while [ -z "$sw_end" ]; do
    wait $sw_child
    sw_code=$?
    [ -n "$sw_poked" ] || break
    sw_poked=
    if ! kill -0 $sw_child 2>/dev/null; then
        # It ended in the same moment; the code may be that of the interrupted wait.
        wait $sw_child
        sw_again=$?
        [ $sw_again = 127 ] || sw_code=$sw_again
        break
    fi
    if [ -z "$(members)" ]; then :
    elif [ -e "$sw_run/cancel" ] || [ -n "$sw_told" ]; then sw_end=cancelled
    elif [ -n "$sw_late" ]; then sw_end=timed_out
    elif [ -n "$sw_full" ]; then sw_end=log_limit
    elif [ -n "$sw_slow" ]; then sw_end=not_ready
    elif [ -e "$sw_run/ready" ] && [ -z "$sw_ready" ]; then
        sw_ready=1
        event run_progress '{"ready":true}'
    fi
done
trap '' USR1 USR2 ALRM VTALRM TERM HUP
[ -z "$sw_watch" ] || kill $sw_watch 2>/dev/null
# What the command left behind in its session ends with it.
stop
if [ -n "$sw_end" ]; then
    wait $sw_child 2>/dev/null
    sw_code=$?
fi
if [ -z "$sw_end" ] && { read -r sw_word sw_rest <"$sw_run/unstarted"; } 2>/dev/null; then
    finish failed_to_start $sw_code "\"$sw_word\""
fi
finish "${sw_end:-exited}" $sw_code null
