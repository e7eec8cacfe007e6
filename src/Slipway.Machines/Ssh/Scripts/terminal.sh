# Waits for a command that has this terminal. $1 is a directory of its own; `body` in it becomes the command, and removes itself first. sw_after is what is done
# when the command has ended: $sw_code is its code, and $sw_ended is not empty when the terminal was taken away. Interrupts of the keyboard are the command's.
sw_ended=
trap 'sw_ended=1' HUP
trap : INT QUIT TERM
sh "$1/body" "$1"
sw_code=$?
trap '' HUP INT QUIT TERM
eval "$sw_after"
printf 'rc %s\n' "$sw_code" >>"$1/said"
# Nobody will ask.
[ -z "$sw_ended" ] || rm -rf -- "$1"
