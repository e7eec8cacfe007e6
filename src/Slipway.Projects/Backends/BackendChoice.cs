using Slipway.Projects.Configuration;

namespace Slipway.Projects.Backends;

/// <summary>Why a backend was chosen.</summary>
public enum BackendReason
{
    /// <summary>An option, a variable or a file of settings names it.</summary>
    Configured,

    /// <summary>A conda file declares what is needed.</summary>
    CondaFile,

    /// <summary>Files of uv lie beside the declaration, and uv is there.</summary>
    UvFile,

    /// <summary>A Python file declares what is needed.</summary>
    PythonFile,

    /// <summary>Nothing declares anything.</summary>
    Default,
}

/// <summary>Which provisioner builds a project's environment, and why.</summary>
/// <param name="Kind">The provisioner.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Sentence">Why, for people.</param>
public sealed record BackendChoice(string Kind, BackendReason Reason, string Sentence)
{
    /// <summary>The two files that speak for different backends, where nothing else decides; null when the choice is plain.</summary>
    public (string Conda, string Python)? Contested { get; init; }

    /// <summary>What people should know about it: a contested choice, or a tool that files ask for and that is not there; null for nothing.</summary>
    public string? Warning { get; init; }
}

/// <summary>The files that speak for a backend.</summary>
/// <param name="Conda">The conda file; null for none.</param>
/// <param name="Python">The file of Python requirements; null for none.</param>
/// <param name="Uv">What speaks for uv beside it, for people: <c>/p/uv.lock</c>; null for nothing.</param>
public sealed record BackendSigns(string? Conda, string? Python, string? Uv);

/// <summary>
/// The one detector of backends: what is configured, else what the declaring files are, else pip. A tool that happens to be installed
/// chooses nothing by itself, and a conda file never falls back to pip without a word.
/// </summary>
public static class BackendDetector
{
    /// <summary>The backend of Python files, and of nothing.</summary>
    public const string Pip = "pip";

    /// <summary>The backend that is used where uv's files ask for it.</summary>
    public const string Uv = "uv";

    /// <summary>The backend of conda files.</summary>
    public const string Micromamba = "micromamba";

    /// <summary>The backend that takes an interpreter with its packages as it stands; never chosen, only asked for.</summary>
    public const string Installed = "system";

    /// <summary>Chooses.</summary>
    /// <param name="configured">The setting; null when nobody names a backend.</param>
    /// <param name="signs">The files that were found.</param>
    /// <param name="hasUv">Whether uv is on the host; asked only when its files are there.</param>
    public static BackendChoice Choose(Setting? configured, BackendSigns signs, Func<bool> hasUv)
    {
        ArgumentNullException.ThrowIfNull(signs);
        ArgumentNullException.ThrowIfNull(hasUv);
        if (configured is not null)
        {
            return new BackendChoice(configured.Texts[0], BackendReason.Configured, $"{configured.Origin} says so");
        }

        if (signs is { Conda: { } conda, Python: { } python })
        {
            return new BackendChoice(Micromamba, BackendReason.CondaFile, $"{conda} is a conda file, and those come first")
            {
                Contested = (conda, python),
                Warning = $"{conda} and {python} both declare what is needed; the conda file counts. Write backend = \"{Micromamba}\" or backend = \"{Pip}\" in slipway.toml to settle it.",
            };
        }

        return signs switch
        {
            { Conda: { } file } => new BackendChoice(Micromamba, BackendReason.CondaFile, $"{file} is a conda file"),
            { Python: null } => new BackendChoice(Pip, BackendReason.Default, "nothing declares another one"),
            { Uv: { } sign } when hasUv() => new BackendChoice(Uv, BackendReason.UvFile, $"{sign} is uv's"),
            { Uv: { } sign, Python: { } file } => new BackendChoice(Pip, BackendReason.PythonFile, $"{file} is a file of Python requirements")
            {
                Warning = $"{sign} is uv's, but there is no uv here: pip is used. `slipway host bootstrap uv` installs it.",
            },
            { Python: { } file } => new BackendChoice(Pip, BackendReason.PythonFile, $"{file} is a file of Python requirements"),
        };
    }
}
