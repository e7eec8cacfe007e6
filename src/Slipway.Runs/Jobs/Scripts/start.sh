# Starts a run in the background and waits until it is known to be there. Standard input: one line, run.json; one line with the length of the script that
# comes first, that script, then the one that becomes the command. $1 directory of all runs, $2 run id, $3 name, $4 milliseconds, $5 supervisor; the rest is the supervisor's.
sw_all=$1
sw_dir=$1/$2
sw_mask=$(umask)
umask 077
lost() { rm -rf -- "$sw_dir"; echo "refused $1"; exit 0; }
if ! command -v setsid >/dev/null; then echo 'refused setsid'; exit 0; fi
mkdir -p -- "$sw_all" 2>/dev/null
if mkdir -- "$sw_dir" 2>/dev/null; then
    IFS= read -r sw_line
    read -r sw_before
    printf '%s %s\n' "$3" "$4" >"$sw_dir/name" && printf '%s' "$5" >"$sw_dir/supervise" && printf '%s\n' "$sw_line" >"$sw_dir/run.json" || lost disk
    if [ "$sw_before" != 0 ]; then
        dd bs=1 count="$sw_before" 2>/dev/null >"$sw_dir/before" || lost disk
    fi
    cat >"$sw_dir/command" || lost disk
    umask "$sw_mask"
    shift 5
    setsid sh "$sw_dir/supervise" "$sw_dir" "$@" </dev/null >/dev/null 2>&1 &
elif [ ! -d "$sw_dir" ]; then
    echo 'refused disk'
    exit 0
fi
sw_i=0
while [ $sw_i -lt 100 ]; do
    if [ -e "$sw_dir/pid" ]; then echo started; exit 0; fi
    if [ -s "$sw_dir/refused" ]; then read -r sw_line <"$sw_dir/refused"; lost "$sw_line"; fi
    sw_i=$((sw_i + 1))
    sleep 0.05 2>/dev/null || { sleep 1; sw_i=$((sw_i + 19)); }
done
# One that comes later does not start behind the back of who was told this.
true >"$sw_dir/cancel"
echo 'refused silent'
