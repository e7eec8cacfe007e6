using System.Runtime.CompilerServices;
using Slipway.Core.Contracts;
using Slipway.Core.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Core.Tests.Contracts;

/// <summary>The schemas in contracts/ are what the code writes, and documents that are read here are valid by them.</summary>
public sealed class ContractSchemaTests
{
    private const string Validate = """
        import json, sys
        from jsonschema import Draft202012Validator
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        for path in sys.argv[2:]:
            for error in Draft202012Validator(schema).iter_errors(json.load(open(path))):
                print(path.rsplit("/", 1)[-1], error.json_path, error.message)
        """;

    private static readonly string Golden = Path.Combine(Path.GetDirectoryName(Here())!, "golden");
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "contracts"));

    public static TheoryData<string> Names => [.. ContractSchemas.All.Select(schema => schema.FileName)];

    public static TheoryData<string> Documents => [.. Directory.GetFiles(Golden, "*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Schema_is_the_one_that_the_code_writes(string name)
    {
        var written = ContractSchemas.All.First(schema => schema.FileName == name).Text;
        var path = Path.Combine(Folder, name);
        if (string.Equals(Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS"), "1", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, written);
        }

        Assert.True(File.Exists(path), $"There is no {path}; SLIPWAY_UPDATE_SNAPSHOTS=1 writes it.");
        Assert.Equal(written, File.ReadAllText(path));
    }

    [Fact]
    public void No_other_schema_lies_there() =>
        Assert.Equal(ContractSchemas.All.Select(schema => schema.FileName).Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Golden_document_is_read_and_what_is_written_of_it_is_read_to_the_same(string name)
    {
        var text = File.ReadAllText(Path.Combine(Golden, name));
        var once = Write(name, text);
        Assert.Equal(once, Write(name, once));
    }

    [RequiresFact(Capability.JsonSchema)]
    public async Task Golden_documents_and_what_is_written_of_them_are_valid_by_the_schemas()
    {
        using var folder = new TempFolder();
        foreach (var schema in ContractSchemas.All)
        {
            var documents = Directory.GetFiles(Golden, $"*.{schema.FileName.Replace(".schema", string.Empty, StringComparison.Ordinal)}");
            var written = documents.Select(path => folder.WriteFile(Path.GetFileName(path), Write(Path.GetFileName(path), File.ReadAllText(path))));
            var ran = await CommandRunner.RunAsync("/usr/bin/python3", ["-c", Validate, Path.Combine(Folder, schema.FileName), .. documents, .. written]);
            Assert.NotEmpty(documents);
            Assert.True(ran.ExitCode == 0, ran.Stderr);
            Assert.Equal(string.Empty, ran.Stdout);
        }
    }

    [RequiresFact(Capability.JsonSchema)]
    public async Task What_is_refused_here_is_invalid_by_the_schema()
    {
        using var folder = new TempFolder();
        var misspelt = folder.WriteFile("a.json", """{"contract_version":1,"binding_id":"b","scope":"binding","fields":{"indexurl":"x"}}""");
        var later = folder.WriteFile("b.json", """{"contract_version":2,"binding_id":"b","scope":"binding","fields":{"index_url":"x"}}""");
        var ran = await CommandRunner.RunAsync("/usr/bin/python3", ["-c", Validate, Path.Combine(Folder, "dependency-override-patch.schema.json"), misspelt, later]);
        Assert.Contains("a.json $.fields", ran.Stdout, StringComparison.Ordinal);
        Assert.Contains("b.json $.contract_version", ran.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_requirements_of_Pantograph_are_read()
    {
        var read = Must.Succeed(ContractJson.ReadRequirements(File.ReadAllText(Path.Combine(Golden, "kittentts.dependency-requirements.json"))));
        var binding = Assert.Single(read.Bindings);
        Assert.Equal(("kittentts-runtime", 1L, (string?)null, DependencyValidationState.Resolved), (binding.ProfileId!, binding.ProfileVersion!.Value, binding.ProfileHash, binding.ValidationState!.Value));
        Assert.Equal(("==0.8.1", ">=3.12,<3.13"), (binding.Requirements[0].ExactPin, binding.Requirements[0].PythonRequires));
        Assert.Null(read.UnknownFields);
    }

    [Fact]
    public void Codes_are_unique_and_name_states_that_exist()
    {
        Assert.Equal(DependencyCodes.All.Length, DependencyCodes.All.Select(code => code.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(DependencyCodes.All, code => Assert.True(Enum.IsDefined(code.State) && code.Meaning.Length > 0));
    }

    private static string Write(string name, string text) => name.Split('.')[^2] switch
    {
        "dependency-requirements" => ContractJson.Write(Must.Succeed(ContractJson.ReadRequirements(text))),
        "dependency-override-patch" => ContractJson.Write(Must.Succeed(ContractJson.ReadOverridePatch(text))),
        "environment-ref" => ContractJson.Write(Must.Succeed(ContractJson.ReadEnvironmentRef(text))),
        _ => ContractJson.Write(Must.Succeed(ContractJson.ReadStatus(text))),
    };

    private static string Here([CallerFilePath] string path = "") => path;
}
