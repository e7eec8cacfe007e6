using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Operations;

/// <summary>Answers to exercises in mathematics, by the real sympy and without one.</summary>
public sealed class MathTests(LocalPlace place) : IClassFixture<LocalPlace>
{
    private const int Limit = 60_000;
    private const string Python = "/usr/bin/python3";

    private const string Same = """
        42 | 42 ; 5.0 | 5 ; 1,234 | 1234 ; 1e3 | 1000 ; 1/2 | 0.5 ; 1/2 | \frac{1}{2} ; \frac12 | \frac{1}{2} ; \dfrac{3}{4} | \frac{3}{4} ; 3/4 | 0.75
        \frac{3}{4} | 0.75 ; 7 3/4 | 31/4 ; x+1 | 1+x ; 2x | x*2 ; (x+1)^2 | x^2+2x+1 ; x=5 | 5 ; k = 7 | 7 ; $18 | 18 ; \$18 | 18 ; 18 meters | 18
        50% | 50 ; 90^\circ | 90 ; (1, 2) | (1,2) ; (1,000, 2) | (1000,2) ; \text{yes} | yes ; YES | yes ; 10\text{ cm} | 10
        """;

    private const string Other = """
        43 | 42 ; 5.1 | 5 ; | 42 ; 2/4 | 1/2 ; \frac{2}{4} | \frac{1}{2} ; 0.333 | 1/3 ; 0.1+0.2 | 0.3 ; 10^2 | 100 ; sqrt(4) | 2 ; 18 dollars | 18
        3 million | 3000000 ; (1,2) | (2,1) ; [1,2] | (1,2)
        """;

    // Says of the limits what the operations cannot show: of memory, and of work that stays in C.
    private static WorkerModule Limits { get; } = new("limits_of_tests", """
        import os, subprocess, sys
        from slipway_worker import operation

        PROGRAM = '''
        import os, sys
        sys.path.append(sys.argv[1])
        from slipway_worker.mathematics import forkserver, tasks
        tasks.TASKS["hog"] = lambda: len(b"x" * (2 * 1024 ** 3))
        tasks.TASKS["spin"] = lambda: sum(range(10 ** 12))
        tasks.TASKS["die"] = lambda: os.abort()
        for task in ("hog", "spin", "die"):
            print(forkserver.run({"task": task, "arguments": []})["error"])
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            print("no child")
        '''


        @operation("limits")
        def limits(call):
            folder = os.path.dirname(os.path.dirname(sys.modules["slipway_worker"].__file__))
            ran = subprocess.run([sys.executable, "-I", "-c", PROGRAM, folder], capture_output=True, text=True, check=True)
            return {"lines": ran.stdout.splitlines()}
        """);

    [RequiresFact(Capability.SystemSympy, Timeout = Limit)]
    public async Task Grader_agrees_with_the_published_one_row_by_row_and_a_batch_is_quick()
    {
        await using var worker = await place.OpenAsync(python: Python);
        var (same, other) = (Rows(Same), Rows(Other));
        Assert.Equal((26, 13), (same.Count, other.Count));
        await worker.CallAsync(Call("simplify_expression", ("expression", "1")), default);

        // 52 pairs, after sympy has been imported.
        var watch = Stopwatch.StartNew();
        var graded = await AskAsync(worker, Call("batch_grade", ("pairs", new JsonArray([.. same.Concat(other).Concat(other).Select(static row => new JsonArray(row.Given, row.Truth))]))));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
        var wrong = graded.GetProperty("results").EnumerateArray().Select((result, index) => (result, IsSame: index < same.Count))
            .Where(static row => row.result.GetProperty("is_correct").GetBoolean() != row.IsSame).Select(static row => row.result.GetRawText());
        Assert.Equal(string.Empty, string.Join('\n', wrong));
        Assert.Equal((26, 52, 0.5), (graded.GetProperty("correct").GetInt32(), graded.GetProperty("total").GetInt32(), graded.GetProperty("accuracy").GetDouble()));

        // The strict grader asks what is meant, and not how it is written.
        foreach (var (given, truth, isSame) in ((string, string, bool)[])[("2/4", "1/2", true), ("0.1+0.2", "0.3", true), ("10^2", "100", true), ("sqrt(4)", "2", true), ("0.333", "1/3", false), ("[1,2]", "(1,2)", false), ("2^{x+1}", "2*2^x", true), (@"e^{i\pi}", "-1", true)])
        {
            Assert.Equal((given, isSame), (given, (await AskAsync(worker, Call("grade_answer", ("given", given), ("truth", truth), ("mode", "strict")))).GetProperty("is_correct").GetBoolean()));
        }
    }

    [RequiresFact(Capability.SystemSympy, Timeout = Limit)]
    public async Task Verification_has_a_tolerance_and_a_bad_pair_marks_its_entry_alone()
    {
        await using var worker = await place.OpenAsync(python: Python);
        var one = await AskAsync(worker, Call("verify_math_answer", ("reference", "1/3"), ("prediction", @"So it is \boxed{0.3333333}.")));
        Assert.Equal("""{"success":true,"is_correct":true,"reference":"1/3","prediction":"So it is \\boxed{0.3333333}."}""", one.GetRawText());
        Assert.False((await AskAsync(worker, Call("verify_math_answer", ("reference", "1/3"), ("prediction", "0.3333333"), ("tolerance", 1e-9)))).GetProperty("is_correct").GetBoolean());
        var open = await AskAsync(worker, Call("verify_math_answer", ("reference", "4"), ("prediction", @"\boxed{4} no, \boxed{4")));
        Assert.Equal((false, @"the last \boxed is not closed"), (open.GetProperty("is_correct").GetBoolean(), open.GetProperty("note").GetString()));
        Assert.False((await AskAsync(worker, Call("verify_math_answer", ("reference", "1/2"), ("prediction", "2/4"), ("mode", "compat")))).GetProperty("is_correct").GetBoolean());

        var pairs = new JsonArray(new JsonArray("4", "2+2"), 17, new JsonObject { ["reference"] = 4 }, new JsonArray("4", "((("), new JsonArray("4", "5"));
        var batch = await AskAsync(worker, Call("batch_verify", ("pairs", pairs)));
        Assert.Equal((0.2, 1, 5), (batch.GetProperty("accuracy").GetDouble(), batch.GetProperty("correct").GetInt32(), batch.GetProperty("total").GetInt32()));
        Assert.Equal("True False False True True", string.Join(' ', batch.GetProperty("results").EnumerateArray().Select(static result => result.GetProperty("success").GetBoolean())));
        Assert.Contains("reference is no text", batch.GetProperty("results")[2].GetProperty("error").GetString());
        var empty = await AskAsync(worker, Call("batch_verify", ("pairs", new JsonArray())));
        Assert.Equal((0.0, 0), (empty.GetProperty("accuracy").GetDouble(), empty.GetProperty("total").GetInt32()));
        (await worker.CallAsync(Call("batch_verify", ("pairs", "none")), default)).Fails(WorkerFailures.BadInput);
        (await worker.CallAsync(Call("grade_answer", ("given", "1"), ("truth", "1"), ("mode", "kind")), default)).Fails(WorkerFailures.BadInput);
    }

    [RequiresFact(Capability.SystemSympy, Timeout = Limit)]
    public async Task Answer_that_is_too_hard_or_hostile_is_wrong_and_ends_in_time()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick with { Modules = [Limits] }, Python);
        var mark = place.Folder.Combine("pwned");
        foreach (var (text, words) in ((string, string)[])[("9^{9^9}", "longer than 1 s"), ("(((9!)!)!)!", "longer than 1 s"), ($"__import__('os').mknod('{mark}')", "'_' is not known"), ("x.y", "'.' is not known"), ("lambda: 1", "':' is not known"), (new string('(', 900), "levels")])
        {
            var watch = Stopwatch.StartNew();
            var answer = await AskAsync(worker, Call("verify_math_answer", ("reference", "x"), ("prediction", text)));
            Assert.False(answer.GetProperty("is_correct").GetBoolean());
            Assert.Contains(words, answer.GetProperty("note").GetString());
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2.5);
        }

        Assert.False(File.Exists(mark));
        var lines = (await AskAsync(worker, new WorkerCall("limits"))).GetProperty("lines").EnumerateArray().Select(static line => line.GetString()!);
        Assert.Equal(["it needs more memory than one answer may take", "it takes longer than 1 s", "it took all the time or memory that one answer may take", "no child"], lines, StringComparer.Ordinal);

        // The process for expressions ends with its worker.
        var children = File.ReadAllText($"/proc/{worker.Info.ProcessId}/task/{worker.Info.ProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await worker.DisposeAsync();
        await LiveProcesses.WaitForEndAsync(int.Parse(Assert.Single(children), System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(10));
    }

    [RequiresFact(Capability.SystemSympy, Timeout = Limit)]
    public async Task Expressions_are_simplified_and_solved_and_LaTeX_is_read()
    {
        await using var worker = await place.OpenAsync(python: Python);
        Assert.Equal("""{"result":"14*x","latex":"14 x","success":true}""", (await AskAsync(worker, Call("simplify_expression", ("expression", "2(3+4)x")))).GetRawText());
        Assert.Equal("1", (await AskAsync(worker, Call("simplify_expression", ("expression", @"\sin(x)^2 + \cos^2 x")))).GetProperty("result").GetString());
        Assert.Equal("""{"variable":"x","solutions":["2","3"],"success":true}""", (await AskAsync(worker, Call("solve_equation", ("equation", "x^2 - 5x + 6 = 0")))).GetRawText());
        Assert.Equal("""["3 - x"]""", (await AskAsync(worker, Call("solve_equation", ("equation", "x+y=3"), ("variable", "y")))).GetProperty("solutions").GetRawText());
        Assert.Contains("2 unknowns", (await AskAsync(worker, Call("solve_equation", ("equation", "x+y=3")))).GetProperty("error").GetString());
        (await worker.CallAsync(Call("solve_equation", ("equation", "x=3"), ("variable", "__x")), default)).Fails(WorkerFailures.BadInput);
        Assert.Equal("(x+1)/2 * sqrt(3) + (8)^(1/3) <= pi^2 cm", (await AskAsync(worker, Call("latex_to_text", ("latex", @"\frac{x+1}{2} \cdot \sqrt{3} + \sqrt[3]{8} \le \pi^{2} \text{ cm}")))).GetProperty("text").GetString());
    }

    [Fact(Timeout = Limit)]
    public async Task Without_sympy_the_rules_that_need_none_work_and_the_others_say_so()
    {
        // An environment with nothing in it.
        var home = Path.GetDirectoryName(Pythons.Default.FullPath);
        place.Folder.WriteFile("bare/pyvenv.cfg", $"home = {home}\ninclude-system-site-packages = false\n");
        Directory.CreateDirectory(place.Folder.Combine("bare", "bin"));
        File.CreateSymbolicLink(place.Folder.Combine("bare", "bin", "python"), Pythons.Default.FullPath);
        await using var worker = await place.OpenAsync(python: place.Folder.Combine("bare", "bin", "python"));
        var pairs = new JsonArray(new JsonArray("1,234", "1234"), new JsonArray(@"\frac12", "0.5"), new JsonArray("2/4", "1/2"), new JsonArray("42", "43"), new JsonArray("x+1", "1+x"));
        var graded = await AskAsync(worker, Call("batch_grade", ("pairs", pairs)));
        Assert.Equal("True True False False False", string.Join(' ', graded.GetProperty("results").EnumerateArray().Select(static result => result.GetProperty("is_correct").GetBoolean())));
        Assert.Equal("not compared symbolically: the environment has no module sympy", graded.GetProperty("results")[4].GetProperty("note").GetString());
        Assert.Contains("sympy", (await worker.CallAsync(Call("simplify_expression", ("expression", "x")), default)).Fails(WorkerFailures.ModuleMissing).Remedy);
    }

    private static async Task<JsonElement> AskAsync(WorkerConnection worker, WorkerCall call) => (await worker.CallAsync(call, default)).Ok().Values;

    private static List<(string Given, string Truth)> Rows(string table) =>
        [.. table.Split([';', '\n']).Where(static row => row.Contains('|', StringComparison.Ordinal)).Select(static row => row.Split('|')).Select(static parts => (parts[0].Trim(), parts[1].Trim()))];

    private static WorkerCall Call(string operation, params (string Name, JsonNode? Value)[] arguments) =>
        WorkerCall.Of(operation, new JsonObject(arguments.Select(static pair => KeyValuePair.Create(pair.Name, pair.Value))));
}
