# A host's end of files that a request names, after the functions of transfer.sh: copies DIGEST/NAME in one directory.
# have FOLDER ENTRY...: which copies are there. What is asked for is not old.
have() {
    cd -- "$1" 2>/dev/null || { say done; exit 0; }
    shift
    for sw_item; do
        if [ -f "$sw_item" ]; then touch -- "$sw_item" "${sw_item%/*}" && say have "$sw_item"; fi
    done
    say done
}

# gather FOLDER NAME ENTRY...: a directory of that name with those copies, in one step.
gather() {
    umask 077
    mkdir -p -- "$1" && cd -- "$1" || exit 1
    sw_target=$2
    shift 2
    if [ -d "$sw_target" ]; then touch -- "$sw_target" && say done; exit; fi
    sw_part=$(mktemp -d ".slipway-XXXXXXXX.part") || exit 1
    trap 'rm -rf -- "$sw_part"' 0
    trap 'exit 1' HUP INT TERM
    for sw_item; do
        ln -- "$sw_item" "$sw_part/${sw_item##*/}" 2>/dev/null || cp -p -- "$sw_item" "$sw_part/" || exit 1
    done
    # Somebody else may have been faster, and a directory would be moved into that one.
    [ -d "$sw_target" ] || mv -- "$sw_part" "$sw_target" || exit 1
    say done
}
