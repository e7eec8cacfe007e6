using Slipway.Environments;
using Slipway.Environments.Subjects;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Tests.Support;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary>What a request names by paths of this machine, on two hosts that see nothing of it.</summary>
public sealed class DistantSourcesTests : IDisposable
{
    private const int Limit = 300_000;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = Limit)]
    public async Task Wheels_by_path_and_directories_of_links_are_brought_once_and_the_environment_is_what_it_is_here()
    {
        using var one = new DistantWorkshop();
        using var two = new DistantWorkshop();
        await one.InitializeAsync();
        await two.InitializeAsync();
        try
        {
            var outside = new FindLinksFolder(_folder.Combine("out side"));
            var alpha = outside.Add(new WheelBuilder("alpha", "1.0+local").Module("alpha.py", "V = 'alpha'\n").Requires("beta"));
            var links = new FindLinksFolder(_folder.Combine("links"));
            links.Add(new WheelBuilder("beta", "2.0").Module("beta.py", "V = 'beta'\n"));
            _folder.WriteFile("p/pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n");
            _folder.WriteFile("p/run.py", "import alpha, beta\nprint(alpha.V, beta.V)\n");
            string[] words = ["--python", Pythons.Default.FullPath, "--with", alpha, "--find-links", links.FullPath, "run.py"];
            var arguments = ArgumentSplitter.Split(words, RunOptions.ForRun).Value;

            var context = DistantContexts.Of(_folder, one.Hosts, "p");
            var facts = (await context.Here.GetFactsAsync(CancellationToken.None)).Value;
            var here = new BuildHost(context.Here, new StoreLayout(_folder.Combine("store")), facts);
            var request = context.Runs.Discover(arguments).Value.Request;
            var local = (await DistantContexts.Service(here).EnsureAsync(request, new Subject("run.py"), new EnsureOptions(), NoProgress.Instance, CancellationToken.None)).Value;

            foreach (var shop in new[] { one, two })
            {
                var run = new DistantRun(DistantContexts.Of(_folder, shop.Hosts, "p"));
                var told = new Stages();
                var prepared = await run.PrepareAsync(shop.Machine, DistantWorkshop.Name, arguments, told, CancellationToken.None);
                Assert.True(prepared.IsOk, prepared.ToString());
                var start = prepared.Value;
                Assert.Equal(local.Plan.RequestFields.Digest(), start.Environment.Plan.RequestFields.Digest());
                Assert.Equal(local.Plan.Lock!.ToText(), start.Environment.Plan.Lock!.ToText());
                Assert.Equal(local.Slot, start.Environment.Slot);
                Assert.Equal(2, told.Texts.Count(static text => text.Contains(".whl (", StringComparison.Ordinal)));
                var ran = await shop.Machine.RunGuardedAsync(start.Guards, start.Command, output: null, CancellationToken.None);
                Assert.Equal("alpha beta\n", ran.Value.Process!.OutputText);

                // Nothing is sent again, also where another command names the same file by another path.
                var copy = _folder.Combine(Path.GetFileName(alpha));
                File.Copy(alpha, copy, overwrite: true);
                foreach (var again in new[] { arguments, ArgumentSplitter.Split(["--python", Pythons.Default.FullPath, "--with", copy, "--find-links", links.FullPath, "run.py"], RunOptions.ForRun).Value })
                {
                    var second = new Stages();
                    Assert.True((await run.PrepareAsync(shop.Machine, DistantWorkshop.Name, again, second, CancellationToken.None)).IsOk);
                    Assert.DoesNotContain(second.Texts, static text => text.Contains(".whl (", StringComparison.Ordinal));
                }

                var copies = await shop.Machine.RunAsync(ProcessCommand.Create("sh", "-c", "ls \"$1\"", "sh", start.Host.Layout.Sources), output: null, CancellationToken.None);
                Assert.Equal(3, copies.Value.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            }
        }
        finally
        {
            await one.DisposeAsync();
            await two.DisposeAsync();
        }
    }

    private sealed class Stages : IBuildProgress
    {
        public List<string> Texts { get; } = [];

        public void Stage(string text) => Texts.Add(text);

        public void Detail(string text)
        {
        }

        public void Warn(string text)
        {
        }

        public void Waiting(string holder)
        {
        }
    }
}
