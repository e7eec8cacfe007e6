using System.Collections.Immutable;

namespace Slipway.Mcp.Tools;

/// <summary>Parameters that several tools share.</summary>
internal static class Parameters
{
    /// <summary>No leading hyphen, which could be taken for an option, and no at sign, which could be taken for a file of arguments.</summary>
    public const string NotAnOption = "^[^@\\-].*$";

    private const string Name = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
    private const string Duration = "^[0-9]{1,6}(s|m|h|d)$";
    private const string Run = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$";

    public static ToolParameter RunId { get; } = Text("run_id", "The id of a run or a job, as a tool gave it.", Run, 100) with { IsRequired = true };

    public static ToolParameter Host { get; } =
        Text("on", "A host that was added (see list_hosts); this machine when absent.", "^[A-Za-z0-9][A-Za-z0-9.@:_,\\[\\]-]*$", 255) with { Role = ParameterRole.Host };

    public static ToolParameter Directory { get; } =
        Text("directory", "The absolute path of the project's directory; relative paths are meant from there. The server's own directory when absent.", "^/", 4096);

    public static ToolParameter Backend { get; } = Text("backend", "Who rents the machine, such as skypilot, ssh or local.", Name, 64) with { Role = ParameterRole.Backend };

    public static ToolParameter Gpu { get; } = Text("gpu", "The GPU's name, such as H100 or L40S.", Name, 64);

    public static ToolParameter Count { get; } = Number("count", "How many GPUs a machine has.", 1, 1024);

    public static ToolParameter Spot { get; } = Flag("spot", "Whether as spot: cheaper, and taken away at any time.");

    public static ToolParameter Region { get; } = Text("region", "The region.", Name, 64);

    public static ToolParameter Cloud { get; } = Text("cloud", "The cloud.", Name, 64);

    public static ToolParameter PlanId { get; } = Text("plan_id", "The plan, as plan_training gave it.", "^p-[0-9a-f]{10}$", 12);

    /// <summary>What is planned: the template and its parameters.</summary>
    public static ImmutableArray<ToolParameter> Request { get; } =
    [
        Text("template", "The template, as list_available_workflows names it.", Name, 64) with { IsRequired = true },
        new("parameters", ParameterKind.Object, "The template's parameters. Secrets are named, never given.") { IsRecorded = false },
    ];

    /// <summary>What is rented.</summary>
    public static ImmutableArray<ToolParameter> Rental { get; } =
    [
        Gpu, Count, Number("nodes", "How many machines.", 1, 64), Spot, Region, Cloud,
        Text("max_runtime", "The longest the run may last, such as 4h: all of it is in the ceiling.", Duration, 8),
        Backend,
        Text("on", "The host, for the backend ssh.", "^[A-Za-z0-9][A-Za-z0-9.@:_\\[\\]-]*$", 255) with { Role = ParameterRole.BackendHost },
    ];

    /// <summary>What a script needs.</summary>
    public static ImmutableArray<ToolParameter> Workload { get; } =
    [
        Text("target", "A script (*.py), a directory with __main__.py, or a command of the environment.", NotAnOption, 4096) with { IsRequired = true },
        Directory,
        List("with", "Requirements to add, as PEP 508 has them.", NotAnOption),
        List("requirements", "Requirement files to add: requirements.txt, pyproject.toml or pylock.toml.", NotAnOption),
        Text("python", "The Python: a version (3.12), a range (>=3.10) or a path.", NotAnOption, 255),
        Text("builder", "What builds the environment.", null, 32) with { Choices = ["pip", "uv", "micromamba"] },
        Flag("offline", "Whether to use no network."),
        Host,
    ];

    public static ToolParameter Text(string name, string description, string? pattern, int longest) => new(name, ParameterKind.Text, description) { Pattern = pattern, MaxLength = longest };

    public static ToolParameter Number(string name, string description, long least, long most) => new(name, ParameterKind.Whole, description) { Least = least, Most = most };

    public static ToolParameter Flag(string name, string description) => new(name, ParameterKind.Flag, description) { Default = "false" };

    public static ToolParameter List(string name, string description, string? pattern) => new(name, ParameterKind.List, description) { Pattern = pattern };

    public static ToolParameter RunTime(string name, string description) => Text(name, description, Duration, 8);
}
