using Slipway.Core.Failures;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>Names a failure of micromamba from its own words, which stay in the detail.</summary>
internal static class MicromambaDiagnosis
{
    private const StringComparison Any = StringComparison.OrdinalIgnoreCase;
    private static readonly string[] Unsolvable = ["Could not solve", "nothing provides", "solver_problems", "does not exist (perhaps a typo", "No candidates were found"];
    private static readonly string[] Mismatch = ["sum doesn't match", "doesn't match expectation", "hash mismatch", "incorrect checksum"];
    private static readonly string[] Unlocked = ["is not installed", "was not locked", "the interpreter's prefix is", "the interpreter is Python"];
    private static readonly string[] FullDisk = ["No space left on device"];

    /// <summary>The failure by its better name.</summary>
    /// <param name="failure">The failure of the step.</param>
    /// <param name="words">All that was written.</param>
    public static Failure Name(Failure failure, string words) =>
        failure.Code == EnvironmentFailures.ActivationFailed ? Finishing(failure, words)
        : failure.Code != EnvironmentFailures.MicromambaFailed ? failure
        : Has(words, FullDisk) ? failure with { Message = "micromamba failed: no space is left on the device.", Hint = "Free some space; `slipway store gc` removes environments that nobody uses." }
        : Has(words, Mismatch) ? failure with { Code = EnvironmentFailures.HashMismatch, Message = "A conda package does not match its hash." }
        : Has(words, Unsolvable) ? failure with { Code = EnvironmentFailures.CondaUnsatisfiable, Message = "The conda dependencies cannot be satisfied together by the channels." }
        : failure;

    // The driver says each thing that is not as it was locked.
    private static Failure Finishing(Failure failure, string words) =>
        Has(words, Unlocked) ? failure with { Code = EnvironmentFailures.NotAsLocked } : failure;

    private static bool Has(string words, string[] signs) => signs.Any(sign => words.Contains(sign, Any));
}
