using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Launching;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Launching;

/// <summary>When the warm start may be taken, and that it then starts exactly what the full path would.</summary>
public sealed class FastLauncherTests(RunWorkshop workshop) : IClassFixture<RunWorkshop>
{
    private const int Limit = 120_000;
    private const string Script = "# /// script\n# dependencies = []\n# ///\nprint(1)\n";
    private readonly StartupEnvironment _startup = workshop.Startup();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Both_paths_hand_over_the_same()
    {
        string[][] lines =
        [
            ["x.py", "--epochs", "3"], ["./x.py"], ["-m", "json.tool", "-h"], ["-", "a"], ["dir", "x"], ["python", "-c", "1"],
            ["--", "-odd.py", "--", ""], ["--env-var", "PATH=/only", "--env-var=A=1", "x.py", "ü\uDCFF"], ["--secret", "LANG", "x.py"],
        ];
        foreach (var words in lines)
        {
            var project = Project();
            Directory.CreateDirectory($"{project}/dir");
            File.WriteAllText($"{project}/dir/__main__.py", "print(2)\n");
            File.WriteAllText($"{project}/-odd.py", "print(3)\n");
            var full = await workshop.FullAsync(project, _startup, words);
            var fast = RunWorkshop.Fast(project, _startup, words);
            Assert.True(fast is not null, $"No warm start for {string.Join(' ', words)}");
            Assert.Equal(Show(full), Show(fast.Image));
        }
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Leading_dash_of_a_script_is_hidden_from_python()
    {
        var project = Project();
        File.WriteAllText($"{project}/-c.py", "print(1)\n");
        var image = await workshop.FullAsync(project, _startup, "--", "-c.py");
        Assert.Equal("./-c.py", PosixText.Decode(image.Arguments[1]));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Body_of_the_script_may_change()
    {
        var project = await WarmAsync();
        File.AppendAllText($"{project}/x.py", "print('more')\n");
        Assert.NotNull(Fast(project));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Tail_may_change()
    {
        var project = await WarmAsync();
        Assert.Equal("--other", PosixText.Decode(RunWorkshop.Fast(project, _startup, "x.py", "--other")!.Image.Arguments[2]));
    }

    public static TheoryData<string> Changes =>
        ["block edited", "block removed", "second block", "script gone", "python-version appears", "python-version appears above", "memo replaced", "memo gone", "record garbled"];

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [MemberData(nameof(Changes))]
    public async Task Change_leads_to_the_full_path(string change)
    {
        var project = await WarmAsync();
        var record = Fast(project)!.Record;
        switch (change)
        {
            case "block edited":
                File.WriteAllText($"{project}/x.py", Script.Replace("[]", "[ ]", StringComparison.Ordinal));
                break;
            case "block removed":
                File.WriteAllText($"{project}/x.py", "print(1)\n");
                break;
            case "second block":
                File.AppendAllText($"{project}/x.py", Script);
                break;
            case "script gone":
                File.Delete($"{project}/x.py");
                break;
            case "python-version appears":
                File.WriteAllText($"{project}/.python-version", "3\n");
                break;
            case "python-version appears above":
                await AboveAsync();
                return;
            case "memo replaced":
                var memo = record.Checks.Single(check => check.Path.Contains("/requests/", StringComparison.Ordinal)).Path;
                var bytes = File.ReadAllBytes(memo);
                File.WriteAllBytes(memo + ".new", bytes);
                File.Move(memo + ".new", memo, overwrite: true);
                break;
            case "memo gone":
                File.Delete(record.Checks.Single(check => check.Path.Contains("/requests/", StringComparison.Ordinal)).Path);
                break;
            case "record garbled":
                var path = RecordPath(project);
                File.WriteAllText(path, File.ReadAllText(path).Replace("\nend\n", "\n", StringComparison.Ordinal));
                break;
            default:
                Assert.Fail(change);
                break;
        }

        Assert.Null(Fast(project));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Requirements_file_that_appears_leads_to_the_full_path()
    {
        var project = Project();
        File.WriteAllText($"{project}/x.py", "print(1)\n");
        await workshop.FullAsync(project, _startup, "x.py");
        Assert.NotNull(Fast(project));
        File.WriteAllText($"{project}/requirements.txt", "\n");
        Assert.Null(Fast(project));
        await workshop.FullAsync(project, _startup, "x.py");
        Assert.NotNull(Fast(project));
        File.WriteAllText($"{project}/requirements.txt", "# another\n");
        Assert.Null(Fast(project));
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData("slipway.toml", "\n")]
    [InlineData("../slipway.toml", "\n")]
    [InlineData("pyproject.toml", "[project]\nname = 'p'\n")]
    [InlineData("../.config/slipway/config.toml", "\n")]
    public async Task File_of_settings_that_appears_or_changes_leads_to_the_full_path(string file, string text)
    {
        var project = await WarmAsync();
        var path = $"{project}/{file}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            File.WriteAllText(path, text);
            Assert.Null(Fast(project));
            await workshop.FullAsync(project, _startup, "x.py");
            Assert.NotNull(Fast(project));
            File.AppendAllText(path, "# more\n");
            Assert.Null(Fast(project));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Project_and_lock_that_appear_or_change_lead_to_the_full_path()
    {
        var project = Project();
        File.WriteAllText($"{project}/x.py", "print(1)\n");
        foreach (var (file, text) in new[] { ("pyproject.toml", "[project]\nname = 'p'\n"), ("pylock.toml", "lock-version = '1.0'\ncreated-by = 'slipway'\npackages = []\n[tool.slipway]\nrequirements = ['gone']\n") })
        {
            await workshop.FullAsync(project, _startup, "x.py");
            Assert.NotNull(Fast(project));
            File.WriteAllText($"{project}/{file}", text);
            Assert.Null(Fast(project));
            await workshop.FullAsync(project, _startup, "x.py");
            Assert.NotNull(Fast(project));
            File.AppendAllText($"{project}/{file}", "# more\n");
            Assert.Null(Fast(project));
        }

        await workshop.FullAsync(project, _startup, "x.py");
        Assert.Contains("is out of date", Assert.Single(Fast(project)!.Warnings), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Repository_that_ends_being_one_leads_to_the_full_path()
    {
        var project = Project();
        Directory.CreateDirectory($"{project}/.git");
        await workshop.FullAsync(project, _startup, "x.py");
        File.WriteAllText($"{project}/.git/HEAD", "x");
        Assert.NotNull(Fast(project));
        Directory.Move($"{project}/.git", $"{project}/not-git");
        Assert.Null(Fast(project));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Interpreter_that_is_replaced_leads_to_the_full_path()
    {
        var project = await WarmAsync();
        var path = RecordPath(project);
        var record = LaunchRecord.Parse(File.ReadAllText(path))!;
        var interpreter = record.Checks.Single(check => check.Path.Contains("/bin/python", StringComparison.Ordinal));
        Assert.Equal(CheckKind.Stamp, interpreter.Kind);

        // The real one cannot be replaced by a test; a stand-in takes its place in the record.
        var standIn = $"{project}/python3.99";
        File.WriteAllText(standIn, "1");
        var changed = record with { Checks = record.Checks.Replace(interpreter, LaunchChecks.Take(CheckKind.Stamp, standIn)!) };
        File.WriteAllText(path, changed.ToText());
        Assert.NotNull(Fast(project));
        File.WriteAllText($"{standIn}.new", "1");
        File.Move($"{standIn}.new", standIn, overwrite: true);
        Assert.Null(Fast(project));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Virtual_environment_that_is_used_as_it_stands_is_watched()
    {
        var project = Project();
        var venv = $"{project}/own";
        (await CommandRunner.RunAsync(Pythons.Default.FullPath, ["-m", "venv", "--without-pip", venv])).OrThrow();
        string[] words = ["--backend", "system", "--python", "own/bin/python", "x.py"];
        var full = await workshop.FullAsync(project, _startup, words);
        Assert.Equal(Show(full), Show(RunWorkshop.Fast(project, _startup, words)!.Image));
        Assert.Equal($"{venv}/bin/python", PosixText.Decode(full.Path));
        Action[] changes =
        [
            () => File.AppendAllText($"{venv}/pyvenv.cfg", "# edited\n"),
            () => File.WriteAllText($"{Directory.GetDirectories($"{venv}/lib", "python*").Single()}/site-packages/new.pth", string.Empty),
            () => File.Move($"{venv}/bin/python", $"{venv}/bin/away"),
        ];
        foreach (var change in changes)
        {
            await workshop.FullAsync(project, _startup, words);
            Assert.NotNull(RunWorkshop.Fast(project, _startup, words));
            change();
            Assert.Null(RunWorkshop.Fast(project, _startup, words));
        }
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Variables_of_slipway_lead_to_the_full_path()
    {
        var project = await WarmAsync();
        Assert.NotNull(RunWorkshop.Fast(project, workshop.Startup("OTHER=1"), "x.py"));
        Assert.Null(RunWorkshop.Fast(project, workshop.Startup("SLIPWAY_PYTHON=3"), "x.py"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Other_head_leads_to_the_full_path()
    {
        var project = Project();
        await workshop.FullAsync(project, _startup, "--offline", "--backend", "pip", "x.py");
        Assert.NotNull(RunWorkshop.Fast(project, _startup, "--offline", "--backend", "pip", "x.py"));
        Assert.Null(RunWorkshop.Fast(project, _startup, "--backend", "pip", "--offline", "x.py"));
        Assert.Null(RunWorkshop.Fast(project, _startup, "--backend", "pip", "x.py"));
        Assert.Null(RunWorkshop.Fast(workshop.NewProject(), _startup, "--offline", "--backend", "pip", "x.py"));
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData("--refresh")]
    [InlineData("--explain")]
    [InlineData("--verbose")]
    [InlineData("--json")]
    [InlineData("--detach")]
    [InlineData("--secret=SURELY_NOT_SET")]
    [InlineData("--env-var=NOVALUE")]
    [InlineData("-h")]
    public async Task Head_that_asks_for_more_leads_to_the_full_path(string option)
    {
        var project = await WarmAsync();
        Assert.Null(RunWorkshop.Fast(project, _startup, option, "x.py"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Directory_that_takes_a_commands_name_leads_to_the_full_path()
    {
        var project = Project();
        await workshop.FullAsync(project, _startup, "python", "-V");
        Assert.NotNull(RunWorkshop.Fast(project, _startup, "python", "-V"));
        Directory.CreateDirectory($"{project}/python");
        File.WriteAllText($"{project}/python/__main__.py", "print(1)\n");
        Assert.Null(RunWorkshop.Fast(project, _startup, "python", "-V"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Command_of_the_path_is_looked_up_every_time()
    {
        var project = Project();
        await workshop.FullAsync(project, _startup, "true");
        Assert.Null(RunWorkshop.Fast(project, _startup, "true"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task File_edited_during_the_build_leaves_no_record()
    {
        using var own = new RunWorkshop();
        var project = own.NewProject();
        File.WriteAllText($"{project}/x.py", Script);
        File.WriteAllText($"{project}/y.py", Script);
        await own.FullAsync(project, own.Startup(), "y.py");
        own.DuringWork = () => File.WriteAllText($"{project}/x.py", Script.Replace("[]", "[  ]", StringComparison.Ordinal));
        await own.FullAsync(project, own.Startup(), "--python", "3", "x.py");
        Assert.Null(RunWorkshop.Fast(project, own.Startup(), "--python", "3", "x.py"));

        own.DuringWork = null;
        await own.FullAsync(project, own.Startup(), "--python", "3", "x.py");
        Assert.NotNull(RunWorkshop.Fast(project, own.Startup(), "--python", "3", "x.py"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Quiet_keeps_warnings_back()
    {
        var project = await WarmAsync();
        var path = RecordPath(project);
        File.WriteAllText(path, (LaunchRecord.Parse(File.ReadAllText(path))! with { Warnings = ["yanked"] }).ToText());
        Same.Items(["yanked"], Fast(project)!.Warnings);
        Assert.Empty(RunWorkshop.Fast(project, _startup, "--quiet", "x.py")!.Warnings);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Store_that_others_can_write_is_not_trusted()
    {
        using var own = new RunWorkshop();
        var project = own.NewProject();
        File.WriteAllText($"{project}/x.py", Script);
        await own.FullAsync(project, own.Startup(), "x.py");
        Assert.NotNull(RunWorkshop.Fast(project, own.Startup(), "x.py"));
        File.SetUnixFileMode(own.Store, File.GetUnixFileMode(own.Store) | UnixFileMode.OtherWrite);
        Assert.Null(RunWorkshop.Fast(project, own.Startup(), "x.py"));
    }

    [RequiresFact(Capability.OtherUser, Capability.Python, Timeout = Limit)]
    public async Task Store_of_another_user_is_not_trusted()
    {
        using var own = new RunWorkshop();
        var project = own.NewProject();
        File.WriteAllText($"{project}/x.py", Script);
        await own.FullAsync(project, own.Startup(), "x.py");
        AsAnotherUser.Own(own.Store);
        Assert.Null(RunWorkshop.Fast(project, own.Startup(), "x.py"));
    }

    private async Task AboveAsync()
    {
        using var own = new RunWorkshop();
        var project = $"{own.NewProject()}/a/b";
        Directory.CreateDirectory(project);
        File.WriteAllText($"{project}/x.py", Script);
        await own.FullAsync(project, own.Startup(), "x.py");
        Assert.NotNull(RunWorkshop.Fast(project, own.Startup(), "x.py"));
        File.WriteAllText(Path.Combine(project, "..", "..", ".python-version"), "3\n");
        Assert.Null(RunWorkshop.Fast(project, own.Startup(), "x.py"));
    }

    private FastLauncher.Launch? Fast(string project) => RunWorkshop.Fast(project, _startup, "x.py");

    private string Project()
    {
        var project = workshop.NewProject();
        File.WriteAllText($"{project}/x.py", Script);
        return project;
    }

    private async Task<string> WarmAsync()
    {
        var project = Project();
        await workshop.FullAsync(project, _startup, "x.py");
        Assert.NotNull(Fast(project));
        return project;
    }

    private string RecordPath(string project)
    {
        var split = Slipway.Runs.Arguments.ArgumentSplitter.Split(["x.py"], Slipway.Runs.Arguments.RunOptions.ForRun).Value;
        return LaunchKey.PathOf($"{workshop.Store}/launches", RunWorkshop.Version, project, split, _startup.Variables);
    }

    internal static string Show(ExecImage image) => string.Join(
        '\n', [PosixText.Decode(image.Path), .. image.Arguments.ToArray().Select(part => PosixText.Decode(part)), .. image.Environment.ToArray().Select(part => PosixText.Decode(part))]);
}
