using Slipway.Core.Failures;

namespace Slipway.Training;

public static partial class TrainingFailures
{
    /// <summary>There is no such recipe.</summary>
    public static readonly FailureCode UnknownRecipe = new(
        "TRN0201", ExitCode.Usage, "There is no such recipe.", "`slipway recipe list` shows them; a file of your own is named by its path.");

    /// <summary>There is no such setting.</summary>
    public static readonly FailureCode UnknownConfigKey = new(
        "TRN0202", ExitCode.Usage, "A recipe has no such setting.", "`slipway recipe show NAME` lists the settings.");

    /// <summary>A setting has a value that it does not take.</summary>
    public static readonly FailureCode BadConfigValue = new(
        "TRN0203", ExitCode.Usage, "A setting of a recipe has a value that it does not take.", "`slipway recipe show NAME` says what each setting takes.");

    /// <summary>Settings that do not go together.</summary>
    public static readonly FailureCode SettingsClash = new(
        "TRN0204", ExitCode.Usage, "Settings of a recipe do not go together.", "The message names them, and what would do.");

    /// <summary>There is no such preset.</summary>
    public static readonly FailureCode UnknownPreset = new(
        "TRN0205", ExitCode.Usage, "A recipe has no such preset.", "`slipway recipe show NAME` lists the presets.");

    /// <summary>There is no such port manifest.</summary>
    public static readonly FailureCode UnknownManifest = new(
        "TRN0206", ExitCode.Usage, "There is no such port manifest.", "There are default, local, dev, prod and test; a file of your own is named by its path.");

    /// <summary>There is no such port.</summary>
    public static readonly FailureCode UnknownPort = new(
        "TRN0207", ExitCode.Usage, "There is no such port.", "A port is given as port=adapter.");

    /// <summary>An adapter cannot be used.</summary>
    public static readonly FailureCode InvalidAdapter = new(
        "TRN0208", ExitCode.Usage, "An adapter of a port cannot be used.", "The message says what it lacks; another manifest or --port chooses another adapter.");

    /// <summary>A recipe's file is malformed.</summary>
    public static readonly FailureCode BadRecipeFile = new(
        "TRN0209", ExitCode.BadData, "The file of a recipe cannot be used.", "The guide on training shows what such a file holds.");

    /// <summary>A loss or a gradient is not a number.</summary>
    public static readonly FailureCode NotFinite = new(
        "TRN0301", ExitCode.BadData, "A loss is not a finite number.", "Resume from the last checkpoint with a smaller learning rate, or with grad_clip_norm.");

    /// <summary>There is nothing to train on.</summary>
    public static readonly FailureCode NoData = new(
        "TRN0302", ExitCode.BadData, "A dataset leaves nothing to train on.", "Use fewer rows a batch, or longer sequences, or more data.");

    /// <summary>There is no checkpoint to go on from.</summary>
    public static readonly FailureCode NoCheckpoint = new(
        "TRN0303", ExitCode.NotFound, "A run has no checkpoint to go on from.", "Start it anew; save_every says how often checkpoints are made.");

    /// <summary>The record of a run does not fit.</summary>
    public static readonly FailureCode BadRecord = new(
        "TRN0304", ExitCode.BadData, "The record of a training run cannot be read.", "Start the run anew, in another directory.");

    /// <summary>Two models number their tokens differently.</summary>
    public static readonly FailureCode TokenizersDiffer = new(
        "TRN0305", ExitCode.Usage, "A teacher and a student number their tokens differently.", "Choose two models of one family.");

    /// <summary>What was sampled cannot be used.</summary>
    public static readonly FailureCode BadReward = new(
        "TRN0306", ExitCode.BadData, "A reward cannot be used.", "A reward is a finite number.");
}
