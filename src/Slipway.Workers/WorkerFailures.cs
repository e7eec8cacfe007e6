using Slipway.Core.Failures;

namespace Slipway.Workers;

/// <summary>The coded failures of workers: 01 of the process and the connection, 02 of operations.</summary>
public static class WorkerFailures
{
    /// <summary>An environment is not ready.</summary>
    public static readonly FailureCode NotReady = new(
        "WRK0101", ExitCode.Unavailable, "The environment of a worker is not ready.", "Run the dependency environment first: its environment_ref is taken when its state is ready.");

    /// <summary>An environment reference does not name what is there.</summary>
    public static readonly FailureCode WrongEnvironment = new(
        "WRK0102", ExitCode.BadData, "An environment reference does not fit the machine on which a worker is to run.", "Run the dependency environment again, on that machine.");

    /// <summary>An environment is gone.</summary>
    public static readonly FailureCode EnvironmentGone = new(
        "WRK0103", ExitCode.Unavailable, "The environment of a worker is no longer in the store.", "Run the dependency environment again: it builds what was collected.");

    /// <summary>A worker did not come up.</summary>
    public static readonly FailureCode NotStarted = new(
        "WRK0104", ExitCode.Unavailable, "A worker did not come up.", "Read what it wrote; the interpreter of the environment must be Python 3.9 or newer.");

    /// <summary>A worker ended while it was needed.</summary>
    public static readonly FailureCode Died = new(
        "WRK0105", ExitCode.Unavailable, "A worker ended while it was needed.", "Read what it wrote last; signal 9 often means that the machine had no memory left.");

    /// <summary>A call took too long.</summary>
    public static readonly FailureCode TimedOut = new(
        "WRK0106", ExitCode.Unavailable, "A call of a worker took longer than its time limit.", "Give it more time, or less to do.");

    /// <summary>A worker sent what is no frame.</summary>
    public static readonly FailureCode Garbage = new(
        "WRK0107", ExitCode.Unavailable, "A worker sent what is no frame.", "Find what writes to descriptors that it did not open; prints and standard output never get there.");

    /// <summary>A worker speaks another version.</summary>
    public static readonly FailureCode VersionMismatch = new(
        "WRK0108", ExitCode.Unavailable, "A worker speaks another version of the protocol.", "Use the worker that came with this Slipway.");

    /// <summary>A frame would be too large.</summary>
    public static readonly FailureCode TooLarge = new(
        "WRK0109", ExitCode.BadData, "A call or an answer of a worker is too large.", "Send it in parts, or as a file.");

    /// <summary>A tensor or an argument cannot be sent.</summary>
    public static readonly FailureCode TensorInvalid = new(
        "WRK0110", ExitCode.BadData, "A tensor of a call cannot be sent.", "Give every tensor a name of its own.");

    /// <summary>A worker was closed.</summary>
    public static readonly FailureCode Closed = new(
        "WRK0111", ExitCode.Unavailable, "A worker was ended by its owner while a call was open.", "Start another worker.");

    /// <summary>An operation failed.</summary>
    public static readonly FailureCode OperationFailed = new(
        "WRK0201", ExitCode.BadData, "An operation of a worker failed.", "Read the end of its traceback.");

    /// <summary>The environment lacks a module.</summary>
    public static readonly FailureCode ModuleMissing = new(
        "WRK0202", ExitCode.BadData, "The environment of a worker lacks a module that an operation needs.", "Add the package that provides it to the requirements, and run the dependency environment again.");

    /// <summary>An argument of an operation is wrong.</summary>
    public static readonly FailureCode BadInput = new(
        "WRK0203", ExitCode.BadData, "An argument of an operation is wrong.", "Correct the argument that is named.");

    /// <summary>There is no such operation.</summary>
    public static readonly FailureCode UnknownOperation = new(
        "WRK0204", ExitCode.NotFound, "A worker has no operation of that name.", "Use one of those that are listed, or bring the module that registers it.");

    /// <summary>A model cannot be used.</summary>
    public static readonly FailureCode ModelUnusable = new(
        "WRK0205", ExitCode.BadData, "The files of a model cannot be used.", "Check the path and the kind of the model.");

    /// <summary>The memory did not suffice.</summary>
    public static readonly FailureCode OutOfMemory = new(
        "WRK0206", ExitCode.Unavailable, "An operation ran out of memory.", "Use a smaller model, less input, or another device.");

    /// <summary>A loss or a gradient is no number.</summary>
    public static readonly FailureCode NotFinite = new(
        "WRK0207", ExitCode.BadData, "A loss or a gradient is no number.", "Look at the data of the call, and lower the learning rate; the gathered gradients are as before the call.");

    /// <summary>A call of training came out of order.</summary>
    public static readonly FailureCode OutOfOrder = new(
        "WRK0208", ExitCode.BadData, "A call of training does not have the next number of its model.", "Send the calls of a model in order; repeat the last one only with its own number.");

    /// <summary>A checkpoint is damaged.</summary>
    public static readonly FailureCode CheckpointDamaged = new(
        "WRK0209", ExitCode.BadData, "A file of a checkpoint is not what was written.", "Use another checkpoint.");

    /// <summary>A checkpoint is of another model.</summary>
    public static readonly FailureCode CheckpointMismatch = new(
        "WRK0210", ExitCode.BadData, "A checkpoint is of another model.", "Make the model with the base and the adapter that the checkpoint was saved with.");

    /// <summary>The queue of a pool is full.</summary>
    public static readonly FailureCode PoolSaturated = new(
        "WRK0301", ExitCode.Unavailable, "As many calls wait for the workers of a pool as may.", "Call less at once, or give the pool more workers.");

    /// <summary>No worker of a pool came up.</summary>
    public static readonly FailureCode NoWorkerReady = new(
        "WRK0302", ExitCode.Unavailable, "No worker of a pool came up.", "Read what the first one wrote.");

    /// <summary>A pool takes no calls for a while.</summary>
    public static readonly FailureCode CircuitOpen = new(
        "WRK0303", ExitCode.Unavailable, "A pool takes no calls for a while, because the last ones all took their worker with them or ran out of time.", "Look at the failures before; it tries again by itself.");

    /// <summary>The worker of a session is gone.</summary>
    public static readonly FailureCode SessionLost = new(
        "WRK0304", ExitCode.Unavailable, "The worker that held a session is gone, and what it knew with it.", "End the session and begin another.");

    /// <summary>The worker of a session is busy.</summary>
    public static readonly FailureCode SessionBusy = new(
        "WRK0305", ExitCode.Unavailable, "The worker that holds a session is busy.", "Call again later, or let the session wait.");

    /// <summary>There are too many sessions.</summary>
    public static readonly FailureCode SessionsFull = new(
        "WRK0306", ExitCode.Unavailable, "A pool holds as many sessions as it may.", "End sessions that are over.");

    /// <summary>A pool was closed.</summary>
    public static readonly FailureCode PoolClosed = new(
        "WRK0307", ExitCode.Unavailable, "A pool was closed by its owner.", "Open another pool.");

    /// <summary>A pool cannot have that size.</summary>
    public static readonly FailureCode PoolSize = new(
        "WRK0308", ExitCode.BadData, "A pool cannot have so many workers.", "Ask for a size within the limits that are named.");

    /// <summary>No worker became free in time.</summary>
    public static readonly FailureCode QueueTimedOut = new(
        "WRK0309", ExitCode.Unavailable, "No worker of a pool became free within the time of a call.", "Give the call more time, or the pool more workers.");
}
