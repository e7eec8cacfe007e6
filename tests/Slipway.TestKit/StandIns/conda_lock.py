"""A stand-in for conda-lock: `--version` and `lock` as far as Slipway calls them, with conda-lock's options and exit codes.

It has the micromamba that it is told of resolve for each platform, and writes a unified lock (version 1). Facts about conda-lock
(options, the file's shape) were read from the source of conda-lock 2.5.
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

VERSION = "@VERSION@"


def sources_of(path):
    """Channels and dependencies of an environment file that is as plain as those of tests: one-line or indented lists."""
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    found = {}
    for key in ("channels", "dependencies"):
        inline = re.search(r"^%s: *\[(.*)\]" % key, text, re.M)
        listed = re.search(r"^%s:\n((?: *- .*\n?)+)" % key, text, re.M)
        words = inline.group(1).split(",") if inline else [line.strip()[2:] for line in listed.group(1).splitlines()] if listed else []
        found[key] = [word.strip().strip("'\"") for word in words if word.strip()]
    return found


def solve(options, platform, channels, specs):
    with tempfile.TemporaryDirectory() as scratch:
        listed = os.path.join(scratch, "specs.txt")
        with open(listed, "w", encoding="utf-8") as stream:
            stream.write("".join(spec + "\n" for spec in specs))
        command = [options.conda, "create", "--dry-run", "--json", "--yes", "--prefix=" + os.path.join(scratch, "prefix"), "--root-prefix=" + scratch, "--override-channels"]
        command += ["--channel=" + channel for channel in channels] + ["--file=" + listed]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, STANDIN_SUBDIR=platform))
    if done.returncode != 0:
        print("Could not lock the environment for platform %s" % platform, file=sys.stderr)
        print(done.stderr, end="", file=sys.stderr)
        sys.exit(1)
    return json.loads(done.stdout)["actions"]["LINK"]


def kept(path, platform, updated):
    """What an earlier lock has, less what is to be updated, as specs."""
    with open(path, encoding="utf-8") as stream:
        entries = re.findall(r"^- name: (.+)\n  version: '(.+)'\n  manager: conda\n  platform: (.+)$", stream.read(), re.M)
    return ["%s==%s" % (name, version) for name, version, of in entries if of == platform and name not in updated]


def entry(package, platform):
    return (
        "- name: %(name)s\n  version: '%(version)s'\n  manager: conda\n  platform: %(platform)s\n  dependencies: {}\n"
        "  url: %(url)s\n  hash:\n    md5: %(md5)s\n    sha256: %(sha256)s\n  category: main\n  optional: false\n" % dict({"md5": "''"}, **dict(package, platform=platform)))


def lock(words):
    parser = argparse.ArgumentParser(prog="conda-lock lock", allow_abbrev=False)
    parser.add_argument("--conda", required=True)
    parser.add_argument("--micromamba", action="store_true", required=True)
    parser.add_argument("--file", "-f", required=True)
    parser.add_argument("--lockfile", required=True)
    parser.add_argument("--platform", "-p", action="append", required=True)
    parser.add_argument("--channel", "-c", action="append", default=[])
    parser.add_argument("--update", action="append", default=[])
    options = parser.parse_args(words)
    declared = sources_of(options.file)
    channels = options.channel or declared["channels"]
    lines = ["version: 1", "metadata:", "  content_hash:"]
    packages = []
    for platform in options.platform:
        specs = declared["dependencies"] + (kept(options.lockfile, platform, options.update) if options.update and os.path.exists(options.lockfile) else [])
        packages += [entry(package, platform) for package in solve(options, platform, channels, specs)]
        lines.append("    %s: %s" % (platform, hashlib.sha256(json.dumps([channels, declared["dependencies"], platform]).encode()).hexdigest()))
    lines += ["  channels:"] + ["  - url: %s\n    used_env_vars: []" % channel for channel in channels]
    lines += ["  platforms:"] + ["  - " + platform for platform in options.platform]
    lines += ["  sources:", "  - " + os.path.relpath(options.file, os.path.dirname(os.path.abspath(options.lockfile))), "package:" if packages else "package: []"]
    with open(options.lockfile, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n" + "".join(packages))
    print(" - Install lock using: conda-lock install --name YOURENV " + options.lockfile)


if sys.argv[1:] == ["--version"]:
    print("conda-lock, version " + VERSION)
elif sys.argv[1:2] == ["lock"]:
    lock(sys.argv[2:])
else:
    sys.exit("Usage: conda-lock [OPTIONS] COMMAND [ARGS]...")
