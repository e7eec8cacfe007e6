using System.Formats.Tar;
using System.IO.Compression;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Tests.Support;
using Slipway.Environments.Tools;
using Slipway.Machines.HandOff;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Tools;

/// <summary>Tools are installed only as what they are said to be, and a failure leaves nothing.</summary>
public sealed class ToolInstallerTests : IDisposable
{
    private static readonly ToolFile Published = ToolCatalogue.Uv.Files[0];
    private readonly TempFolder _folder = new();
    private readonly World _world = new();

    public void Dispose()
    {
        _folder.Dispose();
        _world.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task Downloaded_tool_is_checked_proved_and_found_before_all_others()
    {
        var archive = Archive(Published.Member!, StandIn.UvProgram("0.12.16"));
        await using var server = await FileServer.StartAsync(new Uri(Published.Url).AbsolutePath, archive);
        var host = Here(server.Url);

        var installed = await Install(host, new ToolOrigin(null, Sha256Digest.Of(archive).Hex));
        var again = await Install(host, new ToolOrigin(null, null));

        Assert.True(installed.IsOk, installed.IsOk ? null : $"{installed.Failure} {installed.Failure.Detail}");
        Assert.Equal(new FoundTool($"{_world.Layout.Tools}/uv/0.12.16/uv", "0.12.16", true), installed.Value.Tool);
        Assert.Equal((true, false), (installed.Value.IsNew, again.Value.IsNew));
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(installed.Value.Tool.Path), 8));
        Assert.Equal(installed.Value.Tool, await new ToolFinder(host).FindAsync(ToolCatalogue.Uv, wanted: null, _world.Token));
        Assert.Empty(Drafts());
    }

    [RequiresFact(Capability.Sshd, Capability.Python)]
    public async Task Host_downloads_a_tool_itself_refuses_another_file_and_says_that_it_has_no_curl()
    {
        var archive = Archive(Published.Member!, StandIn.UvProgram("0.12.16"));
        await using var files = await FileServer.StartAsync(new Uri(Published.Url).AbsolutePath, archive);
        var address = $"{files.Url}{new Uri(Published.Url).AbsolutePath}";
        var tool = ToolCatalogue.Uv with { Files = [Published with { Url = address, Sha256 = Sha256Digest.Of(archive).Hex }] };
        await using (var server = await SshServer.StartAsync())
        {
            using var machine = Machine(server);
            var host = await HostAsync(machine, server);
            var wrong = await new ToolInstaller(host).InstallAsync(tool with { Files = [tool.Files[0] with { Sha256 = new string('0', 64) }] }, new ToolOrigin(null, null), NoProgress.Instance, _world.Token);
            Assert.Equal(EnvironmentFailures.ToolMismatch, wrong.Failure.Code);
            Assert.False(Directory.Exists(host.Layout.Tool("uv", tool.Version)));
            Assert.Empty(Directory.GetFileSystemEntries(host.Layout.Cache));

            var installed = await new ToolInstaller(host).InstallAsync(tool, new ToolOrigin(null, null), NoProgress.Instance, _world.Token);
            Assert.True(installed.IsOk, installed.ToString());
            Assert.Equal(($"{host.Layout.Tools}/uv/{tool.Version}/uv", true), (installed.Value.Tool.Path, installed.Value.IsNew));
            Assert.Empty(Directory.GetFileSystemEntries(host.Layout.Cache));
            await machine.CloseAsync(_world.Token);
        }

        await using var bare = await SshServer.StartAsync(new SshServerOptions { Missing = ["curl"] });
        using var without = Machine(bare);
        var told = await new ToolInstaller(await HostAsync(without, bare)).InstallAsync(tool, new ToolOrigin(null, null), NoProgress.Instance, _world.Token);
        Assert.Equal(EnvironmentFailures.ToolUnreachable, told.Failure.Code);
        Assert.Contains("curl", $"{told.Failure.Message} {told.Failure.Detail}", StringComparison.Ordinal);
        await without.CloseAsync(_world.Token);
    }

    private static SshMachine Machine(SshServer server) => new(
        new SshSettings("box", SshAddress.Parse(server.Address).Value) { ConfigFile = server.ClientConfiguration, ControlDirectory = server.ControlFolder }, environment: StartupEnvironment.Read());

    private async Task<BuildHost> HostAsync(SshMachine machine, SshServer server) =>
        new(machine, new StoreLayout($"{server.Home}/store"), (await machine.GetFactsAsync(_world.Token)).Value with { Architecture = "x86_64", LibcKind = "glibc" });

    [RequiresFact(Capability.Python)]
    public async Task File_of_the_user_is_taken_as_program_or_archive()
    {
        var program = _folder.WriteFile("some-name", StandIn.UvProgram("1.2.3"));
        var archive = _folder.Combine("uv-riscv-unknown.tar.gz");
        await File.WriteAllBytesAsync(archive, Archive("uv-riscv-unknown/uv", StandIn.UvProgram("1.10.0")));

        var first = await Install(Here(), new ToolOrigin(program, Digest(program)));
        var second = await Install(Here(), new ToolOrigin(archive, Digest(archive)));
        var found = await new ToolFinder(_world.Host).FindAsync(ToolCatalogue.Uv, wanted: null, _world.Token);

        Assert.Equal("1.2.3", first.Value.Tool.Version);
        Assert.Equal($"{_world.Layout.Tools}/uv/1.10.0/uv", second.Value.Tool.Path);
        Assert.Equal(second.Value.Tool, found);
        Assert.True(File.Exists(program), "The user's own file is gone.");
    }

    [RequiresFact(Capability.Python)]
    public async Task What_is_not_the_tool_is_refused_before_it_runs_and_nothing_is_left()
    {
        var mark = _folder.Combine("ran");
        var evil = Archive(Published.Member!, $"#!/bin/sh\ntouch {mark}\necho uv 9.9.9\n");
        await using var server = await FileServer.StartAsync(new Uri(Published.Url).AbsolutePath, evil);
        var host = Here(server.Url);

        var wrong = await Fail(host, new ToolOrigin(null, null), EnvironmentFailures.ToolMismatch);
        Assert.False(File.Exists(mark), "A file with another checksum was run.");
        Assert.Contains(Published.Sha256, wrong.Message, StringComparison.Ordinal);

        await Fail(Here("http://127.0.0.1:9"), new ToolOrigin(null, null), EnvironmentFailures.ToolUnreachable);
        await Fail(Here($"{server.Url}/absent"), new ToolOrigin(null, null), EnvironmentFailures.ToolUnreachable);
        await Fail(Here(), From("empty.tar.gz", Archive("uv-other/readme", "text")), EnvironmentFailures.ToolUnusable);
        await Fail(Here(), From("broken", "#!/bin/sh\nexit 3\n"u8.ToArray()), EnvironmentFailures.ToolUnusable);
        var old = await Fail(Here(), From("old", "#!/bin/sh\necho uv 0.6.1\n"u8.ToArray()), EnvironmentFailures.ToolUnusable);
        await Fail(Here() with { Facts = _world.Host.Facts with { Architecture = "vax" } }, new ToolOrigin(null, null), EnvironmentFailures.ToolUnknown);

        Assert.Equal("The file is uv 0.6.1, and 0.7 or newer is needed.", old.Message);
        Assert.False(Directory.Exists($"{_world.Layout.Tools}/uv"), "A tool that failed was left.");
        Assert.Empty(Drafts());
    }

    [Fact]
    public void Tools_are_pinned_completely()
    {
        Assert.All(ToolCatalogue.All.SelectMany(tool => tool.Files), file =>
        {
            Assert.Matches("^[0-9a-f]{64}$", file.Sha256);
            Assert.StartsWith("https://", file.Url, StringComparison.Ordinal);
        });
        Assert.All(ToolCatalogue.All, tool => Assert.True(Version.Parse(tool.Version) >= tool.Oldest));
        Assert.Equal(EnvironmentFailures.ToolUnknown, ToolCatalogue.Find("apt").Failure.Code);
    }

    private BuildHost Here(string? mirror = null) => _world.Host with
    {
        // The first platform of the catalogue, so that the test means the same everywhere.
        Facts = _world.Host.Facts with { Architecture = "x86_64", LibcKind = "glibc" },
        Variable = name => name == ToolInstaller.MirrorVariable ? mirror : _world.Host.Variable(name),
    };

    private Task<Result<(FoundTool Tool, bool IsNew)>> Install(BuildHost host, ToolOrigin origin) =>
        new ToolInstaller(host).InstallAsync(ToolCatalogue.Uv, origin, NoProgress.Instance, _world.Token);

    private async Task<Failure> Fail(BuildHost host, ToolOrigin origin, FailureCode code)
    {
        var result = await Install(host, origin);
        Assert.False(result.IsOk, "It was installed.");
        Assert.True(result.Failure.Code == code, $"{result.Failure} {result.Failure.Detail}");
        return result.Failure;
    }

    private ToolOrigin From(string name, byte[] content)
    {
        var path = _folder.Combine(name);
        File.WriteAllBytes(path, content);
        return new ToolOrigin(path, Digest(path));
    }

    private static string Digest(string path) => Sha256Digest.Of(File.ReadAllBytes(path)).Hex;

    private IEnumerable<string> Drafts() => Directory.Exists(_world.Layout.Cache)
        ? Directory.EnumerateFileSystemEntries(_world.Layout.Cache).Where(path => Path.GetFileName(path).StartsWith("installing", StringComparison.Ordinal))
        : [];

    private static byte[] Archive(string member, string text)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Pax))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) });
        }

        return bytes.ToArray();
    }
}
