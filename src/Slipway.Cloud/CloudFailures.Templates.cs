using Slipway.Core.Failures;

namespace Slipway.Cloud;

/// <content>04: templates, and the package that runs on the rented machine.</content>
public static partial class CloudFailures
{
    /// <summary>There is no such template (UNKNOWN_WORKFLOW).</summary>
    public static readonly FailureCode UnknownTemplate = new(
        "CLD0401", ExitCode.Usage, "There is no template of that name.", "Take one that is listed, or name the file of your own with a path such as ./my.toml.");

    /// <summary>A parameter of a template is not what it takes (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode TemplateParameter = new(
        "CLD0402", ExitCode.Usage, "A parameter of a template is not what it takes.", "Correct the parameter that is named.");

    /// <summary>The rows of a dataset lack a column (DATASET_COLUMN_MISSING).</summary>
    public static readonly FailureCode DatasetColumnMissing = new(
        "CLD0403", ExitCode.BadData, "The rows of a dataset have no such column, or something else in it.", "Name a column that is listed; nothing has been rented.");

    /// <summary>The size of a model cannot be told (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode ModelShapeUnknown = new(
        "CLD0404", ExitCode.Usage, "The size of a model cannot be told from its config.json.", "Give the number of its parameters as `parameters`; it is never guessed from a name.");

    /// <summary>What a run takes along cannot be put together (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode PackageUnusable = new(
        "CLD0405", ExitCode.BadData, "What a run takes along cannot be put together.", "Mend the file or folder that is named.");

    /// <summary>The file of a user's own template is wrong (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode TemplateFile = new(
        "CLD0406", ExitCode.BadData, "The file of a template is wrong.", "Correct the line that is named; examples/templates has one that works.");
}
