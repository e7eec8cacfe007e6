# Reserves GPUs for as long as a job lives. POSIX sh, to be read by the shell that starts the job.
#
#   gpu_hold FOLDER COUNT ID...
#
# takes the ids in their order until COUNT are held. 0: held; sw_gpu_ids has them, joined by commas. 1: too few are free; nothing is held.
# 2: the folder cannot be written. 3: there is no flock. Descriptor 8 is then open: whatever inherits it keeps the GPUs, and when the last
# such process has ended or closed it they are free again, however it ended.
gpu_hold() {
    sw_gpu_folder=$1 sw_gpu_left=$2 sw_gpu_ids=
    shift 2
    command -v flock >/dev/null || return 3
    sw_gpu_room=$(umask 077; mkdir -p -- "$sw_gpu_folder" && mktemp -d "$sw_gpu_folder/.hold.XXXXXXXX") 2>/dev/null || return 2
    mkfifo "$sw_gpu_room/life" 2>/dev/null || { rm -rf -- "$sw_gpu_room"; return 2; }
    exec 8<>"$sw_gpu_room/life"
    for sw_gpu_id; do
        [ "$sw_gpu_left" -gt 0 ] || break
        if gpu_take "$sw_gpu_id"; then
            sw_gpu_ids=${sw_gpu_ids:+$sw_gpu_ids,}$sw_gpu_id
            sw_gpu_left=$((sw_gpu_left - 1))
        fi
    done
    rm -rf -- "$sw_gpu_room"
    [ "$sw_gpu_left" -gt 0 ] || return 0
    exec 8>&-
    sw_gpu_ids=
    return 1
}

# A process of its own holds each lock until descriptor 8 is closed everywhere: a shell has too few descriptors for many locks.
gpu_take() {
    # Who looks which GPUs are reserved holds the lock for a moment.
    for sw_gpu_try in 1 2 3; do
        mkfifo "$sw_gpu_room/said.$sw_gpu_try" 2>/dev/null || return 1
        (
            exec 8>&-
            trap '' HUP INT TERM
            umask 077
            flock -n "$sw_gpu_folder/$(printf %s "$1" | tr / _)" sh -c 'echo held; exec cat >/dev/null' || echo busy
        ) <"$sw_gpu_room/life" >"$sw_gpu_room/said.$sw_gpu_try" 2>/dev/null &
        sw_gpu_answer=
        IFS= read -r sw_gpu_answer <"$sw_gpu_room/said.$sw_gpu_try"
        rm -f -- "$sw_gpu_room/said.$sw_gpu_try"
        [ "$sw_gpu_answer" != held ] || return 0
        [ "$sw_gpu_try" = 3 ] || sleep 0.1 2>/dev/null || sleep 1
    done
    return 1
}
