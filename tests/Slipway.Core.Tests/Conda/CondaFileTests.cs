using Slipway.Core.Conda;
using Slipway.Core.Failures;

namespace Slipway.Core.Tests.Conda;

public sealed class CondaFileTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Md5 = "0123456789abcdef0123456789abcdef";

    private const string Environment =
        """
        name: ml-pipeline
        channels:
          - conda-forge
          - ./local        # beside the file
          - nodefaults
        dependencies:
          - python=3.11
          - conda-forge::numpy >=2,<3
          - 'pytorch 2.*'
          - pip
          - pip:
              - requests>=2; sys_platform == "linux"
              - thing @ https://host.example/thing-1-py3-none-any.whl
        variables:
          OMP_NUM_THREADS: 1
          GREETING: "a: b"
        prefix: /home/someone/envs/x
        """;

    [Fact]
    public void An_environment_file_is_read_whole()
    {
        var file = CondaEnvironmentFile.Parse(Environment, "environment.yml", "/p").Value;
        Assert.Equal("ml-pipeline", file.Name);
        Assert.Equal("conda-forge /p/local nodefaults", string.Join(' ', file.Channels));
        Assert.Equal("python=3.11; conda-forge::numpy >=2,<3; pytorch 2.*; pip", string.Join("; ", file.Specs));
        Assert.Equal("python numpy pytorch pip", string.Join(' ', file.Specs.Select(spec => spec.Name)));
        Assert.Equal("requests thing", string.Join(' ', file.Pip.Select(line => line.Requirement.Name)));
        Assert.Equal(12, file.Pip[0].Location.Line);
        Assert.Equal([new("GREETING", "a: b"), new("OMP_NUM_THREADS", "1")], file.Variables);
        Assert.Contains("prefix is not followed", Assert.Single(file.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dependencies:\n  - a\n bad: [\n", "COR0702", 3)]
    [InlineData("a: 1\nb: 2\na: 3\n", "COR0702", 3)]
    [InlineData("- a\n", "COR0702", 1)]
    [InlineData("dependencies: [*x]\n", "COR0702", 1)]
    [InlineData("name: x\nchannels: [conda-forge]\n", "COR0703", 1)]
    [InlineData("name: x\ndependencies: []\n", "COR0703", 1)]
    [InlineData("dependencies: python\n", "COR0703", 1)]
    [InlineData("name: [x]\ndependencies: [a]\n", "COR0703", 1)]
    [InlineData("dependencies:\n  - a\n  - npm: [b]\n", "COR0703", 3)]
    [InlineData("dependencies:\n  - a\n  - pip:\n    - -r more.txt\n", "COR0703", 4)]
    [InlineData("dependencies:\n  - a\n  - pip:\n    - 'not a requirement'\n", "COR0102", 4)]
    [InlineData("dependencies:\n  - a\n  - '--channel=x'\n", "COR0704", 3)]
    [InlineData("dependencies:\n  - https://host.example/linux-64/a-1-0.conda\n", "COR0704", 2)]
    [InlineData("dependencies: [a]\nvariables:\n  A B: 1\n", "COR0703", 3)]
    [InlineData("dependencies: [a]\nchannels:\n  - https://user:hidden1@host.example/c\n", "COR0107", 3)]
    public void A_bad_environment_file_is_refused_with_its_place(string text, string code, int line)
    {
        var failure = CondaEnvironmentFile.Parse(text, "environment.yml", "/p").Failure;
        Assert.Equal((code, "environment.yml", line), (failure.Code.Id, failure.Location?.Source, failure.Location?.Line));
        Assert.True(failure.Location!.Column > 0);
        Assert.DoesNotContain("hidden1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("python=3.11", "3.11.7", true)]
    [InlineData("python=3.11", "3.12.0", false)]
    [InlineData("python=3.1", "3.11", false)]
    [InlineData("python 3.11.*", "3.11.7", true)]
    [InlineData("python==3.11", "3.11.7", false)]
    [InlineData("python 3.11", "3.11.7", false)]
    [InlineData("numpy=2.1=py311*", "2.1.3", true)]
    [InlineData("numpy >=2,<3", "2.1", true)]
    [InlineData("numpy>=2,<3", "1.26", false)]
    [InlineData("numpy", "1", true)]
    [InlineData("openssl >=1|<0.9", "1.1.1w", true)]
    [InlineData("numpy[build=x]", "1", true)]
    public void A_spec_judges_the_versions_of_its_simple_bounds(string spec, string version, bool isAllowed) =>
        Assert.Equal(isAllowed, CondaSpec.Parse(spec, new FailureLocation("x")).Value.Allows(version));

    [Fact]
    public void A_lock_is_read_with_all_its_platforms()
    {
        var text =
            $$"""
            # made by hand
            version: 1
            metadata:
              content_hash:
                linux-64: abc
              channels:
                - {url: conda-forge, used_env_vars: []}
              platforms: [linux-64, osx-arm64]
              sources: [environment.yml]
            package:
              - {name: python, version: 3.10, manager: conda, platform: linux-64, category: main,
                 url: https://c.example/conda-forge/linux-64/python-3.10-h1_0_cpython.conda, hash: {md5: {{Md5}}, sha256: {{Sha}} } }
              - {name: six, version: '1.16', manager: pip, platform: osx-arm64, url: https://h.example/six-1.16-py3-none-any.whl, hash: {sha256: {{Sha}} } }
            """;
        var file = CondaLockFile.Parse(text, "conda-lock.yml").Value;
        Assert.Equal("linux-64 osx-arm64", string.Join(' ', file.Platforms));
        Assert.Equal("abc", file.ContentHash["linux-64"]);
        Assert.Equal([("python", "3.10", false, "main"), ("six", "1.16", true, "main")], file.Entries.Select(entry => (entry.Name, entry.Version, entry.IsPip, entry.Category)));
        var entry = file.Entries[0];
        var package = CondaPackage.Create(entry.Url, entry.Sha256, entry.Md5, entry.At).Value;
        Assert.Equal(("python", "3.10", "h1_0_cpython", "https://c.example/conda-forge", "linux-64"), (package.Name, package.Version, package.Build, package.Channel, package.Platform));
        Assert.Equal($"{entry.Url}#sha256:{Sha}", package.ToExplicitLine());
    }

    [Theory]
    [InlineData("version: 4\n", "COR0706", 1)]
    [InlineData("version: 1\nmetadata: {platforms: []}\n", "COR0705", 2)]
    [InlineData("metadata:\n  platforms: [linux-64]\npackage:\n  - {name: a, version: 1}\n", "COR0705", 4)]
    [InlineData("metadata:\n  platforms: [linux-64]\npackage:\n  - a\n", "COR0705", 4)]
    [InlineData("metadata:\n  platforms: [linux-64]\npackage:\n  - {name: a, version: 1, manager: npm, platform: x, url: y}\n", "COR0705", 4)]
    public void A_bad_lock_is_refused_with_its_place(string text, string code, int line)
    {
        var failure = CondaLockFile.Parse(text, "conda-lock.yml").Failure;
        Assert.Equal((code, line), (failure.Code.Id, failure.Location?.Line));
    }

    [Fact]
    public void An_explicit_list_survives_being_written()
    {
        var text = $"# platform: linux-64\n@EXPLICIT\nhttps://c.example/f/linux-64/a-b-1.0-0.tar.bz2#{Md5}\n\nfile:///c/noarch/d-2-h_1.conda#sha256:{Sha}\n";
        var list = CondaExplicitList.Parse(text, "list.txt").Value;
        Assert.Equal([("a-b", $"md5:{Md5}"), ("d", $"sha256:{Sha}")], list.Packages.Select(package => (package.Name, package.Hash)));
        Assert.Equal(list.ToText(), CondaExplicitList.Parse(list.ToText(), "list.txt").Value.ToText());
    }

    [Theory]
    [InlineData("https://c.example/f/linux-64/a-1-0.conda#" + Md5, 1)]
    [InlineData("@EXPLICIT\nhttps://c.example/f/linux-64/a-1-0.conda\n", 2)]
    [InlineData("@EXPLICIT\nhttps://c.example/f/linux-64/a-1.conda#" + Md5, 2)]
    [InlineData("@EXPLICIT\nhttps://c.example/f/linux-64/a-1-0.zip#" + Md5, 2)]
    [InlineData("@EXPLICIT\n\nhttps://c.example/a b/linux-64/a-1-0.conda#" + Md5, 3)]
    [InlineData("@EXPLICIT\nftp://c.example/f/linux-64/a-1-0.conda#" + Md5, 2)]
    public void A_bad_explicit_list_is_refused_with_its_line(string text, int line)
    {
        var failure = CondaExplicitList.Parse(text, "list.txt").Failure;
        Assert.Equal(("COR0705", line), (failure.Code.Id, failure.Location?.Line));
    }
}
