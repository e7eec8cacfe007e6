using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>The shapes of the four dependency contracts, version 1. Append-only.</summary>
internal static class ContractShapes
{
    /// <summary>The field that names a document's version.</summary>
    public const string Version = "contract_version";

    /// <summary>What is read in its place.</summary>
    public const string VersionAlias = "dependency_contract_version";

    private static readonly Shape.Text Text = new();
    private static readonly Shape.Text Filled = new(IsFilled: true);
    private static readonly Shape.List Texts = new(Filled);
    private static readonly Shape.Choice States = new(["unresolved", "needs_user_input", "checking", "missing", "installing", "ready", "failed"]);
    private static readonly Shape.Choice ValidationStates = new(["resolved", "unknown_profile", "invalid_profile", "profile_conflict"]);

    private static readonly ShapeField VersionField = Needed(Version, new Shape.Whole(EnvironmentRef.CurrentContractVersion), "The contract's version.");

    private static readonly Shape.List ValidationErrors = new(new Shape.Fields("a validation error", IsOpen: true,
    [
        Needed("code", Filled, "The asking side's code."),
        Needed("scope", new Shape.Choice(["top_level", "binding"]), "What the error is about."),
        Maybe("binding_id", Text, "The binding concerned."),
        Maybe("field", Text, "The field concerned."),
        Needed("message", Text, "One sentence for people."),
    ]));

    private static readonly Shape.Fields Requirement = new("a requirement", IsOpen: true,
    [
        Free("kind", Filled, "python_package, which is the default; any other kind is refused when it is selected."),
        Needed("name", Filled, "The package's name."),
        Maybe("exact_pin", Text, "Any PEP 440 specifier; a bare version means exactly that one."),
        Maybe("index_url", Text, "The only index for this package: an http or https URL, or a file URL of a directory."),
        Free("extra_index_urls", Texts, "Further indexes for this package, in order."),
        Maybe("markers", Text, "A PEP 508 marker, evaluated for the target."),
        Maybe("python_requires", Text, "A PEP 440 range of Python versions."),
        Free("platform_constraints", Texts, "Platforms that the requirement is for; empty means all."),
        Free("hashes", Texts, "Accepted artifact hashes, sha256:…"),
        Maybe("source", Text, "A direct URL in place of an index."),
        Maybe("wheel_source_path", Text, "A wheel, or a directory of wheels, that is asked before any index: an absolute path on the machine that installs."),
    ]);

    private static readonly Shape.Fields Binding = new("a binding", IsOpen: true,
    [
        Needed("binding_id", Filled, "The binding's identity within its requirements."),
        Maybe("profile_id", Text, "The profile that the requirements come from."),
        Maybe("profile_version", new Shape.Whole(), "The profile's version."),
        Maybe("profile_hash", Text, "The digest of the profile's content, in the asking side's own form."),
        Maybe("backend_key", Text, "The inference backend; that of the document when absent."),
        Maybe("platform_selector", Text, "The platform that the binding is for; any when absent."),
        Maybe("environment_kind", Text, "python-venv, python, or a kind that is refused."),
        Maybe("env_id", Text, "The asking side's own name for the environment; opaque here."),
        Maybe("python_executable_override", Text, "Absolute path of the interpreter to build with."),
        Maybe("validation_state", ValidationStates, "What the asking side's own validation came to."),
        Free("validation_errors", ValidationErrors, "What the asking side found wrong."),
        Free("requirements", new Shape.List(Requirement), "The requirements."),
    ]);

    /// <summary>What a model or node says that it needs.</summary>
    public static Shape.Fields Requirements { get; } = new("dependency requirements", IsOpen: true,
    [
        VersionField,
        Maybe("model_id", Text, "The model concerned."),
        Maybe("platform_key", Text, "The platform that the requirements were made for, for example linux-x86_64."),
        Maybe("backend_key", Text, "The inference backend."),
        Maybe("validation_state", ValidationStates, "What the asking side's own validation came to."),
        Free("validation_errors", ValidationErrors, "What the asking side found wrong."),
        Free("bindings", new Shape.List(Binding), "The groups of requirements that can be selected."),
        Free("selected_binding_ids", Texts, "The selected bindings; empty means all."),
    ]);

    /// <summary>A person's correction.</summary>
    public static Shape.Fields OverridePatch { get; } = new("an override patch", IsOpen: false,
    [
        VersionField,
        Needed("binding_id", Filled, "The binding concerned."),
        Needed("scope", new Shape.Choice(["binding", "requirement"]), "What the patch applies to."),
        Maybe("requirement_name", Text, "The requirement, when the scope is one."),
        Needed("fields", new Shape.Fields("the fields of an override patch", IsOpen: false,
        [
            Maybe("python_executable", Filled, "Absolute path of an interpreter; in the scope binding only."),
            Maybe("index_url", Filled, "The only index: an http or https URL, or a file URL of a directory."),
            Maybe("extra_index_urls", Texts, "Further indexes, in order."),
            Maybe("wheel_source_path", Filled, "Absolute path of a wheel, or of a directory of wheels."),
            Maybe("package_source_override", Filled, "A direct http, https or file URL for the requirement."),
        ]), "The corrected values; at least one."),
        Maybe("source", new Shape.Choice(["user"]), "Who made the patch."),
        Maybe("updated_at", new Shape.Instant(), "When it was made (RFC 3339)."),
    ]);

    /// <summary>Names one environment.</summary>
    public static Shape.Fields Reference { get; } = new("an environment reference", IsOpen: true,
    [
        VersionField,
        Maybe("environment_key", Text, "The environment key, 64 hexadecimal digits."),
        Needed("environment_kind", Filled, "python-venv, or python for an interpreter used as it stands."),
        Maybe("env_id", Text, "The asking side's own name for the environment."),
        Maybe("python_executable", Text, "Absolute path of the interpreter on the host."),
        Needed("state", States, "The state."),
        Needed("requirements_fingerprint", Filled, "Digest of effective requirements, overrides and platform."),
        Needed("platform_key", Filled, "For example linux-x86_64."),
        Maybe("backend_key", Text, "The inference backend that asked."),
        Maybe("manifest_path", Text, "Absolute path of meta.json on the host."),
        Needed("host", Filled, "The host that holds the environment; local for this machine."),
        Maybe("slot", Text, "The environment's slot on that host."),
        Maybe("lock_digest", Text, "The lock digest, equal on every host."),
        Free("mutable", new Shape.Flag(), "Whether the environment's packages can change under its name."),
    ]);

    /// <summary>How far an environment has come.</summary>
    public static Shape.Fields Status { get; } = new("a status", IsOpen: true,
    [
        VersionField,
        Needed("state", States, "The state."),
        Maybe("code", Text, $"Why: one of {string.Join(", ", DependencyCodes.All.Select(code => code.Code))}."),
        Maybe("failure_code", Text, "The code of the failure behind it, for example ENV0203."),
        Maybe("message", Text, "One sentence for people, with the provisioner's own error text."),
        Free("needed_input", new Shape.List(new Shape.Fields("a needed input", IsOpen: true,
        [
            Needed("binding_id", Filled, "The binding concerned."),
            Maybe("requirement", Text, "The requirement concerned; the whole binding when absent."),
            Needed("field", Filled, "The field of an override patch that would answer."),
            Needed("reason", Text, "Why it is needed."),
            Needed("accepts", Text, "What would be accepted."),
        ])), "What a person has to name."),
        Free("bindings", new Shape.List(BindingStatus()), "The state of each selected binding."),
        Maybe("checked_at", new Shape.Instant(), "When the state was determined (RFC 3339)."),
    ]);

    private static Shape.Fields BindingStatus() => new("the status of a binding", IsOpen: true,
    [
        Needed("binding_id", Filled, "The binding."),
        Maybe("env_id", Text, "The asking side's own name for the environment."),
        Needed("state", States, "The state."),
        Maybe("code", Text, "Why."),
        Maybe("message", Text, "One sentence for people."),
        Free("missing_requirements", Texts, "Requirements that are not installed."),
        Free("installed_requirements", Texts, "Requirements that are installed and were checked by executing."),
        Free("requirements", new Shape.List(new Shape.Fields("the status of a requirement", IsOpen: true,
        [
            Needed("name", Filled, "The requirement's name as it was declared."),
            Needed("state", new Shape.Choice(["unresolved", "not_applicable", "needs_user_input", "missing", "installed", "failed"]), "The state."),
            Maybe("version", Text, "The version that was resolved or is installed."),
            Maybe("message", Text, "One sentence for people."),
        ])), "The state of each requirement."),
        Free("failed_requirements", Texts, "Requirements whose installation failed."),
    ]);

    private static ShapeField Needed(string name, Shape shape, string meaning) => new(name, shape, meaning) { IsRequired = true };

    private static ShapeField Maybe(string name, Shape shape, string meaning) => new(name, shape, meaning) { IsNullable = true };

    private static ShapeField Free(string name, Shape shape, string meaning) => new(name, shape, meaning);
}
