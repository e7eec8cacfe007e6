"""The one index that pip talks to.

pip takes each name from whichever of its indexes has the highest version, and knows neither upload times nor the state
of a project. The gate gives each name from the first source that has it, and asks the later ones nothing. It listens on
loopback, on a port of the system's choice, behind a random path; it lives as a thread of pip_driver.py and ends with
it. Standard library only.

A source that fails is a problem only for a name that needs it: such problems are kept, because pip would try an older
version of whatever needs the name, and report success.
"""
import hmac
import http.client
import http.server
import json
import os
import re
import socket
import struct
import threading
import urllib.error
import urllib.parse

from index_sources import JSON, UNAUTHORIZED, Folders, Index, Problem, file_name, time_of, unauthorized
from index_upstream import Upstream, reason_of
from pip_words import normalized

# pip retries some statuses and takes 404 for an answer; this one is neither.
FAILED = 424

PEER_READS = 3


class Gate:
    """Decides for each name, serves pip, and remembers what Slipway must know afterwards."""

    def __init__(self, plan, environment, default_index, certificates, door):
        """DOOR is a socket that listens, and the path behind which the gate is: pip may knock before the gate is here."""
        self._upstream = Upstream(plan["credentials"], environment, certificates)
        self.limit = plan.get("exclude_newer")
        self._limit = time_of(self.limit) if self.limit else None
        self.sources = [Folders(self._upstream, plan["find_links"])] if plan["find_links"] else []
        self.sources += [self._source(entry) for entry in plan["indexes"]]
        if plan["asks_default"]:
            self.sources.append(Index(self._upstream, default_index, None, [], plan.get("not_from_default") or []))
        self._token, self.base = door.token, door.url
        self._lock = threading.RLock()
        self._pages, self._doors, self._keys = {}, {}, {}
        self.problems, self._refusal = [], None
        server = http.server.ThreadingHTTPServer(door.socket.getsockname(), handler_of(self), bind_and_activate=False)
        server.socket.close()
        server.socket, server.daemon_threads = door.socket, True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        if any(source.url.startswith("https:") for source in self.sources):
            # While pip starts, there is time for it.
            self._upstream.prepare()

    def _source(self, entry):
        packages, never = entry.get("packages") or [], entry.get("never") or []
        if entry["url"].startswith("file:"):
            return Folders(self._upstream, [urllib.parse.unquote(urllib.parse.urlsplit(entry["url"]).path)], packages, never)
        return Index(self._upstream, entry["url"], entry.get("name"), packages, never)

    def find(self, name):
        """The source and page of a name; (None, None) when no source has it. Problems are raised, each time the same."""
        with self._lock:
            if name not in self._pages:
                try:
                    self._pages[name] = self._ask(name)
                except Exception as error:
                    # A defect of ours too must not look like a name that nobody has.
                    problem = error if isinstance(error, Problem) else Problem("source-down", "the index gate failed for %s: %r" % (name, error))
                    self._pages[name] = problem
                    self.problems.append(problem)
            found = self._pages[name]
        if isinstance(found, Problem):
            raise found
        return found

    def refuse(self):
        """The problem of a peer that is not known to be this user's. It is kept: were it pip after all, a name would be lost to it."""
        with self._lock:
            if self._refusal is None:
                self._refusal = Problem("source-down", "the index gate was asked by a process that is not known to be this user's, and did not answer")
                self.problems.append(self._refusal)
            return self._refusal

    def _ask(self, name):
        for source in self.sources:
            page = source.find(name)
            if page is not None:
                return source, page._replace(files=[]) if page.status == "quarantined" else self._in_time(source, page, name)
        return None, None

    def _in_time(self, source, page, name):
        if self._limit is None:
            return page
        kept, late = [], []
        try:
            for found in page.files:
                (kept if time_of(found["upload-time"]) < self._limit else late).append(found)
            return page._replace(files=kept, late=late)
        except (KeyError, ValueError):
            raise Problem(
                "source-undated", "%s does not say when the files of %s were uploaded, so exclude-newer %s cannot be kept" % (source.title, name, self.limit))

    @property
    def asked(self):
        """All names that pip asked for."""
        with self._lock:
            return set(self._pages)

    def known(self, name):
        """What was found for a name, without asking again."""
        found = self._pages.get(name)
        return found if isinstance(found, tuple) else (None, None)

    def warning(self, name):
        _, page = self.known(name)
        if page is None or page.status in (None, "active"):
            return None
        reason = ": %s" % page.reason if page.reason else ""
        return "%s is marked as %s by its publisher%s" % (name, page.status, reason)

    def door(self, url):
        """The address at which pip gets a file: the file's own, unless credentials are needed for it."""
        if not url.startswith("http") or not self._upstream.needs_credentials(url):
            return url
        with self._lock:
            key = self._keys.setdefault(url, str(len(self._keys)))
            self._doors[key] = url
        return "%sfile/%s/%s" % (self.base, key, urllib.parse.quote(file_name(url)))

    def origin(self, url):
        """What lies behind one of our addresses."""
        if not url.startswith(self.base):
            return url
        parts = url[len(self.base):].split("#")[0].split("/")
        if parts[0] == "file" and len(parts) == 3 and parts[1] in self._doors:
            return self._doors[parts[1]] + (".metadata" if parts[2].endswith(".metadata") else "")
        source, page = self.known(parts[1]) if parts[0] == "simple" and len(parts) > 1 and parts[1] else (None, None)
        if page:
            return page.url
        if not self.sources:
            return "(offline)"
        return self.sources[-1].url + ("/".join(parts[1:]) if len(self.sources) == 1 else "")

    def rewrite(self, text):
        """A text of pip's with the addresses of the sources in place of ours."""
        if self.base not in text:
            return text
        return re.sub(re.escape(self.base) + r"[^\s#'\"<>,)\]]*", lambda match: self.origin(match.group(0)), text)

    def page(self, name):
        _, page = self.find(name)
        if page is None:
            return None
        files = [dict(found, url=self.door(found["url"])) for found in page.files]
        return json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files}).encode("utf-8")

    def open_file(self, key, filename):
        url = self._doors.get(key)
        try:
            return url and self._upstream.open(url + (".metadata" if filename == file_name(url) + ".metadata" else ""))
        except urllib.error.HTTPError as error:
            if error.code in UNAUTHORIZED:
                with self._lock:
                    self.problems.append(unauthorized(self._upstream, self._source_of(url), error.code, error.url or url, file_name(url)))
            raise

    def _source_of(self, url):
        """The source that offered a file; a file of a lock is nobody's, so the index whose credentials it takes."""
        pages = [found for found in self._pages.values() if isinstance(found, tuple) and found[0]]
        offering = (source for source, page in pages if any(found["url"] == url for found in page.files))
        return next(offering, max(self.sources, key=lambda source: len(os.path.commonprefix([source.url, url]))))

    def is_ours(self, path):
        return hmac.compare_digest(path.split("/")[1].encode(), self._token.encode()) if path.startswith("/") else False


def owners(local, remote):
    """Who holds a connection's other end, as user ids: none when the kernel lists no such end, None when it does not tell."""
    found = None
    for table, mapped in (("tcp", ""), ("tcp6", "::ffff:")):
        ends = tuple(end_of(mapped, end) for end in (remote, local))
        try:
            with open("/proc/net/" + table, encoding="ascii") as stream:
                rows = [fields for fields in map(str.split, stream) if len(fields) > 7]
        except OSError:
            continue
        # The end that was closed (06) is nobody's, and waits for no answer.
        found = (found or []) + [int(fields[7]) for fields in rows if (fields[1], fields[2]) == ends and fields[3] != "06"]
    return found


def end_of(mapped, end):
    """An address and port as the kernel writes it: words in the machine's own order."""
    packed = socket.inet_pton(socket.AF_INET6 if mapped else socket.AF_INET, mapped + end[0])
    return "%s:%04X" % ("".join("%08X" % word for word in struct.unpack("=%dI" % (len(packed) // 4), packed)), end[1])


def is_own_peer(local, remote):
    """Whether the other end of a connection is this user's: pip shows the gate's address in its children's argument lists."""
    # The tables change while they are read, and an end that is there may be passed over.
    for _ in range(PEER_READS):
        found = owners(local, remote)
        if found is None:
            return True
        if found:
            break
    return bool(found) and all(owner == os.getuid() for owner in found)


def handler_of(gate):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if not gate.is_ours(self.path):
                self.answer(404, b"", "text/plain")
                return
            if not is_own_peer(self.request.getsockname(), self.client_address):
                self.fail(gate.refuse())
                return
            parts = urllib.parse.urlsplit(self.path).path.split("/")[2:]
            if parts[0] == "simple" and len(parts) > 1 and parts[1]:
                self.answer_page(normalized(urllib.parse.unquote(parts[1])))
            elif parts[0] == "file" and len(parts) == 3:
                self.answer_file(parts[1], urllib.parse.unquote(parts[2]))
            else:
                self.answer(404, b"", "text/plain")

        do_HEAD = do_GET

        def answer_page(self, name):
            try:
                body = gate.page(name)
            except Problem as problem:
                self.fail(problem)
                return
            self.answer(404 if body is None else 200, body or b"", JSON)

        def answer_file(self, key, filename):
            try:
                upstream = gate.open_file(key, filename)
            except urllib.error.HTTPError as error:
                error.close()
                self.answer(error.code, b"", "text/plain")
                return
            except (OSError, http.client.HTTPException) as error:
                self.answer(504, reason_of(error).encode("utf-8", "replace"), "text/plain")
                return
            if upstream is None:
                self.answer(404, b"", "text/plain")
                return
            with upstream:
                self.send_response(200)
                for header in ("Content-Type", "Content-Length"):
                    if upstream.headers.get(header):
                        self.send_header(header, upstream.headers[header])
                self.end_headers()
                if self.command == "GET":
                    self.pass_on(upstream)

        def pass_on(self, upstream):
            try:
                for block in iter(lambda: upstream.read(1 << 16), b""):
                    self.wfile.write(block)
            except (OSError, http.client.HTTPException):
                # The client counts the bytes, and says that the connection broke.
                self.close_connection = True

        def fail(self, problem):
            self.answer(FAILED, problem.text.encode("utf-8", "replace"), "text/plain")

        def answer(self, status, body, kind):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler
