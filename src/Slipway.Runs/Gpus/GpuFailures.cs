using Slipway.Core.Failures;

namespace Slipway.Runs.Gpus;

/// <summary>The coded failures of GPUs.</summary>
public static class GpuFailures
{
    /// <summary>The host has no GPU that can be seen.</summary>
    public static readonly FailureCode None = new(
        "RUN0601", ExitCode.Unavailable, "A host has no NVIDIA GPU.", "Choose another host; `slipway host gpus` shows what each has.");

    /// <summary>The driver's tool fails.</summary>
    public static readonly FailureCode Unreadable = new(
        "RUN0602", ExitCode.Unavailable, "The GPUs of a host cannot be asked.", "Run `nvidia-smi` there by hand: the driver may be broken or may have been upgraded without a reboot.");

    /// <summary>A GPU that was asked for is not there.</summary>
    public static readonly FailureCode Unknown = new(
        "RUN0603", ExitCode.NotFound, "A GPU that was asked for is not there.", "`slipway host gpus` shows what each host has.");

    /// <summary>GPUs that were asked for are in use.</summary>
    public static readonly FailureCode Busy = new(
        "RUN0604", ExitCode.Busy, "GPUs that were asked for are in use.", "Wait for them, ask for others, or choose another host.");

    /// <summary>What was asked for cannot be read.</summary>
    public static readonly FailureCode SelectionInvalid = new(
        "RUN0605", ExitCode.Usage, "The GPUs to use cannot be read.", "Write a number for any free ones (2), or which ones: =0, 0,1, 0:2 for a part of a divided one, or their ids.");
}
