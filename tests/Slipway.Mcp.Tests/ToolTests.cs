using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Slipway.Mcp.Tests.Support;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Tests;

public sealed class ToolTests
{
    private static readonly Dictionary<string, object> Answers = new(StringComparer.Ordinal)
    {
        ["host list"] = new { document = new { schema = "slipway.host-list/1", hosts = new[] { new { name = "gpu1" } } } },
        ["cloud offers"] = new { document = new { schema = "slipway.offers/1", offers = Array.Empty<object>() }, stderr = new[] { "asking", "asked" } },
        ["cloud plan"] = new { document = new { schema = "slipway.cloud-plan/1", plan_id = "p-0123456789" } },
        ["run --json --detach"] = new { document = new { schema = "slipway.job/1", job = new { run_id = "20261122t022900-7f3a9c21" } } },
        ["job show"] = new { document = new { schema = "slipway.job/1", job = new { run_id = "j", kind = "script", state = "running" } } },
        ["job show --json -- rented"] = new { document = new { schema = "slipway.error/1", code = "RUN0301", exit_code = 66, message = "There is none.", hint = "Look." }, exit = 66 },
        ["job show --json -- nothing"] = new { document = new { schema = "slipway.error/1", code = "RUN0301", exit_code = 66, message = "There is none.", hint = "Look." }, exit = 66 },
        ["cloud status --json rented"] = new { document = new { schema = "slipway.cloud-status/1", state = "running" } },
        ["cloud status --json nothing"] = new { document = new { schema = "slipway.error/1", code = "CLD0501", exit_code = 66, message = "There is none.", hint = "Look." }, exit = 66 },
        ["job logs"] = new { document = new { schema = "slipway.job-log/1", text = new string('a', 900) + "\u001b[31mred\u001b[0m" } },
        ["job list"] = new { document = new { schema = "slipway.job-list/1", jobs = new[] { new { run_id = "a", state = "running" }, new { run_id = "b", state = "succeeded" } } } },
        ["recipe runs"] = new { document = new { schema = "slipway.recipe-runs/1", runs = Array.Empty<object>() } },
    };

    [Theory]
    [InlineData(McpPair.New)]
    [InlineData(McpPair.Old)]
    public async Task Both_eras_list_the_same_tools_and_answer_as_their_schemas_say(string version)
    {
        await using var pair = await McpPair.StartAsync(Answers, version);
        var tools = await pair.Client.ListToolsAsync();
        Lists.Same(ToolCatalogue.All.Select(static tool => tool.Name), tools.Select(static tool => tool.Name));
        Assert.Empty(tools.SelectMany(static tool => SmallValidator.CheckSchema(tool.JsonSchema).Concat(SmallValidator.CheckSchema(tool.ProtocolTool.OutputSchema!.Value))));
        foreach (var (name, arguments) in new (string, object)[]
        {
            ("list_hosts", new { }), ("list_offers", new { gpu = "H100", count = 2, spot = true }), ("get_training_status", new { run_id = "j" }), ("list_active_training_jobs", new { }),
            ("get_training_logs", new { run_id = "j", max_bytes = 300 }), ("plan_training", new { template = "sft", parameters = new { model = "a/b" }, max_runtime = "4h", backend = "skypilot" }),
        })
        {
            var answer = await pair.CallAsync(name, arguments);
            Assert.NotEqual(true, answer.IsError);
            Assert.Empty(SmallValidator.Check(ToolCatalogue.Find(name)!.Output, answer.StructuredContent!.Value));
            Assert.Equal(answer.StructuredContent!.Value.GetRawText(), Assert.IsType<TextContentBlock>(answer.Content[0]).Text);
        }

        Lists.Has("cloud offers --json --gpu H100 --count 2 --spot", pair.Lines);
        Lists.Has("""cloud plan --json --params-json {"model":"a/b"} sft --max-runtime 4h --backend skypilot""", pair.Lines);
        Assert.All(pair.Calls, static call => Assert.Equal(("mcp", string.Empty), (call.GetProperty("caller").GetString(), call.GetProperty("stdin").GetString())));
        Assert.True((await pair.EndAsync()).IsOk);
    }

    [Fact]
    public async Task Runs_are_asked_where_they_are()
    {
        await using var pair = await McpPair.StartAsync(Answers);
        Assert.Equal("slipway.job/1", Schema(await pair.CallAsync("get_training_status", new { run_id = "j" })));
        Assert.Equal("slipway.cloud-status/1", Schema(await pair.CallAsync("get_training_status", new { run_id = "rented", wait = "30s" })));
        Assert.Equal("RUN_NOT_FOUND", Code(await pair.CallAsync("get_training_status", new { run_id = "nothing" })));
        Lists.Has("cloud status --json rented --wait 30s", pair.Lines);
        var log = (await pair.CallAsync("get_training_logs", new { run_id = "j", max_bytes = 300 })).StructuredContent!.Value;
        Assert.True(log.GetProperty("truncated").GetBoolean());
        Assert.Equal(300, log.GetProperty("text").GetString()!.Length);
        Assert.EndsWith("ared", log.GetProperty("text").GetString(), StringComparison.Ordinal);
        var list = (await pair.CallAsync("list_active_training_jobs")).StructuredContent!.Value;
        Lists.Same(["a"], list.GetProperty("jobs").EnumerateArray().Select(static job => job.GetProperty("run_id").GetString()));
        Assert.Equal("cloud", list.GetProperty("problems")[0].GetProperty("part").GetString());
    }

    [Theory]
    [InlineData("list_hosts", """{"x":1}""")]
    [InlineData("list_offers", """{"count":0}""")]
    [InlineData("list_offers", """{"gpu":"--refresh"}""")]
    [InlineData("list_offers", """{"spot":"yes"}""")]
    [InlineData("get_training_status", "{}")]
    [InlineData("get_training_status", """{"run_id":"-x"}""")]
    [InlineData("get_training_status", """{"run_id":"a\nb"}""")]
    [InlineData("check_environment", """{"target":"-m"}""")]
    [InlineData("check_environment", """{"target":"a.py","directory":"relative"}""")]
    [InlineData("stop_training", """{"run_id":"a","mode":"explode"}""")]
    [InlineData("run_script", """{"target":"a.py","confirm":true}""")]
    [InlineData("launch_training", """{"plan_id":"p-0123456789","approve":true}""")]
    public async Task A_wrong_argument_starts_nothing(string tool, string arguments)
    {
        await using var pair = await McpPair.StartAsync(Answers);
        Assert.Equal("INVALID_ARGUMENT", Code(await pair.CallAsync(tool, JsonDocument.Parse(arguments).RootElement)));
        Assert.Empty(pair.Calls);
    }

    [Fact]
    public async Task Scopes_hide_and_refuse()
    {
        await using var readOnly = await McpPair.StartAsync(Answers, scope: new ToolScope(true, [], []));
        Assert.All(await readOnly.Client.ListToolsAsync(), static tool => Assert.True(tool.ProtocolTool.Annotations!.ReadOnlyHint));
        await Assert.ThrowsAsync<McpProtocolException>(() => readOnly.CallAsync("run_script", new { target = "a.py" }));
        await using var narrow = await McpPair.StartAsync(Answers, scope: new ToolScope(false, ["gpu1"], ["ssh"]));
        Assert.Equal("POLICY_FORBIDS", Code(await narrow.CallAsync("check_environment", new { target = "a.py" })));
        Assert.Equal("POLICY_FORBIDS", Code(await narrow.CallAsync("plan_training", new { template = "sft", backend = "skypilot" })));
        Assert.Empty(narrow.Calls);
    }

    [Theory]
    [InlineData("allow", null, null)]
    [InlineData("deny", "yes", "POLICY_FORBIDS")]
    [InlineData("ask", null, "APPROVAL_REQUIRED")]
    [InlineData("ask", "yes", null)]
    [InlineData("ask", "no", "APPROVAL_DECLINED")]
    public async Task What_runs_here_is_the_policys_and_a_persons_word(string policy, string? typed, string? code)
    {
        foreach (var version in new[] { McpPair.New, McpPair.Old })
        {
            var answer = new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["answer"] = JsonSerializer.SerializeToElement(typed) } };
            await using var pair = await McpPair.StartAsync(Answers, version, typed is null ? null : _ => answer);
            pair.WritePolicy(policy);
            var ran = await pair.CallAsync("run_script", new { target = "train.py", arguments = new[] { "--lr", "1" }, directory = "/" });
            Assert.Equal(code, ran.IsError is true ? Code(ran) : null);
            Lists.Same(code is null ? ["run --json --detach train.py --lr 1"] : [], pair.Lines);
            Assert.True(code is null or "APPROVAL_DECLINED" || ran.StructuredContent!.Value.GetProperty("details").GetProperty("command").GetString() is "cd / && slipway run --detach train.py --lr 1");
        }
    }

    [Fact]
    public async Task Limits_are_told_and_pass_with_time()
    {
        await using var pair = await McpPair.StartAsync(Answers);
        foreach (var _ in Enumerable.Range(0, 60))
        {
            await pair.Client.ReadResourceAsync("slipway://policy").AsTask().ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        var refused = await pair.CallAsync("list_hosts");
        Assert.Equal("QUOTA", Code(refused));
        Assert.True(refused.StructuredContent!.Value.GetProperty("retryable").GetBoolean());
        pair.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEqual(true, (await pair.CallAsync("list_hosts")).IsError);
    }

    [Theory]
    [InlineData(McpPair.New)]
    [InlineData(McpPair.Old)]
    public async Task Progress_is_what_the_verb_says(string version)
    {
        await using var pair = await McpPair.StartAsync(Answers, version);
        var told = new List<string?>();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var progress = new Listener(value =>
        {
            told.Add(value.Message);
            heard.TrySetResult();
        });

        // The client's SDK hears notes and answers side by side, and drops a note that it comes to after the answer: of several calls one is heard.
        for (var call = 0; call < 30 && !heard.Task.IsCompleted; call++)
        {
            await pair.Client.CallToolAsync("list_offers", progress: progress);
        }

        Assert.True(heard.Task.IsCompleted, "No note of thirty calls was heard.");
        Assert.Contains(told, static line => line is "asking" or "asked");
    }

    [Fact]
    public async Task Planted_secrets_reach_neither_the_wire_nor_the_record()
    {
        var secrets = Enumerable.Range(0, 10).Select(static i => ($"SERVICE_{i}_TOKEN", $"plain-secret-value-{i:00}")).ToDictionary(static pair => pair.Item1, static pair => pair.Item2, StringComparer.Ordinal);
        var tokens = Enumerable.Range(0, 10).Select(static i => $"hf_{new string((char)('a' + i), 34)}").ToArray();
        var text = string.Join(' ', secrets.Values.Concat(tokens)) + "\u001b]0;title\u0007";
        var answers = new Dictionary<string, object>(Answers, StringComparer.Ordinal)
        {
            ["host list"] = new { document = new Dictionary<string, object>(StringComparer.Ordinal) { ["schema"] = "s", ["hosts"] = new[] { text }, [tokens[0]] = 1 }, stderr = new[] { text } },
            ["recipe list"] = new { document = new { schema = "slipway.error/1", code = "RUN0101", exit_code = 69, message = text, hint = text, detail = text + new string('x', 5000) }, exit = 69 },
            ["cloud budget"] = new { raw = "no json", stderr = new[] { text } },
        };
        await using var pair = await McpPair.StartAsync(answers, variables: secrets);
        await pair.CallAsync("list_hosts");
        var failed = await pair.CallAsync("list_recipes");
        await pair.CallAsync("get_budget");
        await pair.CallAsync("list_offers", new { gpu = tokens[1] });
        await pair.CallAsync("validate_workflow", new { file = secrets.Values.First() });
        Assert.Equal("BACKEND_UNREACHABLE", Code(failed));
        Assert.InRange(failed.StructuredContent!.Value.GetProperty("details").GetProperty("quoted").GetString()!.Length, 1, 2048);
        Assert.All(secrets.Values.Concat(tokens), secret => Assert.DoesNotContain(secret, pair.Wire + pair.Audit, StringComparison.Ordinal));
        Assert.DoesNotContain("\\u001b", pair.Wire, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(pair.AuditFolder, "audit.jsonl")));
    }

    [Fact]
    public async Task Prompts_and_resources_are_there()
    {
        await using var pair = await McpPair.StartAsync(Answers);
        Lists.Same(["finetune_a_model", "explain_my_bill", "why_did_it_fail"], (await pair.Client.ListPromptsAsync()).Select(static prompt => prompt.Name));
        Lists.Same(["slipway://runs", "slipway://policy"], (await pair.Client.ListResourcesAsync()).Select(static resource => resource.Uri));
        Assert.Equal(4, (await pair.Client.ListResourceTemplatesAsync()).Count);
        var prompt = await pair.Client.GetPromptAsync("why_did_it_fail", new Dictionary<string, object?>(StringComparer.Ordinal) { ["run_id"] = "j" });
        Assert.Contains("run_id: j", Assert.IsType<TextContentBlock>(prompt.Messages[0].Content).Text, StringComparison.Ordinal);
        var log = await pair.Client.ReadResourceAsync("slipway://runs/j/log");
        Assert.Contains("slipway.job-log/1", Assert.IsType<TextResourceContents>(log.Contents[0]).Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<McpProtocolException>(() => pair.Client.ReadResourceAsync("slipway://runs/nothing").AsTask());
        await Assert.ThrowsAsync<McpProtocolException>(() => pair.Client.ReadResourceAsync("slipway://runs/../policy").AsTask());
    }

    internal static string? Code(CallToolResult answer) => answer.StructuredContent?.GetProperty("code").GetString();

    private static string? Schema(CallToolResult answer) => answer.StructuredContent?.GetProperty("schema").GetString();

    private sealed class Listener(Action<ProgressNotificationValue> heard) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => heard(value);
    }
}
