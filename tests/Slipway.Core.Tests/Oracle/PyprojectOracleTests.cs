using Slipway.Core.Pyproject;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Oracle;

/// <summary>Generated projects with extras and groups, selected by us and by a few lines of Python over its own TOML and requirement readers.</summary>
public sealed class PyprojectOracleTests
{
    private const string Program =
        """
        import json, sys, tomllib
        from pip._vendor.packaging.requirements import Requirement
        from pip._vendor.packaging.utils import canonicalize_name as norm
        def select(text, extras, groups):
            doc = tomllib.loads(text)
            own = norm(doc['project']['name'])
            optional = {norm(k): v for k, v in doc['project']['optional-dependencies'].items()}
            table = {norm(k): v for k, v in doc['dependency-groups'].items()}
            def group(name, path):
                if name in path: raise RecursionError
                if name not in table: raise KeyError(name)
                return [r for i in table[name] for r in ([i] if isinstance(i, str) else group(norm(i['include-group']), path + [name]))]
            todo = list(doc['project']['dependencies'])
            for g in groups: todo += group(g, [])
            todo += [f'{own}[{e}]' for e in extras]
            result, done = set(), set()
            while todo:
                r = Requirement(todo.pop())
                if norm(r.name) != own: result.add(str(r)); continue
                for e in {norm(e) for e in r.extras} - done:
                    if e not in optional: raise KeyError(e)
                    done.add(e); todo += optional[e]
            return sorted(result)
        out = []
        for text, extras, groups in json.load(sys.stdin):
            try: out.append(select(text, extras, groups))
            except (RecursionError, KeyError): out.append(None)
        json.dump(out, sys.stdout)
        """;

    [OracleFact]
    public void Selections_agree()
    {
        var gen = new Gen(6);
        (string Text, string[] Extras, string[] Groups)[] cases = [.. Enumerable.Range(0, 1500).Select(_ => (Project(gen), Names(gen, "e"), Names(gen, "g")))];
        var answers = PythonOracle.Ask(Program, cases.Select(c => new object[] { c.Text, c.Extras, c.Groups }));
        var (found, refused) = (0, 0);
        for (var index = 0; index < cases.Length; index++)
        {
            var (text, extras, groups) = cases[index];
            var read = Must.Succeed(Must.Succeed(PyprojectDocument.Parse(text, "p")).Read());
            var ours = read.Select([.. extras.Select(e => Must.Succeed(read.FindExtra(e)))], [.. groups.Select(g => Must.Succeed(read.FindGroup(g)))]);
            var theirs = answers[index];
            var what = $"{ours}\n{theirs}\n{text}";
            Assert.True(ours.IsOk == (theirs.ValueKind == System.Text.Json.JsonValueKind.Array), what);
            if (ours.IsOk)
            {
                Assert.Equal(theirs.EnumerateArray().Select(e => e.GetString()!), ours.Value.Select(r => r.ToString()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
                found++;
            }
            else
            {
                Assert.True(ours.Failure.Location is { Line: > 0 }, what);
                refused++;
            }
        }

        Assert.InRange(found, 300, 1450);
        Assert.InRange(refused, 50, 1200);
    }

    private static string[] Names(Gen gen, string prefix) => [.. Enumerable.Range(0, gen.Next(3)).Select(_ => $"{prefix}{gen.Next(4)}").Distinct(StringComparer.Ordinal)];

    private static string Project(Gen gen)
    {
        string Requirement() => gen.Chance(30)
            ? $"'{gen.Pick("Own.Pkg", "own_pkg", "own-pkg")}{gen.Pick(string.Empty, "[e0]", "[E1,e2]", "[e3]", gen.Chance(10) ? "[gone]" : "[e2]")}'"
            : $"'{gen.Pick("a", "b", "c", "d")}{gen.Pick(string.Empty, ">=1", "==2.*", "[x]")}'";
        string List(Func<string> item) => $"[{string.Join(", ", Enumerable.Range(0, gen.Next(4)).Select(_ => item()))}]";
        string GroupItem() => gen.Chance(35) ? $"{{include-group = '{gen.Pick("G0", "g1", "g2", "g3")}'}}" : Requirement();
        return $"[project]\nname = 'own-pkg'\ndependencies = {List(Requirement)}\n[project.optional-dependencies]\n"
            + string.Concat(Enumerable.Range(0, 4).Select(i => $"{gen.Pick("e", "E")}{i} = {List(Requirement)}\n"))
            + "[dependency-groups]\n"
            + string.Concat(Enumerable.Range(0, 4).Select(i => $"g{i} = {List(GroupItem)}\n"));
    }
}
