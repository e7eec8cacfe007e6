using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Backends;
using Slipway.Projects.UseCases;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.UseCases;

public sealed class InitTests : IDisposable
{
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly InitAnswers FilesOnly = new() { Sync = false };
    private readonly ProjectWorkshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task New_project_gets_its_files_and_a_second_init_changes_nothing()
    {
        var report = await _shop.InitAsync();
        Assert.Equal(("my-ml-project", "pip", false), (report.Environment.ToString(), report.Backend.Kind, report.IsReplay));
        Assert.Equal(
            "slipway.toml Created, requirements.txt Created, .gitignore Created, .envrc Created, .env Created",
            string.Join(", ", report.Files.Select(static file => $"{file.Name} {file.Outcome}")));
        Assert.Contains("name = \"my-ml-project\"", _shop.Text("slipway.toml"), StringComparison.Ordinal);
        Assert.Equal((OwnerReadWrite, 0L), (File.GetUnixFileMode(_shop.At(".env")), new FileInfo(_shop.At(".env")).Length));
        Assert.False(Directory.Exists(_shop.At(".slipway")));

        // No backups, no temporary files: what is listed is all there is.
        var before = _shop.Listing();
        Assert.Equal(5, before.Split('\n').Length);
        Assert.True((await _shop.InitAsync()).IsReplay);
        Assert.True((await _shop.InitAsync(FilesOnly with { Force = true })).IsReplay);
        Assert.Equal(before, _shop.Listing());
    }

    [Fact]
    public async Task User_text_is_kept_and_lost_lines_come_back()
    {
        _shop.With(".gitignore", "*.pyc\r\n.env").With(".envrc", "export MINE=1\n").With(".env", "SECRET=1");
        await _shop.InitAsync();
        Assert.EndsWith("*.pyc\r\n.env", _shop.Text(".gitignore"), StringComparison.Ordinal);
        Assert.EndsWith("export MINE=1\n", _shop.Text(".envrc"), StringComparison.Ordinal);
        Assert.Equal("SECRET=1", _shop.Text(".env"));

        var right = _shop.Text(".envrc");
        _shop.With(".envrc", right.Replace("PATH_add \".venv/bin\"\n", string.Empty, StringComparison.Ordinal));
        var report = await _shop.InitAsync();
        Assert.Equal(right, _shop.Text(".envrc"));
        Assert.Equal(".envrc", Assert.Single(report.Files, static file => file.Outcome is FileOutcome.Changed).Name);
    }

    [Fact]
    public async Task Synced_environment_is_linked_and_a_failing_sync_keeps_the_files()
    {
        // The installer fails: nothing may say that it went well, and nothing may be linked.
        _shop.With("requirements.txt", "no-such-package-here\n").Set("SLIPWAY_OFFLINE", "1");
        var report = await _shop.InitAsync(new InitAnswers());
        var failed = await _shop.SyncAsync(report);
        Assert.False(failed.IsOk, "It went well.");
        Assert.True(File.Exists(_shop.At("slipway.toml")));
        Assert.False(Path.Exists(_shop.At(".venv")), ".venv is there.");

        // The declaration is mended, and init has it ready.
        _shop.With("requirements.txt", "# nothing\n");
        var synced = await _shop.SyncAsync(await _shop.InitAsync(new InitAnswers()));
        Assert.True(synced.IsOk, synced.ToString());
        Assert.Equal(".slipway/envs/my-ml-project", new FileInfo(_shop.At(".venv")).LinkTarget);
        Assert.True((await _shop.InitAsync(new InitAnswers { Force = true })).IsReplay);
    }

    [Fact]
    public async Task Pin_is_written_when_there_is_none_and_never_changed()
    {
        await _shop.InitAsync(FilesOnly with { Python = "3.11" });
        Assert.Equal("3.11\n", _shop.Text(".python-version"));
        Assert.DoesNotContain("python =", _shop.Text("slipway.toml"), StringComparison.Ordinal);
        await _shop.InitAsync(FilesOnly with { Force = true });
        await _shop.InitAsync(FilesOnly with { Python = "3.11" });
        Assert.Equal("3.11\n", _shop.Text(".python-version"));

        var failure = await _shop.RefusedAsync(FilesOnly with { Python = "3.12", Force = true });
        Assert.Equal((ProjectFailures.Contradiction, _shop.At(".python-version")), (failure.Code, failure.Location!.Source));
    }

    [Fact]
    public async Task Python_that_no_pin_can_hold_goes_into_the_settings()
    {
        await _shop.InitAsync(FilesOnly with { Python = ">=3.9, <4" });
        Assert.Contains("python = \">=3.9, <4\"", _shop.Text("slipway.toml"), StringComparison.Ordinal);
        Assert.False(File.Exists(_shop.At(".python-version")));
    }

    [Fact]
    public async Task Environments_are_declared_one_by_one()
    {
        var dev = await _shop.InitAsync(FilesOnly with { Env = "dev", Python = "3.11", Backend = "pip" });
        Assert.Contains("[envs.dev]\nbackend = \"pip\"\npython = \"3.11\"\n", _shop.Text("slipway.toml"), StringComparison.Ordinal);
        Assert.Equal("dev", dev.Environment.ToString());
        var prod = await _shop.InitAsync(FilesOnly with { Env = "prod" });
        Assert.Equal("prod", prod.Environment.ToString());
        Assert.Equal("dev, prod", string.Join(", ", prod.Project.Environments));
        Assert.Equal(FileOutcome.Changed, prod.Files.First(static file => file.Name is "slipway.toml").Outcome);
        Assert.True((await _shop.InitAsync(FilesOnly with { Env = "prod" })).IsReplay);
        await _shop.RefusedAsync(FilesOnly with { Env = "dev", Python = "3.12" });
    }

    [Fact]
    public async Task Settings_in_pyproject_are_kept_and_nothing_is_added()
    {
        const string Pyproject = "[project]\nname = 'p'\nversion = '1'\n[tool.slipway]\nname = 'mine' # why\n";
        var report = await _shop.With("pyproject.toml", Pyproject).InitAsync();
        Assert.Equal("mine", report.Environment.ToString());
        Assert.Equal(Pyproject, _shop.Text("pyproject.toml"));
        Assert.False(File.Exists(_shop.At("slipway.toml")) || File.Exists(_shop.At("requirements.txt")), "Something was added.");
    }

    [Fact]
    public async Task Two_kinds_of_file_leave_the_backend_open_and_the_answer_is_written_down()
    {
        _shop.With("environment.yml", "name: x\n").With("requirements.txt", "a\n");
        Assert.True(_shop.Look().IsBackendOpen);
        await _shop.InitAsync(FilesOnly with { Backend = "pip" });
        Assert.Contains("backend = \"pip\"", _shop.Text("slipway.toml"), StringComparison.Ordinal);
        Assert.False(_shop.Look().IsBackendOpen);

        // A lock of conda alone speaks for micromamba, and pip cannot read it.
        using var conda = new ProjectWorkshop();
        conda.With("conda-lock.yml", "version: 1\n");
        Assert.Equal((BackendDetector.Micromamba, false), (conda.Look().Backend.Kind, conda.Look().IsBackendOpen));
        Assert.Equal(ProjectFailures.BackendUnfit, (await conda.RefusedAsync(FilesOnly with { Backend = "pip" })).Code);
    }

    [Fact]
    public async Task Direnv_follows_the_active_environment()
    {
        _shop.With("slipway.toml", "env = 'dev'\nprompt = '<{env_name}>'\n[envs.dev]\n[envs.gpu]\nprompt = '{backend} {env_name}'\n").Set("SLIPWAY_PROMPT", "(mine)").Set("SLIPWAY_ENV", "gpu");
        var project = (await _shop.With(".envrc", "mine\n").InitAsync()).Project;
        Assert.Contains("SLIPWAY_PROMPT=\"<dev> \"", _shop.Text(".envrc"), StringComparison.Ordinal);

        var gpu = project.Environments[1];
        Assert.True(_shop.Envrc.Follow(project, gpu, BackendDetector.Micromamba).Value, "The file says something else.");
        Assert.Contains("export CONDA_PREFIX=\"$PWD/.venv\"\nexport SLIPWAY_PROMPT=\"micromamba gpu \"", _shop.Text(".envrc"), StringComparison.Ordinal);
        Assert.EndsWith("mine\n", _shop.Text(".envrc"), StringComparison.Ordinal);
        Assert.False(_shop.Envrc.Follow(project, gpu, BackendDetector.Micromamba).Value, "It was right already.");

        // A file without our lines is none of ours.
        _shop.With(".envrc", "mine\n");
        Assert.False(_shop.Envrc.Follow(project, gpu, BackendDetector.Pip).Value, "It was changed.");
        Assert.Equal("mine\n", _shop.Text(".envrc"));
    }

    [Fact]
    public async Task Editor_is_told_on_request_only()
    {
        await _shop.InitAsync(FilesOnly with { VsCode = true, Direnv = false });
        Assert.Contains("${workspaceFolder}/.venv/bin/python", _shop.Text(".vscode/settings.json"), StringComparison.Ordinal);
        Assert.False(File.Exists(_shop.At(".envrc")));
    }

    [Theory]
    [InlineData("p q")]
    [InlineData("a\"b'c$d`e\\f")]
    [InlineData("项目 É")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public async Task Any_name_of_a_directory_does(string name)
    {
        using var shop = new ProjectWorkshop(name);
        await shop.InitAsync(new InitAnswers());
        Assert.DoesNotContain(shop.Project, shop.Text(".envrc"), StringComparison.Ordinal);
        Assert.True((await shop.InitAsync()).IsReplay);
        Assert.True(shop.Purge.Execute(shop.Purge.Plan()).IsOk);
        Assert.Equal("requirements.txt, slipway.toml", string.Join(", ", shop.Listing().Split('\n').Select(static line => line.Split(' ')[0])));
    }

    public static TheoryData<string, InitAnswers, FailureCode> Refusals => new()
    {
        { "--strict --no-lock", FilesOnly with { Strict = true, NoLock = true }, ProjectFailures.Contradiction },
        { "two names", FilesOnly with { Name = "a", Env = "b" }, ProjectFailures.Contradiction },
        { "a name that is reserved", FilesOnly with { Name = "base", Python = "3.11" }, ProjectFailures.NameRefused },
        { "an empty name", FilesOnly with { Env = string.Empty }, ProjectFailures.NameRefused },
        { "a channel for pip", FilesOnly with { Channels = ["conda-forge"] }, ProjectFailures.Contradiction },
        { "no backend of that name", FilesOnly with { Backend = "poetry" }, EnvironmentFailures.UnknownProvisioner },
        { "no Python", FilesOnly with { Python = "-x" }, EnvironmentFailures.MalformedInterpreterRequest },
        { "a lock that is missing", FilesOnly with { Strict = true }, ProjectFailures.LockMissing },
        { "a Python that is not here", new InitAnswers { Python = "3.99" }, EnvironmentFailures.NoInterpreter },
        { "the same with --force --no-sync", FilesOnly with { Python = "3.99", Force = true }, EnvironmentFailures.NoInterpreter },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_refused_leaves_no_trace(string why, InitAnswers answers, FailureCode code)
    {
        var failure = await _shop.With(".gitignore", "mine").RefusedAsync(answers);
        Assert.True(failure.Code == code, $"{why}: {failure}");
        Assert.NotEqual(ExitCode.Done, failure.Code.Exit);
    }

    [Fact]
    public async Task Force_wants_the_backends_program_before_it_writes_anything()
    {
        var failure = await _shop.With("environment.yml", "name: x\ndependencies: [python]\n").RefusedAsync(FilesOnly with { Force = true });
        Assert.Equal((EnvironmentFailures.ToolMissing, ExitCode.Unavailable), (failure.Code, failure.Code.Exit));
        Assert.Contains("micromamba", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slipway.toml", "name = \n", "")]
    [InlineData("slipway.toml", "nme = 'x'\n", "PRJ0103")]
    [InlineData("pyproject.toml", "[project\n", "")]
    [InlineData("requirements.txt", "a ==\n", "")]
    [InlineData(".python-version", "-x\n", "PRJ0105")]
    [InlineData(".gitignore", "# >>> slipway >>>\n", "PRJ0231")]
    [InlineData(".envrc", "# <<< slipway <<<\n", "PRJ0231")]
    public async Task File_that_cannot_be_read_is_named_before_anything_is_written(string name, string text, string code)
    {
        var failure = await _shop.With(name, text).RefusedAsync(FilesOnly);
        Assert.Equal(_shop.At(name), failure.Location!.Source);
        Assert.True(failure.Location.Line > 0 && (code.Length == 0 || failure.Code.Id == code), failure.ToString());
    }

    [Fact]
    public async Task Real_virtual_environment_is_never_touched()
    {
        _shop.With(".venv/bin/python", "mine");
        foreach (var answers in (InitAnswers[])[new InitAnswers(), new InitAnswers { Force = true }, FilesOnly])
        {
            var failure = await _shop.RefusedAsync(answers);
            Assert.Equal(ProjectFailures.VenvInTheWay, failure.Code);
            Assert.Contains("mv .venv", failure.Remedy, StringComparison.Ordinal);
        }

        await _shop.InitAsync(FilesOnly with { Direnv = false });
        Assert.Equal("mine", _shop.Text(".venv/bin/python"));
    }

    [Fact]
    public async Task Folder_that_a_service_synchronises_is_refused_and_may_be_allowed()
    {
        using var shop = new ProjectWorkshop("../Dropbox/p");
        Assert.Equal(ProjectFailures.SyncedFolder, (await shop.RefusedAsync(FilesOnly with { Python = "3.11" })).Code);
        Assert.False((await shop.InitAsync(FilesOnly with { AllowSyncedFolder = true })).IsReplay);
    }

    [Fact]
    public async Task Replay_that_is_asked_for_something_else_is_refused()
    {
        await _shop.InitAsync();
        foreach (var answers in (InitAnswers[])[FilesOnly with { Backend = "system" }, FilesOnly with { Name = "other" }, FilesOnly with { Python = ">=3.9" }])
        {
            Assert.Equal(ProjectFailures.Contradiction, (await _shop.RefusedAsync(answers)).Code);
        }

        await _shop.InitAsync(FilesOnly with { Backend = "pip", Name = "my-ml-project" });
    }

    [Fact]
    public async Task Failure_in_the_middle_puts_every_file_back()
    {
        // That the lock of a new environment is missing shows only once the environment is declared.
        _shop.With("requirements.txt", "a\n").With(".gitignore", "mine\n");
        Assert.Equal(ProjectFailures.LockMissing, (await _shop.RefusedAsync(FilesOnly with { Strict = true, Env = "dev", VsCode = true })).Code);

        await _shop.With("pylock.toml", "lock-version = '1.0'\ncreated-by = 'x'\npackages = []\n").InitAsync();
        Assert.Equal(ProjectFailures.LockMissing, (await _shop.RefusedAsync(FilesOnly with { Strict = true, Env = "dev", VsCode = true })).Code);
    }

    [RequiresFact(Capability.Linux)]
    public async Task Directory_that_cannot_be_written_is_told_with_its_cause()
    {
        using var shop = new ProjectWorkshop();
        var result = await shop.TryInitAsync(FilesOnly, "/sys");
        Assert.Equal(ExitCode.StoreNotWritable, result.Failure.Code.Exit);
        Assert.StartsWith("Cannot write /sys/slipway.toml: ", result.Failure.Message, StringComparison.Ordinal);
    }
}
