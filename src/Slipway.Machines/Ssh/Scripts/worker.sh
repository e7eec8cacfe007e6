# What a worker's script is made of. T and N are set before; nothing here is exported.
say() { printf '%s %s\n' "$N" "$*" >&2; }

# drop "PREFIX..." "KEPT...": unsets what has such a name. A value of several lines may look like a variable; there is none of that name then.
drop() {
    for v in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
        for prefix in $1; do
            case $v in
                "$prefix"*) case " $2 " in *" $v "*) ;; *) unset -v "$v" ;; esac ;;
            esac
        done
    done
}

# become PROGRAM [ARGUMENT...]: found as execvp finds it, except that an empty entry of PATH is not the current directory.
become() {
    x=$1
    refused=
    case $x in
        */*) ;;
        *)
            x=
            before=$IFS
            IFS=:
            set -f
            for d in ${PATH-/usr/local/bin:/usr/bin:/bin}; do
                if [ -n "$d" ] && [ -n "$1" ] && [ -f "$d/$1" ]; then
                    if [ -x "$d/$1" ]; then x=$d/$1; break; fi
                    refused=$d/$1
                fi
            done
            IFS=$before
            set +f
            [ -n "$x" ] || x=$refused
            ;;
    esac
    if [ ! -e "$x" ]; then say notfound; exit 127; fi
    if [ -d "$x" ] || [ ! -x "$x" ]; then say noexec "$x"; exit 126; fi
    shift
    trap 'say noexec "$x"' 0
    if [ -n "$zero" ] && (exec -a x true) 2>/dev/null; then exec -a "$zero" "$x" "$@"; fi
    exec "$x" "$@"
}
