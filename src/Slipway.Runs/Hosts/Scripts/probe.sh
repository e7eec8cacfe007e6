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

for sw_tool in flock setsid tar sha256sum git rsync tmux curl; do
    sw_file=$(command -v "$sw_tool") || continue
    case $sw_tool in
        tmux) sw_value=$(brief tmux -V 2>/dev/null) ;;
        curl) sw_value=$(brief curl --version 2>/dev/null | sed 's/ *(.*//;q') ;;
        flock | setsid | sha256sum) sw_value= ;;
        *) sw_value=$(brief "$sw_tool" --version 2>/dev/null | sed 1q) ;;
    esac
    tell "tool $sw_tool" "$sw_file $sw_value"
done

# The store may lie in any of these; who asked knows which one counts. Not there yet: what matters is where it would be made.
for sw_store in "$1" "${SLIPWAY_HOME-}" "${XDG_DATA_HOME:+$XDG_DATA_HOME/slipway}" "$HOME/.local/share/slipway"; do
    case $sw_store in /?*) ;; *) continue ;; esac
    while :; do case $sw_store in */) sw_store=${sw_store%/} ;; *) break ;; esac; done
    sw_dir=$sw_store
    while [ ! -d "$sw_dir" ] && [ "$sw_dir" != / ] && [ -n "$sw_dir" ]; do sw_dir=${sw_dir%/*}; done
    [ -n "$sw_dir" ] || sw_dir=/
    sw_writable=no
    if sw_trial=$(umask 077; mktemp -d "$sw_dir/.slipway-probe.XXXXXXXX" 2>/dev/null); then
        rmdir "$sw_trial"
        sw_writable=yes
    fi
    sw_exists=no
    [ ! -d "$sw_store" ] || sw_exists=yes
    tell place "$sw_exists $sw_writable $(df -Pk "$sw_dir" 2>/dev/null | awk 'NR == 2 { print $4 }'). $sw_store"
    for sw_file in "$sw_store"/tools/uv/*/uv; do [ ! -x "$sw_file" ] || tell uv "$sw_file $(brief "$sw_file" --version 2>/dev/null | sed 1q)"; done
done
for sw_name in SLIPWAY_HOME XDG_DATA_HOME; do
    eval "[ -z \"\${$sw_name-}\" ] || tell \"variable $sw_name\" \"\$$sw_name\""
done

sw_seen=:
sw_before=$IFS
IFS=:
for sw_dir in $PATH "$HOME/.local/bin" "$HOME/.cargo/bin"; do
    IFS=$sw_before
    case $sw_dir in /*) ;; *) continue ;; esac
    sw_file=$sw_dir/uv
    case $sw_seen in *":$sw_file:"*) ;; *) if [ -f "$sw_file" ] && [ -x "$sw_file" ]; then sw_seen=$sw_seen$sw_file:; tell uv "$sw_file $(brief "$sw_file" --version 2>/dev/null | sed 1q)"; fi ;; esac
    for sw_file in "$sw_dir"/python3 "$sw_dir"/python3.[0-9] "$sw_dir"/python3.[0-9][0-9]; do
        if [ ! -f "$sw_file" ] || [ ! -x "$sw_file" ]; then continue; fi
        sw_real=$(readlink -f "$sw_file" 2>/dev/null) || sw_real=$sw_file
        case $sw_seen in *":$sw_real:"*) continue ;; esac
        sw_seen=$sw_seen$sw_real:
        sw_value=$(brief "$sw_file" -I -c 'import sys, importlib.util as u; print("%d.%d.%d" % sys.version_info[:3], "yes" if u.find_spec("venv") and (u.find_spec("ensurepip") or u.find_spec("pip")) else "no")' 2>/dev/null)
        [ -z "$sw_value" ] || tell python "$sw_value $sw_file"
    done
done
IFS=$sw_before

if command -v nvidia-smi >/dev/null; then
    tell gpus "$(brief nvidia-smi --query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu --format=csv,noheader,nounits 2>&1)"
    tell gpu-list "$(brief nvidia-smi -L 2>/dev/null)"
fi
tell end yes
