"""A stand-in for uv: the few commands that Slipway calls, with uv's options, output and exit codes.

It resolves and installs for real, by the pip of the interpreter that runs it or of the one that it is told of. Facts
about uv (options, pylock.toml, words of failures) were read from the source of uv 0.12.5. An option that uv does not
have, or that Slipway should not need, fails as uv fails.
"""
import argparse
import csv
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

VERSION = "@VERSION@"


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        found = re.search(r"unrecognized arguments: (\S+)", message)
        print("error: %s" % ("unexpected argument '%s' found" % found.group(1) if found else message), file=sys.stderr)
        print("\nUsage: %s [OPTIONS]\n\nFor more information, try '--help'." % self.prog, file=sys.stderr)
        sys.exit(2)


def common(parser):
    parser.add_argument("--python", "-p", required=True)
    parser.add_argument("--cache-dir", required=True)
    parser.add_argument("--link-mode", choices=["clone", "copy", "hardlink", "symlink"])
    parser.add_argument("--color", choices=["auto", "always", "never"])
    for flag in ("--no-config", "--no-progress", "--offline", "--no-index", "--quiet"):
        parser.add_argument(flag, action="store_true")


def run(command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_CONFIG_FILE="/dev/null", PIP_NO_INPUT="1")
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment)


def no_solution(reason):
    sys.stderr.write("  \u00d7 No solution found when resolving dependencies:\n  \u2570\u2500\u25b6 %s\n" % reason)
    sys.exit(1)


def compile_lock(words):
    parser = Arguments(prog="uv pip compile", allow_abbrev=False)
    parser.add_argument("source")
    parser.add_argument("--constraints", "--constraint", "-c", action="append", default=[])
    parser.add_argument("--output-file", "-o", required=True)
    parser.add_argument("--format", choices=["requirements.txt", "pylock.toml"])
    for flag in ("--no-header", "--no-annotate", "--no-sources", "--no-deps"):
        parser.add_argument(flag, action="store_true")
    common(parser)
    options = parser.parse_args(words)
    name = os.path.basename(options.output_file)
    if options.format != "pylock.toml" or not re.fullmatch(r"pylock(\.[^.]+)?\.toml", name):
        print("error: Expected the output filename to be `pylock.toml` or `pylock.<name>.toml`, where `<name>` is non-empty and contains no dots; found `%s`" % name, file=sys.stderr)
        sys.exit(2)
    if not options.no_config and glob.glob(os.path.expanduser("~/.config/uv/uv.toml")):
        no_solution("Because uv.toml says so, we can conclude that your requirements are unsatisfiable.")
    os.makedirs(options.cache_dir, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        report = resolve(options, scratch)
        text = lock_text(report, os.path.dirname(os.path.abspath(options.output_file)))
    with open(options.output_file, "w", encoding="utf-8") as stream:
        stream.write(text)
    print(text, end="")
    print("Resolved %d packages in 1ms" % len(report["install"]), file=sys.stderr)


def for_pip(path, scratch):
    """pip takes no repository without a host behind a name."""
    target = os.path.join(scratch, os.path.basename(path))
    with open(path, encoding="utf-8") as source, open(target, "w", encoding="utf-8") as stream:
        for line in source:
            found = re.match(r"(\S+) @ (git\+file:[^\s#]+)(#\S+)?(.*)", line)
            stream.write("%s%segg=%s%s\n" % (found.group(2), (found.group(3) + "&") if found.group(3) else "#", found.group(1), found.group(4)) if found else line)
    return target


# uv tries the versions of the file that it writes over before newer ones.
PREFERRING = """
import json, sys
from pip._internal.cli.main import main
from pip._internal.index.package_finder import CandidateEvaluator
liked, usual = json.loads(sys.argv[1]), CandidateEvaluator._sort_key
CandidateEvaluator._sort_key = lambda self, one: (liked.get(one.name.lower().replace("_", "-")) == str(one.version),) + usual(self, one)
sys.exit(main(sys.argv[2:]))
"""


def liked_by(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as stream:
        return dict(re.findall(r'^name = "(.+)"\nversion = "(.+)"$', stream.read(), re.M))


def resolve(options, scratch):
    path = os.path.join(scratch, "report.json")
    command = [options.python, "-I", "-c", PREFERRING, json.dumps(liked_by(options.output_file)), "install", "--dry-run", "--ignore-installed", "--report", path, "-r", for_pip(options.source, scratch), "--no-cache-dir"]
    command += [word for constraint in options.constraints for word in ("-c", for_pip(constraint, scratch))]
    index = os.environ.get("UV_DEFAULT_INDEX")
    command += ["--index-url", index] if index else ["--no-index"]
    extra = os.environ.get("UV_EXTRA_INDEX_URL") or os.environ.get("UV_INDEX")
    command += ["--extra-index-url", extra] if extra else []
    done = run(command)
    if done.returncode != 0:
        fail(done.stdout)
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def fail(words):
    mismatch = re.search(r"Expected sha256 (\w+)\s+Got\s+(\w+)", words)
    if mismatch:
        sys.stderr.write("  \u00d7 Failed to read `file`\n  \u2570\u2500\u25b6 Hash mismatch for `file`\n\n      Expected:\n        sha256:%s\n\n      Computed:\n        sha256:%s\n" % mismatch.groups())
        sys.exit(1)
    if "ResolutionImpossible" in words or "conflicting dependencies" in words:
        causes = re.search(r"The conflict is caused by:\n((?:    .*\n)+)", words)
        lines = [line.strip().replace("The user requested", "you require") for line in causes.group(1).splitlines()] if causes else []
        no_solution("Because %s, we can conclude that your requirements are unsatisfiable." % " and ".join(lines))
    fatal = re.search(r"fatal: .*", words)
    if fatal:
        sys.stderr.write("  \u00d7 Failed to download and build `repository`\n  \u251c\u2500\u25b6 Git operation failed\n  \u2570\u2500\u25b6 process didn't exit successfully: `git fetch`\n      --- stderr\n      %s\n" % fatal.group(0))
        sys.exit(1)
    python = re.search(r"Package '([^']+)' requires a different Python: (\S+) not in '([^']+)'", words)
    if python:
        no_solution("Because the current Python version (%s) does not satisfy Python%s and %s depends on Python%s, we can conclude that your requirements are unsatisfiable." % (
            python.group(2), python.group(3), python.group(1), python.group(3)))
    if "subprocess-exited-with-error" in words:
        package = re.findall(r"Collecting (\S+)|Processing (\S+)", words)[-1]
        output = re.findall(r"lines of output\]\n(.*?)\n\s*\[end of output\]", words, re.S)
        said = [line.strip() for line in output[-1].splitlines() if line.strip()] if output else ["it failed"]
        sys.stderr.write("  \u00d7 Failed to build `%s`\n  \u251c\u2500\u25b6 The build backend returned an error\n  \u2570\u2500\u25b6 Call to `backend.build_wheel` failed (exit status: 1)\n\n      [stderr]\n%s\n" % (
            (package[0] or package[1]).split("/")[-1], "\n".join("      " + line for line in said)))
        sys.exit(1)
    missing = re.search(r"Could not find a version that satisfies the requirement (\S+).*?\(from versions: (.*?)\)", words)
    if missing:
        name = re.split(r"[<>=!~\[;]", missing.group(1))[0]
        if missing.group(2) == "none":
            no_solution("Because %s was not found in the package registry and you require %s, we can conclude that your requirements are unsatisfiable." % (name, missing.group(1)))
        no_solution("Because only the following versions of %s are available:\n          %s\n      and you require %s, we can conclude that your requirements are unsatisfiable." % (
            name, "\n          ".join("%s==%s" % (name, version) for version in missing.group(2).split(", ")), missing.group(1)))
    sys.stderr.write("error: %s\n" % (words.strip().splitlines() or ["it failed"])[-1])
    sys.exit(2)


def lock_text(report, folder):
    lines = ['lock-version = "1.0"', 'created-by = "uv"', 'requires-python = ">=%d.%d"' % sys.version_info[:2]]
    if not report["install"]:
        lines.append("packages = []")
    for item in sorted(report["install"], key=lambda item: normalized(item["metadata"]["name"])):
        lines += ["", "[[packages]]", "name = %s" % json.dumps(normalized(item["metadata"]["name"])), "version = %s" % json.dumps(item["metadata"]["version"])]
        lines.append(source_of(item, folder))
    return "\n".join(lines) + "\n"


def source_of(item, folder):
    download = item["download_info"]
    url = download["url"]
    if "vcs_info" in download:
        info = download["vcs_info"]
        asked = ", requested-revision = %s" % json.dumps(info["requested_revision"]) if info.get("requested_revision") else ""
        below = ", subdirectory = %s" % json.dumps(download["subdirectory"]) if download.get("subdirectory") else ""
        return 'vcs = { type = "git", url = %s%s, commit-id = %s%s }' % (json.dumps(url), asked, json.dumps(info["commit_id"]), below)
    hashes = "hashes = { %s }" % ", ".join("%s = %s" % (name, json.dumps(value)) for name, value in sorted(download["archive_info"]["hashes"].items()))
    if item["is_direct"]:
        path = urllib.parse.unquote(urllib.parse.urlsplit(url).path)
        place = "path = %s" % json.dumps(path) if url.startswith("file:") else "url = %s" % json.dumps(url)
        return "archive = { %s, %s }" % (place, hashes)
    index = "index = %s\n" % json.dumps(os.environ.get("UV_DEFAULT_INDEX", ""))
    return index + ("wheels = [{ url = %s, %s }]" if url.split("#")[0].endswith(".whl") else "sdist = { url = %s, %s }") % (json.dumps(url), hashes)


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def install(words):
    parser = Arguments(prog="uv pip install", allow_abbrev=False)
    parser.add_argument("--requirement", "--requirements", "-r", action="append", required=True)
    parser.add_argument("--find-links", "-f", action="append", default=[])
    parser.add_argument("--only-binary", action="append", default=[])
    for flag in ("--no-deps", "--require-hashes"):
        parser.add_argument(flag, action="store_true")
    common(parser)
    options = parser.parse_args(words)
    os.makedirs(options.cache_dir, exist_ok=True)
    root = os.path.dirname(os.path.dirname(options.python))
    with open(os.path.join(root, ".lock"), "w", encoding="ascii"):
        pass
    command = [sys.executable, "-I", "-m", "pip", "--python", options.python, "install", "--no-compile", "--no-cache-dir", "--no-warn-script-location"]
    command += [word for path in options.requirement for word in ("-r", path)] + [word for path in options.find_links for word in ("-f", path)]
    command += ["--only-binary=" + word for word in options.only_binary]
    command += [flag for flag, isset in (("--no-index", options.no_index), ("--no-deps", options.no_deps), ("--require-hashes", options.require_hashes)) if isset]
    done = run(command)
    if done.returncode != 0:
        sys.stderr.write("error: %s\n" % (done.stdout.strip().splitlines() or ["it failed"])[-1])
        sys.exit(2)
    forget_installer(root)
    print("Installed packages in 1ms", file=sys.stderr)


def forget_installer(root):
    """uv signs as itself, and not at all when it is told so."""
    for record in glob.glob(os.path.join(glob.escape(root), "lib", "*", "site-packages", "*.dist-info", "RECORD")):
        with open(record, newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        folder = os.path.dirname(record)
        for name in ("INSTALLER", "REQUESTED", "direct_url.json"):
            if os.environ.get("UV_NO_INSTALLER_METADATA") and os.path.exists(os.path.join(folder, name)):
                os.remove(os.path.join(folder, name))
                rows = [row for row in rows if not (row and row[0].endswith(".dist-info/" + name))]
        with open(record, "w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)


def install_python(words):
    """As uv lays Pythons out; the one that there is to install is the one that runs this."""
    parser = Arguments(prog="uv python install", allow_abbrev=False)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--install-dir", "-i", required=True)
    parser.add_argument("--color", choices=["auto", "always", "never"])
    for flag in ("--no-config", "--no-progress"):
        parser.add_argument(flag, action="store_true")
    options = parser.parse_args(words)
    full, minor = "%d.%d.%d" % sys.version_info[:3], "%d.%d" % sys.version_info[:2]
    for target in options.targets:
        if target not in (full, minor):
            print("error: No download found for request: cpython-%s-linux-x86_64-gnu" % target, file=sys.stderr)
            sys.exit(1)
    name = "cpython-%s-linux-x86_64-gnu"
    home = os.path.join(options.install_dir, name % full, "bin")
    if os.environ.get("UV_PYTHON_INSTALL_BIN") != "0":
        sys.exit("The stand-in puts nothing on PATH.")
    if os.path.isdir(home):
        print("Python %s is already installed" % full, file=sys.stderr)
        return
    os.makedirs(home)
    os.symlink(os.path.realpath(sys.executable), os.path.join(home, "python" + minor))
    for link in ("python", "python3"):
        os.symlink("python" + minor, os.path.join(home, link))
    os.symlink(name % full, os.path.join(options.install_dir, name % minor))
    with open(os.path.join(options.install_dir, ".lock"), "w", encoding="ascii"):
        pass
    print("Installed Python %s in 1.00s\n + %s" % (full, name % full), file=sys.stderr)


def main():
    words = sys.argv[1:]
    if words == ["--version"]:
        print("uv %s (stand-in)" % VERSION)
    elif words[:2] == ["pip", "compile"]:
        compile_lock(words[2:])
    elif words[:2] == ["pip", "install"]:
        install(words[2:])
    elif words[:2] == ["python", "install"]:
        install_python(words[2:])
    else:
        print("error: unrecognized subcommand '%s'\n\nUsage: uv [OPTIONS] <COMMAND>\n\nFor more information, try '--help'." % (words[0] if words else ""), file=sys.stderr)
        sys.exit(2)


main()
