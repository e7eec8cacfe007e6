"""pip's surroundings: whom it trusts, how it reaches its sources, and the gate that stands between when one is needed.

Used by pip_driver.py. Standard library only.
"""
import configparser
import hashlib
import json
import os
import subprocess
import sys
import urllib.parse

from pip_words import normalized

# What says whom to trust and how to reach the network; an index that a file names is ignored, and said so.
HONOURED = {"cert": "PIP_CERT", "client-cert": "PIP_CLIENT_CERT", "proxy": "PIP_PROXY", "trusted-host": "PIP_TRUSTED_HOST",
            "timeout": "PIP_DEFAULT_TIMEOUT"}
IGNORED = ("index-url", "extra-index-url", "find-links", "no-index", "constraint")
SECTIONS = ("global", "install", "download", "wheel")


def configuration_files(environment):
    """pip's files, the weakest first."""
    home = environment.get("HOME") or "/"
    machine = [os.path.join(folder, "pip", "pip.conf") for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if folder]
    user = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return machine[::-1] + ["/etc/pip.conf", os.path.join(home, ".pip", "pip.conf"), os.path.join(user, "pip", "pip.conf"), os.path.join(sys.prefix, "pip.conf")]


def read_configuration(environment):
    """The honoured settings as pip's variables, and what is ignored, as text without values."""
    settings, ignored = {}, []
    for path in configuration_files(environment):
        parser = configparser.RawConfigParser()
        try:
            with open(path, encoding="utf-8") as stream:
                parser.read_file(stream)
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue
        for section in SECTIONS:
            for key, value in parser.items(section) if parser.has_section(section) else []:
                key = key.replace("_", "-")
                if key in HONOURED:
                    settings[HONOURED[key]] = " ".join(value.split())
                elif key in IGNORED:
                    ignored.append("%s in %s" % (key, path))
    return settings, list(dict.fromkeys(ignored))


class Sources:
    """Runs pip for one command of the driver. PLAN is empty when pip asks its one source by itself."""

    def __init__(self, plan, pip, version_of, offline=False):
        self._pip, self._version_of, self._offline = pip, version_of, offline
        settings, self.ignored = read_configuration(os.environ)
        self._environment = dict(settings, **os.environ)
        self.gate = self._open_gate(json.loads(plan)) if plan else None

    def _open_gate(self, plan):
        from index_gate import Gate
        from pip._internal.models.index import PyPI
        certificates = os.path.join(os.path.dirname(self._pip), "_vendor", "certifi", "cacert.pem")
        if self._offline:
            plan.update(find_links=[link for link in plan["find_links"] if is_local(link)], indexes=[], offline=True)
        return Gate(plan, self._environment, PyPI.simple_url, certificates)

    def rewrite(self, text):
        return self.gate.rewrite(text) if self.gate else text

    def door(self, url):
        return self.gate.door(url) if self.gate else url

    def reachable(self, arguments):
        """pip's arguments without the sources that may not be asked: the gate leaves them out by itself."""
        if not self._offline or self.gate is not None:
            return arguments
        return [argument for argument in arguments if not argument.startswith("--find-links=") or is_local(argument.partition("=")[2])] + ["--no-index"]

    def run(self, arguments, log):
        """pip's exit code. Its words reach our output with the addresses of the sources in place of the gate's."""
        environment = dict(self._environment, PIP_LOG=log)
        command = [sys.executable, "-I", self._pip] + list(arguments)
        if self.gate is None:
            return subprocess.call(command, stdin=subprocess.DEVNULL, env=environment)
        self._point_to_gate(environment)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment) as process:
            for line in process.stdout:
                sys.stdout.buffer.write(self.rewrite(line.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"))
                sys.stdout.buffer.flush()
        return process.returncode or (1 if self.gate.problems else 0)

    def _point_to_gate(self, environment):
        # By a variable and not as an argument: argument lists are public.
        environment["PIP_INDEX_URL"] = self.gate.url
        # Given to pip as its own setting, the proxy would be asked for loopback too.
        proxy = environment.pop("PIP_PROXY", None)
        if proxy:
            environment.update({name: proxy for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")})
        around = environment.get("no_proxy") or environment.get("NO_PROXY")
        environment["no_proxy"] = environment["NO_PROXY"] = "%s,127.0.0.1" % around if around else "127.0.0.1"

    def annotate(self, report):
        """Puts the sources' own addresses into pip's report, and what the gate knows about the chosen versions."""
        if self.gate is None:
            return
        with open(report, encoding="utf-8") as stream:
            document = json.load(stream)
        warnings = []
        for item in document["install"]:
            item["download_info"]["url"] = self.gate.origin(item["download_info"]["url"])
            name = normalized(item["metadata"]["name"])
            source, page = self.gate.known(name)
            if page is None or item.get("is_direct"):
                continue
            warnings.append(self.gate.warning(name))
            if source.is_index:
                item["slipway_source"] = source.url
            item["slipway_files"] = self._files_of(name, item["metadata"]["version"], page)
        document["slipway_warnings"] = [warning for warning in warnings if warning]
        with open(report, "w", encoding="utf-8") as stream:
            json.dump(document, stream)

    def _files_of(self, name, version, page):
        # Only behind a gate: what this module needs of the network takes longer to load than all of ours.
        from index_sources import version_text
        return [
            {"filename": found["filename"], "url": found["url"], "sha256": digest, "size": found.get("size"), "upload_time": found.get("upload-time")}
            for found in page.files if self._is_version(version_text(name, found["filename"]), version)
            for digest in [found["hashes"].get("sha256") or digest_of(found["url"])] if digest
        ]

    def _is_version(self, text, version):
        try:
            return text is not None and self._version_of(text) == self._version_of(version)
        except ValueError:
            return False


def is_local(link):
    return "://" not in link or link.startswith("file:")


def digest_of(url):
    if not url.startswith("file:"):
        return None
    digest = hashlib.sha256()
    with open(urllib.parse.unquote(urllib.parse.urlsplit(url).path), "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
