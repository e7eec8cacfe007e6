# A host's end of a workspace, after the functions of transfer.sh.
# ask STATE WORKSPACE: what is known, and which tools there are.
ask() {
    for sw_item in git flock tar xargs; do
        if command -v "$sw_item" >/dev/null 2>&1; then say tool "$sw_item"; fi
    done
    # Its time is the last use, by which the collector goes.
    if [ -d "$1" ]; then { true >"$1/used"; } 2>/dev/null; fi
    if [ -d "$2" ] && [ -f "$1/marker" ]; then say marker "$(cat -- "$1/marker")"; fi
}

# objects REPOSITORY FORMAT: a pack from standard input.
objects() {
    need git
    alone
    if [ ! -f "$1/HEAD" ]; then
        mkdir -p -- "${1%/*}" || exit 1
        case $2 in
            sha1) git init -q --bare -- "$1" ;;
            *) git init -q --bare --object-format="$2" -- "$1" ;;
        esac >/dev/null || exit 1
    fi
    GIT_DIR=$1 git index-pack --stdin --fix-thin >/dev/null || exit 1
    say done
}

# git without any configuration but the repository's, which is ours.
alone() {
    umask 022
    GIT_CONFIG_NOSYSTEM=1
    GIT_CONFIG_GLOBAL=/dev/null
    export GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
}

# lock STATE SECONDS HOLDER: one at a time; who waits learns for whom.
lock() {
    need flock
    (umask 077 && mkdir -p -- "$1") || exit 1
    { exec 9>>"$1/lock"; } || exit 1
    sw_waited=0
    until flock -n 9; do
        if [ "$sw_waited" = 0 ]; then say waiting "$(cat -- "$1/holder" 2>/dev/null)"; fi
        if [ "$sw_waited" -ge "$2" ]; then say busy "$(cat -- "$1/holder" 2>/dev/null)"; exit 0; fi
        sw_waited=$((sw_waited + 1))
        sleep 1
    done
    printf '%s' "$3" >"$1/holder" || exit 1
}

# mark STATE TEXT
mark() { printf '%s' "$2" >"$1/marker.new" && mv -f -- "$1/marker.new" "$1/marker"; }

# drop LIST WORKSPACE: removes files, and the directories that are empty then. Through a link somebody put there nothing is removed.
drop() {
    [ -s "$1" ] || return 0
    need xargs
    xargs -0 sh -c '
        for sw_f; do
            sw_p=$0
            sw_r=$sw_f
            while [ "$sw_r" != "${sw_r#*/}" ]; do
                sw_p=$sw_p/${sw_r%%/*}
                sw_r=${sw_r#*/}
                if [ -L "$sw_p" ]; then continue 2; fi
            done
            if [ -d "$0/$sw_f" ] && [ ! -L "$0/$sw_f" ]; then continue; fi
            rm -f -- "$0/$sw_f"
            sw_d=$sw_f
            while [ "$sw_d" != "${sw_d%/*}" ]; do
                sw_d=${sw_d%/*}
                rmdir -- "$0/$sw_d" 2>/dev/null || break
            done
        done' "$2" <"$1"
}

# apply STATE WORKSPACE SECONDS HOLDER MARKER REPOSITORY TREE: the files of a tree object.
apply() {
    need git
    alone
    lock "$1" "$3" "$4"
    GIT_DIR=$6
    GIT_WORK_TREE=$2
    GIT_INDEX_FILE=$1/index
    export GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
    rm -f -- "$1/marker" "$1/index.lock" "$1/stamps" || exit 1
    [ -d "$2" ] || rm -f -- "$1/index" "$1/tracked"
    if [ ! -f "$1/index" ] && [ -f "$1/tracked" ]; then drop "$1/tracked" "$2" || exit 1; fi
    mkdir -p -- "$2" && cd -- "$2" || exit 1
    git -c core.hooksPath=/dev/null -c core.fileMode=true -c core.symlinks=true -c core.autocrlf=false read-tree --reset -u "$7" || exit 1
    git ls-files -z >"$1/tracked" || exit 1
    git update-ref refs/slipway/last "$7" || exit 1
    mark "$1" "$5" || exit 1
    git -c gc.autoDetach=false gc --auto -q 2>/dev/null
    say done
}

# settle STATE WORKSPACE SECONDS HOLDER MARKER STAGING EXPECTED: what was unpacked, where no git is.
settle() {
    sw_stage=$6
    trap 'rm -rf -- "$sw_stage"' 0
    trap 'exit 1' HUP INT TERM
    lock "$1" "$3" "$4"
    sw_before=
    if [ -f "$1/marker" ] && [ -d "$2" ]; then sw_before=$(cat -- "$1/marker"); fi
    if [ "$sw_before" != "$7" ]; then say stale; exit 0; fi
    rm -f -- "$1/marker" "$1/index" || exit 1
    mkdir -p -- "$2" && cd -- "$6" || exit 1
    if [ -z "$sw_before" ] && [ -f "$1/tracked" ]; then drop "$1/tracked" "$2" || exit 1; fi
    drop delete "$2" || exit 1
    (cd tree && merge "$2") >faults || exit 1
    cat faults
    # Without a marker the next one brings everything anew.
    if [ -s faults ]; then exit 0; fi
    if [ -s modes ]; then xargs -0 -n 2 sh -c 'chmod "$1" "$0/$2"' "$2" <modes || exit 1; fi
    mv -f -- stamps tracked "$1/" && cd / || exit 1
    mark "$1" "$5" || exit 1
    say done
}
