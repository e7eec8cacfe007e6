# The record of a run that is attached to whoever started it, after record.sh. Arguments: those of a journal (begin, refused or end, and two more), then
# $4 directory of all runs, $5 run id, $6 name, $7 milliseconds, $8 run.json, $9 who is told when the run is cancelled: owner or command.
sw_run=$4/$5
umask 077
case $1 in
    begin)
        [ -d "$4" ] || mkdir -p -- "$4" || exit 1
        mkdir -- "$sw_run" || exit 1
        sw_started=$(now)
        take_room
        ticks "$2"
        printf '%s %s %s\n' "$2" "$sw_ticks" "$sw_started" >"$sw_run/child"
        printf '%s\n' "$9" >"$sw_run/attached"
        identify "$3"
        event run_started "{\"pid\":$2}"
        printf '%s %s\n' "$6" "$7" >"$sw_run/name"
        printf '%s\n' "$8" >"$sw_run/run.json"
        ;;
    refused)
        printf '%s\n' "$2" >"$sw_run/unstarted"
        ;;
    end)
        { read -r sw_child sw_ticks sw_started <"$sw_run/child"; } || exit 1
        sw_seq=1
        if { read -r sw_word <"$sw_run/unstarted"; }; then conclude failed_to_start "$2" "\"$sw_word\""
        elif [ -e "$sw_run/cancel" ] || [ -n "$3" ]; then conclude cancelled "$2" null
        else conclude exited "$2" null
        fi
        keep
        ;;
esac
