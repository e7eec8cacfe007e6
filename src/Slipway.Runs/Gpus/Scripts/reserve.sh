# Reserves GPUs for as long as a job lives. POSIX sh, to be read by the shell that starts the job.
#
#   gpu_hold FOLDER COUNT ID...
#
# takes the ids in their order until COUNT are held. 0: held; gpu_ids has them, joined by commas. 1: too few are free; nothing is held.
# 2: the folder cannot be written. 3: there is no flock. Descriptor 8 is then open: whatever inherits it keeps the GPUs, and when the last
# such process has ended or closed it they are free again, however it ended.
gpu_hold() {
    gpu_folder=$1 gpu_left=$2 gpu_ids=
    shift 2
    command -v flock >/dev/null || return 3
    gpu_room=$(umask 077; mkdir -p -- "$gpu_folder" && mktemp -d "$gpu_folder/.hold.XXXXXXXX") 2>/dev/null || return 2
    mkfifo "$gpu_room/life" 2>/dev/null || { rm -rf -- "$gpu_room"; return 2; }
    exec 8<>"$gpu_room/life"
    for gpu_id; do
        [ "$gpu_left" -gt 0 ] || break
        if gpu_take "$gpu_id"; then
            gpu_ids=${gpu_ids:+$gpu_ids,}$gpu_id
            gpu_left=$((gpu_left - 1))
        fi
    done
    rm -rf -- "$gpu_room"
    [ "$gpu_left" -gt 0 ] || return 0
    exec 8>&-
    gpu_ids=
    return 1
}

# A process of its own holds each lock until descriptor 8 is closed everywhere: a shell has too few descriptors for many locks.
gpu_take() {
    # Who looks which GPUs are reserved holds the lock for a moment.
    for gpu_try in 1 2 3; do
        mkfifo "$gpu_room/said.$gpu_try" 2>/dev/null || return 1
        (
            exec 8>&-
            trap '' HUP INT TERM
            umask 077
            flock -n "$gpu_folder/$(printf %s "$1" | tr / _)" sh -c 'echo held; exec cat >/dev/null' || echo busy
        ) <"$gpu_room/life" >"$gpu_room/said.$gpu_try" 2>/dev/null &
        gpu_answer=
        IFS= read -r gpu_answer <"$gpu_room/said.$gpu_try"
        rm -f -- "$gpu_room/said.$gpu_try"
        [ "$gpu_answer" != held ] || return 0
        [ "$gpu_try" = 3 ] || sleep 0.1 2>/dev/null || sleep 1
    done
    return 1
}
