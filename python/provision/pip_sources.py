"""pip's surroundings: whom it trusts, how it reaches its sources, and the gate that stands before every index.

Used by pip_driver.py. Standard library only.
"""
import collections
import configparser
import hashlib
import json
import os
import socket
import subprocess
import sys
import urllib.parse

from pip_words import normalized

SECTIONS = ("global", "install", "download", "wheel")
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
# What clients that know other ways than a proxy's are told, where the network may not be used.
CLOSED = {"no_proxy": "127.0.0.1,localhost,::1", "NO_PROXY": "127.0.0.1,localhost,::1", "GIT_ALLOW_PROTOCOL": "none", "CARGO_NET_OFFLINE": "true"}


def configuration_files(environment):
    """pip's files, the weakest first."""
    home = environment.get("HOME") or "/"
    machine = [os.path.join(folder, "pip", "pip.conf") for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if folder]
    user = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return machine[::-1] + ["/etc/pip.conf", os.path.join(home, ".pip", "pip.conf"), os.path.join(user, "pip", "pip.conf"), os.path.join(sys.prefix, "pip.conf")]


def read_configuration(environment, honoured, ignorable):
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
                if key in honoured:
                    settings[honoured[key]] = " ".join(value.split())
                elif key in ignorable:
                    ignored.append("%s in %s" % (key, path))
    return settings, list(dict.fromkeys(ignored))


class Door(collections.namedtuple("Door", "socket token url")):
    """Where the gate will be: who knocks before it is there waits."""

    @classmethod
    def open(cls):
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        token = os.urandom(24).hex()
        return cls(listener, token, "http://127.0.0.1:%d/%s/" % (listener.getsockname()[1], token))


class Sources:
    """Runs pip for one command of the driver. PLAN is Slipway's; only where no index is to be asked is there no gate."""

    def __init__(self, plan, pip, version_of):
        self._pip, self._version_of = pip, version_of
        self._plan = json.loads(plan)
        if self._plan["is_offline"]:
            self._plan.update(find_links=[link for link in self._plan["find_links"] if is_local(link)], asks_default=False,
                              indexes=[entry for entry in self._plan["indexes"] if is_local(entry["url"])])
        settings, self.ignored = read_configuration(os.environ, self._plan["honoured"], self._plan["ignored"])
        self._environment = dict(settings, **os.environ)
        self._door, self.gate, self._nowhere = None, None, None
        self.preferring = []

    @property
    def environment(self):
        """The variables that pip and programs like it get, with what pip's files say of trust and the way to the network."""
        return dict(self._environment)

    def door(self, url):
        """Where pip gets a file from: only what needs credentials is asked for through the gate."""
        return self._opened().door(url) if self._plan["credentials"] else url

    def rewrite(self, text):
        return self.gate.rewrite(text) if self.gate else text

    def run(self, arguments, log, asks=True):
        """pip's exit code. Its words reach our output with the addresses of the sources in place of the gate's.

        ASKS says whether pip may ask an index: files that have addresses of their own need none.
        """
        environment = dict(self._environment, PIP_LOG=log)
        command = [sys.executable, "-I"] + self.preferring + [self._pip] + list(arguments)
        if not (asks and self._plan["is_gated"]) and self.gate is None:
            if self._plan["is_offline"]:
                self._shut(environment)
            environment["PIP_NO_INDEX"] = "1"
            return subprocess.call(command, stdin=subprocess.DEVNULL, env=environment)
        return self.run_behind_gate(command, environment, "PIP_INDEX_URL")

    def run_behind_gate(self, command, environment, variable, words=None, **options):
        """Runs a program that finds the gate's address in VARIABLE: argument lists are public. WORDS are its lines, as they are passed on."""
        if self._plan["is_offline"]:
            self._shut(environment)
        self._door = self._door or Door.open()
        self._point_to_gate(environment, variable)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.STDOUT)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, **options) as process:
            try:
                # The program takes longer to start than the gate.
                self._opened()
            except BaseException:
                process.kill()
                raise
            for line in process.stdout or process.stderr:
                text = self.rewrite(line.decode("utf-8", "surrogateescape"))
                if words is not None:
                    words.append(text)
                sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
                sys.stdout.buffer.flush()
        return process.returncode or (1 if self.gate.problems else 0)

    def _opened(self):
        if self.gate is None:
            from index_gate import Gate
            from pip._internal.models.index import PyPI
            self._door = self._door or Door.open()
            certificates = os.path.join(os.path.dirname(self._pip), "_vendor", "certifi", "cacert.pem")
            self.gate = Gate(self._plan, self._environment, PyPI.simple_url, certificates, self._door)
        return self.gate

    def _point_to_gate(self, environment, variable):
        environment[variable] = self._door.url + "simple/"
        # Given to pip as its own setting, the proxy would be asked for loopback too.
        proxy = environment.pop("PIP_PROXY", None)
        if proxy:
            environment.update({name: proxy for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")})
        around = environment.get("no_proxy") or environment.get("NO_PROXY")
        environment["no_proxy"] = environment["NO_PROXY"] = "%s,127.0.0.1" % around if around else "127.0.0.1"

    def _shut(self, environment):
        """Has ordinary clients that a build starts fail at once: it holds off habits, not code that means to get out."""
        if self._nowhere is None:
            # Bound, and nobody listens: who connects is refused, and no other program can come to be there.
            self._nowhere = socket.socket()
            self._nowhere.bind(("127.0.0.1", 0))
        nowhere = "http://127.0.0.1:%d" % self._nowhere.getsockname()[1]
        for name in PROXIES:
            environment[name] = environment[name.upper()] = nowhere
        environment.pop("PIP_PROXY", None)
        environment.update(CLOSED)

    def annotate(self, report):
        """Puts the sources' own addresses into pip's report, and what the gate knows about the chosen versions."""
        if self.gate is None:
            return
        with open(report, encoding="utf-8") as stream:
            document = json.load(stream)
        from index_findings import mistyped
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
        document["slipway_warnings"] = [warning for warning in warnings if warning] + [text for text, _ in mistyped(self.gate)]
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
