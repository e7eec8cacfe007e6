# What a host is and has, in one go. POSIX sh. $1 is the store that was set for it, or empty.
# Each finding is a NUL-terminated text NAME=VALUE; names may repeat. The first line comes at once: it tells how long the connection took.
echo ready
LC_ALL=C
export LC_ALL
tell() { printf '%s=%s\0' "$1" "$2"; }

# What hangs, such as the driver of a broken GPU, must not hold up the rest.
if command -v timeout >/dev/null; then brief() { timeout 10 "$@"; }; else brief() { "$@"; }; fi

tell clock "$(date +%s)"
tell kernel "$(uname -s) $(uname -r)"
tell arch "$(uname -m)"
tell name "$(uname -n)"
tell user "$(id -un 2>/dev/null || id -u)"
tell uid "$(id -u)"
tell home "$HOME"
tell shell "${SHELL-}"
tell libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
tell processors "$(nproc 2>/dev/null)"
tell ssh-server "$(ssh -V 2>&1 | sed 1q)"

for t in flock setsid tar sha256sum git rsync tmux curl; do
    f=$(command -v "$t") || continue
    case $t in
        tmux) v=$(brief tmux -V 2>/dev/null) ;;
        curl) v=$(brief curl --version 2>/dev/null | sed 's/ *(.*//;q') ;;
        flock | setsid | sha256sum) v= ;;
        *) v=$(brief "$t" --version 2>/dev/null | sed 1q) ;;
    esac
    tell "tool $t" "$f $v"
done

# The store may lie in any of these; who asked knows which one counts. Not there yet: what matters is where it would be made.
for s in "$1" "${SLIPWAY_HOME-}" "${XDG_DATA_HOME:+$XDG_DATA_HOME/slipway}" "$HOME/.local/share/slipway"; do
    case $s in /?*) ;; *) continue ;; esac
    while :; do case $s in */) s=${s%/} ;; *) break ;; esac; done
    d=$s
    while [ ! -d "$d" ] && [ "$d" != / ] && [ -n "$d" ]; do d=${d%/*}; done
    [ -n "$d" ] || d=/
    w=no
    if t=$(umask 077; mktemp -d "$d/.slipway-probe.XXXXXXXX" 2>/dev/null); then
        rmdir "$t"
        w=yes
    fi
    e=no
    [ ! -d "$s" ] || e=yes
    tell place "$e $w $(df -Pk "$d" 2>/dev/null | awk 'NR == 2 { print $4 }'). $s"
    for f in "$s"/tools/uv/*/uv; do [ ! -x "$f" ] || tell uv "$f $(brief "$f" --version 2>/dev/null | sed 1q)"; done
done
for v in SLIPWAY_HOME XDG_DATA_HOME; do
    eval "[ -z \"\${$v-}\" ] || tell \"variable $v\" \"\$$v\""
done

seen=:
before=$IFS
IFS=:
for d in $PATH "$HOME/.local/bin" "$HOME/.cargo/bin"; do
    IFS=$before
    case $d in /*) ;; *) continue ;; esac
    f=$d/uv
    case $seen in *":$f:"*) ;; *) if [ -f "$f" ] && [ -x "$f" ]; then seen=$seen$f:; tell uv "$f $(brief "$f" --version 2>/dev/null | sed 1q)"; fi ;; esac
    for f in "$d"/python3 "$d"/python3.[0-9] "$d"/python3.[0-9][0-9]; do
        if [ ! -f "$f" ] || [ ! -x "$f" ]; then continue; fi
        r=$(readlink -f "$f" 2>/dev/null) || r=$f
        case $seen in *":$r:"*) continue ;; esac
        seen=$seen$r:
        v=$(brief "$f" -I -c 'import sys, importlib.util as u; print("%d.%d.%d" % sys.version_info[:3], "yes" if u.find_spec("venv") and (u.find_spec("ensurepip") or u.find_spec("pip")) else "no")' 2>/dev/null)
        [ -z "$v" ] || tell python "$v $f"
    done
done
IFS=$before

if command -v nvidia-smi >/dev/null; then
    tell gpus "$(brief nvidia-smi --query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu --format=csv,noheader,nounits 2>&1)"
    tell gpu-list "$(brief nvidia-smi -L 2>/dev/null)"
fi
tell end yes
