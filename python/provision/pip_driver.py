"""The parts of provisioning with pip that must run where the environment is built. Standard library only.

    pip_driver.py unpack SOURCE TARGET   make a copy of pip that no environment owns
    pip_driver.py fetch PLAN             have one wheel for every locked artifact, and list them for pip
    pip_driver.py finish PLAN            compile the installed files, and prove the result by importing its metadata

PLAN is a JSON file, written by Slipway. Exit codes: 0 done, 3 wheels are missing and the network may not be
used, 4 the environment is not what was locked, otherwise pip's own.
"""
import compileall
import hashlib
import importlib.metadata
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

OFFLINE = 3
MISMATCH = 4

# Starting worker processes costs more than compiling a few hundred files.
PARALLEL_COMPILE_FROM = 500


def say(text):
    print(text, flush=True)


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def unpack(source, target):
    """Unpacks a wheel of pip, or copies an installed one, to TARGET/pip; the last step is one rename."""
    if os.path.isdir(target):
        return
    parent = os.path.dirname(target)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    draft = tempfile.mkdtemp(dir=parent, prefix=".new-")
    try:
        if os.path.isdir(source):
            shutil.copytree(source, os.path.join(draft, "pip"), ignore=shutil.ignore_patterns("__pycache__"))
        else:
            with zipfile.ZipFile(source) as wheel:
                wheel.extractall(draft, [name for name in wheel.namelist() if name.startswith("pip/")])
        os.rename(draft, target)
    except OSError:
        if not os.path.isdir(target):
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def shelf(plan, artifact):
    """Where the wheels of an artifact lie: those built here depend on the interpreter, the downloaded do not."""
    folder = os.path.join(plan["wheels"], artifact["sha256"])
    if artifact["filename"].endswith(".whl"):
        return folder
    return os.path.join(folder, sysconfig.get_config_var("SOABI") or sys.implementation.cache_tag)


def shelved(plan, artifact):
    """The wheel of an artifact with its digest, or None. A damaged one is removed, so that it is made again."""
    folder = shelf(plan, artifact)
    if not os.path.isdir(folder):
        return None
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".whl"):
            continue
        wheel = os.path.join(folder, name)
        actual = sha256(wheel)
        if artifact["filename"].endswith(".whl"):
            expected = artifact["sha256"]
        else:
            expected = recorded_digest(wheel)
        if actual == expected:
            return wheel, actual
        say("Discarding the damaged %s" % name)
        os.unlink(wheel)
    return None


def recorded_digest(wheel):
    try:
        with open(wheel + ".sha256", encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def put_on_shelf(plan, artifact, wheel):
    folder = shelf(plan, artifact)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    target = os.path.join(folder, os.path.basename(wheel))
    if not artifact["filename"].endswith(".whl"):
        draft = target + ".sha256.%d" % os.getpid()
        with open(draft, "w", encoding="ascii") as stream:
            stream.write(sha256(wheel))
        os.rename(draft, target + ".sha256")
    os.rename(wheel, target)


def make_wheels(plan, artifacts):
    """Downloads wheels and builds source distributions, every one checked against its locked hash by pip."""
    built = os.path.join(plan["work"], "built")
    os.makedirs(built)
    listing = os.path.join(plan["work"], "fetch.txt")
    with open(listing, "w", encoding="utf-8") as stream:
        for artifact in artifacts:
            stream.write("%s @ %s --hash=sha256:%s\n" % (artifact["name"], artifact["url"], artifact["sha256"]))
    command = [sys.executable, "-I", plan["pip"], "wheel", "--no-deps", "--require-hashes", "--wheel-dir", built]
    code = subprocess.call(command + plan["pip_args"] + ["--requirement", listing], stdin=subprocess.DEVNULL)
    if code != 0:
        sys.exit(code)
    by_name = {normalized(name.split("-")[0]): os.path.join(built, name) for name in os.listdir(built)}
    for artifact in artifacts:
        put_on_shelf(plan, artifact, by_name[artifact["name"]])


def fetch(plan):
    missing = [artifact for artifact in plan["artifacts"] if shelved(plan, artifact) is None]
    if missing and plan["offline"]:
        for artifact in missing:
            say("missing: %s" % artifact["filename"])
        sys.exit(OFFLINE)
    if missing:
        make_wheels(plan, missing)
    links = os.path.join(plan["work"], "links")
    os.makedirs(links)
    with open(os.path.join(plan["work"], "install.txt"), "w", encoding="utf-8") as stream:
        for artifact in plan["artifacts"]:
            found = shelved(plan, artifact)
            if found is None:
                say("pip made no usable wheel of %s" % artifact["filename"])
                sys.exit(MISMATCH)
            wheel, digest = found
            os.symlink(wheel, os.path.join(links, os.path.basename(wheel)))
            os.utime(os.path.join(plan["wheels"], artifact["sha256"]))
            version = os.path.basename(wheel).split("-")[1]
            stream.write("%s==%s --hash=sha256:%s\n" % (artifact["name"], version, digest))


def compile_all(folder):
    files = sum(name.endswith(".py") for _, _, names in os.walk(folder) for name in names)
    # Hash-based and unchecked: nothing is written or looked up again, whatever the file times are.
    # A file that does not compile (templates, other Pythons' syntax) is the package's own business.
    compileall.compile_dir(
        folder,
        quiet=2,
        workers=0 if files >= PARALLEL_COMPILE_FROM else 1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def version_reader(pip_runner):
    """pip's own reading of versions: an index may say 1.0.0 where the metadata says 1.0."""
    sys.path.insert(0, os.path.dirname(os.path.dirname(pip_runner)))
    from pip._vendor.packaging.version import Version
    return Version


def finish(plan):
    version_of = version_reader(plan["pip"])
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    for folder in sorted(folders):
        compile_all(folder)
    found = {}
    for distribution in importlib.metadata.distributions(path=sorted(folders)):
        found[normalized(distribution.metadata["Name"])] = distribution.version
    problems = []
    if os.path.realpath(sys.prefix) != os.path.realpath(plan["root"]):
        problems.append("the interpreter's prefix is %s, not %s" % (sys.prefix, plan["root"]))
    expected = {artifact["name"]: artifact["version"] for artifact in plan["artifacts"]}
    for name, version in sorted(expected.items()):
        if name not in found:
            problems.append("%s %s is not installed" % (name, version))
        elif version_of(found[name]) != version_of(version):
            problems.append("%s is installed as %s, not %s" % (name, found[name], version))
    for name in sorted(set(found) - set(expected)):
        problems.append("%s %s was not locked" % (name, found[name]))
    if problems:
        for problem in problems:
            say(problem)
        sys.exit(MISMATCH)


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "unpack":
        unpack(*arguments)
        return
    with open(arguments[0], encoding="utf-8") as stream:
        plan = json.load(stream)
    {"fetch": fetch, "finish": finish}[command](plan)


# Compiling in parallel starts this file again under another name.
if __name__ == "__main__":
    main()
