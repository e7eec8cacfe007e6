using Slipway.Core.Failures;

namespace Slipway.Training.Adapters;

public static partial class AdapterFailures
{
    /// <summary>The worker's environment lacks a module.</summary>
    public static readonly FailureCode ModuleMissing = new(
        "TRA0101", ExitCode.Unavailable, "The environment of the training worker lacks a module.",
        "`slipway recipe run NAME --manifest local` builds an environment with torch; Debian's python3-torch has it too.");

    /// <summary>A loss or a gradient is no number.</summary>
    public static readonly FailureCode NotFinite = new(
        "TRA0102", ExitCode.BadData, "A loss or a gradient of training is no number.", "Lower the learning rate, and look at the data of the step; the weights are as before it.");

    /// <summary>The memory did not suffice.</summary>
    public static readonly FailureCode OutOfMemory = new(
        "TRA0103", ExitCode.Unavailable, "Training ran out of memory.", "Use smaller batches, shorter examples, gradient_checkpointing, a smaller model or another device.");

    /// <summary>A checkpoint is damaged.</summary>
    public static readonly FailureCode CheckpointDamaged = new(
        "TRA0104", ExitCode.BadData, "A file of a checkpoint is not what was written.", "Resume from the checkpoint before it.");

    /// <summary>A checkpoint is of another model.</summary>
    public static readonly FailureCode CheckpointMismatch = new(
        "TRA0105", ExitCode.BadData, "A checkpoint is of another model.", "Name the model and the adapter's settings with which the checkpoint was saved.");

    /// <summary>The worker is gone.</summary>
    public static readonly FailureCode WorkerLost = new(
        "TRA0106", ExitCode.Unavailable, "The training worker is gone, and what it had not saved with it.", "Resume the run: it goes on from the last checkpoint.");

    /// <summary>An earlier operation of the model failed.</summary>
    public static readonly FailureCode EarlierFailed = new(
        "TRA0107", ExitCode.BadData, "An operation was not done, because one before it failed.", "Look at the failure of the operation before.");

    /// <summary>There is no such model.</summary>
    public static readonly FailureCode UnknownModel = new(
        "TRA0108", ExitCode.NotFound, "A model is neither built in, nor a directory here, nor a repository of the hub.", "Name a built-in model, a directory with a model, or owner/name of the hub.");

    /// <summary>The files of a model cannot be used.</summary>
    public static readonly FailureCode ModelUnusable = new(
        "TRA0109", ExitCode.BadData, "The files of a model cannot be used.", "The directory needs config.json, *.safetensors and the tokenizer's files.");

    /// <summary>Two sides number tokens differently.</summary>
    public static readonly FailureCode TokenizerDiffers = new(
        "TRA0110", ExitCode.Unavailable, "The worker's tokenizer is not the one that is used here.", "Use the worker that came with this Slipway.");

    /// <summary>An operation was cancelled.</summary>
    public static readonly FailureCode Uncertain = new(
        "TRA0111", ExitCode.Unavailable, "An operation of the model was cancelled, and whether it counted is not known.", "Start the model anew from its last checkpoint.");

    /// <summary>A checkpoint cannot have that name.</summary>
    public static readonly FailureCode BadName = new(
        "TRA0112", ExitCode.Usage, "A checkpoint cannot have that name.", "Use letters, digits, dots, underscores and hyphens, and begin with a letter or a digit.");

    /// <summary>A model here takes only text.</summary>
    public static readonly FailureCode OnlyText = new(
        "TRA0113", ExitCode.BadData, "A model in a worker takes only text.", "Leave images out, or train with a service that takes them.");
}
