using Slipway.Core.Requirements;
using Slipway.Machines;
using Slipway.Projects.Checks;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Checks;

public sealed class TreeChecksTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public TreeChecksTests()
    {
        _folder.CreateFolder("bin");
        _folder.CreateFolder(Site);
        File.CreateSymbolicLink(_folder.Combine("bin/python"), Pythons.Default.FullPath);
    }

    private static string Site => "lib/python3.11/site-packages";

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task What_pip_installed_into_conda_is_told_and_a_second_OpenMP_too()
    {
        _folder.WriteFile("conda-meta/numpy-2.0-0.json", "{}");
        _folder.WriteFile($"{Site}/numpy-2.0.dist-info/INSTALLER", "conda\n");
        Assert.Empty(await IdsAsync());

        _folder.WriteFile($"{Site}/torch-2.1.dist-info/INSTALLER", "pip\n");
        Assert.Equal(["pip-in-conda"], await IdsAsync(), StringComparer.Ordinal);
        _folder.WriteFile("conda-meta/llvm-openmp-18.1-0.json", "{}");
        Assert.Equal(["pip-in-conda", "openmp-clash"], await IdsAsync(), StringComparer.Ordinal);

        // What is declared surprises nobody; two OpenMPs clash all the same.
        Assert.Equal(["openmp-clash"], await IdsAsync("Torch"), StringComparer.Ordinal);
        _folder.WriteFile($"{Site}/stray_one-1.0.dist-info/INSTALLER", "pip\n");
        Assert.Contains("declares it: stray_one", (await FindingsAsync("torch"))[0].Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Command_whose_interpreter_does_not_run_is_named()
    {
        _folder.WriteFile("bin/good", $"#!{Pythons.Default.FullPath}\n");
        _folder.WriteFile("bin/shell", "#!/bin/sh\nexit 1\n");
        Assert.Empty(await IdsAsync());

        // pip writes long paths as a shell script that executes the interpreter.
        _folder.WriteFile("bin/wrapped", "#!/bin/sh\n'''exec' \"/nowhere/bin/python3\" \"$0\" \"$@\"\n' '''\n");
        var finding = Assert.Single(await FindingsAsync());
        Assert.Equal(("dead-shebang", CheckLevel.Error), (finding.Id, finding.Level));
        Assert.Contains("wrapped begins with /nowhere/bin/python3", finding.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Interpreter_that_hangs_or_fails_is_an_error_with_its_words()
    {
        File.Delete(_folder.Combine("bin/python"));
        _folder.WriteFile("bin/python", "#!/bin/sh\necho 'no libpython' >&2\nexit 127\n");
        File.SetUnixFileMode(_folder.Combine("bin/python"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var finding = Assert.Single(await FindingsAsync());
        Assert.Equal("interpreter-gone", finding.Id);
        Assert.Contains("exit code 127: no libpython", finding.Message, StringComparison.Ordinal);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("home = /usr/bin\ncommand = /usr/bin/python3 -m venv --without-pip /elsewhere/my env\n", "/elsewhere/my env")]
    [InlineData("home = /usr/bin\ncommand = /usr/bin/python3 -m venv /elsewhere\n", "/elsewhere")]
    public async Task Tree_that_was_made_elsewhere_is_named_with_the_place(string text, string place)
    {
        _folder.WriteFile("pyvenv.cfg", text);
        var finding = Assert.Single(await FindingsAsync());
        Assert.Equal("moved", finding.Id);
        Assert.Contains($"made at {place}, ", finding.Message, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> IdsAsync(params IEnumerable<string> declared) => [.. (await FindingsAsync(declared)).Select(finding => finding.Id)];

    private async Task<IReadOnlyList<CheckFinding>> FindingsAsync(params IEnumerable<string> declared)
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var found = await new TreeChecks(new LocalMachine(), _folder.FullPath, "demo", "remedy", [.. declared.Select(name => PackageName.Parse(name).Value)]).LookAsync(cancellation.Token);
        return [.. found.Where(finding => finding.Level is not CheckLevel.Pass)];
    }
}
