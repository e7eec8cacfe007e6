using Slipway.Core.Failures;

namespace Slipway.Training.Adapters;

/// <summary>
/// The coded failures of adapters: 00 of settings and connections, 01 of training in a worker, 02 of datasets and users' own code, 04 of blobs, 05 of hubs,
/// 06 of language models, 07 of runs.
/// </summary>
public static partial class AdapterFailures
{
    /// <summary>A setting is missing or has no sense.</summary>
    public static readonly FailureCode BadSetting = new(
        "TRA0001", ExitCode.Configuration, "A setting of an adapter is missing or has no sense.", "Give the setting that the message names, in the manifest or in the environment.");

    /// <summary>A service cannot be reached.</summary>
    public static readonly FailureCode Unreachable = new(
        "TRA0002", ExitCode.Unavailable, "A service cannot be reached, or does not answer as it should.", "Look whether the address is right and the service is up, then try again.");

    internal static Failure Missing(string adapter, string setting) => new(BadSetting, $"The adapter {adapter} needs the setting {setting}.");

    internal static Failure Wrong(string adapter, string problem) => new(BadSetting, $"The adapter {adapter}: {problem}");
}
