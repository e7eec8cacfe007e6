using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.UseCases;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.UseCases;

/// <summary>A home with a store and a project, and the use cases on it. Environments have no packages unless a test brings files for them.</summary>
internal sealed class ProjectWorkshop : IDisposable
{
    private readonly TempStore _store = new();
    private readonly Dictionary<string, string?> _variables;
    private readonly BuildHost _host;
    private readonly InterpreterFinder _interpreters;

    public ProjectWorkshop(string project = "My ML Project!")
    {
        _variables = new Dictionary<string, string?>(_store.Environment, StringComparer.Ordinal) { ["PATH"] = $"{Path.GetDirectoryName(Pythons.Default.FullPath)}:/usr/bin:/bin" };
        Project = Directory.CreateDirectory(Path.Combine(_store.Home, "src", project)).FullName;
        var machine = new LocalMachine(environment: new StartupEnvironment([.. _variables.Where(static pair => pair.Value is not null).Select(static pair => PosixText.Encode($"{pair.Key}={pair.Value}"))]));
        var facts = Task.Run(() => machine.GetFactsAsync(CancellationToken.None)).GetAwaiter().GetResult().Value;
        _host = new BuildHost(machine, StoreHome.Prepare(new StoreLayout(_store.SlipwayHome), facts.UserId).Value, facts) { Variable = Variable };
        _interpreters = new InterpreterFinder(_host, InterpreterSearch.From(Variable));
        Dependencies = new DependencyService(_host, ProvisionerCatalogue.Default, _interpreters, TimeProvider.System);
    }

    /// <summary>The project's directory.</summary>
    public string Project { get; }

    public string Root => _store.Root;

    public string Home => _store.Home;

    public IReadOnlyDictionary<string, string?> Environment => _variables;

    public DependencyService Dependencies { get; }

    public ProjectLayout Layout => new(Project);

    public EnvironmentLinks Links => new(Layout, _host.Layout);

    public StoreLayout Store => _host.Layout;

    public BuildHost Host => _host;

    public PurgeUseCase Purge => new(Layout, Links);

    public EnvrcUseCase Envrc => new(new ProjectFinder(Variable, static () => false));

    public LockUseCase Locks => new(Dependencies, Finder, new CondaLockTool(_host, TimeProvider.System));

    public ProjectFinder Finder => new(Variable, static () => true);

    /// <summary>Locks the project's only environment.</summary>
    public async Task<Result<WrittenLock>> LockAsync(LockWishes? wishes = null)
    {
        var project = Finder.Find(Project, new RequestSettings()).Value;
        return await Locks.WriteAsync(project, project.Environments[0], new RequestSettings(), wishes ?? new LockWishes(), NoProgress.Instance, CancellationToken.None);
    }

    /// <summary>Whether the lock of the only environment is followed where it must be, by the check and by the resolution itself.</summary>
    public async Task<(CheckedLock Check, Failure? Locked)> CheckLockAsync(RequestSettings? options = null)
    {
        options ??= new RequestSettings();
        var project = Finder.Find(Project, options).Value;
        var check = await Locks.CheckAsync(project, project.Environments[0], options, CancellationToken.None);
        Assert.True(check.IsOk, check.ToString());
        if (!Finder.Declare(project, project.Environments[0], options with { Locked = true }).TryGet(out var declaration, out var failure))
        {
            return (check.Value, failure);
        }

        var resolved = await Dependencies.ResolveAsync(declaration.Request, declaration.Subject, new EnsureOptions(), NoProgress.Instance, CancellationToken.None);
        return (check.Value, resolved.IsOk ? null : resolved.Failure);
    }

    /// <summary>What <c>check</c> finds.</summary>
    public async Task<IReadOnlyList<CheckFinding>> FindingsAsync() =>
        await new CheckUseCase(_host, new StatusUseCase(_host, Dependencies, Finder), Locks, Finder, Variable).LookAsync(Finder.Find(Project, new RequestSettings()).Value, new RequestSettings(), CancellationToken.None);

    public SyncUseCase Sync => new(_host, Dependencies, Finder);

    public CheckUseCase Check => new(_host, new StatusUseCase(_host, Dependencies, Finder), Locks, Finder, Variable);

    public string At(string name) => Path.Combine(Project, name);

    public string Text(string name) => File.ReadAllText(At(name));

    /// <summary>Writes a file of the project.</summary>
    public ProjectWorkshop With(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
        return this;
    }

    public ProjectWorkshop Set(string variable, string? value)
    {
        _variables[variable] = value;
        return this;
    }

    /// <summary>Writes the project's files; without a sync unless a test asks for its checks.</summary>
    public async Task<InitReport> InitAsync(InitAnswers? answers = null)
    {
        var result = await TryInitAsync(answers);
        Assert.True(result.TryGet(out var report, out var failure), $"{failure}\n{failure?.Detail}");
        return report;
    }

    public Task<Result<InitReport>> TryInitAsync(InitAnswers? answers = null, string? directory = null) =>
        new InitUseCase(_host, Dependencies, _interpreters, Variable, static _ => false).WriteAsync(directory ?? Project, answers ?? new InitAnswers { Sync = false }, CancellationToken.None);

    /// <summary>An init that is refused, and leaves every file, link, mode and time as it was.</summary>
    public async Task<Failure> RefusedAsync(InitAnswers answers)
    {
        var before = Listing();
        var result = await TryInitAsync(answers);
        Assert.False(result.IsOk, "It went well.");
        Assert.Equal(before, Listing());
        return result.Failure;
    }

    public InitSurvey Look(InitAnswers? answers = null) =>
        new InitUseCase(_host, Dependencies, _interpreters, Variable, static _ => false).Look(Project, answers ?? new InitAnswers()).Value;

    public async Task<Result<SyncedEnvironment>> SyncAsync(InitReport report) =>
        await new SyncUseCase(_host, Dependencies, new ProjectFinder(Variable, static () => false))
            .SyncAsync(report.Project, report.Environment, new RequestSettings { Env = report.Project.Declared(report.Environment)?.ToString() }, refresh: false, NoProgress.Instance, CancellationToken.None);

    /// <summary>All that the project holds, links not followed, one line each.</summary>
    public string Listing() => string.Join('\n', Directory.EnumerateFileSystemEntries(Project, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        .Select(path => $"{Path.GetRelativePath(Project, path)} {Describe(new FileInfo(path))}")
        .Order(StringComparer.Ordinal));

    public void Dispose() => _store.Dispose();

    private string? Variable(string name) => _variables.GetValueOrDefault(name);

    private static string Describe(FileInfo file) =>
        file.LinkTarget is { } target ? $"-> {target}"
        : file.Attributes.HasFlag(FileAttributes.Directory) ? "directory"
        : $"{file.UnixFileMode} {Convert.ToHexString(File.ReadAllBytes(file.FullName))}";
}
