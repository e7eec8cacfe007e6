using Slipway.Core.Failures;

namespace Slipway.Training.Adapters;

public static partial class AdapterFailures
{
    /// <summary>A key is no key.</summary>
    public static readonly FailureCode BadKey = new(
        "TRA0401", ExitCode.Usage, "A key of a blob store is not well-formed, or leads out of the store.", "Use a relative path with /, without ., .. and empty parts.");

    /// <summary>There is no such blob.</summary>
    public static readonly FailureCode NoBlob = new(
        "TRA0402", ExitCode.NotFound, "There is nothing under that key.", "List the keys to see what there is.");

    /// <summary>A blob store cannot be read or written.</summary>
    public static readonly FailureCode BlobUnavailable = new(
        "TRA0403", ExitCode.Unavailable, "A blob store cannot be read or written.", "Look at what the store or the disk says.");

    /// <summary>A blob store refuses.</summary>
    public static readonly FailureCode BlobDenied = new(
        "TRA0404", ExitCode.Refused, "A blob store does not let you.", "Look at the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or a profile) and at what they may do.");

    /// <summary>The hub has no such thing.</summary>
    public static readonly FailureCode NotOnHub = new(
        "TRA0501", ExitCode.NotFound, "The hub has no such repository, revision or file.", "Look at the spelling of owner/name, of the revision and of the file.");

    /// <summary>The hub refuses.</summary>
    public static readonly FailureCode HubDenied = new(
        "TRA0502", ExitCode.Refused, "The hub does not give a repository to you.", "Set HF_TOKEN to a token that may read it; a gated repository wants its terms accepted on its page first.");

    /// <summary>A download is not what the hub says it is.</summary>
    public static readonly FailureCode HubDigest = new(
        "TRA0503", ExitCode.BadData, "A file came from the hub with another size or digest than the hub tells.", "Try again; if it stays so, something between here and the hub changes files.");

    /// <summary>The hub's cache cannot be used.</summary>
    public static readonly FailureCode HubCache = new(
        "TRA0504", ExitCode.Unavailable, "The hub's cache directory cannot be used.", "Look at the disk and at who owns the directory, or set HF_HOME to another one.");

    /// <summary>The language model's service refuses.</summary>
    public static readonly FailureCode LlmDenied = new(
        "TRA0601", ExitCode.Refused, "The service of a language model does not take the key.", "Set the variable that the message names to a key that is valid.");

    /// <summary>The language model's service did not take a request.</summary>
    public static readonly FailureCode LlmRefused = new(
        "TRA0602", ExitCode.BadData, "The service of a language model did not take a request.", "Look at what it says: mostly the model's name, or a conversation that is too long.");
}
