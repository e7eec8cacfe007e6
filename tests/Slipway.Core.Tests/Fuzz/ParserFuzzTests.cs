using System.Text;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Pyproject;
using Slipway.Core.Requirements;
using Slipway.Core.Scripts;
using Slipway.Core.Tests.Support;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Tests.Fuzz;

/// <summary>No parser throws, whatever it is given; and what it accepts survives being written and read again.</summary>
public sealed class ParserFuzzTests
{
    private const string Alphabet = "aA1.0 \t\n\r\\\"'[](){}<>=!~,;@#:/-_+*$%vrcdevpostinextras";

    [Fact]
    public void Parse_versions_and_specifiers_never_throw() => Fuzz(1, 3000, gen => gen.Chance(50) ? gen.Version() : gen.Specifier(), text =>
    {
        RoundTrip(PepVersion.Parse(text), PepVersion.Parse);
        RoundTrip(VersionSpecifierSet.Parse(text), VersionSpecifierSet.Parse);
        RoundTrip(PackageName.Parse(text), PackageName.Parse);
        WheelFileName.Parse(text + ".whl");
        PylockFileName.IsValid(text);
    });

    [Fact]
    public void Parse_requirements_never_throw() => Fuzz(
        2,
        4000,
        gen => gen.Pick(
            $"name[a,b]{gen.Specifier()}; python_version >= '3.8' and (extra == 'x' or os_name in 'a b')",
            "name @ git+https://host.example/o/r.git@v1.0#subdirectory=a ; sys_platform != 'win32'",
            "x @ https://user:secret@host/x.whl",
            "-r base.txt",
            $"name==1 \\\n --hash=sha256:{new string('a', 64)} # c\n-c x\n--pre",
            "'a' not in extras or \"b\" in dependency_groups"),
        text =>
        {
            RoundTrip(Requirement.Parse(text), static t => Requirement.Parse(t));
            RoundTrip(Marker.Parse(text), Marker.Parse);
            Located(RequirementsFile.Parse(text, "r.txt"));
            if (Marker.Parse(text).TryGet(out var marker, out _))
            {
                marker.Evaluate(Slipway.Core.Tests.Requirements.MarkerTests.Linux, ["x"]);
            }
        });

    [Fact]
    public void Parse_conda_files_never_throws() => Fuzz(
        5,
        4000,
        gen => gen.Pick(
            "name: x\nchannels: [a, ./b]\ndependencies:\n  - python=3.1\n  - &a 'b >=1,<2'\n  - *a\n  - pip:\n    - c>=1\nvariables: {D: \"e\\n\"}\n",
            $"version: 1\nmetadata: {{platforms: [linux-64], content_hash: {{linux-64: a}}}}\npackage:\n- {{name: a, version: 1, manager: conda, platform: linux-64, url: https://h/c/noarch/a-1-0.conda, hash: {{md5: {new string('a', 32)}}}}}\n",
            $"# platform: linux-64\n@EXPLICIT\nhttps://h/c/noarch/a-1-0.conda#sha256:{new string('a', 64)}\n",
            "a: |2\n   b\n  c\nd: >-\n e\n? - f\n: !!map {g: !h i}\n--- # j\n%YAML 1.2\n...\n"),
        text =>
        {
            Located(CondaEnvironmentFile.Parse(text, "environment.yml", "/p"));
            Located(CondaLockFile.Parse(text, "conda-lock.yml"));
            Located(CondaExplicitList.Parse(text, "list.txt"));
        });

    [Fact]
    public void Parse_documents_never_throw() => Fuzz(
        3,
        4000,
        gen => gen.Pick(
            "a.b = [1, 2.5, 'x', {c = 1979-05-27T07:32:00Z}]\n[t.\"u v\"]\nk = \"\"\"\n\\u00e4 \\\n  x\"\"\"\n[[q]]\n[q.r]\n",
            "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\nversion = '1'\nsdist = {url = 'https://h/a.zip', hashes = {md5 = '00'}}\n",
            "# /// script\n# requires-python = '>=3.9'\n# dependencies = ['a>=1', 'b @ https://h/x']\n# [tool.x]\n# y = 1\n# ///\nprint()\n"),
        text =>
        {
            RoundTrip(TomlReader.Parse(text, "t"), t => TomlReader.Parse(t, "t"), TomlWriter.Write);
            RoundTrip(PylockReader.Read(text, "p").Map(PylockWriter.Write), t => PylockReader.Read(t, "p").Map(PylockWriter.Write));
            Located(ScriptMetadata.Parse(text, "s.py"));
            ScriptBlock.TryLocate(Encoding.UTF8.GetBytes(text), out _, out _);
        });

    [Fact]
    public void Parse_projects_and_times_never_throw() => Fuzz(
        4,
        4000,
        gen => gen.Pick(
            "[project]\nname = 'p'\ndependencies = ['a>=1', \"p[x]; os_name == 'nt'\"]\n[project.optional-dependencies]\nx = ['p[y]']\ny = ['b', 'p[x]']\n",
            "[dependency-groups]\na = ['x', {include-group = 'b'}]\nb = ['y', {include-group = 'c-d'}]\nC_D = []\n",
            "2026-01-31T12:00:00.5+01:30"),
        text =>
        {
            RoundTrip(InstantText.Parse(text), InstantText.Parse, InstantText.Render);
            if (!PyprojectDocument.Parse(text, "p").TryGet(out var document, out _) || !document.Read().TryGet(out var read, out var failure))
            {
                return;
            }

            Assert.True(read.Select(read.Extras, read.Groups).TryGet(out _, out failure) || failure.Location is { Line: > 0 }, failure?.ToString());
        });

    private static void Fuzz(int seed, int rounds, Func<Gen, string> sample, Action<string> check)
    {
        var gen = new Gen(seed);
        for (var round = 0; round < rounds; round++)
        {
            var text = gen.Next(3) switch
            {
                0 => gen.Noise(60, Alphabet),
                1 => gen.Mutate(sample(gen), Alphabet),
                _ => gen.Mutate(gen.Mutate(sample(gen), "\0\ud800\u2028é\u00a0"), Alphabet),
            };
            try
            {
                check(text);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {text}", exception);
            }
        }
    }

    private static void RoundTrip<T>(Result<T> result, Func<string, Result<T>> parse, Func<T, string>? write = null)
        where T : notnull
    {
        if (!result.TryGet(out var value, out var failure))
        {
            Assert.NotEmpty(failure.Message);
            return;
        }

        var text = write is null ? value.ToString()! : write(value);
        Assert.Equal(value, Must.Succeed(parse(text)));
    }

    private static void Located<T>(Result<T> result)
        where T : notnull => Assert.True(result.IsOk || result.Failure.Location is { Line: > 0 });
}
