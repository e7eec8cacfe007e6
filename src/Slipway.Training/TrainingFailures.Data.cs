using Slipway.Core.Failures;

namespace Slipway.Training;

public static partial class TrainingFailures
{
    /// <summary>An example has not the form that its loss needs.</summary>
    public static readonly FailureCode BadDatum = new(
        "TRN0102", ExitCode.BadData, "An example has not the form that its loss needs.", "Correct the example; its inputs are named with their shapes.");

    /// <summary>A service answered something that does not fit what was asked.</summary>
    public static readonly FailureCode UnfitAnswer = new(
        "TRN0103", ExitCode.Unavailable, "A training service answered with numbers that do not fit the examples.", "Report it to whoever runs the service; nothing was learned from the answer.");

    /// <summary>A conversation cannot be rendered.</summary>
    public static readonly FailureCode BadConversation = new(
        "TRN0104", ExitCode.BadData, "A conversation has something that its renderer cannot write.", "Leave it out, or choose a renderer that can write it.");

    /// <summary>No renderer of that name, or for that model.</summary>
    public static readonly FailureCode UnknownRenderer = new(
        "TRN0105", ExitCode.Usage, "There is no such renderer, or none is known for the model.", "Name one of the renderers that the message lists.");

    /// <summary>A response holds the end of a message more than once.</summary>
    public static readonly FailureCode BadResponse = new(
        "TRN0106", ExitCode.BadData, "What a model drew ends more than once.", "Sample with the renderer's stop condition, which ends at the first.");

    /// <summary>A row of a dataset cannot be read.</summary>
    public static readonly FailureCode BadRow = new(
        "TRN0107", ExitCode.BadData, "A row of a dataset is not what it must be.", "Correct the line that the message names.");

    /// <summary>No dataset that comes with the program has the name.</summary>
    public static readonly FailureCode UnknownBuiltin = new(
        "TRN0108", ExitCode.Usage, "No dataset that comes with Slipway has that name.", "Name one of those that the message lists.");

    /// <summary>A setting of a schedule or of a loss has no sense.</summary>
    public static readonly FailureCode BadSetting = new(
        "TRN0109", ExitCode.Usage, "A setting of training has no sense.", "Give a value in the range that the message names.");

    /// <summary>A token that no vocabulary has.</summary>
    public static readonly FailureCode UnknownToken = new(
        "TRN0110", ExitCode.BadData, "A token is not in the vocabulary.", "Use the tokenizer of the model that the tokens are of.");

    /// <summary>No answer in a text.</summary>
    public static readonly FailureCode NoAnswer = new(
        "TRN0111", ExitCode.BadData, "A text holds no answer in the form that is asked for.", "It counts as wrong; in a dataset, leave the row out.");

    /// <summary>Two models that must share a tokenizer do not.</summary>
    public static readonly FailureCode UnlikeTokenizers = new(
        "TRN0112", ExitCode.Usage, "Two models that compare log-probabilities number their tokens differently.", "Choose a teacher or a reference with the tokenizer of the student.");
}
