using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests.Support;

/// <summary>A store, a home and projects of its own for the published program, with a folder of packages beside.</summary>
public sealed class Workbench : IDisposable
{
    private readonly TempStore _store = new();
    private readonly Dictionary<string, string?> _environment;

    public Workbench()
    {
        _environment = new Dictionary<string, string?>(_store.Environment, StringComparer.Ordinal)
        {
            ["PATH"] = $"{Path.GetDirectoryName(Pythons.Default.FullPath)}:/usr/bin:/bin",
            ["NO_COLOR"] = null,
            ["LC_ALL"] = "C.UTF-8",
        };
        Links = new FindLinksFolder(Path.Combine(_store.Root, "links"));
        Links.Add(new WheelBuilder("demo-greeter", "1.2.0")
            .Module("demo_greeter.py", "def main():\n    import sys\n    print('hello from', sys.argv[0].rsplit('/', 1)[-1], *sys.argv[1:])\n")
            .ConsoleScript("greet", "demo_greeter:main"));
    }

    public string Root => _store.Root;

    public string Home => _store.SlipwayHome;

    public string Temp => _store.Temp;

    public FindLinksFolder Links { get; }

    /// <summary>The variables of every command; a test may add its own.</summary>
    public IReadOnlyDictionary<string, string?> Environment => _environment;

    /// <summary>A script that needs the package <c>demo-greeter</c>, found in the folder of packages.</summary>
    public string Script(string body, string requirement = "demo-greeter") =>
        $"# /// script\n# dependencies = [\"{requirement}\"]\n# [tool.slipway]\n# find-links = [\"{Links.FullPath}\"]\n# ///\n{body}\n";

    /// <summary>A script without any package.</summary>
    public static string BareScript(string body) => $"# /// script\n# dependencies = []\n# ///\n{body}\n";

    public string NewProject(string? name = null)
    {
        var path = Path.Combine(_store.Root, "projects", Guid.NewGuid().ToString("N")[..8], name ?? "p");
        return Directory.CreateDirectory(path).FullName;
    }

    /// <summary>A project with a script; returns the project.</summary>
    public string ProjectWith(string fileName, string content)
    {
        var project = NewProject();
        File.WriteAllText(Path.Combine(project, fileName), content);
        return project;
    }

    public CommandOptions Options(string folder, params (string Name, string? Value)[] variables)
    {
        var environment = new Dictionary<string, string?>(_environment, StringComparer.Ordinal);
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return new CommandOptions { Environment = environment, WorkingFolder = folder, Timeout = TimeSpan.FromSeconds(120) };
    }

    /// <summary>Runs Slipway in a folder.</summary>
    public Task<CommandResult> RunAsync(string folder, params string[] arguments) =>
        CommandRunner.RunAsync(SlipwayProgram.FullPath, arguments, Options(folder));

    public Task<CommandResult> RunAsync(CommandOptions options, params string[] arguments) =>
        CommandRunner.RunAsync(SlipwayProgram.FullPath, arguments, options);

    public RunningCommand Start(CommandOptions options, params string[] arguments) =>
        CommandRunner.Start(SlipwayProgram.FullPath, arguments, options);

    /// <summary>Runs a shell text in which <c>$slipway</c> is the program.</summary>
    public Task<CommandResult> ShellAsync(string folder, string text, params (string Name, string? Value)[] variables) =>
        CommandRunner.RunAsync("/bin/bash", ["-c", text], Options(folder, [("slipway", SlipwayProgram.FullPath), .. variables]));

    public void Dispose() => _store.Dispose();
}
