using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Training.Adapters.UserCode;
using Slipway.Training.Renderers;
using Slipway.Workers.Connections;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.UserCode;

/// <summary>Users' own Python, in a worker.</summary>
public sealed class UserCodeTests(LocalPlace place) : IClassFixture<LocalPlace>
{
    private const int Limit = 60_000;

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Rewards_are_numbers_or_objects_with_metrics()
    {
        var path = Write("reward.py", """
            # /// script
            # dependencies = []
            # ///
            import helper_of_tests

            def reward(row, response):
                print("prints are no frames")
                if row["kind"] == "plain":
                    return len(response)
                return {"reward": helper_of_tests.HALF, "length": len(response), "metrics": {"exact": True}}
            """);
        Write("helper_of_tests.py", "HALF = 0.5\n");
        await using var reward = UserReward.Create(path, OpenAsync).Ok();
        var values = (await reward.ScoreAsync([new(Row("""{"kind":"plain"}"""), "fünf"), new(Row("""{"kind":"more"}"""), "ab")], default)).Ok();
        Assert.Equal([4, 0.5], values.Select(static value => value.Reward));
        Assert.Equal("exact=1 length=2", string.Join(' ', values[1].Metrics.Select(static metric => $"{metric.Key}={metric.Value}")));
        Assert.Empty((await reward.ScoreAsync([], default)).Ok());
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData("def reward(row, response):\n    x = 1\n    return [0][row['n']]\n", "TRA0204", 3, "Item 1: IndexError")]
    [InlineData("def reward(row, response):\n    return float('nan') if row['n'] else 1\n", "TRA0205", 0, "Item 1: the reward is nan, and must be a finite number.")]
    [InlineData("def reward(row, response):\n    return {'reward': 1, 'm': 'x'} if row['n'] else 1\n", "TRA0205", 0, "Item 1: metric m is 'x'")]
    [InlineData("def reward(row, response):\n    return None if row['n'] else 1\n", "TRA0205", 0, "Item 1: the reward is None")]
    [InlineData("import sys\ndef reward(row, response):\n    sys.exit(3)\n", "TRA0204", 3, "Item 0: SystemExit: 3")]
    [InlineData("x = 1\nraise ValueError('no')\n", "TRA0204", 2, "ValueError: no.")]
    [InlineData("x = (\n", "TRA0204", 1, "SyntaxError")]
    [InlineData("x = 1\n", "TRA0204", 0, "there is no function reward.")]
    public async Task What_goes_wrong_is_told_with_file_line_and_item(string code, string id, int line, string message)
    {
        var path = Write("bad.py", code);
        await using var reward = UserReward.Create(path, OpenAsync).Ok();
        var failed = await reward.ScoreAsync([new(Row("""{"n":0}"""), "a"), new(Row("""{"n":7}"""), "b")], default);
        Assert.Equal((id, path, line), (failed.Failure.Code.Id, failed.Failure.Location!.Source, failed.Failure.Location.Line));
        Assert.Contains(message, failed.Failure.Message);
        Assert.Equal(id == "TRA0204" && line > 0, failed.Failure.Detail?.Contains("bad.py", StringComparison.Ordinal) ?? false);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Dataset_gives_its_rows_in_pages()
    {
        var path = Write("data.py", """
            def dataset(split):
                for n in range(20 if split == "train" else 0):
                    yield {"n": n, "text": "ü" * 500_000}
            """);
        var dataset = (await UserDataset.LoadAsync(path, "train", OpenAsync, default)).Ok();
        Assert.Equal(Enumerable.Range(0, 20), dataset.Rows.Select(static row => row.GetProperty("n").GetInt32()));
        Assert.Equal((500_000, $"{path}/train"), (dataset.Rows[19].GetProperty("text").GetString()!.Length, dataset.Origin));
        Assert.Equal(0, (await UserDataset.LoadAsync(path, "test", OpenAsync, default)).Ok().Count);

        var bad = Write("bad_data.py", "def dataset(split):\n    yield {'n': 0}\n    yield 5 if split == 'train' else {'n': float('inf')}\n");
        Assert.Contains("Item 1: the row is 5", (await UserDataset.LoadAsync(bad, "train", OpenAsync, default)).Fails(AdapterFailures.UserCodeAnswer).Message);
        Assert.Contains("Item 1: the row cannot be written", (await UserDataset.LoadAsync(bad, "test", OpenAsync, default)).Fails(AdapterFailures.UserCodeAnswer).Message);
        var failing = Write("failing.py", "def dataset(split):\n    yield {'n': 0}\n    raise KeyError(split)\n");
        Assert.Equal(3, (await UserDataset.LoadAsync(failing, "train", OpenAsync, default)).Fails(AdapterFailures.UserCodeFailed).Location!.Line);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Environment_goes_on_with_conversations()
    {
        var path = Write("env.py", """
            async def environment(row, messages):
                done = messages[-1]["content"] == row["answer"]
                if row["answer"] == "bad":
                    return {"reward": 0, "done": False, "messages": [{"role": "nobody", "content": "x"}]}
                return {"reward": float(done), "done": done, "messages": [] if done else [{"role": "user", "content": "No. " + messages[0]["role"]}]}
            """);
        await using var environment = UserEnvironment.Create(path, OpenAsync).Ok();
        ImmutableArray<Message> said = [Message.Of(Role.User, "2 + 2?"), Message.Of(Role.Assistant, "4")];
        var steps = (await environment.StepAsync([new(Row("""{"answer":"4"}"""), said), new(Row("""{"answer":"5"}"""), said)], default)).Ok();
        Assert.Equal((1d, true, 0), (steps[0].Reward, steps[0].IsDone, steps[0].Messages.Length));
        Assert.Equal((0d, false, "No. user"), (steps[1].Reward, steps[1].IsDone, Assert.Single(steps[1].Messages).Text));
        Assert.Contains("Item 0", (await environment.StepAsync([new(Row("""{"answer":"bad"}"""), said)], default)).Fails(AdapterFailures.UserCodeAnswer).Message);
    }

    [Fact]
    public void File_that_is_not_there_is_told_when_the_adapter_is_made() =>
        UserReward.Create(place.Folder.Combine("none.py"), OpenAsync).Fails(AdapterFailures.BadSetting);

    private string Write(string name, string code) => place.Folder.WriteFile($"code/{name}", code);

    private static JsonElement Row(string json) => JsonDocument.Parse(json).RootElement.Clone();

    private async Task<Result<WorkerConnection>> OpenAsync(string path, ImmutableArray<WorkerModule> modules, CancellationToken cancellationToken) =>
        await place.OpenAsync(WorkerPlace.Quick with { Modules = modules });
}
