using Slipway.Core.Failures;

namespace Slipway.Training;

/// <summary>The coded failures of training: 01 of data, renderers and tokenizers, 02 of recipes and their configuration, 03 of runs.</summary>
public static partial class TrainingFailures
{
    /// <summary>A text has no such special token.</summary>
    public static readonly FailureCode UnknownSpecial = new(
        "TRN0101", ExitCode.Usage, "A renderer needs a special token that the tokenizer of the model does not have.", "Choose the renderer that fits the model; role_colon needs no special token.");
}
