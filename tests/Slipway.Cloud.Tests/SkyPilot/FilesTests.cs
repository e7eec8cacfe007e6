using System.IO.Compression;
using System.Text;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class FilesTests : IDisposable
{
    private readonly TempFolder _archives = new();

    public void Dispose() => _archives.Dispose();

    [RequiresFact(Capability.Git)]
    public async Task Ignore_rules_leave_out_what_git_leaves_out()
    {
        using var folder = new TempFolder();
        Write(folder, ".gitignore", "*.log\n!keep.log\n/top\nbuild/\n**/cache\ndocs/*.txt\na/**/z\n\\#odd\n[ab]?.c\nspace \nfoo/**\n");
        Write(folder, "sub/.gitignore", "!again.log\n*.py\n/only\n");
        foreach (var path in "a.log keep.log top x/top build/x x/build/y cache/x y/cache/x docs/a.txt docs/d/b.txt a/z a/b/c/z #odd a1.c b2.c c3.c space sub/again.log sub/m.py sub/only sub/d/only sub/d/m.py foo/x/y m.py".Split(' '))
        {
            Write(folder, path, "x");
        }

        foreach (var arguments in (string[][])[["init", "-q"], ["add", "-A"]])
        {
            (await CommandRunner.RunAsync("git", arguments, new CommandOptions { WorkingFolder = folder.FullPath })).OrThrow();
        }

        var listed = (await CommandRunner.RunAsync("git", ["ls-files"], new CommandOptions { WorkingFolder = folder.FullPath })).OrThrow().Stdout;
        Assert.Equal(listed, string.Concat(Names(Pack(folder)).Where(name => !name.EndsWith('/')).Order(StringComparer.Ordinal).Select(name => name + "\n")));
    }

    [Fact]
    public void The_archive_depends_on_names_and_contents_alone()
    {
        using var one = new TempFolder();
        using var two = new TempFolder();
        foreach (var folder in (TempFolder[])[one, two])
        {
            Write(folder, "run.sh", "true\n");
            Write(folder, "d/x", "y");
            Directory.CreateDirectory(folder.Combine("empty"));
            File.CreateSymbolicLink(folder.Combine("link"), "/etc/passwd");
            File.SetLastWriteTimeUtc(folder.Combine("run.sh"), new DateTime(folder == one ? 2001 : 2002, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        var (first, second) = (Pack(one), Pack(two));
        Assert.Equal(first.BlobId, second.BlobId);
        Assert.Equal(Convert.ToHexString(File.ReadAllBytes(first.ZipPath)), Convert.ToHexString(File.ReadAllBytes(second.ZipPath)));
        Assert.Equal("d/ d/x empty/ run.sh", string.Join(' ', Names(first)));
        Assert.Equal("link", string.Join(' ', first.LeftOut));
        Write(two, "d/x", "z");
        Assert.False(first.BlobId == Pack(two).BlobId);
    }

    [Theory]
    [InlineData(".env", "A=1")]
    [InlineData("x/.env.local", "A=1")]
    [InlineData("id_rsa", "x")]
    [InlineData("k.pem", "-----BEGIN RSA PRIVATE KEY-----\nx\n")]
    [InlineData("notes.txt", "my token: hf_abcdefghijklmnopqrstuvwxyz012345")]
    [InlineData("aws.json", "\"AKIAIOSFODNN7EXAMPLE\"")]
    public void Secrets_are_named_and_nothing_is_packed(string path, string content)
    {
        using var folder = new TempFolder();
        Write(folder, path, content);
        var failure = WorkdirPacker.Pack(folder.FullPath, _archives.Combine("x.zip"), CancellationToken.None).Failure;
        Assert.Equal("CLD0124", failure.Code.Id);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_archives.Combine("x.zip")));

        Write(folder, ".skyignore", path + "\n");
        Assert.Equal(".skyignore", Assert.Single(Names(Pack(folder)), name => !name.EndsWith('/')));
    }

    [Fact]
    public void What_only_looks_like_a_secret_goes_along()
    {
        using var folder = new TempFolder();
        Write(folder, ".env.example", "A=");
        Write(folder, "cert.pem", "-----BEGIN CERTIFICATE-----\nx\n");
        Write(folder, "code.py", "token = 'hf_'\nPREFIX = \"-----BEGIN RSA PRIVATE KEY-----\"\nmy_hf_hub_download_function_with_long_name()\n");
        Assert.Equal(3, Pack(folder).Files);
    }

    [Fact]
    public async Task An_upload_goes_in_pieces_and_repeats_those_that_are_missing()
    {
        using var folder = new TempFolder();
        Write(folder, "f", new string('x', 50));
        var packed = Pack(folder);
        var size = (int)(new FileInfo(packed.ZipPath).Length / 3) + 1;
        var got = new SortedDictionary<int, byte[]>();
        var lost = true;
        using var server = new ScriptedServer().On("/upload_v2/blob", _ => ScriptedServer.Json(200, """{"exists":false}""")).On("/upload_v2", call =>
        {
            var index = int.Parse(call.Path.Split("chunk_index=")[1].Split('&')[0], System.Globalization.CultureInfo.InvariantCulture);
            if (!(index == 1 && lost))
            {
                got[index] = call.Bytes;
            }

            lost = lost && index != 1;
            var missing = string.Join(',', Enumerable.Range(0, 3).Where(one => !got.ContainsKey(one)).Select(one => $"\"part{one}\""));
            return ScriptedServer.Json(200, missing.Length == 0 ? """{"status":"completed"}""" : $$"""{"status":"uploading","missing_chunks":[{{missing}}]}""");
        });
        using var client = await ScriptedServer.ConnectAsync(server, folder, change: options => options with { ChunkBytes = size });
        Assert.Equal(packed.BlobId, (await client.UploadAsync(packed, CancellationToken.None)).Value.Id);
        Assert.Equal(Convert.ToHexString(File.ReadAllBytes(packed.ZipPath)), Convert.ToHexString([.. got.Values.SelectMany(piece => piece)]));
        Assert.Equal(4, server.Calls.Count(call => call.Route == "/upload_v2"));

        server.On("/upload_v2/blob", _ => ScriptedServer.Json(200, """{"exists":true}""")).On("/upload_v2", _ => throw new InvalidOperationException("It is there."));
        Assert.Equal(packed.BlobId, (await client.UploadAsync(packed, CancellationToken.None)).Value.Id);
    }

    [Fact]
    public async Task An_older_server_takes_an_upload_without_an_id()
    {
        using var folder = new TempFolder();
        Write(folder, "f", "x");
        using var server = new ScriptedServer().On("/upload", _ => ScriptedServer.Json(200, """{"status":"completed"}"""));
        using var client = await ScriptedServer.ConnectAsync(server, folder, api: 40);
        Assert.Null((await client.UploadAsync(Pack(folder), CancellationToken.None)).Value.Id);
        Assert.Matches(@"upload_id=sky-\d{4}(-\d\d){5}-\d{6}-[0-9a-f]{8}&", server.Calls.Single(call => call.Route == "/upload").Path);
    }

    [Theory]
    [InlineData("sky_logs/j1/run.log", 0, 1000, null)]
    [InlineData("../evil", 0, 1000, "CLD0127")]
    [InlineData("/etc/evil", 0, 1000, "CLD0127")]
    [InlineData("a/../../evil", 0, 1000, "CLD0127")]
    [InlineData("a\\evil", 0, 1000, "CLD0127")]
    [InlineData("link", 0xA1FF, 1000, "CLD0127")]
    [InlineData("big", 0, 3, "CLD0127")]
    public async Task An_archive_is_unpacked_only_below_its_folder(string name, int mode, long most, string? code)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().Value("/download_logs", """{"1":"/home/u/sky_logs/j1"}""").On("/download", _ => Zip(name, mode));
        using var client = await ScriptedServer.ConnectAsync(server, folder, change: options => options with { DownloadBytes = most });
        var result = await client.DownloadLogsAsync("c", [1], folder.Combine("out", "logs"), CancellationToken.None);
        Assert.Equal(code, result.IsOk ? null : result.Failure.Code.Id);
        if (result.IsOk)
        {
            Assert.Equal("sky_logs/j1", result.Value.Folders["1"]);
            Assert.Equal("hello", File.ReadAllText(Path.Combine(folder.Combine("out", "logs"), name)));
        }

        Assert.Equal(result.IsOk ? 1 : 0, Directory.EnumerateFiles(folder.Combine("out"), "*", SearchOption.AllDirectories).Count());
    }

    private static HttpResponseMessage Zip(string name, int mode)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = mode << 16;
            using var to = entry.Open();
            to.Write(Encoding.UTF8.GetBytes("hello"));
        }

        var response = new HttpResponseMessage { Content = new ByteArrayContent(memory.ToArray()) };
        response.Headers.Add("X-Home-Path", "/home/u");
        return response;
    }

    private PackedWorkdir Pack(TempFolder folder) => WorkdirPacker.Pack(folder.FullPath, _archives.Combine($"{Guid.NewGuid():N}.zip"), CancellationToken.None).Value;

    private static List<string> Names(PackedWorkdir packed)
    {
        using var zip = ZipFile.OpenRead(packed.ZipPath);
        return [.. zip.Entries.Select(entry => entry.FullName["slipway/workdir/".Length..])];
    }

    private static void Write(TempFolder folder, string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Combine(path))!);
        File.WriteAllText(folder.Combine(path), content);
    }
}
