"""The parts of provisioning with pip that must run where the environment is built. Standard library only.

    pip_driver.py unpack SOURCE TARGET   make a copy of pip that no environment owns
    pip_driver.py call LOG PIP ARG...    run pip; when it fails, also say what it kept to itself
    pip_driver.py prefer FILE LOG PIP ARG...   the same, where the versions in FILE are tried before newer ones
    pip_driver.py fetch PLAN             have one wheel for every locked artifact, and list them for pip
    pip_driver.py look PLAN              keep which packages are there before anything is installed
    pip_driver.py project PLAN           install the project that the environment is private to, by its place
    pip_driver.py finish PLAN            compile the installed files, and prove the result by importing its metadata

PLAN is a JSON file, written by Slipway. Where packages come from, with credentials, is told on standard input and
nowhere else. Exit codes: 0 done, 3 wheels are missing and the network may not be
used, 4 the environment is not what was locked, otherwise pip's own. Lines that begin with "slipway-note: " are
read by Slipway.
"""
import compileall
import glob
import hashlib
import importlib.metadata
import json
import os
import py_compile
import re
import shutil
import sys
import sysconfig
import tempfile
import urllib.parse
import zipfile

# The interpreter is isolated, so that this file's own folder is not searched.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from pip_words import explain, mark_yanked, normalized, not_found, note, plain_url, say  # noqa: E402

OFFLINE = 3
MISMATCH = 4

# Starting worker processes costs more than compiling a few hundred files.
PARALLEL_COMPILE_FROM = 500


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


def sources_for(pip):
    """pip's surroundings, as standard input tells."""
    version_of = version_reader(pip)
    from pip_sources import Sources
    return Sources(sys.stdin.buffer.read(), pip, version_of)


def call_pip(sources, arguments, log, asks=True):
    """Runs pip. Why it found nothing (a wheel does not fit, a build said so) it writes only to its log."""
    code = sources.run(arguments, log, asks)
    if code != 0:
        explain(log, sources)
    return code


def shelf(plan, artifact):
    """Where the wheels of an artifact lie: those built here depend on the interpreter, the downloaded do not."""
    folder = os.path.join(plan["wheels"], artifact["sha256"])
    if artifact["filename"].endswith(".whl"):
        return folder
    return os.path.join(folder, sysconfig.get_config_var("SOABI") or sys.implementation.cache_tag)


def shelved(plan, artifact):
    """The wheel of an artifact with its digest, or None. A damaged one is removed, so that it is made again."""
    folder = shelf(plan, artifact)
    for wheel in sorted(glob.glob(os.path.join(glob.escape(folder), "*.whl"))):
        actual = sha256(wheel)
        expected = artifact["sha256"] if is_wheel(artifact) else recorded_digest(wheel)
        if actual == expected:
            return wheel, actual
        say("Discarding the damaged %s" % os.path.basename(wheel))
    discard(plan, folder)
    return None


def is_wheel(artifact):
    return artifact["filename"].endswith(".whl")


def line_of(artifact, url):
    url = plain_url(url)
    if url.startswith("git+file:"):
        # pip refuses such a URL behind a name, because it has no host.
        return "%s%segg=%s" % (url, "&" if "#" in url else "#", artifact["name"])
    return "%s @ %s%s" % (artifact["name"], url, "" if is_commit(artifact) else " --hash=sha256:" + artifact["sha256"])


def is_commit(artifact):
    return artifact["url"].startswith("git+")


def path_of(url):
    return urllib.parse.unquote(urllib.parse.urlsplit(url).path)


def recorded_digest(wheel):
    try:
        with open(wheel + ".sha256", encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def discard(plan, folder):
    """Takes a folder off its shelf by one rename: somebody else may put a sound one there meanwhile."""
    if os.path.lexists(folder):
        away = tempfile.mkdtemp(dir=plan["wheels"], prefix=".old-")
        try:
            os.rename(folder, os.path.join(away, "wheel"))
        except FileNotFoundError:
            pass
        shutil.rmtree(away, ignore_errors=True)


def put_on_shelf(plan, artifact, wheel, built_with):
    """Publishes a wheel with what belongs to it by one rename. Who comes second takes what is there."""
    folder = shelf(plan, artifact)
    os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
    draft = tempfile.mkdtemp(dir=plan["wheels"], prefix=".new-")
    try:
        target = os.path.join(draft, os.path.basename(wheel))
        os.rename(wheel, target)
        if not is_wheel(artifact):
            with open(target + ".sha256", "w", encoding="ascii") as stream:
                stream.write(sha256(target))
            with open(os.path.join(draft, "built-with.txt"), "w", encoding="utf-8") as stream:
                stream.writelines(line + "\n" for line in built_with)
        os.rename(draft, folder)
    except OSError:
        if not os.path.isdir(folder):
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def make_wheels(plan, artifacts):
    """Downloads wheels and builds source distributions, every one checked against its locked hash by pip."""
    os.makedirs(plan["wheels"], mode=0o700, exist_ok=True)
    sources = sources_for(plan["pip"])
    for artifact in artifacts:
        if artifact["url"].startswith("file:") and not os.path.exists(path_of(artifact["url"])):
            note("source-gone", "the source of %s %s is gone, or is not what it was when it was resolved" % (artifact["name"], artifact["version"]))
            sys.exit(MISMATCH)
    batches = [[artifact for artifact in artifacts if is_wheel(artifact)]]
    # One by one, so that it is known which build requirements belong to which.
    batches += [[artifact] for artifact in artifacts if not is_wheel(artifact)]
    for number, batch in enumerate(batches):
        if batch:
            make_batch(plan, sources, batch, os.path.join(plan["work"], "made-%d" % number))


def make_batch(plan, sources, artifacts, folder):
    os.makedirs(folder)
    with open(folder + ".txt", "w", encoding="utf-8") as stream:
        for artifact in artifacts:
            stream.write(line_of(artifact, sources.door(artifact["url"])) + "\n")
    # A commit has no hash that pip could check: git itself checks that the bytes are those of the commit.
    checked = [] if any(map(is_commit, artifacts)) else ["--require-hashes"]
    arguments = ["wheel", "--no-deps"] + checked + ["--wheel-dir=" + folder]
    log = folder + ".log"
    # A wheel has an address of its own; what is built may need others to be built with.
    code = call_pip(sources, arguments + plan["pip_args"] + ["--requirement=%s.txt" % folder], log, asks=not all(map(is_wheel, artifacts)))
    if code != 0:
        give_up(plan, code, log, " or ".join("%(name)s %(version)s" % artifact for artifact in artifacts))
    by_name = {normalized(name.split("-")[0]): os.path.join(folder, name) for name in os.listdir(folder)}
    for artifact in artifacts:
        if artifact["name"] not in by_name:
            say("pip made no wheel of %s" % artifact["filename"])
            sys.exit(MISMATCH)
        put_on_shelf(plan, artifact, by_name[artifact["name"]], build_requirements(log))


def give_up(plan, code, log, what):
    """Ends this process because pip failed, with what WHAT cannot be built with where the network may not be used."""
    lacking = not_found(read_lines(log)) if plan["offline"] else []
    for requirement in lacking:
        note("missing", "the build requirement %s of %s" % (requirement, what))
    sys.exit(OFFLINE if lacking else code)


def build_requirements(log):
    """What pip installed for an isolated build: the pips that it starts for that write to the same log."""
    found = (re.search(r"Successfully installed (.+)$", line) for line in read_lines(log))
    return sorted({name for match in found if match for name in match.group(1).split()})


def read_lines(log):
    try:
        with open(log, encoding="utf-8", errors="replace") as stream:
            return stream.read().split("\n")
    except OSError:
        return []


def fetch(plan):
    missing = [artifact for artifact in plan["artifacts"] if shelved(plan, artifact) is None]
    remote = [artifact for artifact in missing if not artifact["url"].startswith("file:")]
    if remote and plan["offline"]:
        for artifact in remote:
            note("missing", artifact["filename"])
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
            link_or_copy(wheel, os.path.join(links, os.path.basename(wheel)))
            os.utime(os.path.join(plan["wheels"], artifact["sha256"]))
            version = os.path.basename(wheel).split("-")[1]
            if not re.fullmatch(r"[A-Za-z0-9.!+_]+", version):
                say("%s has a name without a version" % os.path.basename(wheel))
                sys.exit(MISMATCH)
            stream.write("%s==%s --hash=sha256:%s\n" % (artifact["name"], version, digest))


def link_or_copy(source, target):
    """A second name for the same file: it stays when the shelf is cleared."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


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


def project(plan):
    from pip_project import install
    log = os.path.join(plan["work"], "project.log")

    def call(arguments):
        code = call_pip(sources_for(plan["pip"]), arguments, log)
        if code != 0:
            give_up(plan, code, log, plan["project"]["name"])
    install(plan, call)


def package_folders():
    return sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def packages():
    found = {}
    for distribution in importlib.metadata.distributions(path=package_folders()):
        name = distribution.metadata["Name"]
        # A left-over folder without metadata names nothing that could be imported by that name.
        if name:
            found[normalized(name)] = distribution.version
    return found


def look(plan):
    with open(plan["standing"], "w", encoding="utf-8") as stream:
        json.dump(packages(), stream)


def standing(plan):
    """What was there before; nothing in an environment that was made for pip's packages alone."""
    if not plan.get("standing"):
        return {}
    with open(plan["standing"], encoding="utf-8") as stream:
        return json.load(stream)


def finish(plan):
    version_of = version_reader(plan["pip"])
    # Who had something installed before compiles it all together afterwards.
    for folder in [] if plan.get("standing") else package_folders():
        compile_all(folder)
    found, before = packages(), standing(plan)
    problems = []
    if os.path.realpath(sys.prefix) != os.path.realpath(plan["root"]):
        problems.append("the interpreter's prefix is %s, not %s" % (sys.prefix, plan["root"]))
    expected = {artifact["name"]: artifact["version"] for artifact in plan["artifacts"]}
    for name, version in sorted(expected.items()):
        if name not in found:
            problems.append("%s %s is not installed" % (name, version))
        elif version_of(found[name]) != version_of(version):
            problems.append("%s is installed as %s, not %s" % (name, found[name], version))
    for name, version in sorted(before.items()):
        if found.get(name) != version:
            problems.append("%s %s, which was there before, is %s now" % (name, version, found.get(name, "gone")))
    for name in sorted(set(found) - set(expected) - set(before) - {(plan["project"] or {}).get("name")}):
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
    if command in ("call", "prefer"):
        preferences = [arguments.pop(0)] if command == "prefer" else []
        log, pip, arguments = arguments[0], arguments[1], arguments[2:]
        sources = sources_for(pip)
        if preferences:
            sources.preferring = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "pip_preferred.py")] + preferences
        code = call_pip(sources, arguments, log)
        if code == 0:
            reports = [argument.split("=", 1)[1] for argument in arguments if argument.startswith("--report=")]
            for report in reports:
                sources.annotate(report)
            mark_yanked(reports, log)
        sys.exit(code)
    with open(arguments[0], encoding="utf-8") as stream:
        plan = json.load(stream)
    {"fetch": fetch, "look": look, "project": project, "finish": finish}[command](plan)


# Compiling in parallel starts this file again under another name.
if __name__ == "__main__":
    main()
