using Slipway.Training.Ports;

namespace Slipway.Training.Loops;

/// <summary>All that a run needs beside what it is to do.</summary>
/// <param name="Ports">The ports.</param>
/// <param name="Code">Python beside training.</param>
/// <param name="Record">Where it writes.</param>
/// <param name="Time">The clock.</param>
public sealed record TrainingWorld(PortSet Ports, IUserCode Code, ITrainingRecord Record, TimeProvider Time);
