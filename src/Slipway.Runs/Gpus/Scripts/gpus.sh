# What nvidia-smi says, and which GPUs are reserved. POSIX sh. $1 is the folder of reservations.
# Each finding is a NUL-terminated text NAME=VALUE; names may repeat.
LC_ALL=C
export LC_ALL
tell() { printf '%s=%s\0' "$1" "$2"; }

# A broken driver hangs.
if command -v timeout >/dev/null; then smi() { timeout 20 nvidia-smi "$@"; }; else smi() { nvidia-smi "$@"; }; fi

if ! command -v nvidia-smi >/dev/null; then
    tell absent yes
    exit 0
fi

query=index,uuid,name,memory.used,memory.total,utilization.gpu
csv=--format=csv,noheader,nounits
answer=$(smi "--query-gpu=$query,mig.mode.current" "$csv" 2>&1)
code=$?
if [ "$code" -ne 0 ]; then
    # Drivers before MIG refuse its field.
    older=$(smi "--query-gpu=$query" "$csv" 2>&1)
    if [ $? -eq 0 ]; then
        code=0
        answer=$(printf '%s\n' "$older" | sed 's/$/, [N\/A]/')
    fi
fi
tell code "$code"
tell gpus "$answer"
tell list "$(smi -L 2>/dev/null)"
tell apps "$(smi --query-compute-apps=gpu_uuid,pid,used_memory "$csv" 2>/dev/null)"
for f in "$1"/*; do
    [ ! -f "$f" ] || flock -n -s "$f" true 2>/dev/null || tell reserved "${f##*/}"
done
tell end yes
