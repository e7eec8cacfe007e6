using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Contracts;

/// <summary>The texts are the contract: one that changes breaks those who read it.</summary>
public sealed class ContractJsonTests
{
    private const string Reference =
        """{"contract_version":1,"environment_key":"k","environment_kind":"python-venv","env_id":"e","python_executable":"/p","state":"ready","requirements_fingerprint":"f","platform_key":"linux-x86_64","backend_key":"b","manifest_path":"/m","host":"local","slot":"s","lock_digest":"l","mutable":false}""";

    private const string Requirements =
        """{"contract_version":1,"model_id":"m","platform_key":"linux-x86_64","backend_key":"diffusers","bindings":[{"binding_id":"b1","environment_kind":"python-venv","env_id":"e","requirements":[{"kind":"python_package","name":"torch","exact_pin":"==2.1","index_url":"https://i/simple","extra_index_urls":["https://j"],"markers":"os_name == 'posix'","python_requires":">=3.9","platform_constraints":["linux-x86_64"],"hashes":["sha256:aa"],"source":"https://x/y.whl","priority":7}],"note":{"deep":[1,2.50]}}],"selected_binding_ids":["b1"],"validation_state":"valid"}""";

    private const string Patch =
        """{"contract_version":1,"binding_id":"b1","scope":"requirement","requirement_name":"torch","fields":{"python_executable":"/p","index_url":"https://i","extra_index_urls":["https://j"],"wheel_source_path":"/w","package_source_override":"https://x"},"source":"user","updated_at":"2024-01-02T03:04:05+00:00"}""";

    private const string Status =
        """{"contract_version":1,"state":"failed","code":"ENV0203","message":"The index wants credentials.","bindings":[{"binding_id":"b1","state":"needs_user_input","code":"c","message":"m","missing_requirements":["a"],"installed_requirements":["b"],"failed_requirements":["c"]}],"checked_at":"2024-01-02T03:04:05+00:00"}""";

    [Fact]
    public void Every_contract_survives_a_round_trip_to_the_letter()
    {
        Assert.Equal(Reference, ContractJson.Write(Must.Succeed(ContractJson.ReadEnvironmentRef(Reference))));
        Assert.Equal(Requirements, ContractJson.Write(Must.Succeed(ContractJson.ReadRequirements(Requirements))).Replace("\\u0027", "'", StringComparison.Ordinal).Replace("\\u003E", ">", StringComparison.Ordinal));
        Assert.Equal(Patch, ContractJson.Write(Must.Succeed(ContractJson.ReadOverridePatch(Patch))));
        Assert.Equal(Status, ContractJson.Write(Must.Succeed(ContractJson.ReadStatus(Status))));
    }

    [Fact]
    public void Unknown_fields_of_requirements_are_kept_at_every_depth()
    {
        var read = Must.Succeed(ContractJson.ReadRequirements(Requirements));
        Assert.Equal("valid", read.UnknownFields!["validation_state"].GetString());
        Assert.Equal("2.50", read.Bindings[0].UnknownFields!["note"].GetProperty("deep")[1].GetRawText());
        Assert.Equal(7, read.Bindings[0].Requirements[0].UnknownFields!["priority"].GetInt32());
    }

    [Theory]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{},"scoop":1}""")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{"indexurl":"x"}}""")]
    public void Unknown_fields_of_a_patch_are_refused(string json)
    {
        var failure = Must.Fail(ContractJson.ReadOverridePatch(json), ContractJson.Malformed);
        Assert.Equal(ExitCode.BadData, failure.Code.Exit);
    }

    [Theory]
    [InlineData("""{"contract_version":2}""")]
    [InlineData("""{"contract_version":0}""")]
    [InlineData("""{"dependency_contract_version":2}""")]
    public void Unknown_version_is_refused(string json) => Must.Fail(ContractJson.ReadRequirements(json), ContractJson.UnknownVersion);

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"contract_version":"1"}""")]
    [InlineData("""{"contract_version":null}""")]
    [InlineData("""{"contract_version":1,"bindings":null}""")]
    [InlineData("""{"contract_version":1,"bindings":[{"binding_id":null}]}""")]
    [InlineData("""{"contract_version":1,"bindings":[{}]}""")]
    [InlineData("""{"contract_version":1,"dependency_contract_version":2}""")]
    public void Malformed_requirements_are_refused(string json) => Must.Fail(ContractJson.ReadRequirements(json), ContractJson.Malformed);

    [Theory]
    [InlineData("""{"dependency_contract_version":1,"model_id":"m"}""")]
    [InlineData("""{"contract_version":1,"dependency_contract_version":1,"model_id":"m"}""")]
    public void Alias_of_the_version_is_read_and_not_written(string json)
    {
        var read = Must.Succeed(ContractJson.ReadRequirements(json));
        Assert.Equal("""{"contract_version":1,"model_id":"m","bindings":[],"selected_binding_ids":[]}""", ContractJson.Write(read));
    }

    [Fact]
    public void Alias_inside_a_text_changes_nothing()
    {
        var read = Must.Succeed(ContractJson.ReadRequirements("""{"contract_version":1,"model_id":"dependency_contract_version"}"""));
        Assert.Equal("dependency_contract_version", read.ModelId);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"gone\"")]
    public void State_is_read_by_its_contract_name_alone(string state) => Must.Fail(
        ContractJson.ReadStatus($$"""{"contract_version":1,"state":{{state}}}"""), ContractJson.Malformed);

    [Fact]
    public void Malformed_document_names_field_and_line()
    {
        var failure = Must.Fail(ContractJson.ReadStatus("{\n\"contract_version\":1,\n\"state\":7}"), ContractJson.Malformed);
        Assert.Contains("$.state", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, failure.Location!.Line);
    }
}
