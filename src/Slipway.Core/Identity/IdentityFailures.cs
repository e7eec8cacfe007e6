using Slipway.Core.Failures;

namespace Slipway.Core.Identity;

/// <summary>Failures of reading identities.</summary>
public static class IdentityFailures
{
    /// <summary>A text that should be a digest is none.</summary>
    public static readonly FailureCode MalformedDigest = new(
        "COR0901", ExitCode.BadData, "A digest is malformed.", "Give 64 hexadecimal digits.");

    /// <summary>A text that should name a slot does not.</summary>
    public static readonly FailureCode MalformedSlot = new(
        "COR0902", ExitCode.BadData, "An environment's slot name is malformed.", "Use a name that `slipway store list` prints.");
}
