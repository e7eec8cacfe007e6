using Slipway.Core.Toml;
using Slipway.Projects.Discovery;
using Slipway.Projects.Editing;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;

namespace Slipway.Projects.Tests.UseCases;

/// <summary>Commands that change one project at the same time lose nothing of each other.</summary>
public sealed class ConcurrentEditTests : IDisposable
{
    private const int Many = 8;
    private readonly ProjectWorkshop _workshop = new("here");

    public void Dispose() => _workshop.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Environments_that_are_declared_and_removed_at_once_are_all_as_was_asked()
    {
        _workshop.With("slipway.toml", "name = 'only' # mine\n").With("pyproject.toml", "[project]\nname = 'x'\n");
        var edits = new ProjectEdits(_workshop.Store);
        var declarations = new DeclarationUseCase(edits, _workshop.Finder);

        // All begin from the project as it was before any of them.
        var before = _workshop.Finder.Find(_workshop.Project, new RequestSettings()).Value;
        await TogetherAsync(number => declarations.AddAsync(before, Name($"e{number}"), TomlTable.Empty, CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, Many).Select(static number => $"e{number}").Append("only"), Declared(), StringComparer.Ordinal);

        // One declares while others remove and begin anew.
        var now = _workshop.Finder.Find(_workshop.Project, new RequestSettings()).Value;
        await TogetherAsync(async number => number switch
        {
            0 => await declarations.AddAsync(now, Name("late"), TomlTable.Empty, CancellationToken.None),
            1 => (await _workshop.TryInitAsync(new InitAnswers { Sync = false, Env = "begun" })).Map(static report => report.Environment.ToString()),
            _ => await declarations.RemoveAsync(now, Name($"e{number}"), CancellationToken.None),
        });
        Assert.Equal(["begun", "e0", "e1", "late", "only"], Declared(), StringComparer.Ordinal);
        Assert.Contains("name = 'only' # mine\n", _workshop.Text("slipway.toml"), StringComparison.Ordinal);
    }

    // Each on a thread of its own, held back until all are there.
    private static async Task TogetherAsync(Func<int, Task<Core.Failures.Result<string>>> work)
    {
        using var start = new Barrier(Many);
        var results = await Task.WhenAll(Enumerable.Range(0, Many).Select(number => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return work(number);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
        Assert.All(results, static result => Assert.True(result.IsOk, result.ToString()));
    }

    private static EnvironmentName Name(string text) => EnvironmentName.Parse(text, "test").Value;

    private IEnumerable<string> Declared() =>
        _workshop.Finder.Find(_workshop.Project, new RequestSettings()).Value.Environments.Select(static name => name.ToString()).Order(StringComparer.Ordinal);
}
