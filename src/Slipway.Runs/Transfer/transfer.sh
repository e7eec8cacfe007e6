# A host's end of a copy. POSIX sh; $1 says what to do. It answers with records that end in NUL: kind, tool, need, fault, done.
LC_ALL=C
export LC_ALL
say() { printf '%s\0' "$*"; }
need() { command -v "$1" >/dev/null 2>&1 || { say need "$1"; exit 0; }; }
# The directory that holds a path.
over() { d=${1%/*}; [ -n "$d" ] || d=/; mkdir -p -- "$d"; }

# look PATH: what is there, links followed, and which tools there are.
look() {
    if [ -d "$1" ]; then k=directory; elif [ -f "$1" ]; then k=file; elif [ -e "$1" ] || [ -L "$1" ]; then k=other; else k=missing; fi
    say kind "$k"
    for t in tar sha256sum rsync; do
        if command -v "$t" >/dev/null 2>&1; then say tool "$t"; fi
    done
}

# receive PATH SIZE SHA256 MODE TIME NONCE: a file from standard input, to its place only when it is whole.
receive() {
    need sha256sum
    if [ -d "$1" ]; then say fault "$1 is a directory"; exit 0; fi
    over "$1" || exit 1
    t=$d/.slipway-$6.part
    trap 'rm -f -- "$t"' 0
    trap 'exit 1' HUP INT TERM
    (umask 077 && cat >"$t") || exit 1
    n=$(wc -c <"$t" | tr -d ' ')
    s=$(sha256sum <"$t")
    if [ "$n" != "$2" ] || [ "${s%% *}" != "$3" ]; then say fault "$n bytes of $2 arrived, or others than were sent"; exit 0; fi
    chmod "$4" "$t" || exit 1
    touch -d "@$5" "$t" 2>/dev/null
    mv -f -- "$t" "$1" || exit 1
    trap - 0
    say done
}

# send PATH: size, mode and time on a line, the content, its digest.
send() {
    need sha256sum
    [ -f "$1" ] || { echo "$1 is no file" >&2; exit 1; }
    stat -L -c '%s %a %Y' -- "$1" || exit 1
    cat -- "$1" || exit 1
    s=$(sha256sum <"$1") || exit 1
    printf '%s' "${s%% *}"
}

# unpack STAGING: an archive from standard input. It is complete only with the file that comes last.
unpack() {
    need tar
    over "$1" || exit 1
    (umask 077 && mkdir -- "$1") || exit 1
    trap 'exit 1' HUP INT TERM
    s=$1
    trap 'rm -rf -- "$s"' 0
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
    m=$1
    set --
    for e in * .[!.]* ..?*; do
        if [ ! -e "$e" ] && [ ! -L "$e" ]; then continue; fi
        t=$m/$e
        if [ -d "$e" ] && [ ! -L "$e" ]; then
            if [ -d "$t" ] && [ ! -L "$t" ]; then
                (cd -- "./$e" && merge "$t") || say fault "$t cannot be written"
            elif [ -e "$t" ] || [ -L "$t" ]; then
                say fault "$t is there and is no directory"
            else
                mv -- "./$e" "$t" || say fault "$t cannot be written"
            fi
        elif [ -d "$t" ] && [ ! -L "$t" ]; then
            say fault "$t is there and is a directory"
        else
            # Into what a link names nothing is moved.
            if [ -L "$t" ] && [ -d "$t" ]; then rm -f -- "$t"; fi
            set -- "$@" "./$e"
            if [ $# -ge 200 ]; then
                place "$m" "$@"
                set --
            fi
        fi
    done
    if [ $# -gt 0 ]; then place "$m" "$@"; fi
    true
}

# place DIRECTORY FILE...: many at once, and one by one where that fails, so that each is named.
place() {
    into=$1
    shift
    mv -f -- "$@" "$into/" 2>/dev/null && return
    for f; do
        if [ -e "$f" ] || [ -L "$f" ]; then
            w=$(mv -f -- "$f" "$into/" 2>&1) || say fault "$into/${f#./}: $w"
        fi
    done
}

# join STAGING TARGET: puts what was unpacked in its place.
join() {
    s=$1
    target=$2
    trap 'rm -rf -- "$s"' 0
    trap 'exit 1' HUP INT TERM
    cd -- "$s" || exit 1
    if [ -s skip ]; then xargs -0 sh -c 'for f; do rm -f -- "./tree/$f"; done' sh <skip || exit 1; fi
    if [ -e "$target" ] || [ -L "$target" ]; then
        [ -d "$target" ] || { say fault "$target is there and is no directory"; exit 0; }
        (cd tree && merge "$target") || exit 1
    else
        over "$target" || exit 1
        mv -- tree "$target" || exit 1
    fi
    # Directories that their owner may not write or search could not be filled with those modes.
    if [ -s modes ]; then xargs -0 -n 2 sh -c 'chmod "$1" "$0/$2"' "$target" <modes || exit 1; fi
    cd /
    say done
}

# pack PATH: the tree as an archive.
pack() {
    command -v tar >/dev/null 2>&1 || exit 97
    cd -- "$1" && exec tar -c -f - .
}
