"""The way to package sources: certificates, proxies, trusted hosts and credentials, as pip would have them. Connections
are kept and used again, one request at a time.

Used by index_gate.py. Standard library only.
"""
import base64
import contextlib
import functools
import http.client
import ipaddress
import os
import re
import select
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

ATTEMPTS = 3
RETRIED = (500, 502, 503, 504)
MAX_PAGE = 256 << 20
BLOCK = 1 << 20

# What is read of an answer that nobody wants, so that its connection can serve again.
MAX_REST = 1 << 16
MAX_IDLE = 4

# How a connection that the other side closed meanwhile fails, before it has answered anything.
CLOSED = (ConnectionError, http.client.BadStatusLine, ssl.SSLError)


def origin_of(url):
    parts = urllib.parse.urlsplit(url)
    return (parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower()))


class Credentials:
    """Who is asked with which name and password: the same scheme, host and port, and there the index that is nearest."""

    def __init__(self, entries):
        self._entries = entries

    def find(self, url):
        same = [entry for entry in self._entries if origin_of(entry["url"]) == origin_of(url)]
        return max(same, key=lambda entry: len(os.path.commonprefix([entry["url"], url])), default=None)


class Upstream:
    """Fetches as pip would: the same certificates, proxies and trusted hosts; credentials go to their own origin only."""

    def __init__(self, credentials, environment, certificates):
        self._environment = environment
        self._credentials = Credentials(credentials)
        self._trust = Trust(environment, certificates)
        self._trusted = [host.lower() for host in (environment.get("PIP_TRUSTED_HOST") or "").split()]
        self._timeout = float(environment.get("PIP_DEFAULT_TIMEOUT") or 15)
        idle = Idle()
        self._opener = self._build_opener(PlainTransport(idle), Transport(idle, self._trust, self.is_trusted))

    def prepare(self):
        """Reads the certificates now; what is wrong with them is said when somebody is asked."""
        with contextlib.suppress(OSError, ValueError):
            self._trust.context(True)

    def needs_credentials(self, url):
        return self._credentials.find(url) is not None

    def sends_credentials(self, url):
        return self.needs_credentials(url) and self.is_safe(url)

    def is_trusted(self, url):
        scheme, host, port = origin_of(url)
        return host in self._trusted or "%s:%s" % (host, port) in self._trusted

    def is_safe(self, url):
        """Whether pip would ask it: https, this machine, or a host that somebody said is trusted."""
        scheme, host, _ = origin_of(url)
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = host == "localhost"
        return scheme == "https" or loopback or self.is_trusted(url)

    def open(self, url, accept="*/*", encoding="identity"):
        # Identity for files: the bytes that are hashed must be the bytes that are passed on.
        request = urllib.request.Request(url, headers={"Accept": accept, "Accept-Encoding": encoding, "User-Agent": "slipway"})
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._opener.open(request, timeout=self._timeout)
            except urllib.error.HTTPError as error:
                if error.code not in RETRIED or attempt == ATTEMPTS:
                    raise
                error.close()
            except (OSError, http.client.HTTPException):
                if attempt == ATTEMPTS:
                    raise
            time.sleep(0.2 * attempt)

    def read(self, url, accept):
        """The text of a page with its type and its address after redirects."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.open(url, accept, "gzip") as answer:
                    return whole(answer), answer.headers.get_content_type(), answer.headers.get_content_charset() or "utf-8", answer.url
            except (http.client.IncompleteRead, ConnectionError):
                if attempt == ATTEMPTS:
                    raise

    def _build_opener(self, *transports):
        proxy = self._environment.get("PIP_PROXY")
        proxies = urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else None)
        return urllib.request.build_opener(proxies, *transports, Redirects(self.is_safe), Authorization(self._credentials, self.is_safe))


class Trust:
    """What https rests on. To read the certificates takes longer than all else here, so it waits until they are needed."""

    def __init__(self, environment, certificates):
        self._environment, self._certificates = environment, certificates
        self._lock, self._contexts = threading.Lock(), {}

    def context(self, is_verified):
        with self._lock:
            if is_verified not in self._contexts:
                context = self._verified() if is_verified else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                if not is_verified:
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                if self._environment.get("PIP_CLIENT_CERT"):
                    context.load_cert_chain(self._environment["PIP_CLIENT_CERT"])
                self._contexts[is_verified] = context
            return self._contexts[is_verified]

    def _verified(self):
        named = next((self._environment[name] for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if self._environment.get(name)), None)
        if named:
            return ssl.create_default_context(**({"capath": named} if os.path.isdir(named) else {"cafile": named}))
        context = ssl.create_default_context()
        if os.path.isfile(self._certificates):
            context.load_verify_locations(self._certificates)
        return context


def whole(answer):
    """All of an answer: with a limit, Python takes the end of the connection for the end of the page."""
    body = read_all(answer)
    stated = answer.headers.get("Content-Length", "").strip()
    if stated.isdigit() and len(body) < min(int(stated), MAX_PAGE):
        raise http.client.IncompleteRead(body, int(stated) - len(body))
    if answer.headers.get("Content-Encoding", "").strip().lower() == "gzip" and len(body) <= MAX_PAGE:
        body = unpacked(body)
    if len(body) > MAX_PAGE:
        raise Cut("a page of more than %d MiB" % (MAX_PAGE >> 20))
    return body


def read_all(answer):
    """The bytes of an answer, and no more than one above what a page may have. In blocks: Python 3.9 would set aside room for all that is asked for."""
    blocks, size = [], 0
    try:
        for block in iter(lambda: answer.read(min(BLOCK, MAX_PAGE + 1 - size)), b""):
            blocks.append(block)
            size += len(block)
    except http.client.IncompleteRead as error:
        raise http.client.IncompleteRead(b"".join(blocks) + error.partial)
    return b"".join(blocks)


def unpacked(body):
    """What was packed with gzip, and no more of it than a page may have."""
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = stream.decompress(body, MAX_PAGE + 1)
    except zlib.error:
        raise Cut("bytes that are not gzip, as it says")
    if not stream.eof and len(text) <= MAX_PAGE:
        raise http.client.IncompleteRead(body)
    return text


class Cut(Exception):
    """A page is not there as a whole. The text says what there is instead."""


class Idle:
    """Connections that have answered and may be asked again. Whoever takes one has it alone."""

    def __init__(self):
        # An answer that nobody closed gives its connection back whenever Python collects it, in any thread, in this one too.
        self._lock, self._idle = threading.RLock(), {}

    def take(self, key):
        while True:
            with self._lock:
                waiting = self._idle.get(key)
                connection = waiting.pop() if waiting else None
            if connection is None or not is_readable(connection.sock):
                return connection
            connection.close()

    def keep(self, key, connection):
        with self._lock:
            waiting = self._idle.setdefault(key, [])
            if len(waiting) < MAX_IDLE:
                waiting.append(connection)
                return
        connection.close()


def is_readable(sock):
    """Whether there is something to read where nothing was asked: the end of the connection, or what nobody should have sent."""
    try:
        waiter = select.poll()
        waiter.register(sock, select.POLLIN)
        return bool(waiter.poll(0))
    except (OSError, ValueError):
        return True


class Answer(http.client.HTTPResponse):
    """An answer that gives its connection back once it has been read."""

    give_back = None

    def close(self):
        give_back, self.give_back = self.give_back, None
        if give_back and not self.isclosed() and self.status >= 300 and self.length is not None and self.length <= MAX_REST:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.read()
        is_whole = self.isclosed()
        super().close()
        if give_back:
            give_back(is_whole and not self.will_close)


class Line:
    """What urllib takes for a connection of its own: it asks over one that is kept, else over a new one."""

    # urllib would close it after the first answer.
    sock = None

    def __init__(self, host, timeout, idle, kind, make):
        self._idle, self._key, self._make = idle, (kind, host), functools.partial(make, host, timeout=timeout)
        self._tunnel, self._asked, self._connection, self._is_kept = None, None, None, False

    def set_debuglevel(self, level):
        pass

    def set_tunnel(self, host, port=None, headers=None):
        self._tunnel = (host, port, headers)
        self._key += (host, port, tuple(sorted((headers or {}).items())))

    def request(self, method, url, body=None, headers=None, **more):
        kept = {name: value for name, value in (headers or {}).items() if name.lower() != "connection"}
        self._asked = lambda connection: connection.request(method, url, body, kept, **more)
        self._send(self._idle.take(self._key))

    def getresponse(self):
        while True:
            try:
                answer = self._connection.getresponse()
                break
            except CLOSED:
                self.close()
                if not self._is_kept:
                    raise
                self._send(None)
        answer.give_back = functools.partial(self._done, self._connection)
        return answer

    def close(self):
        if self._connection:
            self._connection.close()

    def _send(self, connection):
        self._is_kept = connection is not None
        self._connection = connection or self._new()
        try:
            self._asked(self._connection)
        except CLOSED:
            self.close()
            if not self._is_kept:
                raise
            self._send(None)

    def _new(self):
        connection = self._make()
        connection.response_class = Answer
        if self._tunnel:
            connection.set_tunnel(*self._tunnel)
        return connection

    def _done(self, connection, is_reusable):
        if is_reusable and connection.sock is not None:
            self._idle.keep(self._key, connection)
        else:
            connection.close()


class PlainTransport(urllib.request.HTTPHandler):
    def __init__(self, idle):
        super().__init__()
        self._idle = idle

    def http_open(self, request):
        return self.do_open(functools.partial(Line, idle=self._idle, kind="http", make=http.client.HTTPConnection), request)


class Transport(urllib.request.HTTPSHandler):
    """Decides anew for every request, a redirected one too, whether the host must prove who it is."""

    def __init__(self, idle, trust, is_trusted):
        # Without a context of ours, Python would read the system's certificates for one.
        super().__init__(context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._idle, self._trust, self._is_trusted = idle, trust, is_trusted

    def https_open(self, request):
        is_verified = not self._is_trusted(request.full_url)
        make = functools.partial(http.client.HTTPSConnection, context=self._trust.context(is_verified))
        # No connection serves both those that must prove who they are and the others.
        return self.do_open(functools.partial(Line, idle=self._idle, kind=("https", is_verified), make=make), request)


class Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, is_safe):
        self._is_safe = is_safe

    def redirect_request(self, request, stream, code, message, headers, target):
        if origin_of(request.full_url)[0] == "https" and origin_of(target)[0] != "https":
            raise urllib.error.URLError("it redirects from https to http")
        if not self._is_safe(target):
            raise urllib.error.URLError("it redirects to a host that speaks http and is not trusted")
        return super().redirect_request(request, stream, code, message, headers, target)


class Authorization(urllib.request.BaseHandler):
    """Adds credentials to every request, a redirected one too, that goes safely to their origin, and to no other."""

    def __init__(self, credentials, is_safe):
        self._credentials, self._is_safe = credentials, is_safe

    def http_request(self, request):
        entry = self._credentials.find(request.full_url)
        if entry and self._is_safe(request.full_url):
            pair = "%s:%s" % (entry["username"], entry["password"])
            request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(pair.encode("utf-8")).decode("ascii"))
        return request

    https_request = http_request


def reason_of(error):
    reason = getattr(error, "reason", error)
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return re.sub(r"\s+", " ", text)[:200]
