using Slipway.Core.Failures;

namespace Slipway.Projects;

/// <summary>The coded failures of reading what a project or script declares.</summary>
public static class ProjectFailures
{
    /// <summary>A named file does not exist or cannot be read.</summary>
    public static readonly FailureCode UnreadableFile = new(
        "PRJ0101", ExitCode.NotFound, "A file that was named cannot be read.", "Check the path.");

    /// <summary>Requirement files include each other in a circle.</summary>
    public static readonly FailureCode IncludeCycle = new(
        "PRJ0102", ExitCode.BadData, "Requirement files include each other in a circle.", "Remove one of the includes.");

    /// <summary>A file of declarations is not text.</summary>
    public static readonly FailureCode NotText = new(
        "PRJ0104", ExitCode.BadData, "A file of declarations is not UTF-8 text.", "Save the file as UTF-8.");

    /// <summary>A .python-version or .tool-versions file names no interpreter.</summary>
    public static readonly FailureCode MalformedPin = new(
        "PRJ0105", ExitCode.BadData, "A .python-version file names no Python.", "Write one version such as 3.12 on its first line, or `system`.");

    /// <summary>A file declares an unknown or malformed setting.</summary>
    public static readonly FailureCode UnknownSetting = new(
        "PRJ0103", ExitCode.BadData, "A file of settings has an unknown or malformed setting.", "`slipway config -h` says where the settings are described.");

    /// <summary>A variable holds a malformed setting.</summary>
    public static readonly FailureCode MalformedVariable = new(
        "PRJ0106", ExitCode.Configuration, "A SLIPWAY_* variable holds a malformed setting.", "Set the variable to 1 or 0, or unset it.");

    /// <summary>An extra or a group is asked for where no pyproject.toml declares any.</summary>
    public static readonly FailureCode NoProject = new(
        "PRJ0107", ExitCode.Usage, "An extra or a dependency group is asked for without a project.", "Run where a pyproject.toml is the nearest declaration, or name one with --requirements.");

    /// <summary>A pyproject.toml that was named declares nothing.</summary>
    public static readonly FailureCode DeclaresNothing = new(
        "PRJ0108", ExitCode.BadData, "A pyproject.toml declares nothing.", "Add a [project] or a [dependency-groups] table.");

    /// <summary>Only a lock may be used, and there is none.</summary>
    public static readonly FailureCode LockMissing = new(
        "PRJ0109", ExitCode.NotFound, "There is no lock.", "Write one with `slipway lock`, name one with --requirements, or run without --locked.");

    /// <summary>A lock does not answer what is needed.</summary>
    public static readonly FailureCode LockRefused = new(
        "PRJ0110", ExitCode.Refused, "A lock does not answer what is needed.", "Lock again: `slipway lock` does it for a project.");

    /// <summary>A text cannot name an environment.</summary>
    public static readonly FailureCode NameRefused = new(
        "PRJ0201", ExitCode.Usage, "A text cannot name an environment.", "Use letters, digits, '-' and '_', beginning with a letter or '_'.");

    /// <summary>No declared environment is meant.</summary>
    public static readonly FailureCode EnvironmentUnknown = new(
        "PRJ0202", ExitCode.NotFound, "No environment of the project is meant.", "`slipway env list` shows the environments of a project.");

    /// <summary>A prompt's format is malformed.</summary>
    public static readonly FailureCode PromptRefused = new(
        "PRJ0203", ExitCode.Configuration, "A prompt's format is malformed.", "Write plain text with {backend} and {env_name}, such as ({env_name}).");

    /// <summary>A backend cannot read what is declared.</summary>
    public static readonly FailureCode BackendUnfit = new(
        "PRJ0204",
        ExitCode.Configuration,
        "A backend cannot install what is declared.",
        "Use the backend that fits the files (micromamba for environment.yml, pip or uv for pyproject.toml and requirements.txt), or declare the packages for this one.");

    /// <summary>A verb that looks after a project finds none.</summary>
    public static readonly FailureCode NoProjectHere = new(
        "PRJ0205", ExitCode.NotFound, "There is no project here.", "`slipway init` makes one in the current directory.");

    /// <summary>A file of settings is written in a way that cannot be edited safely.</summary>
    public static readonly FailureCode NotEditable = new(
        "PRJ0206", ExitCode.BadData, "A file of settings cannot be edited safely.", "Make the change by hand: the file is as it was.");

    /// <summary>An environment of that name is declared already.</summary>
    public static readonly FailureCode EnvironmentExists = new(
        "PRJ0207", ExitCode.Usage, "An environment of that name is declared already.", "Choose another name, or edit its table.");

    /// <summary>The marks around Slipway's lines in a user's file are no pair.</summary>
    public static readonly FailureCode BlockDamaged = new(
        "PRJ0231",
        ExitCode.BadData,
        "The lines of Slipway in a file are damaged.",
        "Remove the marks and what is left between them: `slipway init` writes them anew. The file is as it was.");

    /// <summary>A link or a directory is where a file is to be written.</summary>
    public static readonly FailureCode NotPlainFile = new(
        "PRJ0232", ExitCode.Refused, "A link or a directory is where Slipway would write a file.", "Put a plain file there, or nothing.");

    /// <summary>A statement may not stand in a file that a shell runs.</summary>
    public static readonly FailureCode StatementRefused = new(
        "PRJ0233", ExitCode.Refused, "A statement may not stand in a file that a shell runs.", "The file is as it was; look at the project's prompt setting.");

    /// <summary>A file of settings cannot be added to without losing something.</summary>
    public static readonly FailureCode NotMergeable = new(
        "PRJ0234", ExitCode.BadData, "An editor's settings cannot be added to.", "Add the line by hand, or leave --vscode away.");

    /// <summary>The project lies in a folder that a service synchronises.</summary>
    public static readonly FailureCode SyncedFolder = new(
        "PRJ0235",
        ExitCode.Refused,
        "The project lies in a folder that a service synchronises.",
        "Such services copy, lock and replace files and links while they are used: move the project, or take --allow-synced-dir.");

    /// <summary>What init is asked for contradicts itself, or what the project says.</summary>
    public static readonly FailureCode Contradiction = new(
        "PRJ0236", ExitCode.Usage, "What `init` is asked for contradicts itself or the project.", "Leave one of the two away; nothing was written.");

    /// <summary>Something that is no link of Slipway is called .venv.</summary>
    public static readonly FailureCode VenvInTheWay = new(
        "PRJ0237", ExitCode.Refused, "Something that is no link of Slipway is called .venv.", "Move it away, for example with `mv .venv .venv.old`; Slipway removes nothing that it did not make.");

    /// <summary>There is nothing that could be installed editable.</summary>
    public static readonly FailureCode NothingEditable = new(
        "PRJ0270",
        ExitCode.Configuration,
        "There is no project that could be installed editable.",
        "Declare it in a pyproject.toml with [project]; a setup.py alone does not say what it needs without being run. Or write project = \"path\".");

    /// <summary>A backend cannot install a project editable.</summary>
    public static readonly FailureCode EditableUnfit = new(
        "PRJ0271",
        ExitCode.Configuration,
        "A backend cannot install the project editable.",
        "Use the backend pip or uv, or write project = \"path\", which puts the project's sources on PYTHONPATH.");

    /// <summary>A package that is to be upgraded is not in the lock.</summary>
    public static readonly FailureCode UpgradeUnknown = new(
        "PRJ0280", ExitCode.Usage, "A package that is to be upgraded is not in the lock.", "Check the name: `slipway env show` lists what an environment has. Nothing was written.");

    /// <summary>A lock that was made for another platform would be replaced.</summary>
    public static readonly FailureCode LockOfAnotherPlatform = new(
        "PRJ0281",
        ExitCode.Refused,
        "A lock that was made for another platform would be replaced.",
        "Lock on the platform that it is for; or give each platform an environment of its own (`slipway env create`), each has its own lock; "
        + "or replace it, if nobody needs it there, with `slipway lock --replace`, which keeps its versions, or --upgrade.");

    /// <summary>conda-lock is asked for where nothing is that it could lock.</summary>
    public static readonly FailureCode CondaLockUnfit = new(
        "PRJ0282", ExitCode.Usage, "conda-lock is asked for where it has nothing to lock.", "Leave --conda-lock away: `slipway lock` writes pylock.toml.");
}
