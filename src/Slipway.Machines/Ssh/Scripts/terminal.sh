# Waits for a command that has this terminal. $1 is a directory of its own; `body` in it becomes the command, and removes itself first. E is what is done
# when the command has ended: $r is its code, and $ended is not empty when the terminal was taken away. Interrupts of the keyboard are the command's.
ended=
trap 'ended=1' HUP
trap : INT QUIT TERM
sh "$1/body" "$1"
r=$?
trap '' HUP INT QUIT TERM
eval "$E"
printf 'rc %s\n' "$r" >>"$1/said"
# Nobody will ask.
[ -z "$ended" ] || rm -rf -- "$1"
