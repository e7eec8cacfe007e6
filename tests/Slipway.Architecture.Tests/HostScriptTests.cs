using System.Text.RegularExpressions;

namespace Slipway.Architecture.Tests;

/// <summary>
/// What runs on hosts uses variables that begin with <c>sw_</c>: a shell that assigns another name changes it for the workload, where the session has exported it,
/// and a name that is read before it was assigned brings in what the session has.
/// </summary>
public sealed partial class HostScriptTests
{
    // What may use any name.
    private static readonly Dictionary<string, string> Free = new(StringComparer.Ordinal)
    {
        ["src/Slipway.Runs/Jobs/Scripts/jobs.sh"] = "asks about runs and ends them; it starts nothing of the user's",
        ["src/Slipway.Cloud/Templates/Scripts/run.sh"] = "a bash of its own on a rented machine, whose session exports no names in small letters",
        ["src/Slipway.Machines/Ssh/Remote/CommandText.cs"] = "sets the variables that were asked for, by their own names",
    };

    private static readonly Dictionary<string, string> Assigned = new(StringComparer.Ordinal)
    {
        ["IFS"] = "set for a moment and given back, or for one command",
        ["LC_ALL"] = "only in scripts that read the words of tools, or for one command",
        ["GIT_DIR"] = "for git, which is all that the script starts",
        ["GIT_WORK_TREE"] = "for git, which is all that the script starts",
        ["GIT_INDEX_FILE"] = "for git, which is all that the script starts",
        ["GIT_OPTIONAL_LOCKS"] = "for git, which is all that the script starts",
        ["GIT_CONFIG_NOSYSTEM"] = "for git, which is all that the script starts",
        ["GIT_CONFIG_GLOBAL"] = "for git, which is all that the script starts",
        ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = "for git, which is all that the script starts",
        ["CUDA_VISIBLE_DEVICES"] = "what the workload is to see",
        ["SLIPWAY_RUN_ID"] = "what the workload is to see",
        ["http_proxy"] = "for one command: the probe of a service on this machine",
    };

    // Read, and left as they are.
    private static readonly HashSet<string> Read = new(StringComparer.Ordinal)
    {
        "HOME", "PATH", "SHELL", "TMPDIR", "PWD", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "NETRC", "SLIPWAY_HOME", "SLIPWAY_SSH", "PPID",
    };

    [Fact]
    public void Scripts_use_only_names_that_are_reserved_or_listed()
    {
        var scripts = Directory.EnumerateFiles(SourceTree.Src, "*.sh", SearchOption.AllDirectories).Where(static path => !Free.ContainsKey(SourceTree.Relative(path))).ToList();
        Assert.True(scripts.Count >= 10);
        var wrong = string.Join('\n', scripts.SelectMany(static path => Wrong(path, File.ReadAllText(path))));
        Assert.True(wrong.Length == 0, wrong);
    }

    [Fact]
    public void Script_texts_in_code_use_only_names_that_are_reserved_or_listed()
    {
        string[] rooms = ["Slipway.Machines", "Slipway.Store", "Slipway.Environments", "Slipway.Runs"];
        var wrong = string.Join('\n', rooms.SelectMany(static room => Directory.EnumerateFiles(Path.Combine(SourceTree.Src, room), "*.cs", SearchOption.AllDirectories))
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal) && !Free.ContainsKey(SourceTree.Relative(path)))
            .SelectMany(static path => Used(path, string.Join('\n', File.ReadLines(path).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))))));
        Assert.True(wrong.Length == 0, wrong);
    }

    [Theory]
    [InlineData("for i in 1 2; do :; done", "i")]
    [InlineData("umask 077; N=1", "N")]
    [InlineData("while IFS= read -r line; do :; done", "line")]
    [InlineData("tell \"${name%/*}\"", "name")]
    [InlineData("count=$((sw_a + left))", "count")]
    public void Other_names_are_found(string script, string name) => Assert.Contains($"x.sh: {name}", Wrong("x.sh", script), StringComparer.Ordinal);

    private static IEnumerable<string> Wrong(string path, string text)
    {
        var lines = string.Join('\n', text.Split('\n').Where(static line => !line.TrimStart().StartsWith('#')));
        lines = Operands().Replace(lines, "dd ");
        var assigned = Assignment().Matches(lines).Select(static match => match.Groups["name"].Value)
            .Concat(Loop().Matches(lines).Select(static match => match.Groups["name"].Value))
            .Concat(Reading().Matches(lines).SelectMany(static match => match.Groups["name"].Captures).Select(static capture => capture.Value));
        return assigned.Where(static name => !Reserved(name) && !Assigned.ContainsKey(name)).Select(name => $"{Name(path)}: {name}").Concat(Used(path, lines)).Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Used(string path, string text) => Use().Matches(text).Select(static match => match.Groups["name"].Value)
        .Where(static name => !Reserved(name) && !Assigned.ContainsKey(name) && !Read.Contains(name)).Select(name => $"{Name(path)}: {name}");

    private static bool Reserved(string name) => name.StartsWith("sw_", StringComparison.Ordinal);

    private static string Name(string path) => Path.IsPathRooted(path) ? SourceTree.Relative(path) : path;

    [GeneratedRegex(@"(?<=^|[\s;({&|!`""'])(?<name>[A-Za-z_]\w*)=(?![=~%])", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    // What dd takes is written like assignments.
    [GeneratedRegex(@"\bdd (\w+=(""[^""]*""|\S+) )+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Operands();

    [GeneratedRegex(@"\bfor (?<name>[A-Za-z_]\w*)(?=[ ;])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Loop();

    [GeneratedRegex(@"\bread (-r )?((?<name>[A-Za-z_]\w*)[ ]?)+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Reading();

    [GeneratedRegex(@"\$(\{#?|\$)?(?<name>[A-Za-z_]\w*)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Use();
}
