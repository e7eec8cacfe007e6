# The files of a run, as its supervisor writes them and the owner of an attached run does. sw_run is the directory of the run.
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

sw_seq=0
# event TYPE DATA
event() {
    sw_seq=$((sw_seq + 1))
    printf '{"schema":"slipway.event/1","seq":%d,"time":"%s","run_id":"%s","node":null,"type":"%s","data":%s}\n' \
        "$sw_seq" "$(now)" "${sw_run##*/}" "$1" "$2" 2>/dev/null >>"$sw_run/events.jsonl"
}

# put NAME: standard input as a whole file.
put() { cat >"$sw_run/$1.new" && mv -f -- "$sw_run/$1.new" "$sw_run/$1"; }

# ticks PROCESS: when it was started, which tells it from another of the same number.
ticks() {
    sw_ticks=
    { IFS= read -r sw_line <"/proc/$1/stat"; } 2>/dev/null || return
    set -- ${sw_line##*) }
    sw_ticks=${20}
}

# Into the room that was taken beforehand: a disk that the command filled does not hide how it ended.
keep() {
    [ -e "$sw_run/exit.room" ] || true >"$sw_run/exit.room"
    printf '%s\n' "$sw_text" | dd of="$sw_run/exit.room" conv=notrunc 2>/dev/null && mv -f -- "$sw_run/exit.room" "$sw_run/exit.json"
}

# take_room: what keep will need.
take_room() { printf '%1024s' '' >"$sw_run/exit.room"; }

# identify PROCESS: writes who answers for the run.
identify() {
    ticks "$1"
    sw_boot=-
    { read -r sw_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
    printf '%s %s %s\n' "$1" "$sw_ticks" "$sw_boot" | put pid
}

# conclude END CODE REASON: the last event, and in sw_text what exit.json says.
conclude() {
    sw_data="{\"end\":\"$1\",\"code\":$2,\"reason\":$3}"
    case $1.$2 in exited.0) event run_finished "$sw_data" ;; *) event run_failed "$sw_data" ;; esac
    sw_text="{\"schema\":\"slipway.exit/1\",\"end\":\"$1\",\"code\":$2,\"reason\":$3,\"started_at\":\"$sw_started\",\"ended_at\":\"$(now)\"}"
}
