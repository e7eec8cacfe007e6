# A picture of a git tree as a tree object: HEAD with changes and new files, without what is ignored; or a commit. Runs where the tree is.
# Answers with records that end in NUL: need, nocommit, note, objects, head, tree. The repository's index, references and files stay as they are.
LC_ALL=C
GIT_OPTIONAL_LOCKS=0
export LC_ALL GIT_OPTIONAL_LOCKS
exec 3>&1
say() { printf '%s\0' "$*" >&3; }
# A repository's own configuration can name programs that git would run, and forms of the index that are not one file.
g() { git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c core.splitIndex=false -c core.quotePath=false -c advice.addEmbeddedRepo=false "$@"; }

# picture PATH MODE COMMIT: prints the tree.
picture() (
    cd -- "$1" || exit 1
    i=$(mktemp "$T/index.XXXXXX") || exit 1
    rm -f -- "$i"
    own=$(g rev-parse --git-path index) || exit 1
    if [ "$2" = head ]; then
        c=$(g rev-parse -q --verify "$3^{commit}") || { say nocommit "$1"; exit 1; }
        export GIT_INDEX_FILE="$i"
        g read-tree "$c" || exit 1
    else
        # With its time: git takes entries that are as young as the index for doubtful.
        if [ -f "$own" ]; then cp -p -- "$own" "$i" || exit 1; fi
        export GIT_INDEX_FILE="$i"
        g add -A --ignore-errors -- . ':(exclude,glob)**/.venv' ':(exclude,glob)**/.slipway' || exit 1
    fi
    g rm -r -f -q --cached --ignore-unmatch -- ':(glob)**/.venv' ':(glob)**/.venv/**' ':(glob)**/.slipway' ':(glob)**/.slipway/**' >/dev/null || exit 1
    if [ "$(g rev-parse --is-shallow-repository)" = true ]; then say note "$1 is a shallow clone; its files travel all the same."; fi
    if [ -n "$(g ls-files -- ':(glob)**/.gitattributes')" ]; then
        lfs=$(g ls-files -- ':(attr:filter=lfs)')
        if [ -n "$lfs" ]; then say note "$(printf '%s\n' "$lfs" | wc -l | tr -d ' ') files of $1 are kept by Git LFS, the first is $(printf '%s\n' "$lfs" | head -n 1): only their pointers travel. Copy them with \`slipway host push\`."; fi
    fi
    modules "$1" "$2" || exit 1
    g write-tree
)

# A submodule's files become files of this tree.
modules() {
    g ls-files -s | grep '^160000 ' >"$i.modules" || return 0
    while IFS='	' read -r fields p; do
        case $p in
            \"*) say note "The submodule $p has a name that is not supported; its files do not travel."; continue ;;
        esac
        if [ ! -e "$p/.git" ]; then say note "The submodule $p is not checked out; its files do not travel."; continue; fi
        c=${fields#160000 }
        sub=$(unset GIT_INDEX_FILE; picture "$1/$p" "$2" "${c%% *}") || return 1
        o=$(unset GIT_INDEX_FILE; cd -- "$p" && cd -- "$(git rev-parse --git-path objects)" && pwd) || return 1
        say objects "$o"
        printf '%s\n' "$o" >>"$T/objects"
        GIT_ALTERNATE_OBJECT_DIRECTORIES=$(tr '\n' ':' <"$T/objects")
        export GIT_ALTERNATE_OBJECT_DIRECTORIES
        g update-index --force-remove -- "$p" && g read-tree --prefix="$p/" "$sub" || return 1
    done <"$i.modules"
}

command -v git >/dev/null 2>&1 || { say need git; exit 0; }
T=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXXXX") || exit 1
trap 'rm -rf -- "$T"' 0
trap 'exit 1' HUP INT TERM
tree=$(picture "$2" "$1" HEAD) || exit 1
if c=$(git -C "$2" rev-parse -q --verify 'HEAD^{commit}'); then say head "$c"; fi
say tree "$tree"
exit 0
