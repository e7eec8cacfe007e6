# A host's end of a copy. POSIX sh; $1 says what to do. It answers with records that end in NUL: kind, tool, need, fault, done.
LC_ALL=C
export LC_ALL
say() { printf '%s\0' "$*"; }
need() { command -v "$1" >/dev/null 2>&1 || { say need "$1"; exit 0; }; }
# The directory that holds a path.
over() { sw_over=${1%/*}; [ -n "$sw_over" ] || sw_over=/; mkdir -p -- "$sw_over"; }

# look PATH: what is there, links followed, and which tools there are.
look() {
    if [ -d "$1" ]; then sw_kind=directory; elif [ -f "$1" ]; then sw_kind=file; elif [ -e "$1" ] || [ -L "$1" ]; then sw_kind=other; else sw_kind=missing; fi
    say kind "$sw_kind"
    for sw_item in tar sha256sum rsync; do
        if command -v "$sw_item" >/dev/null 2>&1; then say tool "$sw_item"; fi
    done
}

# receive PATH SIZE SHA256 MODE TIME NONCE: a file from standard input, to its place only when it is whole.
receive() {
    need sha256sum
    if [ -d "$1" ]; then say fault "$1 is a directory"; exit 0; fi
    over "$1" || exit 1
    sw_part=$sw_over/.slipway-$6.part
    trap 'rm -f -- "$sw_part"' 0
    trap 'exit 1' HUP INT TERM
    (umask 077 && cat >"$sw_part") || exit 1
    sw_size=$(wc -c <"$sw_part" | tr -d ' ')
    sw_digest=$(sha256sum <"$sw_part")
    if [ "$sw_size" != "$2" ] || [ "${sw_digest%% *}" != "$3" ]; then say fault "$sw_size bytes of $2 arrived, or others than were sent"; exit 0; fi
    chmod "$4" "$sw_part" || exit 1
    touch -d "@$5" "$sw_part" 2>/dev/null
    mv -f -- "$sw_part" "$1" || exit 1
    trap - 0
    say done
}

# send PATH: size, mode and time on a line, the content, its digest.
send() {
    need sha256sum
    [ -f "$1" ] || { echo "$1 is no file" >&2; exit 1; }
    stat -L -c '%s %a %Y' -- "$1" || exit 1
    cat -- "$1" || exit 1
    sw_digest=$(sha256sum <"$1") || exit 1
    printf '%s' "${sw_digest%% *}"
}

# unpack STAGING: an archive from standard input. It is complete only with the file that comes last.
unpack() {
    need tar
    over "$1" || exit 1
    (umask 077 && mkdir -- "$1") || exit 1
    trap 'exit 1' HUP INT TERM
    sw_stage=$1
    trap 'rm -rf -- "$sw_stage"' 0
    cd -- "$1" || exit 1
    # Not its owners: root there would give files to whoever has a number here.
    tar -x -o -p -f - || { cat >/dev/null; exit 1; }
    cat >/dev/null
    if [ ! -f end ]; then say fault 'the archive broke off'; exit 0; fi
    trap - 0
    say done
}

# In the staging directory: everything here goes to $1, a directory, by rename. A subshell for each directory keeps the variables apart.
merge() {
    sw_merged=$1
    set --
    for sw_entry in * .[!.]* ..?*; do
        if [ ! -e "$sw_entry" ] && [ ! -L "$sw_entry" ]; then continue; fi
        sw_item=$sw_merged/$sw_entry
        if [ -d "$sw_entry" ] && [ ! -L "$sw_entry" ]; then
            if [ -d "$sw_item" ] && [ ! -L "$sw_item" ]; then
                (cd -- "./$sw_entry" && merge "$sw_item") || say fault "$sw_item cannot be written"
            elif [ -e "$sw_item" ] || [ -L "$sw_item" ]; then
                say fault "$sw_item is there and is no directory"
            else
                mv -- "./$sw_entry" "$sw_item" || say fault "$sw_item cannot be written"
            fi
        elif [ -d "$sw_item" ] && [ ! -L "$sw_item" ]; then
            say fault "$sw_item is there and is a directory"
        else
            # Into what a link names nothing is moved.
            if [ -L "$sw_item" ] && [ -d "$sw_item" ]; then rm -f -- "$sw_item"; fi
            set -- "$@" "./$sw_entry"
            if [ $# -ge 200 ]; then
                place "$sw_merged" "$@"
                set --
            fi
        fi
    done
    if [ $# -gt 0 ]; then place "$sw_merged" "$@"; fi
    true
}

# place DIRECTORY FILE...: many at once, and one by one where that fails, so that each is named.
place() {
    sw_into=$1
    shift
    mv -f -- "$@" "$sw_into/" 2>/dev/null && return
    for sw_file; do
        if [ -e "$sw_file" ] || [ -L "$sw_file" ]; then
            sw_words=$(mv -f -- "$sw_file" "$sw_into/" 2>&1) || say fault "$sw_into/${sw_file#./}: $sw_words"
        fi
    done
}

# join STAGING TARGET: puts what was unpacked in its place.
join() {
    sw_stage=$1
    sw_target=$2
    trap 'rm -rf -- "$sw_stage"' 0
    trap 'exit 1' HUP INT TERM
    cd -- "$sw_stage" || exit 1
    if [ -s skip ]; then xargs -0 sh -c 'for sw_file; do rm -f -- "./tree/$sw_file"; done' sh <skip || exit 1; fi
    if [ -e "$sw_target" ] || [ -L "$sw_target" ]; then
        [ -d "$sw_target" ] || { say fault "$sw_target is there and is no directory"; exit 0; }
        (cd tree && merge "$sw_target") || exit 1
    else
        over "$sw_target" || exit 1
        mv -- tree "$sw_target" || exit 1
    fi
    # Directories that their owner may not write or search could not be filled with those modes.
    if [ -s modes ]; then xargs -0 -n 2 sh -c 'chmod "$1" "$0/$2"' "$sw_target" <modes || exit 1; fi
    cd /
    say done
}

# pack PATH: the tree as an archive.
pack() {
    command -v tar >/dev/null 2>&1 || exit 97
    cd -- "$1" && exec tar -c -f - .
}
