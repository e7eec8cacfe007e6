using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>The coded failures of training over Tinker.</summary>
public static class TinkerFailures
{
    /// <summary>No key.</summary>
    public static readonly FailureCode MissingKey = new(
        "TRA0301", ExitCode.Configuration, "Training over Tinker needs a key, and there is none.", "Set TINKER_API_KEY to the key of your account.");

    /// <summary>A key of another form.</summary>
    public static readonly FailureCode BadKey = new(
        "TRA0302", ExitCode.Configuration, "The key for Tinker has not the form of one.", "Set TINKER_API_KEY to the whole key: it begins with tml-, or with eyJ when it is a token.");

    /// <summary>A base address that cannot be used.</summary>
    public static readonly FailureCode BadAddress = new(
        "TRA0303", ExitCode.Configuration, "The address of Tinker cannot be used.", "Set TINKER_BASE_URL to an https address without user and password, or unset it; http is for this machine only.");

    /// <summary>A request that must not be sent.</summary>
    public static readonly FailureCode NotSendable = new(
        "TRA0304", ExitCode.BadData, "A request to Tinker holds something that the service cannot take, and was not sent.", "Correct the value that the message names.");

    /// <summary>401 and 403.</summary>
    public static readonly FailureCode KeyRefused = new(
        "TRA0305", ExitCode.Refused, "Tinker refuses the key.", "Check TINKER_API_KEY: it may be revoked, or its account may not do this.");

    /// <summary>402 outside of waiting for a result.</summary>
    public static readonly FailureCode Billing = new(
        "TRA0306", ExitCode.Refused, "Tinker takes no work because of the account's billing.", "Settle the account with the service, then resume from the last checkpoint.");

    /// <summary>404.</summary>
    public static readonly FailureCode NotThere = new(
        "TRA0307", ExitCode.NotFound, "Tinker does not know the model, checkpoint or session.", "Checkpoints that were saved for a time may be gone, and sessions end when nothing is heard of them: start anew from a checkpoint that is there.");

    /// <summary>400, 413, 422.</summary>
    public static readonly FailureCode Rejected = new(
        "TRA0308", ExitCode.BadData, "Tinker rejects a request.", "Correct what the service names; the same request again would be rejected again.");

    /// <summary>409 that stays.</summary>
    public static readonly FailureCode Conflict = new(
        "TRA0309", ExitCode.Unavailable, "Tinker has another request in this one's place.", "Another program may train the same model; resume from the last checkpoint as a new model.");

    /// <summary>The result came, and it is a failure that the request caused.</summary>
    public static readonly FailureCode FailedByRequest = new(
        "TRA0310", ExitCode.BadData, "Tinker could not do an operation because of what was asked.", "Correct what the service names; the same again would fail again.");

    /// <summary>The result came, and it is a failure of the service.</summary>
    public static readonly FailureCode FailedByService = new(
        "TRA0311", ExitCode.Unavailable, "Tinker failed in an operation.", "Resume from the last checkpoint later; tell the service if it stays.");

    /// <summary>The result came, and it is a failure that the service cannot explain.</summary>
    public static readonly FailureCode FailedUnexplained = new(
        "TRA0312", ExitCode.Unavailable, "An operation failed at Tinker, which does not say through whom.", "Look at what the service says; then resume from the last checkpoint.");

    /// <summary>Retries are used up.</summary>
    public static readonly FailureCode Unreachable = new(
        "TRA0313", ExitCode.Unavailable, "Tinker cannot be reached, or answers with errors of its own.", "Look at the network and at the service's state; then resume from the last checkpoint.");

    /// <summary>429 that stays.</summary>
    public static readonly FailureCode Limited = new(
        "TRA0314", ExitCode.Busy, "Tinker takes no more requests of this account for now.", "Try again later, or with less at once.");

    /// <summary>410 again and again.</summary>
    public static readonly FailureCode Expired = new(
        "TRA0315", ExitCode.Unavailable, "Tinker forgets a result before it can be fetched.", "Resume from the last checkpoint.");

    /// <summary>An earlier operation was not taken.</summary>
    public static readonly FailureCode EarlierLost = new(
        "TRA0316", ExitCode.Unavailable, "An earlier operation of the model was not taken, so what came after it was not sent.", "See the failure of the earlier operation; then resume from the last checkpoint as a new model.");

    /// <summary>Loading is not the first operation.</summary>
    public static readonly FailureCode NotFirst = new(
        "TRA0317", ExitCode.Usage, "A checkpoint can only be loaded as the first operation of a model.", "Start a new model and load before anything else.");

    /// <summary>No path of a checkpoint, or of the wrong kind.</summary>
    public static readonly FailureCode BadPath = new(
        "TRA0318", ExitCode.Usage, "That is no path of a checkpoint that can be used here.", "Give tinker://RUN/weights/NAME for training, and tinker://RUN/sampler_weights/NAME for sampling.");

    /// <summary>The service does not offer the model.</summary>
    public static readonly FailureCode UnknownModel = new(
        "TRA0319", ExitCode.Usage, "Tinker does not offer that model.", "Name one of the models that the message lists.");

    /// <summary>An answer that cannot be read.</summary>
    public static readonly FailureCode BadReply = new(
        "TRA0320", ExitCode.Unavailable, "Tinker answered something that is not as its interface says.", "The service may have changed: report the answer, and see docs/tinker.md for what this program speaks.");

    /// <summary>3xx.</summary>
    public static readonly FailureCode Redirected = new(
        "TRA0321", ExitCode.Configuration, "Tinker points to another address, and the key is not sent there.", "If the new address is right, set TINKER_BASE_URL to it.");
}
