using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Runs a Python script in the environment that its own metadata (PEP 723) declares: one environment for each script.</summary>
/// <param name="services">What nodes are made with.</param>
internal sealed class PythonScriptNode(NodeServices services) : INodeBehaviour
{
    /// <summary>The variable with the path at which a script leaves its outputs.</summary>
    public const string OutputsVariable = "SLIPWAY_OUTPUTS";

    /// <summary>The variable with the value of the port <c>secret</c>.</summary>
    public const string SecretVariable = "SLIPWAY_SECRET";

    private const long LargestScript = 16 * 1024 * 1024;
    private static readonly ImmutableArray<string> OwnPorts = ["script", "secrets", "secret"];

    private readonly LocalScripts _scripts = new(services);
    private readonly ConditionalWeakTable<WorkflowEngine, Seen> _seen = [];

    /// <summary>The type.</summary>
    public static NodeType Type(NodeServices services) => new("python-script", "Processing", "Runs a Python script in the environment that its own metadata declares.")
    {
        RunsCode = true,
        Inputs =
        [
            // A file would be its content alone, and the script is run where it lies.
            PortSpec.Required("script", PortType.Text, "the script, relative to the workflow's file") with { NamesCode = true },
            PortSpec.Optional("secrets", PortType.Json, "a list of names of environment variables that the script needs; outputs are then not taken from before"),
            PortSpec.Optional("secret", PortType.Secret, "given to the script as $SLIPWAY_SECRET"),
        ],
        FurtherInputs = PortType.Any,
        FurtherOutputs = PortType.Any,
        Behaviour = new PythonScriptNode(services),
    };

    public async ValueTask<Result<string>> FingerprintAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var seen = _seen.GetOrCreateValue(call.Place.Engine!);
        var looked = Look(call, seen);
        if (!looked.TryGet(out var look, out var failure))
        {
            return failure;
        }

        // One environment for all nodes of a run that have the same script.
        var identity = seen.Environments.GetOrAdd($"{look.Digest} {look.Script.Path}", _ => IdentityAsync(look.Script, call, cancellationToken));
        if (!(await identity.ConfigureAwait(false)).TryGet(out var environment, out failure))
        {
            return failure;
        }

        // What a variable holds is in no key, so that nothing can be told from one; and what is too much to be read is never known to be the same.
        var once = call.Find("secrets") is null && look.Modules is not null ? string.Empty : $" {Guid.NewGuid():N}";
        return $"{environment} {look.Digest} {look.Modules}{once}";
    }

    private Result<Looked> Look(NodeCall call, Seen seen)
    {
        var calm = call.Place.Engine!.Work.Calm;
        var named = $"{call.Place.WorkflowFolder}\0{call["script"].AsText()}";
        if (calm is { } now && seen.Scripts.TryGetValue(named, out var before) && before.Calm == now)
        {
            return before;
        }

        if (!Find(call).TryGet(out var script, out var failure) || !LocalFiles.Read(script.Path, LargestScript).TryGet(out var bytes, out failure))
        {
            return failure;
        }

        var modules = ScriptModules.Of(script.Path, [Path.GetDirectoryName(script.Path)!, .. script.Declaration.ProjectPath is { } project ? [project] : Array.Empty<string>()]);
        var look = new Looked(calm, script, Sha256Digest.Of(bytes).Hex, modules?.Hex);
        if (calm is not null)
        {
            seen.Scripts[named] = look;
        }

        return look;
    }

    private async Task<Result<string>> IdentityAsync(LocalScript script, NodeCall call, CancellationToken cancellationToken)
    {
        var resolved = await _scripts.ResolveAsync(script, new NodeProgress(call), cancellationToken).ConfigureAwait(false);
        return resolved.Map(static plan => plan.Reference.EnvironmentKey ?? plan.Reference.RequirementsFingerprint);
    }

    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        if (!Find(call).TryGet(out var script, out var failure) || !Secrets(call).TryGet(out var variables, out failure))
        {
            return failure;
        }

        var work = Directory.CreateTempSubdirectory("slipway-script-").FullName;
        try
        {
            var outputs = new ScriptOutputs(call, $"{work}/outputs.json", Directory.CreateDirectory($"{work}/files").FullName);
            var said = new ScriptOutput(call, kept: 0);
            script = script with { Input = Given(call, outputs.Folder), Variables = variables.SetItem(OutputsVariable, outputs.Document) };
            var ran = await _scripts.RunAsync(script, new NodeProgress(call), said, cancellationToken).ConfigureAwait(false);
            said.End();
            if (!ran.TryGet(out var ended, out failure))
            {
                return failure;
            }

            if (!ended.Succeeded)
            {
                return new Failure(NodeFailures.ScriptFailed, $"{call["script"].AsText()} ended with {ended.Describe()}.") { Detail = said.ErrorText };
            }

            var read = await outputs.ReadAsync(cancellationToken).ConfigureAwait(false);
            return read.TryGet(out var values, out failure) ? NodeOutcome.Of(values) : failure with { Detail = failure.Detail ?? said.ErrorText };
        }
        finally
        {
            _ = LocalFiles.RemoveTree(work);
        }
    }

    private Result<LocalScript> Find(NodeCall call) =>
        LocalScripts.PathOf(call, "script").Then(path => _scripts.Discover(path, call.Place.WorkflowFolder, new RequestSettings()));

    private Result<ImmutableSortedDictionary<string, string>> Secrets(NodeCall call)
    {
        if (!LocalScripts.Texts(call, "secrets").TryGet(out var names, out var failure))
        {
            return failure;
        }

        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (services.Variable(name) is not { Length: > 0 } value)
            {
                return new Failure(NodeFailures.MissingSecret, $"{call.Node.Id} needs the environment variable {Shown.Quote(name)}, which is not set.");
            }

            variables[name] = value;
        }

        if (call.Find("secret") is { } secret)
        {
            variables[SecretVariable] = secret.AsText();
        }

        return variables.ToImmutable();
    }

    private static byte[] Given(NodeCall call, string folder)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes);
        var given = call.Inputs.Where(static input => !OwnPorts.Contains(input.Key, StringComparer.Ordinal)).ToList();
        writer.WriteStartObject();
        writer.WriteStartObject("inputs");
        foreach (var (port, value) in given.Where(static input => input.Value.Blob is null))
        {
            writer.WritePropertyName(port);
            value.Json.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("files");
        foreach (var (port, value) in given.Where(static input => input.Value.Blob is not null))
        {
            writer.WriteString(port, call.Place.Blobs.PathOf(value.Blob!.Digest));
        }

        writer.WriteEndObject();
        writer.WriteString("folder", folder);
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>What was seen of scripts in the runs of an engine.</summary>
    private sealed class Seen
    {
        public ConcurrentDictionary<string, Task<Result<string>>> Environments { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, Looked> Scripts { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>A script as it was at a time.</summary>
    /// <param name="Calm">The time; null when it may have changed since.</param>
    /// <param name="Script">The script.</param>
    /// <param name="Digest">Of its bytes.</param>
    /// <param name="Modules">Of what it can import; null when that is too much to be read.</param>
    private sealed record Looked(int? Calm, LocalScript Script, string Digest, string? Modules);
}
