using Slipway.Core.Failures;

namespace Slipway.Core;

/// <summary>The failures of the pure standards: versions, requirements, TOML, script metadata and locks.</summary>
public static class CoreFailures
{
    /// <summary>A text is not a PEP 440 version.</summary>
    public static readonly FailureCode VersionInvalid = new(
        "COR0101", ExitCode.BadData, "A version is malformed.", "Write a version such as 1.2.3, 2.0rc1 or 1!4.0.post2.");

    /// <summary>A text is not a PEP 440 version specifier.</summary>
    public static readonly FailureCode SpecifierInvalid = new(
        "COR0102", ExitCode.BadData, "A version specifier is malformed.", "Write specifiers such as >=1.2,<2 or ~=1.4 or ==1.2.*.");

    /// <summary>A text is not a valid project or extra name.</summary>
    public static readonly FailureCode NameInvalid = new(
        "COR0103", ExitCode.BadData, "A name is malformed.", "Use letters, digits, '.', '-' and '_', with a letter or digit at both ends.");

    /// <summary>A text is not a PEP 508 environment marker.</summary>
    public static readonly FailureCode MarkerInvalid = new(
        "COR0104", ExitCode.BadData, "An environment marker is malformed.", "Write a marker such as python_version >= \"3.10\" and sys_platform == \"linux\".");

    /// <summary>A text is not a PEP 508 requirement.</summary>
    public static readonly FailureCode RequirementInvalid = new(
        "COR0105", ExitCode.BadData, "A requirement is malformed.", "Write a requirement such as numpy>=2 or name @ https://host/file.whl.");

    /// <summary>The URL of a requirement or a lock cannot be accepted.</summary>
    public static readonly FailureCode UrlInvalid = new(
        "COR0106", ExitCode.BadData, "A URL is malformed or of a kind that is not accepted.", "Use https, http, file, git+https, git+ssh or git+file.");

    /// <summary>A URL holds a user name or a password.</summary>
    public static readonly FailureCode UrlHoldsUserinfo = new(
        "COR0107", ExitCode.Refused, "A URL holds a user name or a password.", "Remove it, and give credentials by a netrc file or by the SSH configuration.");

    /// <summary>A requirements file holds an option that Slipway does not take from files.</summary>
    public static readonly FailureCode RequirementsOption = new(
        "COR0111", ExitCode.Refused, "A requirements file holds an option of pip.", "Remove the option from the file and give it to slipway on the command line.");

    /// <summary>A requirement is a path or a URL without a project name.</summary>
    public static readonly FailureCode RequirementsBareSource = new(
        "COR0112", ExitCode.BadData, "A requirement is a path or a URL without the project's name.", "Write it as: name @ url.");

    /// <summary>A requirements file relies on the expansion of environment variables.</summary>
    public static readonly FailureCode RequirementsVariable = new(
        "COR0113", ExitCode.Refused, "A requirements file asks for the value of an environment variable.", "Write the value itself: variables are not expanded, so that a file means the same everywhere.");

    /// <summary>A hash in a requirements file is malformed.</summary>
    public static readonly FailureCode RequirementsHash = new(
        "COR0114", ExitCode.BadData, "A hash is malformed.", "Write --hash=sha256: followed by 64 hexadecimal digits.");

    /// <summary>A document breaks a rule of TOML 1.0.</summary>
    public static readonly FailureCode TomlInvalid = new(
        "COR0201", ExitCode.BadData, "A TOML document is malformed.", "Correct the line named above; the rules are those of TOML 1.0.");

    /// <summary>A value that a TOML document must have is missing.</summary>
    public static readonly FailureCode TomlMissing = new(
        "COR0202", ExitCode.BadData, "A value is missing.", "Add the value named above.");

    /// <summary>A value in a TOML document is of another type than needed.</summary>
    public static readonly FailureCode TomlType = new(
        "COR0203", ExitCode.BadData, "A value has the wrong type.", "Write a value of the type named above.");

    /// <summary>A script has more than one metadata block of the kind <c>script</c>.</summary>
    public static readonly FailureCode ScriptBlockTwice = new(
        "COR0301", ExitCode.BadData, "A script has more than one '# /// script' block.", "Keep one block and merge the others into it.");

    /// <summary>A script's metadata block holds something that PEP 723 does not allow.</summary>
    public static readonly FailureCode ScriptMetadataInvalid = new(
        "COR0302", ExitCode.BadData, "A script's metadata block is malformed.", "Use only requires-python, dependencies and [tool] tables.");

    /// <summary>A lock file has a format version that is not supported.</summary>
    public static readonly FailureCode LockVersionUnsupported = new(
        "COR0401", ExitCode.BadData, "A lock file has an unsupported lock-version.", "Create the lock anew, or use a newer slipway.");

    /// <summary>A lock file breaks a rule of PEP 751.</summary>
    public static readonly FailureCode LockInvalid = new(
        "COR0402", ExitCode.BadData, "A lock file is malformed.", "Create the lock anew with the tool that wrote it.");

    /// <summary>A wheel's file name is malformed.</summary>
    public static readonly FailureCode WheelNameInvalid = new(
        "COR0403", ExitCode.BadData, "A wheel's file name is malformed.", "A wheel is named name-version[-build]-python-abi-platform.whl.");

    /// <summary>A pyproject.toml breaks a rule of PEP 621 or PEP 735.</summary>
    public static readonly FailureCode PyprojectInvalid = new(
        "COR0501", ExitCode.BadData, "A pyproject.toml is malformed.", "Correct the line named above; the rules are those of PEP 621 and PEP 735.");

    /// <summary>The dependencies of a project are only known to its build backend.</summary>
    public static readonly FailureCode DependenciesDynamic = new(
        "COR0502",
        ExitCode.BadData,
        "The dependencies of a project are dynamic.",
        "Write them into [project] and take their name out of dynamic: a build backend is never run to find out what is needed.");

    /// <summary>A project has no such extra.</summary>
    public static readonly FailureCode ExtraUnknown = new(
        "COR0503", ExitCode.NotFound, "A project has no such extra.", "Name an extra of [project.optional-dependencies].");

    /// <summary>A project has no such dependency group.</summary>
    public static readonly FailureCode GroupUnknown = new(
        "COR0504", ExitCode.NotFound, "A project has no such dependency group.", "Name a group of [dependency-groups].");

    /// <summary>Dependency groups include each other in a circle.</summary>
    public static readonly FailureCode GroupCycle = new(
        "COR0505", ExitCode.BadData, "Dependency groups include each other in a circle.", "Remove one of the includes.");

    /// <summary>A text is not a time by RFC 3339.</summary>
    public static readonly FailureCode TimeInvalid = new(
        "COR0601", ExitCode.Usage, "A time is malformed.", "Write a date (2026-01-31, its start in UTC) or a time with an offset (2026-01-31T12:00:00Z).");

    /// <summary>A text is not a conda channel.</summary>
    public static readonly FailureCode ChannelInvalid = new(
        "COR0701", ExitCode.BadData, "A conda channel is malformed.", "Write a name (conda-forge), a URL without blanks, or a directory (./channel).");

    /// <summary>A document breaks a rule of YAML, or uses what is not taken.</summary>
    public static readonly FailureCode YamlInvalid = new(
        "COR0702", ExitCode.BadData, "A YAML document is malformed.", "Correct the line named above; indentation is made of blanks, and a list item begins with '- '.");

    /// <summary>An environment.yml says something that cannot be understood, or lacks what it must say.</summary>
    public static readonly FailureCode CondaFileInvalid = new(
        "COR0703", ExitCode.BadData, "A conda environment file is malformed.", "Write dependencies as a list of texts (- python=3.11), and those of pip as a list below '- pip:'.");

    /// <summary>A text is not a conda match spec that can be asked for.</summary>
    public static readonly FailureCode CondaSpecInvalid = new(
        "COR0704", ExitCode.BadData, "A conda dependency is malformed.", "Write a name and what bounds it: numpy, numpy>=2, numpy=2.1=py311*, conda-forge::numpy.");

    /// <summary>A conda-lock.yml or an explicit list breaks the rules of its format.</summary>
    public static readonly FailureCode CondaLockInvalid = new(
        "COR0705", ExitCode.BadData, "A conda lock is malformed.", "Make the lock anew with the tool that wrote it.");

    /// <summary>A conda-lock.yml has a format version that is not supported.</summary>
    public static readonly FailureCode CondaLockVersionUnsupported = new(
        "COR0706", ExitCode.BadData, "A conda lock has an unsupported version.", "Make the lock anew with a conda-lock that writes version 1.");

    /// <summary>A document is not valid JSON, or not of the contract's shape.</summary>
    public static readonly FailureCode ContractMalformed = new(
        "COR0801", ExitCode.BadData, "A contract document is malformed.", "Correct the named fields; contracts/*.schema.json describe the documents.");

    /// <summary>A document has a version that this Slipway does not know.</summary>
    public static readonly FailureCode ContractVersionUnknown = new(
        "COR0802", ExitCode.BadData, "A contract document has an unknown version.", "Use a Slipway that knows this version.");

    /// <summary>A failure of this code with its own message.</summary>
    internal static Failure Because(this FailureCode code, string message, FailureLocation? at = null, string? hint = null) =>
        new(code, message) { Location = at, Hint = hint };
}
