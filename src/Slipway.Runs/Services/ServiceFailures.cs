using Slipway.Core.Failures;

namespace Slipway.Runs.Services;

/// <summary>The coded failures of services and forwards.</summary>
public static class ServiceFailures
{
    /// <summary>Something listens on the port already.</summary>
    public static readonly FailureCode PortTaken = new(
        "RUN0501", ExitCode.Busy, "The port is taken.", "Choose another port, or end what listens there; `slipway job list` shows services.");

    /// <summary>The service ended before it was ready.</summary>
    public static readonly FailureCode EndedEarly = new(
        "RUN0502", ExitCode.Unavailable, "The service ended before it was ready.", "Its last words are shown; `slipway job logs` has all of them.");

    /// <summary>The service was not ready in time.</summary>
    public static readonly FailureCode NotReady = new(
        "RUN0503", ExitCode.Unavailable, "The service was not ready in time, and was ended.", "Give it longer with --ready-timeout, or mend its probe.");

    /// <summary>A probe is not one.</summary>
    public static readonly FailureCode ProbeInvalid = new(
        "RUN0504", ExitCode.Usage, "The probe is not one.", "Use tcp, http:/path, or command:TEXT.");

    /// <summary>A port could not be forwarded.</summary>
    public static readonly FailureCode ForwardRefused = new(
        "RUN0505", ExitCode.Unavailable, "The port cannot be forwarded.", "Choose another local port, or look at what is named.");
}
