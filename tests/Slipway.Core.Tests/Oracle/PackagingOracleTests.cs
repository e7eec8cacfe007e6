using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Tests.Requirements;
using Slipway.Core.Tests.Support;
using Slipway.Core.Versions;

namespace Slipway.Core.Tests.Oracle;

/// <summary>Versions, specifiers, markers and requirements as the <c>packaging</c> library reads them.</summary>
public sealed class PackagingOracleTests
{
    private const string Alphabet = "0123456789.!-_+vabrcdevpost*=<>~, ";

    private const string Versions =
        """
        import json, sys
        from pip._vendor.packaging.version import Version, InvalidVersion
        def read(text):
            try: return Version(text)
            except InvalidVersion: return None
        parsed = [read(t) for t in json.load(sys.stdin)]
        ordered = sorted({v for v in parsed if v is not None})
        rank = {v: i for i, v in enumerate(ordered)}
        json.dump([None if v is None else [str(v), v.is_prerelease, rank[v]] for v in parsed], sys.stdout)
        """;

    private const string Specifiers =
        """
        import json, sys
        from pip._vendor.packaging.specifiers import SpecifierSet, InvalidSpecifier
        from pip._vendor.packaging.version import Version, InvalidVersion
        # The library does not normalise the version before a wildcard, so there results are compared.
        def same(a, b, version):
            return a == b or ('*' in str(b) and all(a.contains(version, prereleases=p) == b.contains(version, prereleases=p) for p in (True, False)))
        out = []
        for spec, version, ours in json.load(sys.stdin):
            try: s = SpecifierSet(spec)
            except InvalidSpecifier: out.append(None); continue
            agrees = ours is None or same(SpecifierSet(ours), s, version)
            # The library takes the prefix of ~= from the text, so it needs the normal spelling.
            if ours is not None and '~=' in spec: s, agrees = SpecifierSet(ours), True
            try: plain = s.contains(version)
            except InvalidVersion: plain = None
            out.append([plain, s.contains(version, prereleases=True), s.contains(version, prereleases=False), agrees])
        json.dump(out, sys.stdout)
        """;

    private const string Markers =
        """
        import json, sys
        from pip._vendor.packaging.markers import Marker, InvalidMarker, UndefinedComparison
        from pip._vendor.packaging.version import InvalidVersion
        question = json.load(sys.stdin)
        def judge(text, extra):
            try: return Marker(text).evaluate(dict(question['env'], extra=extra))
            except (InvalidVersion, UndefinedComparison): return 'undefined'
            except InvalidMarker: return None
        json.dump([[judge(t, ''), judge(t, 'dev')] for t in question['markers']], sys.stdout)
        """;

    private const string Requirements =
        """
        import json, re, sys
        from pip._vendor.packaging.markers import UndefinedComparison
        from pip._vendor.packaging.requirements import Requirement, InvalidRequirement
        from pip._vendor.packaging.specifiers import InvalidSpecifier
        from pip._vendor.packaging.version import InvalidVersion
        from pip._vendor.packaging.utils import canonicalize_name
        question = json.load(sys.stdin)
        # The library does not normalise the version before a wildcard.
        def plain(specifiers):
            return frozenset(re.sub(r'(?<![0-9])0+(?=[0-9])|v', '', str(s)) if '*' in str(s) else s for s in specifiers)
        def read(text):
            try: r = Requirement(text)
            except (InvalidRequirement, InvalidSpecifier): return None
            try: judged = r.marker.evaluate(dict(question['env'], extra='')) if r.marker else None
            except (InvalidVersion, UndefinedComparison): judged = 'undefined'
            return [canonicalize_name(r.name), sorted({canonicalize_name(e) for e in r.extras}), plain(r.specifier), r.url, judged]
        out = []
        for text, ours in question['requirements']:
            theirs = read(text)
            out.append([theirs is not None, ours is None or read(ours) == theirs])
        json.dump(out, sys.stdout)
        """;

    private static readonly Dictionary<string, string> PythonEnvironment = new(StringComparer.Ordinal)
    {
        ["os_name"] = MarkerTests.Linux.OsName,
        ["sys_platform"] = MarkerTests.Linux.SysPlatform,
        ["platform_machine"] = MarkerTests.Linux.PlatformMachine,
        ["platform_python_implementation"] = MarkerTests.Linux.PlatformPythonImplementation,
        ["platform_release"] = MarkerTests.Linux.PlatformRelease,
        ["platform_system"] = MarkerTests.Linux.PlatformSystem,
        ["platform_version"] = MarkerTests.Linux.PlatformVersion,
        ["python_version"] = MarkerTests.Linux.PythonVersion,
        ["python_full_version"] = MarkerTests.Linux.PythonFullVersion,
        ["implementation_name"] = MarkerTests.Linux.ImplementationName,
        ["implementation_version"] = MarkerTests.Linux.ImplementationVersion,
    };

    [OracleFact]
    public void Versions_validity_text_and_order_agree()
    {
        var gen = new Gen(1);
        string[] texts = [.. Enumerable.Range(0, 4000).Select(_ => gen.Chance(70) ? gen.Version() : gen.Mutate(gen.Version(), Alphabet))];
        var answers = PythonOracle.Ask(Versions, texts);
        var valid = new List<(PepVersion Version, int Rank)>();
        for (var index = 0; index < texts.Length; index++)
        {
            var ours = PepVersion.Parse(texts[index]);
            var theirs = answers[index];
            Assert.True(ours.IsOk == (theirs.ValueKind != JsonValueKind.Null), $"{texts[index]}: {ours}, {theirs}");
            if (ours.IsOk)
            {
                Assert.Equal(theirs[0].GetString(), ours.Value.ToString());
                Assert.Equal(theirs[1].GetBoolean(), ours.Value.IsPrerelease);
                valid.Add((ours.Value, theirs[2].GetInt32()));
            }
        }

        Assert.InRange(valid.Count, 2800, 3990);
        for (var index = 0; index < 40_000; index++)
        {
            var (left, right) = (valid[gen.Next(valid.Count)], valid[gen.Next(valid.Count)]);
            Assert.True(Math.Sign(left.Version.CompareTo(right.Version)) == left.Rank.CompareTo(right.Rank), $"{left} against {right}");
        }
    }

    [OracleFact]
    public void Specifiers_validity_and_matches_agree()
    {
        var gen = new Gen(2);
        var cases = Enumerable.Range(0, 6000).Select(_ =>
        {
            var specifier = string.Join(',', Enumerable.Range(0, 1 + gen.Next(2)).Select(_ => gen.Specifier()));
            return (Specifier: gen.Chance(80) ? specifier : gen.Mutate(specifier, Alphabet), Version: gen.Version());
        }).Where(static c => !c.Specifier.Contains(",,", StringComparison.Ordinal) && !c.Specifier.TrimStart().StartsWith(',')).ToArray();
        var ours = Array.ConvertAll(cases, static c => VersionSpecifierSet.Parse(c.Specifier));
        var answers = PythonOracle.Ask(Specifiers, cases.Select((c, i) => new[] { c.Specifier, c.Version, ours[i].IsOk ? ours[i].Value.ToString() : null }));
        var matches = 0;
        for (var index = 0; index < cases.Length; index++)
        {
            var what = $"{cases[index]}: {ours[index]}, {answers[index]}";
            if (cases[index].Specifier.Contains("===", StringComparison.Ordinal) && !ours[index].IsOk)
            {
                continue;
            }

            Assert.True(ours[index].IsOk == (answers[index].ValueKind != JsonValueKind.Null), what);
            if (ours[index].TryGet(out var set, out _))
            {
                var version = Must.Succeed(PepVersion.Parse(cases[index].Version));
                var plain = answers[index][0];
                Assert.True(plain.ValueKind == JsonValueKind.Null || set.Contains(version) == plain.GetBoolean(), what);
                Assert.True(set.Contains(version, true) == answers[index][1].GetBoolean(), what);
                Assert.True(set.Contains(version, false) == answers[index][2].GetBoolean(), what);
                Assert.True(answers[index][3].GetBoolean(), "not equal to its canonical text: " + what);
                matches += set.Contains(version, true) ? 1 : 0;
            }
        }

        Assert.InRange(matches, 500, 5000);
    }

    [OracleFact]
    public void Markers_validity_and_results_agree()
    {
        var gen = new Gen(3);
        string[] texts = [.. Enumerable.Range(0, 4000).Select(_ => gen.Chance(85) ? Marker(gen, 3) : gen.Mutate(Marker(gen, 2), "()\"'andorit =<>_3"))];
        var answers = PythonOracle.Ask(Markers, new { env = PythonEnvironment, markers = texts });
        var (judged, holding) = (0, 0);
        for (var index = 0; index < texts.Length; index++)
        {
            var ours = Core.Requirements.Marker.Parse(texts[index]);
            for (var extra = 0; extra < 2; extra++)
            {
                var theirs = answers[index][extra];
                var what = $"{texts[index]}: {ours}, {theirs}";
                if (theirs.ValueKind == JsonValueKind.Null)
                {
                    Assert.False(ours.IsOk, what);
                }
                else if (theirs.ValueKind != JsonValueKind.String && ours.IsOk)
                {
                    var result = ours.Value.Evaluate(MarkerTests.Linux, extra == 0 ? null : ["dev"]);
                    Assert.True(result == theirs.GetBoolean(), what);
                    Assert.Equal(result, Must.Succeed(Core.Requirements.Marker.Parse(ours.Value.ToString())).Evaluate(MarkerTests.Linux, extra == 0 ? null : ["dev"]));
                    judged++;
                    holding += result ? 1 : 0;
                }
            }
        }

        Assert.InRange(judged, 5000, 8000);
        Assert.InRange(holding, 500, judged - 500);
    }

    [OracleFact]
    public void Requirements_validity_and_meaning_agree()
    {
        var gen = new Gen(4);
        string[] texts = [.. Enumerable.Range(0, 4000).Select(_ => gen.Chance(80) ? Requirement(gen) : gen.Mutate(Requirement(gen), "[](),;@ =<>~!aA1.-_'\""))];
        var ours = Array.ConvertAll(texts, static text => Core.Requirements.Requirement.Parse(text));
        var answers = PythonOracle.Ask(Requirements, new
        {
            env = PythonEnvironment,
            requirements = texts.Select((text, i) => new[] { text, ours[i].IsOk ? ours[i].Value.ToString() : null }),
        });
        var stricter = 0;
        for (var index = 0; index < texts.Length; index++)
        {
            var what = $"{texts[index]}: {ours[index]}, {answers[index]}";
            var isValid = answers[index][0].GetBoolean();

            // The library reads on over the comma after ===, and takes any character there; the grammar has neither.
            if (texts[index].Contains("===", StringComparison.Ordinal) && isValid != ours[index].IsOk)
            {
                continue;
            }

            Assert.True(isValid || !ours[index].IsOk, what);
            Assert.True(answers[index][1].GetBoolean(), "its canonical text means something else: " + what);
            stricter += isValid && !ours[index].IsOk ? IsDeliberate(ours[index].Failure, what) : 0;
        }

        Assert.InRange(ours.Count(static result => result.IsOk), 2500, 3900);
        Assert.InRange(stricter, 0, 400);
    }

    // We refuse more than the library: names that end in '_', URLs that are none or hide something, and
    // comparisons without a variable.
    private static int IsDeliberate(Failure failure, string what)
    {
        Assert.True(
            failure.Code == CoreFailures.NameInvalid || failure.Code == CoreFailures.UrlInvalid || failure.Code == CoreFailures.MarkerInvalid || failure.Code == CoreFailures.UrlHoldsUserinfo,
            $"{failure}: {what}");
        return 1;
    }

    private static string Marker(Gen gen, int depth) => depth > 0 && gen.Chance(45)
        ? gen.Chance(30) ? $"({Marker(gen, depth - 1)})" : Marker(gen, depth - 1) + gen.Pick(" and ", " or ", "  and ") + Marker(gen, depth - 1)
        : Comparison(gen);

    private static string Comparison(Gen gen)
    {
        var quote = gen.Pick("'", "\"");
        return gen.Next(6) switch
        {
            0 => $"{gen.Pick("sys_platform", "os_name", "platform_system", "os.name")} {gen.Pick("==", "!=", "in", "not in", "<", ">=")} {quote}{gen.Pick("linux", "posix", "win32", "Linux", "linux posix", string.Empty)}{quote}",
            1 => $"{quote}{gen.Pick("linux", "3.9", "CPy", "3.10.13")}{quote} {gen.Pick("in", "not in", "==", "!=", "<=")} {gen.Pick("sys_platform", "platform_python_implementation", "python_version")}",
            2 => $"extra{gen.Pick("==", " == ", "!= ")}{quote}{gen.Pick("dev", "Dev", "test", "d_ev")}{quote}",
            3 => $"python_version {gen.Pick("in", "not in")} {quote}{gen.Pick("2.7 3.10", "3.9,3.11")}{quote}",
            _ => $"{gen.Pick("python_version", "python_full_version", "implementation_version")}{gen.Pick(string.Empty, " ")}{gen.Pick("<", "<=", ">", ">=", "==", "!=", "~=", "===")} {quote}{gen.Pick("3.10", "3.9", "3.10.13", "3.11", "3.10.*", "2", "3.10.0rc1", "3.10.13.post1")}{quote}",
        };
    }

    private static string Requirement(Gen gen)
    {
        var text = gen.Pick(string.Empty, " ") + gen.Pick("name", "A.b-C_d", "x1", "Zope.Interface", "n-_-n");
        text += gen.Chance(30) ? gen.Pick(string.Empty, " ") + "[" + string.Join(gen.Pick(",", " , "), Enumerable.Range(0, gen.Next(3)).Select(_ => gen.Pick("a", "B_c", "d.e"))) + "]" : string.Empty;
        text += gen.Pick(string.Empty, " ");
        if (gen.Chance(20))
        {
            text += "@" + gen.Pick(string.Empty, " ") + gen.Pick("https://host.example/x.whl", "file:///srv/x.zip", "git+https://host.example/r@v1#egg=x", "https://u:p@host/x", "ftp://host/x");
            return gen.Chance(40) ? $"{text} ; {Marker(gen, 1)}" : text;
        }

        var specifiers = string.Join(gen.Pick(",", " , "), Enumerable.Range(0, gen.Next(3)).Select(_ => gen.Specifier()));
        text += gen.Chance(20) ? $"({specifiers})" : specifiers;
        return gen.Chance(40) ? $"{text}{gen.Pick(" ; ", ";")}{Marker(gen, 1)}" : text;
    }
}
