# What a worker's script is made of. sw_room and sw_nonce are set before.
tell() { printf '%s %s\n' "$sw_nonce" "$*" >&2; }

say() { tell "$@"; }

# drop "PREFIX..." "KEPT...": unsets what has such a name. A value of several lines may look like a variable; there is none of that name then.
drop() {
    for sw_name in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
        for sw_prefix in $1; do
            case $sw_name in
                "$sw_prefix"*) case " $2 " in *" $sw_name "*) ;; *) unset -v "$sw_name" ;; esac ;;
            esac
        done
    done
}

# become PROGRAM [ARGUMENT...]: found as execvp finds it, except that an empty entry of PATH is not the current directory.
become() {
    sw_x=$1
    sw_refused=
    case $sw_x in
        */*) ;;
        *)
            sw_x=
            sw_ifs=$IFS
            IFS=:
            set -f
            for sw_dir in ${PATH-/usr/local/bin:/usr/bin:/bin}; do
                if [ -n "$sw_dir" ] && [ -n "$1" ] && [ -f "$sw_dir/$1" ]; then
                    if [ -x "$sw_dir/$1" ]; then sw_x=$sw_dir/$1; break; fi
                    sw_refused=$sw_dir/$1
                fi
            done
            IFS=$sw_ifs
            set +f
            [ -n "$sw_x" ] || sw_x=$sw_refused
            ;;
    esac
    if [ ! -e "$sw_x" ]; then say notfound; exit 127; fi
    if [ -d "$sw_x" ] || [ ! -x "$sw_x" ]; then say noexec "$sw_x"; exit 126; fi
    shift
    trap 'say noexec "$sw_x"' 0
    if [ -n "$sw_zero" ] && (exec -a x true) 2>/dev/null; then exec -a "$sw_zero" "$sw_x" "$@"; fi
    exec "$sw_x" "$@"
}
