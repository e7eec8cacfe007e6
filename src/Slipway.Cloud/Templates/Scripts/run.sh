#!/usr/bin/env bash
# Runs what lies beside it, on the machine that was rented: `timeout --signal=TERM --kill-after=120 SECONDS bash ./run.sh`.
# This text is the same for every run. What a person chose is in files that nothing here evaluates: `words` (the command, each word
# ended by a zero byte), `limits` (names and whole numbers), `executables` (files), and params.json, which the entry reads.
set -u
shopt -s nullglob
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 69
here=$PWD
say() { printf 'slipway: %s\n' "$*" >&2; }

in_files=0 idle_seconds=0 poll_seconds=30 results_bytes=5368709120
while IFS='=' read -r name value; do
  [[ $value =~ ^[0-9]{1,15}$ ]] || continue
  case $name in
    in_files) in_files=$value ;;
    idle_seconds) idle_seconds=$value ;;
    poll_seconds) poll_seconds=$value ;;
    results_bytes) results_bytes=$value ;;
  esac
done <limits

export SLIPWAY_HOME=${SLIPWAY_HOME:-$HOME/.slipway}
export SLIPWAY_OUTPUT=$here/out
export SLIPWAY_METRICS=$here/out/metrics.jsonl
export SLIPWAY_CHECKPOINTS=${SLIPWAY_CHECKPOINTS:-$here/out/checkpoints}
export PYTHONUNBUFFERED=1
mkdir -p "$SLIPWAY_OUTPUT" "$SLIPWAY_HOME" || exit 69

# The newest of some folders; nothing when there is none.
newest() {
  local folder found=
  for folder in "$@"; do
    [[ -z $found || $folder -nt $found ]] && found=$folder
  done
  printf '%s' "$found"
}

if [[ -z ${SLIPWAY_RESULTS:-} ]]; then
  SLIPWAY_RESULTS=$here/results
  newest=$(newest "$HOME"/sky_logs/*/)
  [[ -n $newest ]] && SLIPWAY_RESULTS=${newest}slipway
fi

# What was uploaded has lost who may execute it.
while IFS= read -r -d '' name; do [[ -f $name && ! -x $name ]] && chmod u+x -- "$name"; done <executables

if ! refusal=$(./slipway --version 2>&1 >/dev/null); then
  say "the program ./slipway cannot start on this machine ($(uname -sm), $(getconf GNU_LIBC_VERSION 2>/dev/null || echo 'no glibc'))."
  [[ $refusal == *GLIBC_* ]] && say 'Its C library (glibc) is older than the program needs: take an image with a newer system, such as Ubuntu 24.04.'
  printf '%s\n' "$refusal" | head -n 5 >&2
  exit 69
fi

words=()
while IFS= read -r -d '' word; do words+=("$word"); done <words

# Results that do not fit are named and stay; what is small and says most goes first.
left=$results_bytes
move() {
  local path=$1 copied=$2 size target
  size=$(stat -c %s -- "$path") || return
  if ((size > left)); then
    printf '%s bytes: %q\n' "$size" "${path#./}" >>"$SLIPWAY_RESULTS/not-moved.txt"
    return
  fi
  target=$SLIPWAY_RESULTS/${path#./}
  if mkdir -p "$(dirname "$target")" && if [[ $copied == copy ]]; then cp -f -- "$path" "$target"; else mv -f -- "$path" "$target"; fi; then
    left=$((left - size))
  else
    printf 'cannot be written: %q\n' "${path#./}" >>"$SLIPWAY_RESULTS/not-moved.txt"
  fi
}
move_all() {
  local path checkpoint how=move
  mkdir -p "$SLIPWAY_RESULTS" || { say "results cannot be put into $SLIPWAY_RESULTS"; return; }
  cd "$SLIPWAY_OUTPUT" || return
  # A run that ended early may be started again here, and goes on from what it left: all of it stays too.
  ((code != 0)) && how=copy
  for path in ./report.json ./end.json ./metrics.jsonl; do [[ -f $path ]] && move "$path" "$how"; done
  while IFS= read -r -d '' path; do
    case $path in ./report.json | ./end.json | ./metrics.jsonl) ;; *) move "$path" "$how" ;; esac
  done < <(find . -path ./checkpoints -prune -o -type f -print0 | sort -z)
  if ((code != 0)) && [[ $SLIPWAY_CHECKPOINTS == "$SLIPWAY_OUTPUT/checkpoints" ]]; then
    for path in checkpoints/step-????????/; do checkpoint=$path; done
    [[ -n ${checkpoint:-} ]] && while IFS= read -r -d '' path; do move "$path" copy; done < <(find "./$checkpoint" -type f -print0 | sort -z)
  fi
  cd "$here" || return
  [[ -s $SLIPWAY_RESULTS/not-moved.txt ]] && say "some results did not fit and were left: see not-moved.txt"
  say "results are in $SLIPWAY_RESULTS"
}

kill_tree() {
  local one below=()
  read -r -a below 2>/dev/null <"/proc/$1/task/$1/children"
  kill -KILL "$1" 2>/dev/null
  for one in "${below[@]}"; do kill_tree "$one"; done
}

# Ends the work when every card has been idle for long enough; nothing that nvidia-smi does not tell counts as idle.
watch_cards() {
  local since=$SECONDS used
  while sleep "$poll_seconds"; do
    used=$(nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits 2>/dev/null) || used=
    if [[ -z $used ]] || grep -qvE '^ *[0-4] *$' <<<"$used"; then since=$SECONDS; continue; fi
    if ((SECONDS - since >= idle_seconds)); then
      say "all cards were idle for $((SECONDS - since)) seconds; the work is ended"
      printf 'idle_cards' >"$here/.ended"
      kill -TERM "$1" 2>/dev/null
      sleep 120
      kill_tree "$1"
      return
    fi
  done
}

rm -f .ended
code=
trap 'asked=1; [[ -n ${child:-} ]] && kill -TERM "$child" 2>/dev/null' TERM INT HUP
[[ $in_files == 1 ]] && cd files
"$here/slipway" "${words[@]}" &
child=$!
cd "$here" || exit 69
watcher=
if ((idle_seconds > 0)); then watch_cards "$child" & watcher=$!; fi

# A signal interrupts the wait, not the work: it is waited for again, and its own code is kept.
while :; do
  asked=0
  wait "$child"
  now=$?
  [[ $now == 127 && -n ${code:-} ]] || code=$now
  ((asked)) || break
done
# With its sleep, which would hold on to the output of this script.
if [[ -n $watcher ]]; then kill_tree "$watcher"; wait "$watcher" 2>/dev/null; fi
trap '' TERM INT HUP

# A recipe of several stages keeps its record in the store alone; only such a record has this file.
if [[ ${words[0]:-} == recipe && ! -d $SLIPWAY_OUTPUT/run ]]; then
  newest=$(newest "$SLIPWAY_HOME"/runs/*/config.json)
  [[ -n $newest ]] && cp -r -- "${newest%/config.json}" "$SLIPWAY_OUTPUT/run"
fi

reason=exit
((code > 128)) && reason=signal
[[ -f .ended ]] && reason=$(<.ended)
printf '{"schema":"slipway.work-end/1","exit_code":%d,"reason":"%s","seconds":%d}\n' "$code" "$reason" "$SECONDS" >"$SLIPWAY_OUTPUT/end.json"
move_all
exit "$code"
