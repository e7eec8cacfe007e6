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
        """{"contract_version":1,"model_id":"m","platform_key":"linux-x86_64","backend_key":"diffusers","validation_state":"resolved","validation_errors":[{"code":"c","scope":"binding","binding_id":"b1","field":"f","message":"m"}],"bindings":[{"binding_id":"b1","profile_id":"p","profile_version":3,"profile_hash":"h","backend_key":"torch","platform_selector":"linux","environment_kind":"python-venv","env_id":"e","python_executable_override":"/p","validation_state":"resolved","validation_errors":[],"requirements":[{"kind":"python_package","name":"torch","exact_pin":"==2.1","index_url":"https://i/simple","extra_index_urls":["https://j"],"markers":"os_name == 'posix'","python_requires":">=3.9","platform_constraints":["linux-x86_64"],"hashes":["sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"source":"https://x/y.whl","wheel_source_path":"/w","priority":7}],"note":{"deep":[1,2.50]}}],"selected_binding_ids":["b1"],"plan":"later"}""";

    private const string Patch =
        """{"contract_version":1,"binding_id":"b1","scope":"binding","fields":{"python_executable":"/p","index_url":"https://i","extra_index_urls":["https://j"],"wheel_source_path":"/w","package_source_override":"https://x"},"source":"user","updated_at":"2024-01-02T03:04:05+00:00"}""";

    private const string Status =
        """{"contract_version":1,"state":"failed","code":"source_unavailable","failure_code":"ENV0203","message":"The index wants credentials.","needed_input":[{"binding_id":"b1","requirement":"a","field":"index_url","reason":"r","accepts":"x"}],"bindings":[{"binding_id":"b1","env_id":"e","state":"needs_user_input","code":"c","message":"m","missing_requirements":["a"],"installed_requirements":["b"],"requirements":[{"name":"a","state":"not_applicable","version":"1","message":"m"}],"failed_requirements":["c"]}],"checked_at":"2024-01-02T03:04:05+00:00"}""";

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
        Assert.Equal("later", read.UnknownFields!["plan"].GetString());
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
        Assert.Equal("""{"contract_version":1,"model_id":"m","validation_errors":[],"bindings":[],"selected_binding_ids":[]}""", ContractJson.Write(read));
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
    public void Broken_json_names_its_line()
    {
        var failure = Must.Fail(ContractJson.ReadStatus("{\n\"contract_version\":1,\n\"state\":7,}"), ContractJson.Malformed);
        Assert.Equal(3, failure.Location!.Line);
    }

    /// <summary>Each malformed document, with all that is to be said of it.</summary>
    [Theory]
    [InlineData("""[]""", "the document must be an object, and is a list.")]
    [InlineData("""{"bindings":[{"requirements":[{"name":7}]}]}""", "/bindings/0/requirements/0/name must be a text, and is a number; /bindings/0/binding_id is missing; /contract_version is missing.")]
    [InlineData("""{"contract_version":1,"bindings":{}}""", "/bindings must be a list, and is an object.")]
    [InlineData("""{"contract_version":1,"bindings":[{"binding_id":" "}]}""", "/bindings/0/binding_id must not be empty.")]
    [InlineData("""{"contract_version":1,"bindings":[{"binding_id":"b"},{"binding_id":"b"}],"selected_binding_ids":["x"]}""", "/bindings/1/binding_id is 'b', which an earlier binding has already; /selected_binding_ids/0 is 'x', and the bindings are 'b'.")]
    [InlineData("""{"contract_version":1,"model_id":"a","model_id":"b"}""", "/model_id is given twice.")]
    [InlineData("""{"contract_version":1,"validation_state":"fine"}""", "/validation_state must be one of resolved, unknown_profile, invalid_profile, profile_conflict.")]
    [InlineData("""{"contract_version":1,"bindings":[{"binding_id":"b","profile_version":1.5}]}""", "/bindings/0/profile_version must be a whole number.")]
    [InlineData("""{"contract_version":1,"bindings":[{"binding_id":"b","requirements":[{"name":"-r x","exact_pin":"~1","markers":"os","python_requires":"3","hashes":["md5:1"]}]}]}""", "/bindings/0/requirements/0/name is '-r x', which is no name of a package; /bindings/0/requirements/0/exact_pin is '~1', which is no PEP 440 specifier, as in ==1.2 or >=1.2,<2; /bindings/0/requirements/0/markers is no PEP 508 marker: ")]
    [InlineData("""{"contract_version":1,"bindings":[{"binding_id":"b","requirements":[{"name":"x","extra_index_urls":null}]}]}""", "/bindings/0/requirements/0/extra_index_urls must be a list, and is null.")]
    public void Malformed_requirements_name_every_problem_by_its_pointer(string json, string message) =>
        Assert.StartsWith(message, Must.Fail(ContractJson.ReadRequirements(json), ContractJson.Malformed).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{}}""", "/fields must set at least one field.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{"indexurl":"x"}}""", "/fields/indexurl is not a field of the fields of an override patch; did you mean index_url?.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"all","fields":{"index_url":"x"}}""", "/scope must be one of binding, requirement.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"requirement","fields":{"index_url":"x"}}""", "/requirement_name is missing: the scope is a requirement.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","requirement_name":"r","fields":{"index_url":"x"}}""", "/requirement_name must be absent: the scope is the whole binding.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"requirement","requirement_name":"r","fields":{"python_executable":"/p"}}""", "/fields/python_executable can only be set for a whole binding: its packages share one interpreter.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{"index_url":"x"},"source":"robot"}""", "/source must be one of user.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{"index_url":"x"},"updated_at":"yesterday"}""", "/updated_at must be a time by RFC 3339, as in 2026-01-31T12:00:00Z.")]
    [InlineData("""{"contract_version":1,"binding_id":"b","scope":"binding","fields":{"extra_index_urls":"x"}}""", "/fields/extra_index_urls must be a list, and is a text.")]
    public void Malformed_patch_names_every_problem_by_its_pointer(string json, string message) =>
        Assert.Equal(message, Must.Fail(ContractJson.ReadOverridePatch(json), ContractJson.Malformed).Message);

    [Theory]
    [InlineData("""{"contract_version":1,"state":"ready"}""", "/environment_kind is missing; /requirements_fingerprint is missing; /platform_key is missing; /host is missing.")]
    [InlineData("""{"contract_version":1,"environment_kind":"python","state":"done","requirements_fingerprint":"f","platform_key":"p","host":"local"}""", "/state must be one of unresolved, needs_user_input, checking, missing, installing, ready, failed.")]
    public void Malformed_reference_names_every_problem_by_its_pointer(string json, string message) =>
        Assert.Equal(message, Must.Fail(ContractJson.ReadEnvironmentRef(json), ContractJson.Malformed).Message);
}
