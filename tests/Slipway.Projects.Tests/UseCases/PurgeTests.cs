using Slipway.Core.Failures;
using Slipway.Projects.UseCases;

namespace Slipway.Projects.Tests.UseCases;

public sealed class PurgeTests : IDisposable
{
    private readonly ProjectWorkshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task What_Slipway_put_there_goes_and_all_else_stays()
    {
        _shop.With(".gitignore", "*.pyc").With("environment.yml", "name: global\n").With("requirements.txt", "# none\n").With("pylock.toml", "lock-version = '1.0'\ncreated-by = 'x'\npackages = []\n").With("sub/own.py", "1\n");
        var before = _shop.Listing();
        var report = await _shop.InitAsync(new InitAnswers { Backend = "pip", Python = "3", NoLock = true });
        var synced = await _shop.SyncAsync(report);
        Assert.True(synced.IsOk, synced.ToString());
        var slot = synced.Value.Environment.Root;

        var plan = _shop.Purge.Plan();
        var full = _shop.Listing();
        Assert.Equal(
            ".slipway, .venv, .gitignore, .envrc, .env",
            string.Join(", ", plan.Items.Where(static item => item.Action is not PurgeAction.Keep).Select(static item => item.Name)));
        Assert.Equal(PurgeAction.TakeLinesOut, plan.Items.First(static item => item.Name is ".gitignore").Action);
        Assert.All((string[])["slipway.toml", "environment.yml", "pylock.toml", ".python-version"], name => Assert.Equal(PurgeAction.Keep, plan.Items.First(item => item.Name == name).Action));
        Assert.Equal(full, _shop.Listing());

        Assert.True(_shop.Purge.Execute(plan).IsOk);
        Assert.Equal(before, string.Join('\n', _shop.Listing().Split('\n').Where(static line => !line.StartsWith("slipway.toml", StringComparison.Ordinal) && !line.StartsWith(".python-version", StringComparison.Ordinal))));
        Assert.True(Directory.Exists(slot), "The store's environment went.");
        Assert.True(_shop.Purge.Plan().ChangesNothing);

        // And back again.
        Assert.False((await _shop.InitAsync(new InitAnswers { NoLock = true })).IsReplay);
    }

    [Fact]
    public async Task Links_are_removed_and_never_followed()
    {
        await _shop.InitAsync();
        var outside = Directory.CreateDirectory(Path.Combine(_shop.Root, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "precious"), "1");
        Directory.CreateDirectory(_shop.At(".slipway/envs"));
        Directory.CreateSymbolicLink(_shop.At(".slipway/envs/x"), outside);
        Directory.CreateSymbolicLink(_shop.At(".venv"), outside);
        File.Delete(_shop.At(".envrc"));
        File.CreateSymbolicLink(_shop.At(".envrc"), Path.Combine(outside, "precious"));

        Assert.True(_shop.Purge.Execute(_shop.Purge.Plan()).IsOk);
        Assert.Equal("1", File.ReadAllText(Path.Combine(outside, "precious")));
        Assert.Equal(outside, new FileInfo(_shop.At(".venv")).LinkTarget);
        Assert.False(Path.Exists(_shop.At(".slipway")), ".slipway is there.");

        // A link in the place of our directory is none of ours.
        Directory.CreateSymbolicLink(_shop.At(".slipway"), outside);
        Assert.True(_shop.Purge.Plan().ChangesNothing);
    }

    [Fact]
    public async Task Files_of_the_user_stay_whatever_they_hold()
    {
        _shop.With(".gitignore", string.Empty).With(".env", "SECRET=1").With(".venv/bin/python", "mine");
        await _shop.InitAsync(new InitAnswers { Sync = false, Direnv = false });
        Assert.True(_shop.Purge.Execute(_shop.Purge.Plan()).IsOk);
        Assert.Equal((string.Empty, "SECRET=1", "mine"), (_shop.Text(".gitignore"), _shop.Text(".env"), _shop.Text(".venv/bin/python")));
    }

    [Fact]
    public async Task What_cannot_be_taken_out_does_not_stop_the_rest()
    {
        await _shop.InitAsync();
        _shop.With(".gitignore", "# >>> slipway >>>\nmine\n");
        var failure = _shop.Purge.Execute(_shop.Purge.Plan()).Failure;
        Assert.Equal((ProjectFailures.BlockDamaged, ExitCode.BadData), (failure.Code, failure.Code.Exit));
        Assert.False(File.Exists(_shop.At(".envrc")), ".envrc is there.");
        Assert.Equal("# >>> slipway >>>\nmine\n", _shop.Text(".gitignore"));
    }

    [Fact]
    public async Task What_changed_since_the_preview_stays()
    {
        await _shop.InitAsync();
        var plan = _shop.Purge.Plan();
        _shop.With(".env", "SECRET=1").With(".envrc", _shop.Text(".envrc") + "export MINE=1\n");
        Assert.False(_shop.Purge.Execute(plan).IsOk, "It went well.");
        Assert.Equal("SECRET=1", _shop.Text(".env"));
        Assert.EndsWith("export MINE=1\n", _shop.Text(".envrc"), StringComparison.Ordinal);
    }
}
