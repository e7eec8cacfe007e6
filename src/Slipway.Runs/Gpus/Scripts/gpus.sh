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

sw_query=index,uuid,name,memory.used,memory.total,utilization.gpu
sw_csv=--format=csv,noheader,nounits
sw_answer=$(smi "--query-gpu=$sw_query,mig.mode.current" "$sw_csv" 2>&1)
sw_code=$?
if [ "$sw_code" -ne 0 ]; then
    # Drivers before MIG refuse its field.
    sw_older=$(smi "--query-gpu=$sw_query" "$sw_csv" 2>&1)
    if [ $? -eq 0 ]; then
        sw_code=0
        sw_answer=$(printf '%s\n' "$sw_older" | sed 's/$/, [N\/A]/')
    fi
fi
tell code "$sw_code"
tell gpus "$sw_answer"
tell list "$(smi -L 2>/dev/null)"
tell apps "$(smi --query-compute-apps=gpu_uuid,pid,used_memory "$sw_csv" 2>/dev/null)"
for sw_f in "$1"/*; do
    [ ! -f "$sw_f" ] || flock -n -s "$sw_f" true 2>/dev/null || tell reserved "${sw_f##*/}"
done
tell end yes
