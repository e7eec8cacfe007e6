using System.Collections.Concurrent;
using System.Text;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>Credentials reach the index that they are for, and nothing else.</summary>
public sealed class CredentialTests : IAsyncLifetime
{
    private const string Secret = "pl4nted-s3cret";
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["SLIPWAY_INDEX_MY_CORP_USERNAME"] = "alice",
        ["SLIPWAY_INDEX_MY_CORP_PASSWORD"] = Secret,
    };

    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("private", "1.0").Module("private.py", "V = 1\n").Requires("built"));
        _index.Add(new SdistBuilder("built", "1.0").Module("built.py", string.Empty).RequiresBuild("helper"));
        _index.Add(new WheelBuilder("helper", "1.0").Module("helper.py", string.Empty), new LocalIndexFile { CoreMetadata = false });
        _index.RequireBasicAuth("alice", Secret);
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    [RequiresTheory(Capability.Python)]
    [MemberData(nameof(GateTests.Interpreters), MemberType = typeof(GateTests))]
    public async Task Variables_of_a_named_index_open_it_and_are_seen_nowhere(string python)
    {
        using var world = new World(Variables);
        using var watched = new CancellationTokenSource();
        var arguments = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var watch = Task.Run(() => Watch(arguments, watched.Token));

        var ready = await world.EnsureAsync(Named("private").On(python));

        await watched.CancelAsync();
        await watch;
        Assert.Equal("built 1.0, private 1.0", string.Join(", ", ready.Plan.Lock!.Files.Select(file => $"{file.Name} {file.Version}")));
        Assert.Equal(_index.UrlOf(new WheelBuilder("private", "1.0")).AbsoluteUri, ready.Plan.Lock.Files[1].Url);
        Assert.Contains(arguments.Keys, line => line.Contains("pip_driver.py", StringComparison.Ordinal));
        Assert.All(arguments.Keys, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
        AssertNowhere(world);
    }

    [RequiresFact(Capability.Python)]
    public async Task Build_code_sees_no_credentials()
    {
        using var world = new World(Variables);
        _index.Add(new SdistBuilder("nosy", "1.0").Module("nosy.py", string.Empty).BuildFails("error: stop"));

        var failure = await world.FailAsync(Named("nosy"), EnvironmentFailures.BuildFailed);

        Assert.DoesNotContain(Secret, $"{failure}{failure.Detail}{failure.Hint}", StringComparison.Ordinal);
        var tools = world.Machine.Processes.Where(process => process.Arguments.Any(argument => argument.EndsWith("pip_driver.py", StringComparison.Ordinal))).ToList();
        Assert.NotEmpty(tools);
        Assert.All(tools, process => Assert.Contains("SLIPWAY_", process.DropPrefixes, StringComparer.Ordinal));
        AssertNowhere(world);
    }

    [RequiresFact(Capability.Python)]
    public async Task Missing_and_wrong_credentials_say_which_variables_are_read()
    {
        using var without = new World();
        using var wrong = new World(new Dictionary<string, string>(Variables, StringComparer.Ordinal) { ["SLIPWAY_INDEX_MY_CORP_PASSWORD"] = "not-it" });

        var missing = await without.FailAsync(Named("private"), EnvironmentFailures.IndexUnauthorized);
        var refused = await wrong.FailAsync(Named("private"), EnvironmentFailures.IndexUnauthorized);

        Assert.Contains("the index my-corp", missing.Message, StringComparison.Ordinal);
        Assert.Contains("wants credentials", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Set SLIPWAY_INDEX_MY_CORP_USERNAME and SLIPWAY_INDEX_MY_CORP_PASSWORD", missing.Hint, StringComparison.Ordinal);
        Assert.Contains("refuses the credentials", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-it", $"{refused}{refused.Detail}{refused.Hint}", StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Netrc_is_read_when_only_its_owner_can_read_it()
    {
        using var world = new World();
        var netrc = Path.Combine(world.Store.Home, ".netrc");
        await File.WriteAllTextAsync(netrc, $"machine 127.0.0.1\n  login alice\n  password {Secret}\n");
        File.SetUnixFileMode(netrc, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var failure = await world.FailAsync(Ask.Index(_index, "helper"), EnvironmentFailures.CredentialsUnsafe);
        File.SetUnixFileMode(netrc, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await world.EnsureAsync(Ask.Index(_index, "helper"));

        Assert.Contains($"chmod 600 {netrc}", failure.Hint, StringComparison.Ordinal);
        AssertNowhere(world);
    }

    [RequiresFact(Capability.Python)]
    public async Task Credentials_do_not_follow_a_redirect_to_another_place()
    {
        await using var other = await LocalIndex.StartAsync();
        other.Add(new WheelBuilder("helper", "1.0").Module("helper.py", string.Empty));
        _index.AllowAnonymous();
        _index.Redirect("/simple/helper/", new Uri(other.SimpleUrl, "helper/"));
        using var world = new World(Variables);

        await world.EnsureAsync(Named("helper"));

        Assert.Contains(_index.Requests, request => request.HasAuthorization);
        Assert.All(other.Requests, request => Assert.False(request.HasAuthorization));
    }

    [Theory]
    [InlineData("machine h login u password p", "u", "p")]
    [InlineData("# c\nmachine x login a password b\nmachine H\nlogin u\npassword \"p q\"\n", "u", "p q")]
    [InlineData("macdef init\nmachine h login no password no\n\nmachine h password p", "", "p")]
    [InlineData("machine h account z login u password p\\ x", "u", "p x")]
    public void Netrc_gives_the_entry_of_a_machine(string text, string login, string password) =>
        Assert.Equal((login, password), NetrcFile.Find(text, "h"));

    [Theory]
    [InlineData("")]
    [InlineData("default login u password p")]
    [InlineData("machine hh login u password p")]
    [InlineData("machine")]
    public void Netrc_gives_nothing_for_other_machines(string text) => Assert.Null(NetrcFile.Find(text, "h"));

    private EnvironmentRequest Named(params string[] requirements) => Ask.Of([_index.Source("my-corp")], [], requirements);

    private static void AssertNowhere(World world)
    {
        foreach (var file in Directory.EnumerateFiles(world.Layout.Home, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).LinkTarget is null))
        {
            var bytes = File.ReadAllBytes(file).AsSpan();
            Assert.True(bytes.IndexOf("pl4nted-s3cret"u8) < 0, file);
            Assert.True(bytes.IndexOf(Encoding.UTF8.GetBytes(Convert.ToBase64String("alice:pl4nted-s3cret"u8))) < 0, file);
        }

        Assert.All(world.Progress.Details.Concat(world.Progress.Stages), text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    // Every argument list on the machine, as often as possible: what appears in one is public.
    private static void Watch(ConcurrentDictionary<string, bool> arguments, CancellationToken cancellationToken)
    {
        // Other tests need the processor too.
        while (!cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5)))
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
            {
                try
                {
                    arguments.TryAdd(File.ReadAllText($"{process}/cmdline"), true);
                }
                catch (IOException)
                {
                    // It has ended.
                }
            }
        }
    }
}
