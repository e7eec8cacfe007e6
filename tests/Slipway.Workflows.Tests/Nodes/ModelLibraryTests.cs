using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Tests.Support;

namespace Slipway.Workflows.Tests.Nodes;

public sealed class ModelLibraryTests : IDisposable
{
    private const string Tiny = """
        {
          "model_id": "test/tiny", "path": "weights.pt", "name": "Tiny", "task_type_primary": "text-generation", "model_type": "torchscript", "backend_key": "torch",
          "dependency_requirements": { "contract_version": 1, "unknown_member": [1.50], "bindings": [] },
          "inference_settings": [
            { "key": "steps", "label": "Steps", "type": "integer", "default": 8 },
            { "key": "size", "type": "string", "default": "s", "options": [{ "label": "Small", "value": "s" }, { "label": "Large", "value": "l" }] },
            { "key": "note", "type": "string" }
          ]
        }
        """;

    private readonly NodeWorld _world = new();

    public ModelLibraryTests()
    {
        _world.Write("models/tiny/slipway-model.json", Tiny);
        _world.Write("models/tiny/weights.pt", "no code is read here");
        _world.Write("models/tiny/setup.py", "raise SystemExit('never run')");
        _world.Write("models/notes/readme.txt", "a directory that is no model");
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Model_of_a_directory_is_told_with_its_settings_and_its_requirements_as_they_stand()
    {
        var model = await SelectAsync("models", "test/tiny");
        Assert.Equal($"\"{_world.Folder}/models/tiny/weights.pt\"", model.Json("model_path"));
        Assert.Equal(("\"torchscript\"", "\"text-generation\"", "\"torch\"", "\"pytorch\""), (model.Json("model_type"), model.Json("task_type_primary"), model.Json("backend_key"), model.Json("recommended_backend")));
        Assert.Equal("{ \"contract_version\": 1, \"unknown_member\": [1.50], \"bindings\": [] }", model.Json("dependency_requirements"));
        Assert.Equal("{\"size\":\"s\",\"steps\":8}", model.Json("inference_settings"));
        Assert.Contains("\"label\":\"Large\",\"value\":\"l\"", model.Json("settings_schema"), StringComparison.Ordinal);
        Assert.Equal("test/tiny", JsonMembers.Parse(model.Json("model_ref")).GetProperty("model_id").GetString());

        Assert.Equal("{\"note\":\"x\",\"size\":\"l\",\"steps\":3}", (await SelectAsync("models", "test/tiny", "{\"steps\": 3, \"size\": \"Large\", \"note\": \"x\"}")).Json("inference_settings"));
        (await SelectAsync("models", "test/tiny", "{\"stps\": 3}")).AssertFailed(WorkflowsFailures.BadValue, "'stps'", "did you mean 'steps'?");
        (await SelectAsync("models", "test/tiny", "{\"steps\": 1.5}")).AssertFailed(WorkflowsFailures.BadValue, "one.settings/steps is 1.5, and should be a whole number");
        (await SelectAsync("models", "test/tiny", "{\"size\": \"xl\"}")).AssertFailed(WorkflowsFailures.BadValue, "one of Small, Large");
        (await SelectAsync("models", "test/tiny", "[]")).AssertFailed(WorkflowsFailures.BadValue, "one.settings is a list");
    }

    [Fact]
    public async Task Unknown_model_names_the_nearest_and_a_missing_one_its_path()
    {
        (await SelectAsync("models", "test/tiyn")).AssertFailed(NodeFailures.UnknownModel, "'test/tiyn'", "did you mean 'test/tiny'?");
        (await SelectAsync("models", "other")).AssertFailed(NodeFailures.UnknownModel, "it has test/tiny");
        (await SelectAsync("none", "other")).AssertFailed(NodeFailures.CatalogueMalformed, "There is no model catalogue");
        File.Delete($"{_world.Folder}/models/tiny/weights.pt");
        (await SelectAsync("models", "test/tiny")).AssertFailed(NodeFailures.UnknownModel, "weights.pt, and nothing is there");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_by_file_and_place()
    {
        _world.Write("models.toml", """
            [[models]]
            model_id = "a"
            path = "/abs"

            [[models]]
            model_id = "b"
            path = "tiny"
            backend_key = "pytorch"
            model_type = "pickle"

            [[models]]
            model_id = "b"
            path = "tiny"
            name = 3
            inference_settings = [
              { key = "k", type = "float" },
              { key = "k", type = "integer", default = "x" },
              { label = "l" },
            ]
            """);
        var failure = (await SelectAsync("models.toml", "a")).AssertFailed(NodeFailures.CatalogueMalformed, "(and 7 more)");
        var file = $"{_world.Folder}/models.toml";
        Assert.Equal(
            [
                $"{file}:3: /models/0/path is an absolute path, and should be relative to the file",
                $"{file}:9: /models/1/model_type is 'pickle', and should be one of transformers, torchscript for the backend pytorch",
                $"{file}:14: /models/2/name is a number, and should be a text",
                $"{file}:16: /models/2/inference_settings/0/type is 'float', and should be one of string, number, integer, boolean",
                $"{file}:17: /models/2/inference_settings/1/default is \"x\", and should be a whole number",
                $"{file}:17: /models/2/inference_settings/1/key is 'k', which is there twice",
                $"{file}:18: /models/2/inference_settings/2 has no key",
                $"{file}:12: /models/2/model_id is 'b', which another model has",
            ],
            failure.Detail!.Split('\n'),
            StringComparer.Ordinal);

        _world.Write("models/bad/slipway-model.json", "{\n\"model_id\": 1, \"dependency_requirements\": []}");
        _world.Write("models/worse/slipway-model.json", "{\n,");
        var folder = (await SelectAsync("models", "test/tiny")).AssertFailed(NodeFailures.CatalogueMalformed, "models/bad/slipway-model.json: /model_id is a number");
        Assert.Contains("bad/slipway-model.json: /dependency_requirements is a list, and should be an object", folder.Detail, StringComparison.Ordinal);
        Assert.Contains("worse/slipway-model.json: the document is no JSON (line 2)", folder.Detail, StringComparison.Ordinal);

        _world.Write("broken.toml", "[[models]\n");
        Assert.Contains("broken.toml", (await SelectAsync("broken.toml", "a")).Failure!.ToString(), StringComparison.Ordinal);
        _world.Write("other.toml", "model = 1\n");
        (await SelectAsync("other.toml", "a")).AssertFailed(NodeFailures.CatalogueMalformed, "/models should be a list of tables");
    }

    private Task<NodeResult> SelectAsync(string catalogue, string id, string? settings = null)
    {
        (string, string)[] inputs = [("catalogue", $"\"{catalogue}\""), ("model_id", $"\"{id}\"")];
        return _world.RunOneAsync("puma-lib", settings is null ? inputs : [.. inputs, ("settings", settings)]);
    }
}
