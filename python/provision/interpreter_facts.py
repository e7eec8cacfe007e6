"""Prints what Slipway needs to know about the interpreter that runs it, as one JSON document.

Runs on any Python 3, also one too old for Slipway, so that it can be named in the refusal.
"""
import glob
import json
import os
import platform
import re
import sys
import sysconfig


def markers():
    """The variables of PEP 508, as this interpreter sees them."""
    info = sys.implementation.version
    implementation_version = "%d.%d.%d" % (info.major, info.minor, info.micro)
    if info.releaselevel != "final":
        implementation_version += info.releaselevel[0] + str(info.serial)
    return {
        "os_name": os.name,
        "sys_platform": sys.platform,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "python_full_version": platform.python_version(),
        "implementation_name": sys.implementation.name,
        "implementation_version": implementation_version,
    }


def base_executable():
    """The interpreter behind a virtual environment, or the one that runs this."""
    if sys.prefix == getattr(sys, "base_prefix", sys.prefix):
        return os.path.realpath(sys.executable)
    for name in ("python%d.%d" % sys.version_info[:2], "python3", "python"):
        candidate = os.path.join(sys.base_prefix, "bin", name)
        if os.access(candidate, os.X_OK):
            return os.path.realpath(candidate)
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def links_to(path):
    """Every name on the way to the real file: when one of them points elsewhere, the answer is another one."""
    names = []
    while path not in names and len(names) < 40:
        names.append(path)
        if not os.path.islink(path):
            break
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return names


def version_in(path, pattern):
    match = re.search(pattern, os.path.basename(path))
    return match.group(1) if match else ""


def bundled_pip():
    """The pip wheel that this interpreter's ensurepip would install, newest first."""
    folders = []
    try:
        import ensurepip
        folders.append(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
    except ImportError:
        pass
    distribution_folder = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if distribution_folder:
        folders.append(distribution_folder)
    wheels = [wheel for folder in folders for wheel in glob.glob(os.path.join(folder, "pip-*.whl"))]
    found = [(version_in(wheel, r"^pip-([0-9][^-]*)-"), wheel) for wheel in wheels]
    found.sort(key=lambda item: [int(part) for part in re.findall(r"\d+", item[0])], reverse=True)
    return {"version": found[0][0], "path": found[0][1]} if found else None


def installed_pip():
    """The pip package that this interpreter can import itself."""
    try:
        import importlib.metadata
        distribution = importlib.metadata.distribution("pip")
        package = str(distribution.locate_file("pip"))
        if os.path.isfile(os.path.join(package, "__pip-runner__.py")):
            return {"version": distribution.version, "path": package}
    except Exception:  # a broken installation of pip counts as none
        pass
    return None


def libc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError, AttributeError):
        return ""


def is_virtual():
    return sys.prefix != getattr(sys, "base_prefix", sys.prefix)


def configuration():
    return os.path.join(sys.prefix, "pyvenv.cfg")


def main():
    # ASKED: a virtual environment is seen through. ASKED --as-it-stands: it is what is asked about.
    # ASKED --behind CONFIGURATION: this is the base that was seen.
    asked, how = sys.argv[1], sys.argv[2:]
    if is_virtual() and not how:
        # What belongs to the environment (its pip, its variables) must not be taken for the base's.
        base = base_executable()
        os.execv(base, [base, "-I", os.path.abspath(__file__), asked, "--behind", configuration()])
    stands = is_virtual() and how[0] == "--as-it-stands"
    executable = os.path.abspath(sys.executable) if stands else base_executable()
    cfg = configuration() if stands else how[1] if how[:1] == ["--behind"] else None
    try:
        import venv  # Debian splits the standard library
        has_venv = venv is not None
    except ImportError:
        has_venv = False
    pips = [bundled_pip(), installed_pip()]
    # Whichever of these is replaced: it may be an environment of another base.
    files = links_to(executable) + [base_executable(), cfg] if stands else []
    # On a line of its own: start-up hooks of an installation may print as well.
    sys.stdout.write("\n")
    json.dump(
        {
            "executable": executable,
            "implementation": sys.implementation.name,
            "version": ".".join(str(part) for part in sys.version_info[:3]),
            "full_version": platform.python_version(),
            "sys_version": sys.version,
            "abi": sysconfig.get_config_var("SOABI") or "",
            "libc": libc(),
            "has_venv": has_venv,
            "bundled_pip": pips[0],
            "installed_pip": pips[1],
            "markers": markers(),
            "virtual_environment": os.path.dirname(cfg) if cfg else None,
            "files": files,
            "depends_on": links_to(asked) + [executable] + files + ([cfg] if cfg else []) + [pip["path"] for pip in pips if pip],
        },
        sys.stdout,
    )


main()
