using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Store.Slots;

namespace Slipway.Environments.Sites;

/// <summary>What a published environment's record says about the packages outside of it that it sees.</summary>
/// <param name="Fingerprint">Their fingerprint when it was made.</param>
/// <param name="Executable">Whose packages they are: a base, or a virtual environment that is used as it stands.</param>
internal sealed record RecordedSite(string Fingerprint, string Executable)
{
    /// <summary>Reads a record; null when the environment sees no such packages.</summary>
    public static RecordedSite? Of(StoredEnvironment environment) => Find(environment.Meta.Inputs, "site_fingerprint") is { } fingerprint
        ? new RecordedSite(fingerprint, Find(environment.Meta.Inputs, "executable") ?? string.Empty)
        : null;

    /// <summary>The interpreter as it is now.</summary>
    public async Task<Result<Interpreter>> FindAsync(InterpreterFinder interpreters, CancellationToken cancellationToken) =>
        InterpreterRequest.Parse(Executable, "/", "the record").TryGet(out var wish, out var failure)
            ? await interpreters.FindRecordedAsync(wish, cancellationToken).ConfigureAwait(false)
            : failure;

    private static string? Find(ImmutableArray<SlotInput> inputs, string name) => inputs.FirstOrDefault(input => string.Equals(input.Name, name, StringComparison.Ordinal))?.Value;
}
