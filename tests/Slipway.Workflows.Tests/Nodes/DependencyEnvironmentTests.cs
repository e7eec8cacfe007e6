using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.TestKit;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Nodes;

/// <summary>The node that has environments ready, down to real ones.</summary>
public sealed class DependencyEnvironmentTests : IAsyncLifetime, IDisposable
{
    private readonly NodeWorld _world = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Model_environment_and_its_user_are_one_graph_and_the_lease_lasts_until_the_last_consumer()
    {
        _world.Write("models.toml", $"""
            [[models]]
            model_id = "test/model"
            path = "models.toml"
            backend_key = "torch"
            [models.dependency_requirements]
            contract_version = 1
            model_id = "test/model"
            [[models.dependency_requirements.bindings]]
            binding_id = "b1"
            environment_kind = "python-venv"
            env_id = "e1"
            requirements = [ {"{"} name = "demo", exact_pin = "==1.0", index_url = "{_index.SimpleUrl}" {"}"} ]
            """);
        var held = 0;
        _world.Catalogue = _world.Catalogue.With(Plain.Function("use", call =>
        {
            // Nobody can have it for collection as long as this runs.
            held = Directory.GetFiles(_world.Layout.Leases).Count(IsHeld);
            return NodeOutcome.Of("value", PortValue.Of(call["value"].Json.GetProperty("python_executable").GetString()!));
        }) with { Purity = NodePurity.Never });
        var graph = Plain.Graph("use", ["model:puma-lib", "env:dependency-environment", "run"], "model.dependency_requirements -> env.dependency_requirements", "env.environment_ref -> run.value")
            .Set("model.catalogue", "\"models.toml\"").Set("model.model_id", "\"test/model\"");

        var manual = (await _world.RunAsync(graph.Set("env.mode", "\"manual\""))).Of("env");
        Assert.Equal(NodeState.Waiting, manual.State);
        Assert.Contains("its mode is manual", manual.Question!.Question, StringComparison.Ordinal);
        Assert.StartsWith($"slipway deps install {_world.Layout.Cache}/requirements/", manual.Question.Hint, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_world.Layout.Environments) && Directory.EnumerateFileSystemEntries(_world.Layout.Environments).Any());

        var result = await _world.RunAsync(graph);
        Assert.Equal(NodeState.Finished, result.Of("run").State);
        Assert.True(File.Exists(result.Of("run").Outputs.Values["value"].AsText()));
        Assert.Equal(1, held);
        Assert.DoesNotContain(Directory.GetFiles(_world.Layout.Leases), IsHeld);
        Assert.Equal("ready", result.Of("env").Outputs.Values["status"].Json.GetProperty("state").GetString());
        Assert.Equal(["base", "overrides", "effective"], result.Of("env").Outputs.Values["resolved_dependency_requirements"].Json.EnumerateObject().Select(static member => member.Name), StringComparer.Ordinal);
        Assert.Contains(_world.Told, static one => one.Type is "env_state" && one.Data.GetProperty("state").GetString() is "installing");

        // Once it is there: manual is content, and nothing asks the index.
        var asked = _index.Requests.Count;
        Assert.Equal(NodeState.Finished, (await _world.RunAsync(graph.Set("env.mode", "\"manual\""))).Of("run").State);
        Assert.Equal(NodeState.Finished, (await _world.RunAsync(graph)).Of("run").State);
        Assert.Equal(asked, _index.Requests.Count);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_is_not_known_is_asked_with_the_command_that_answers_and_then_it_is_ready()
    {
        await using var empty = await LocalIndex.StartAsync();
        var requirements = Requirements(empty.SimpleUrl.AbsoluteUri);
        var asked = (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", requirements))).Question;
        Assert.NotNull(asked);
        Assert.Contains("demo", asked.Question, StringComparison.Ordinal);
        Assert.Contains(asked.Details.EnumerateArray(), static needed => needed.GetProperty("field").GetString() is "index_url");
        var command = Assert.Single(asked.Hint!.Split('\n'), static line => line.Contains("--index-url", StringComparison.Ordinal) && !line.Contains("extra", StringComparison.Ordinal));
        Assert.Matches("^slipway deps override set \\S+/requirements/[0-9a-f]{16}\\.json --binding b1 --requirement demo --index-url URL$", command);

        // For this node alone, and then for the user as the command does it.
        var patch = $"{{\"contract_version\": 1, \"binding_id\": \"b1\", \"scope\": \"requirement\", \"requirement_name\": \"demo\", \"fields\": {{\"index_url\": \"{_index.SimpleUrl}\"}}, \"source\": \"user\"}}";
        Assert.Equal("1", JsonMembers.Parse((await _world.RunOneAsync("dependency-environment", ("dependency_requirements", requirements), ("manual_overrides", $"[{patch}]"))).Json("environment_ref")).GetProperty("contract_version").GetRawText());
        var document = await File.ReadAllTextAsync(command.Split(' ')[4]);
        var set = await _world.Environments.SetAsync(ContractJson.ReadRequirements(document).Value, ContractJson.ReadOverridePatch(patch).Value, _world.Token);
        Assert.True(set.IsOk, set.ToString());
        Assert.Contains("\"ready\"", (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", requirements))).Json("status"), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Index_that_is_configured_for_the_directory_serves_what_names_none()
    {
        _world.Write("slipway.toml", $"index-url = [\"{_index.SimpleUrl}\"]\n");
        Assert.Contains("\"ready\"", (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", Requirements(index: null)))).Json("status"), StringComparison.Ordinal);
        _world.Write("slipway.toml", "index-url = [\"nonsense\"]\n");
        Assert.Contains("slipway.toml", (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", Requirements(index: null)))).Failure!.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Failures_and_malformed_documents_are_told_in_their_own_words()
    {
        (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", "{\"contract_version\": 1, \"bindings\": [{}]}"))).AssertFailed(ContractJson.Malformed, "/bindings/0");
        Assert.Contains("unresolved", (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", "{\"contract_version\": 1, \"bindings\": []}"))).Failure!.Message, StringComparison.Ordinal);
        var good = Requirements(_index.SimpleUrl.AbsoluteUri);
        (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", good), ("selected_binding_ids", "[1]"))).AssertFailed(WorkflowsFailures.BadValue, "one.selected_binding_ids is a list, and should be a list of texts");
        (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", good), ("manual_overrides", "[{\"contract_version\": 1, \"x\": 1}]"))).AssertFailed(ContractJson.Malformed, "one.manual_overrides/0");
        _index.Break(status: 503);
        var down = (await _world.RunOneAsync("dependency-environment", ("dependency_requirements", good))).Failure!;
        Assert.Equal("ENV0204", down.Code.Id);
        Assert.Contains("503", down.Message, StringComparison.Ordinal);
    }

    private static string Requirements(string? index) => JsonSerializer.Serialize(new
    {
        contract_version = 1,
        model_id = "test/model",
        bindings = new[] { new { binding_id = "b1", environment_kind = "python-venv", env_id = "e1", requirements = new[] { new { name = "demo", index_url = index } } } },
    });

    private static bool IsHeld(string lease)
    {
        using var flock = System.Diagnostics.Process.Start("flock", ["--nonblock", "--exclusive", lease, "true"]);
        flock.WaitForExit();
        return flock.ExitCode != 0;
    }
}
