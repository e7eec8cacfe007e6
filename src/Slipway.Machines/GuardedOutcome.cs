using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines;

/// <summary>How a command under guards ended.</summary>
/// <param name="Guards">How the guards ended; the command ran only when they were completed.</param>
/// <param name="Process">The end of the command; null when it did not run.</param>
public sealed record GuardedOutcome(ProgramOutcome Guards, ProcessOutcome? Process);
