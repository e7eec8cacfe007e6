using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Machines.Programs;
using Slipway.Store.Slots;

namespace Slipway.Environments.Locks;

/// <summary>
/// What a request resolved to on this host, with the interpreter that was chosen for it. It never expires: it is dropped
/// when that interpreter's file is another one, or when a new resolution is asked for.
/// </summary>
public sealed record RequestMemo
{
    /// <summary>The schema that this code writes and reads.</summary>
    public const string CurrentSchema = "slipway.request-memo/1";

    /// <summary>The document's schema.</summary>
    public string Schema { get; init; } = CurrentSchema;

    /// <summary>The request in readable form.</summary>
    public required ImmutableArray<SlotInput> Request { get; init; }

    /// <summary>When it was resolved (UTC).</summary>
    public required DateTimeOffset ResolvedAt { get; init; }

    /// <summary>The chosen interpreter; null where the packages bring their own.</summary>
    public required Interpreter? Interpreter { get; init; }

    /// <summary>The stamp of the interpreter's file then; null without an interpreter.</summary>
    public required FileStamp? InterpreterStamp { get; init; }

    /// <summary>Kind, tool version and layout version of the provisioner: <c>pip/24.0/1</c>.</summary>
    public required string Provisioner { get; init; }

    /// <summary>The fingerprint of the packages that the interpreter had then; null when the environment does not see them.</summary>
    public string? SiteFingerprint { get; init; }

    /// <summary>Warnings of the resolution, shown again with every reuse.</summary>
    public ImmutableArray<string> Warnings { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The lock's text.</summary>
    public required string Lock { get; init; }
}

/// <summary>Keeps memos in the store of a host.</summary>
/// <param name="host">The host.</param>
public sealed class RequestMemos(BuildHost host)
{
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The memo of a request; null when there is none, or none that this version can read.</summary>
    public async Task<RequestMemo?> ReadAsync(Sha256Digest request, CancellationToken cancellationToken)
    {
        var read = await host.Machine.ReadFileAsync(host.Layout.Request(request), MaxBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out _))
        {
            return null;
        }

        if (Parse(bytes) is { } memo)
        {
            return memo;
        }

        // A memo only saves work. One that cannot be read would be taken for a resolution by who only sees that it exists.
        await DropAsync(request, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Forgets the memo of a request.</summary>
    public Task DropAsync(Sha256Digest request, CancellationToken cancellationToken) => host.Machine.ExecuteAsync(
        new MachineProgram("forget a resolution", [new Step.RemoveTree(host.Layout.Request(request))]), SilentObserver.Instance, cancellationToken);

    private static RequestMemo? Parse(byte[] bytes)
    {
        try
        {
            var memo = JsonSerializer.Deserialize(bytes, RequestMemoJson.Default.RequestMemo);
            return memo is { Schema: RequestMemo.CurrentSchema } ? memo : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the memo of a request.</summary>
    public Task<Result<Unit>> WriteAsync(Sha256Digest request, RequestMemo memo, CancellationToken cancellationToken) =>
        host.Machine.WriteFileAsync(
            host.Layout.Request(request),
            JsonSerializer.SerializeToUtf8Bytes(memo, RequestMemoJson.Default.RequestMemo),
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            cancellationToken);
}

/// <summary>Source-generated serialisation of memos.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, WriteIndented = true)]
[JsonSerializable(typeof(RequestMemo))]
internal sealed partial class RequestMemoJson : JsonSerializerContext;
