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
    sw_i=$(mktemp "$sw_room/index.XXXXXX") || exit 1
    rm -f -- "$sw_i"
    sw_own=$(g rev-parse --git-path index) || exit 1
    if [ "$2" = head ]; then
        sw_c=$(g rev-parse -q --verify "$3^{commit}") || { say nocommit "$1"; exit 1; }
        export GIT_INDEX_FILE="$sw_i"
        g read-tree "$sw_c" || exit 1
    else
        # With its time: git takes entries that are as young as the index for doubtful.
        if [ -f "$sw_own" ]; then cp -p -- "$sw_own" "$sw_i" || exit 1; fi
        export GIT_INDEX_FILE="$sw_i"
        g add -A --ignore-errors -- . ':(exclude,glob)**/.venv' ':(exclude,glob)**/.slipway' || exit 1
    fi
    g rm -r -f -q --cached --ignore-unmatch -- ':(glob)**/.venv' ':(glob)**/.venv/**' ':(glob)**/.slipway' ':(glob)**/.slipway/**' >/dev/null || exit 1
    if [ "$(g rev-parse --is-shallow-repository)" = true ]; then say note "$1 is a shallow clone; its files travel all the same."; fi
    if [ -n "$(g ls-files -- ':(glob)**/.gitattributes')" ]; then
        sw_lfs=$(g ls-files -- ':(attr:filter=lfs)')
        if [ -n "$sw_lfs" ]; then say note "$(printf '%s\n' "$sw_lfs" | wc -l | tr -d ' ') files of $1 are kept by Git LFS, the first is $(printf '%s\n' "$sw_lfs" | head -n 1): only their pointers travel. Copy them with \`slipway host push\`."; fi
    fi
    modules "$1" "$2" || exit 1
    g write-tree
)

# A submodule's files become files of this tree.
modules() {
    g ls-files -s | grep '^160000 ' >"$sw_i.modules" || return 0
    while IFS='	' read -r sw_fields sw_p; do
        case $sw_p in
            \"*) say note "The submodule $sw_p has a name that is not supported; its files do not travel."; continue ;;
        esac
        if [ ! -e "$sw_p/.git" ]; then say note "The submodule $sw_p is not checked out; its files do not travel."; continue; fi
        sw_c=${sw_fields#160000 }
        sw_sub=$(unset GIT_INDEX_FILE; picture "$1/$sw_p" "$2" "${sw_c%% *}") || return 1
        sw_o=$(unset GIT_INDEX_FILE; cd -- "$sw_p" && cd -- "$(git rev-parse --git-path objects)" && pwd) || return 1
        say objects "$sw_o"
        printf '%s\n' "$sw_o" >>"$sw_room/objects"
        GIT_ALTERNATE_OBJECT_DIRECTORIES=$(tr '\n' ':' <"$sw_room/objects")
        export GIT_ALTERNATE_OBJECT_DIRECTORIES
        g update-index --force-remove -- "$sw_p" && g read-tree --prefix="$sw_p/" "$sw_sub" || return 1
    done <"$sw_i.modules"
}

command -v git >/dev/null 2>&1 || { say need git; exit 0; }
sw_room=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXXXX") || exit 1
trap 'rm -rf -- "$sw_room"' 0
trap 'exit 1' HUP INT TERM
sw_tree=$(picture "$2" "$1" HEAD) || exit 1
if sw_c=$(git -C "$2" rev-parse -q --verify 'HEAD^{commit}'); then say head "$sw_c"; fi
say tree "$sw_tree"
exit 0
