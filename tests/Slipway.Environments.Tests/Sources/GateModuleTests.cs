using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>What the gate makes of hostile and broken sources, and of processes that are not its pip.</summary>
public sealed class GateModuleTests
{
    [RequiresTheory(Capability.Python)]
    [MemberData(nameof(GateTests.Interpreters), MemberType = typeof(GateTests))]
    public Task Addresses_of_an_index_page_name_no_variable_and_end_no_line(string python) => ProvisionModules.RunAsync(python, """
        import html, json, re, pip_driver
        from index_sources import Index, page_of_html, page_of_json

        cases = {
            "https://h/${HOME}/a b-1.0.tar.gz?x=${PATH}&y='\"": "https://h/%24%7BHOME%7D/a%20b-1.0.tar.gz?x=%24%7BPATH%7D&y=%27%22",
            "https://h/a%2Bb/c%2fd@2;p=${X}/e-1.0.tar.gz?q=%24": "https://h/a%2Bb/c%2Fd@2%3Bp%3D%24%7BX%7D/e-1.0.tar.gz?q=%24",
            "https://h${HOME}/\u00e9-1.0.tar.gz": "https://h%24%7BHOME%7D/%C3%A9-1.0.tar.gz",
        }
        for url, expected in cases.items():
            page = json.dumps({"files": [{"filename": "a-1.0.tar.gz", "url": url, "hashes": {}}]})
            assert page_of_json(page, "https://h/").files[0]["url"] == expected, page_of_json(page, "https://h/").files[0]["url"]
            page = '<a href="%s#sha256=00">a</a>' % html.escape(url)
            found = page_of_html(page, "https://h/", Index(None, "https://h", None, []), "a").files[0]
            assert found["url"] == expected, found["url"]

        line = pip_driver.line_of({"name": "a", "url": "https://h/", "sha256": "00"}, "https://h/a.whl?t=${HOME} --pre\n-r x")
        assert line == "a @ https://h/a.whl?t=%24%7BHOME%7D%20--pre%0A-r%20x --hash=sha256:00", line
        """);

    [RequiresTheory(Capability.Python)]
    [MemberData(nameof(GateTests.Interpreters), MemberType = typeof(GateTests))]
    public Task Name_of_a_file_is_split_only_where_a_version_begins(string python) => ProvisionModules.RunAsync(python, """
        from index_sources import version_text

        cases = [
            ("pytest", "pytest-cov-4.0.0.tar.gz", None), ("pytest-cov", "pytest-cov-4.0.0.tar.gz", "4.0.0"), ("pytest", "pytest-8.0rc1.zip", "8.0rc1"),
            ("pytest", "pytest-1.0-1.tar.gz", "1.0-1"), ("pytest-cov", "pytest_cov-4.0-py3-none-any.whl", "4.0"), ("pytest", "pytest-1.0.exe", None),
            ("pytest", "pytest-1.0-2-py3-none-any.whl", "1.0"), ("pytest", "pytest-1.0.whl", None), ("pytest", "pytest_cov-4.0-py3-none-any.whl", None),
        ]
        for name, filename, expected in cases:
            assert version_text(name, filename) == expected, (name, filename, version_text(name, filename))
        """);

    [RequiresFact(Capability.Python, Capability.OtherUser)]
    public async Task Gate_answers_its_own_user_alone_whatever_family_the_connection_is_of()
    {
        using var links = new FindLinksFolder();
        links.Add(new WheelBuilder("held", "1.0"));

        await ProvisionModules.RunAsync(World.DefaultPython.FullPath, """
            import os, socket, urllib.parse
            from index_gate import Gate, is_own_peer
            from pip_sources import Door

            def status(family, host, user):
                child = os.fork()
                if child == 0:
                    try:
                        if user:
                            os.setgroups([]); os.setgid(user); os.setuid(user)
                        with socket.socket(family) as client:
                            client.connect((host, port))
                            client.sendall(b"GET %ssimple/held/ HTTP/1.0\r\n\r\n" % path)
                            answer = client.makefile("rb").readline()
                        os._exit({b"200": 20, b"424": 42}.get(answer.split()[1], 1))
                    finally:
                        os._exit(2)
                return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

            gate = Gate({"credentials": [], "find_links": [sys.argv[1]], "indexes": [], "asks_default": False}, {}, None, "", Door.open())
            base = urllib.parse.urlsplit(gate.base)
            port, path = base.port, base.path.encode()
            ways = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::ffff:127.0.0.1")]
            own = [status(*way, 0) for way in ways]
            assert own == [20, 20] and not gate.problems, own
            others = [status(*way, int(sys.argv[2])) for way in ways]
            assert others == [42, 42], others
            # pip would take a page that it was refused for one without files, so nothing may come of it.
            assert [problem.kind for problem in gate.problems] == ["source-down"]

            with socket.create_connection(("127.0.0.1", port)) as client:
                assert is_own_peer(client.getpeername(), client.getsockname())
                assert not is_own_peer(("127.0.0.1", 1), client.getsockname())
            """, links.FullPath, $"{AsAnotherUser.Uid}");
    }

    [RequiresFact(Capability.Python)]
    public Task Page_that_is_cut_or_too_long_is_a_problem_and_no_shorter_page() => ProvisionModules.RunAsync(World.DefaultPython.FullPath, """
        import gzip, http.server, threading, index_upstream
        from index_sources import Index, Problem
        from index_upstream import Upstream

        whole = b'<a href="a-1.0.tar.gz">a</a> <a href="a-2.0.tar.gz">a</a>'
        answers, packed = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                sent = answers.pop(0)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(sent if packed else whole)))
                if packed:
                    self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(sent)
            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = Index(Upstream([], {}, ""), "http://127.0.0.1:%d/" % server.server_port, None, [])

        def problem():
            try:
                return "no problem: %s" % (index.find("a").files,)
            except Problem as found:
                return "%s %s" % (found.kind, found.text)

        answers[:] = [whole[:30], whole]
        assert len(index.find("a").files) == 2 and answers == []
        answers[:] = [whole[:30]] * index_upstream.ATTEMPTS
        text = problem()
        assert text.startswith("source-down ") and "breaks off after 30 bytes" in text, text
        answers[:] = [whole]
        index_upstream.MAX_PAGE = len(whole)
        assert len(index.find("a").files) == 2
        answers[:] = [whole]
        index_upstream.MAX_PAGE -= 1
        text = problem()
        assert text.startswith("source-down ") and "a page of more than" in text, text

        packed.append(True)
        answers[:] = [gzip.compress(whole)]
        assert "a page of more than" in problem()
        index_upstream.MAX_PAGE += 1
        answers[:] = [gzip.compress(whole)]
        assert len(index.find("a").files) == 2
        answers[:] = [gzip.compress(whole)[:40]] * index_upstream.ATTEMPTS
        assert "breaks off" in problem()
        answers[:] = [whole]
        assert "bytes that are not gzip" in problem()
        """);

    [RequiresTheory(Capability.Python)]
    [MemberData(nameof(GateTests.Interpreters), MemberType = typeof(GateTests))]
    public Task Connections_are_kept_and_one_that_was_closed_meanwhile_costs_nobody_a_page(string python) => ProvisionModules.RunAsync(python, """
        import http.server, threading, urllib.error
        from concurrent.futures import ThreadPoolExecutor
        from index_upstream import Upstream

        connections, mode = [], ["keeps"]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                connections.append(self.client_address)
                self.asked = 0
                super().setup()

            def do_GET(self):
                self.asked += 1
                if mode[0] == "drops" and self.asked > 1:
                    # The request was read, and nobody answers it.
                    self.close_connection = True
                    return
                body = self.path.encode()
                self.send_response(302 if "/to" in self.path else 404 if "/not" in self.path else 200)
                self.send_header("Content-Length", str(len(body) + (1 if mode[0] == "cuts" else 0)))
                if "/to" in self.path:
                    self.send_header("Location", "/page")
                self.end_headers()
                self.wfile.write(body)
                if mode[0] in ("closes", "cuts"):
                    # Without a word: the next request finds it out.
                    self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 64

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = "http://127.0.0.1:%d" % server.server_port
        upstream = [Upstream([], {}, "")]

        def page(path):
            try:
                return upstream[0].read(base + path, "*/*")[0].decode()
            except urllib.error.HTTPError as error:
                error.close()
                return str(error.code)

        def opened(paths, among=1):
            connections.clear()
            with ThreadPoolExecutor(among) as pool:
                return list(pool.map(page, paths)), len(connections)

        # Answers that nobody reads to their end, and redirects, keep theirs too.
        assert opened(["/a", "/not/b", "/to/c", "/d"]) == (["/a", "404", "/page", "/d"], 1), connections
        paths = ["/%d" % number for number in range(40)]
        pages, count = opened(paths, among=4)
        assert pages == paths and count <= 4, count
        upstream[0].open(base + "/half").close()
        mode[0], upstream[0] = "closes", Upstream([], {}, "")
        pages, count = opened(["/a", "/b", "/c"])
        assert pages == ["/a", "/b", "/c"] and count == 3, count
        mode[0], upstream[0] = "drops", Upstream([], {}, "")
        pages, count = opened(["/a", "/b", "/c"])
        assert pages == ["/a", "/b", "/c"] and count == 3, count
        mode[0] = "cuts"
        try:
            page("/cut")
            assert False, "a page that breaks off is none"
        except Exception as error:
            assert type(error).__name__ == "IncompleteRead", error
        mode[0] = "keeps"
        assert opened(["/a", "/b"])[0] == ["/a", "/b"]
        """);

    [RequiresFact(Capability.Python)]
    public async Task Redirect_from_a_trusted_host_is_verified_and_takes_no_credentials_where_nobody_is_proven()
    {
        using var folder = new TempFolder();
        var certificate = await CertificateAsync(folder);

        await ProvisionModules.RunAsync(World.DefaultPython.FullPath, """
            import http.server, ssl, threading, urllib.error, urllib.request
            from index_upstream import Authorization, Credentials, Upstream

            seen = []

            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    seen.append((self.path, self.headers.get("Authorization")))
                    self.send_response(200 if self.path == "/page" else 302)
                    if self.path != "/page":
                        self.send_header("Location", "https://localhost:%d/page" % server.server_port if self.path == "/hop" else "http://far.invalid/")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                def log_message(self, *_):
                    pass

            def serve(context):
                made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
                made.socket = context.wrap_socket(made.socket, server_side=True) if context else made.socket
                threading.Thread(target=made.serve_forever, daemon=True).start()
                return made

            def refusal(upstream, url):
                try:
                    upstream.open(url).close()
                except urllib.error.URLError as error:
                    return str(error)
                return "none"

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1])
            server, plain = serve(context), serve(None)
            entries = [{"url": "https://localhost:%d/" % server.server_port, "username": "u", "password": "p"}]
            hop = "https://127.0.0.1:%d/hop" % server.server_port

            text = refusal(Upstream(entries, {"PIP_TRUSTED_HOST": "127.0.0.1"}, ""), hop)
            assert "CERTIFICATE_VERIFY_FAILED" in text, text
            assert all(found == ("/hop", None) for found in seen), seen
            seen.clear()
            assert refusal(Upstream(entries, {"PIP_TRUSTED_HOST": "127.0.0.1 localhost"}, ""), hop) == "none"
            assert seen[0] == ("/hop", None) and seen[1][0] == "/page" and seen[1][1].startswith("Basic "), seen

            upstream = Upstream(entries, {}, "")
            text = refusal(upstream, "http://127.0.0.1:%d/away" % plain.server_port)
            assert "speaks http and is not trusted" in text, text
            entry = {"url": "http://far.invalid/", "username": "u", "password": "p"}
            request = Authorization(Credentials([entry]), upstream.is_safe).http_request(urllib.request.Request("http://far.invalid/x"))
            assert not request.has_header("Authorization")
            """, certificate);
    }

    [RequiresFact(Capability.Python)]
    public async Task Certificates_that_pips_variables_name_are_the_ones_that_count()
    {
        using var folder = new TempFolder();
        await ProvisionModules.RunAsync(World.DefaultPython.FullPath, """
            import http.server, ssl, threading
            from index_upstream import Upstream

            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("Content-Length", "4")
                    self.end_headers()
                    self.wfile.write(b"page")
                def log_message(self, *_):
                    pass

            own = sys.argv[1]
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(own)
            context.load_verify_locations(own)
            context.verify_mode = ssl.CERT_REQUIRED
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads, server.handle_error = True, lambda *_: None
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            threading.Thread(target=server.serve_forever, daemon=True).start()

            def answer(**variables):
                upstream = Upstream([], variables, "")
                upstream.prepare()
                try:
                    return upstream.read("https://localhost:%d/" % server.server_port, "*/*")[0].decode()
                except OSError as error:
                    return str(error)

            assert answer(PIP_CERT=own, PIP_CLIENT_CERT=own) == "page"
            assert answer(REQUESTS_CA_BUNDLE=own, PIP_CLIENT_CERT=own) == "page"
            assert answer(PIP_TRUSTED_HOST="localhost", PIP_CLIENT_CERT=own) == "page"
            assert "CERTIFICATE_VERIFY_FAILED" in answer(PIP_CLIENT_CERT=own)
            assert answer(PIP_CERT=own) not in ("page", "")
            assert "No such file" in answer(PIP_CERT=own + ".gone")
            """, await CertificateAsync(folder));
    }

    private static async Task<string> CertificateAsync(TempFolder folder)
    {
        var path = folder.Combine("server.pem");
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await File.WriteAllTextAsync(path, $"{signed.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
