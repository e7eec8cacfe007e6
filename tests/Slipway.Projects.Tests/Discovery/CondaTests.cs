using Slipway.Core;
using Slipway.Core.Failures;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;

namespace Slipway.Projects.Tests.Discovery;

/// <summary>Conda files become one request, with the lock that answers them.</summary>
public sealed class CondaTests : IDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string File = "name: Vision Kit\nchannels: [conda-forge, ./own]\ndependencies:\n  - python=3.11\n  - numpy>=2\nvariables: {A: b}\n";
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void An_environment_file_becomes_a_request()
    {
        var found = _place.With("environment.yml", File + "prefix: /x\n").Discover(null);
        var conda = found.Request.Conda!;
        Assert.Equal($"conda-forge {_place.At("own")}", string.Join(' ', conda.Channels));
        Assert.Equal("python=3.11 numpy>=2", string.Join(' ', conda.Specs));
        Assert.Equal("b", conda.Variables["A"]);
        Assert.Contains("prefix is not followed", Assert.Single(found.Warnings), StringComparison.Ordinal);
        Assert.Contains("environment.yml Content", _place.Observed(found), StringComparer.Ordinal);

        var before = found.Request.ToFields("linux-x86_64").Digest();
        Assert.NotEqual(before, _place.Discover(null, new RequestSettings { Channels = ["bioconda"] }).Request.ToFields("linux-x86_64").Digest());
        Assert.Equal("bioconda", Assert.Single(_place.Discover(null, new RequestSettings { Channels = ["bioconda"] }).Request.Conda!.Channels));
        var pip = _place.With("environment.yml", File.Replace("  - numpy>=2\n", "  - pip:\n    - six==1.16\n", StringComparison.Ordinal)).Discover(null);
        Assert.Equal("six==1.16", Place.Asked(pip));
    }

    [Fact]
    public void A_named_environment_reads_its_own_file_and_a_wish_for_a_python_is_not_followed()
    {
        _place.With("slipway.toml", "python = '3.12'\n[envs.gpu]\nenv-file = 'gpu.yml'\nchannels = ['nvidia']\n[envs.cpu]\nrequirements = ['r.txt']\n")
            .With("gpu.yml", File).With("r.txt", "six\n");
        var gpu = _place.Discover(null, new RequestSettings { Env = "gpu" });
        Assert.Equal(("micromamba", "nvidia", null), (gpu.Request.Provisioner, Assert.Single(gpu.Request.Conda!.Channels), gpu.Request.Python));
        Assert.Contains("The Python ==3.12.* of", Assert.Single(gpu.Warnings), StringComparison.Ordinal);
        Assert.Null(_place.Discover(null, new RequestSettings { Env = "cpu" }).Request.Conda);
    }

    [Theory]
    [InlineData("dependencies: [a\n", "COR0702")]
    [InlineData("name: x\n", "COR0703")]
    public void A_bad_file_is_refused_with_its_path_line_and_column(string text, string code)
    {
        var failure = _place.With("environment.yml", text).Fail(null);
        Assert.Equal((code, _place.At("environment.yml")), (failure.Code.Id, failure.Location!.Source));
        Assert.True(failure.Location is { Line: > 0, Column: > 0 });
    }

    [Fact]
    public void A_lock_beside_the_file_is_used_while_it_answers_it()
    {
        _place.With("environment.yml", File).With("conda-lock.yml", Lock("3.11.7", "2.1.0"));
        var used = _place.Discover(null, new RequestSettings { Locked = true });
        Assert.Equal((LockStanding.Used, 0), (used.LockStanding, used.Warnings.Length));
        Assert.Equal("numpy python", string.Join(' ', used.Request.Conda!.Lock!.Packages["linux-64"].Select(package => package.Name).Order(StringComparer.Ordinal)));
        Assert.Null(_place.Discover(null, new RequestSettings { NoLock = true }).Request.Conda!.Lock);

        // Times of files mean nothing: only what the lock holds does.
        System.IO.File.SetLastWriteTimeUtc(_place.At("conda-lock.yml"), DateTime.UnixEpoch);
        Assert.Equal(LockStanding.Used, _place.Discover(null).LockStanding);

        var left = _place.With("environment.yml", File.Replace("3.11", "3.12", StringComparison.Ordinal)).Discover(null);
        Assert.Equal(LockStanding.LeftOut, left.LockStanding);
        Assert.Contains("python=3.12 is needed, and it has python 3.11.7 for linux-64", Assert.Single(left.Warnings), StringComparison.Ordinal);
        Assert.Null(left.Request.Conda!.Lock);
        Assert.Equal(ProjectFailures.LockRefused, _place.Fail(null, new RequestSettings { Locked = true }).Code);
        _place.With("environment.yml", File + "# more\n").With("conda-lock.yml", Lock("3.11.7", null));
        Assert.Contains("it has no numpy", Assert.Single(_place.Discover(null).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_pip_installs_is_part_of_a_conda_lock_for_its_platform_alone()
    {
        var file = File.Replace("  - numpy>=2\n", "  - numpy>=2\n  - pip:\n    - six>=1.16\n    - numpy\n", StringComparison.Ordinal);
        var text = Lock("3.11.7", "2.1.0").Replace("platforms: [linux-64]", "platforms: [linux-64, osx-64]", StringComparison.Ordinal) + Pip("six", "1.16", "linux-64") + Pip("six", "1.17", "osx-64")
            + Entry("python", "3.11.7").Replace("linux-64", "osx-64", StringComparison.Ordinal) + Entry("numpy", "2.1.0").Replace("linux-64", "osx-64", StringComparison.Ordinal);
        var used = _place.With("environment.yml", file).With("conda-lock.yml", text).Discover(null);

        Assert.Equal((LockStanding.Used, "six>=1.16 | numpy"), (used.LockStanding, Place.Asked(used)));
        Assert.Equal($"six @ https://f.example/six-1.16-py3-none-any.whl#sha256={Hash}", Assert.Single(used.Request.Conda!.Lock!.Pip["linux-64"]).ToLine());
        Assert.Contains("six-1.17", Assert.Single(used.Request.Conda.Lock.Pip["osx-64"]).ToLine(), StringComparison.Ordinal);
        var stale = _place.With("environment.yml", file.Replace("six>=1.16", "six>=1.17", StringComparison.Ordinal)).Discover(null);
        Assert.Contains("six>=1.17 is needed of pip, and it has six 1.16 for linux-64", Assert.Single(stale.Warnings), StringComparison.Ordinal);
        var missing = _place.With("environment.yml", file.Replace("six>=1.16", "seven", StringComparison.Ordinal)).Discover(null);
        Assert.Contains("seven is needed of pip, and it has none for linux-64", Assert.Single(missing.Warnings), StringComparison.Ordinal);
        Assert.Equal(CoreFailures.CondaLockInvalid, _place.With("conda-lock.yml", text.Replace($"any.whl\n  hash: {{sha256: {Hash}}}", "any.whl\n  hash: {}", StringComparison.Ordinal)).Fail(null).Code);
    }

    [Fact]
    public void Files_of_Python_requirements_and_options_add_to_the_conda_file_of_a_named_environment()
    {
        _place.With("slipway.toml", "[envs.gpu]\nbackend = 'micromamba'\nenv-file = 'gpu.yml'\nrequirements = ['r.txt']\n").With("gpu.yml", File).With("r.txt", "six\n");
        var gpu = _place.Discover(null, new RequestSettings { Env = "gpu", With = ["seven"] });
        Assert.Equal(("micromamba", "six | seven"), (gpu.Request.Provisioner, Place.Asked(gpu)));
        Assert.Equal(2, gpu.Request.Conda!.Specs.Length);
        Assert.Empty(gpu.Warnings);
    }

    [Fact]
    public void A_lock_or_a_list_alone_says_everything()
    {
        var alone = _place.With("a/conda-lock.yml", Lock("3.11.7", "2.1.0")).Discover(null, directory: "a");
        Assert.Equal((2, LockStanding.Used), (alone.Request.Conda!.Lock!.Packages["linux-64"].Length, alone.LockStanding));
        _place.With("b/slipway.toml", "env-file = 'list.txt'\n").With("b/list.txt", $"@EXPLICIT\nhttps://c.example/f/linux-64/a-1-0.conda#sha256:{Hash}\n");
        Assert.Equal("linux-64", Assert.Single(_place.Discover(null, directory: "b").Request.Conda!.Lock!.Packages.Keys));
        _place.With("a/conda-lock.yml", Lock("3.11.7", "2.1.0").Replace("platforms: [linux-64]", "platforms: [osx-64]", StringComparison.Ordinal));
        Assert.Equal(CoreFailures.CondaLockInvalid, _place.Fail(null, directory: "a").Code);
    }

    [Fact]
    public void A_lock_of_Slipway_comes_first_and_is_left_out_when_it_was_made_for_something_else()
    {
        _place.With("environment.yml", File).With("conda-lock.yml", Lock("3.11.7", "2.1.0"));
        var conda = _place.Discover(null).Request;
        var set = new CondaSet("linux-64", conda.Conda!.Channels, [.. conda.Conda.Specs.Select(spec => spec.Text)], conda.Conda.Variables, conda.Conda.Lock!.Packages["linux-64"]);
        _place.With("pylock.toml", ResolvedLock.For(conda, set, []).ToText());
        var followed = _place.Discover(null);
        Assert.Equal((LockStanding.Used, _place.At("pylock.toml")), (followed.LockStanding, followed.Request.Lock?.Path));
        var left = _place.With("environment.yml", File.Replace("numpy>=2", "numpy", StringComparison.Ordinal)).Discover(null);
        Assert.Equal(LockStanding.LeftOut, left.LockStanding);
        Assert.Contains("numpy is needed, and the lock does not know it", Assert.Single(left.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "vision-kit")]
    [InlineData("", "name = 'own'\n", "own")]
    [InlineData("name: base\n", "", "env-base")]
    [InlineData("name: Fit_1\n", "", "Fit_1")]
    public void The_file_names_the_environment_of_a_project_that_declares_none(string name, string settings, string expected)
    {
        _place.With("p/environment.yml", name.Length == 0 ? File : name + "dependencies: [a]\n");
        if (settings.Length > 0)
        {
            _place.With("p/slipway.toml", settings);
        }

        var project = new ProjectFinder(variable => variable is "HOME" ? _place.Root : null, () => false).Find(_place.At("p"), new RequestSettings()).Value;
        Assert.Equal(expected, Assert.Single(project.Environments).ToString());
    }

    private static string Lock(string python, string? numpy)
    {
        var entries = Entry("python", python) + (numpy is null ? string.Empty : Entry("numpy", numpy));
        return $"version: 1\nmetadata:\n  content_hash: {{linux-64: abc}}\n  channels: []\n  platforms: [linux-64]\n  sources: [environment.yml]\npackage:\n{entries}";
    }

    private static string Pip(string name, string version, string platform) =>
        $"- name: {name}\n  version: '{version}'\n  manager: pip\n  platform: {platform}\n  category: main\n  url: https://f.example/{name}-{version}-py3-none-any.whl\n  hash: {{sha256: {Hash}}}\n";

    private static string Entry(string name, string version) =>
        $"- name: {name}\n  version: {version}\n  manager: conda\n  platform: linux-64\n  category: main\n  url: https://c.example/conda-forge/linux-64/{name}-{version}-h1_0.conda\n  hash: {{sha256: {Hash}}}\n";
}
