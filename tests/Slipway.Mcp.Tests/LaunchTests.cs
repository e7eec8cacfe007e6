using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Identity;
using Slipway.Mcp.Tests.Support;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Tests;

public sealed class LaunchTests
{
    private static readonly Dictionary<string, object> Answers = new(StringComparer.Ordinal)
    {
        ["cloud launch"] = new { document = new { schema = "slipway.cloud-launch/1", run_id = "20261122t022900-7f3a9c21" } },
        ["cloud plan"] = new { document = new { schema = "slipway.cloud-plan/1", plan_id = "p-0123456789" } },
    };

    [Theory]
    [InlineData(McpPair.New)]
    [InlineData(McpPair.Old)]
    public async Task A_person_who_types_the_ceiling_launches_once(string version)
    {
        var asked = new List<string>();
        await using var pair = await McpPair.StartAsync(Answers, version, question =>
        {
            asked.Add(question!.Message);
            return Typed("6.84");
        });
        var plan = await PlanAsync(pair);
        var launched = await pair.CallAsync("launch_training", new { plan_id = plan.ToString() });
        Assert.NotEqual(true, launched.IsError);
        Lists.Same([$"cloud launch --json {plan}"], pair.Lines);
        Assert.Equal(PlanState.Approved, await StateAsync(pair, plan));
        var message = Assert.Single(asked);
        Assert.All(["sft", "nebius eu-north1", "L40S x 1", "1.5484", "6.84", "10 min", "Left of the budget: 10.00 USD"], part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Equal("QUOTA", ToolTests.Code(await pair.CallAsync("launch_training", new { plan_id = plan.ToString() })));
    }

    [Theory]
    [InlineData("decline", null, "APPROVAL_DECLINED", PlanState.Declined)]
    [InlineData("cancel", null, "APPROVAL_DECLINED", PlanState.Declined)]
    [InlineData("accept", null, "APPROVAL_REQUIRED", PlanState.Waiting)]
    [InlineData("accept", "6.85", "APPROVAL_REQUIRED", PlanState.Waiting)]
    public async Task Nothing_else_launches(string action, string? typed, string code, PlanState state)
    {
        foreach (var version in new[] { McpPair.New, McpPair.Old })
        {
            await using var pair = await McpPair.StartAsync(Answers, version, _ => typed is null ? new ElicitResult { Action = action } : Typed(typed));
            var plan = await PlanAsync(pair);
            Assert.Equal(code, ToolTests.Code(await pair.CallAsync("launch_training", new { plan_id = plan.ToString() })));
            Assert.Empty(pair.Calls);
            Assert.Equal(state, await StateAsync(pair, plan));
        }
    }

    [Fact]
    public async Task Who_cannot_ask_names_the_command_and_a_request_only_plans()
    {
        await using var pair = await McpPair.StartAsync(Answers);
        var plan = await PlanAsync(pair);
        var refused = await pair.CallAsync("launch_training", new { plan_id = plan.ToString() });
        Assert.Equal("APPROVAL_REQUIRED", ToolTests.Code(refused));
        Assert.Equal($"slipway cloud approve {plan}", refused.StructuredContent!.Value.GetProperty("details").GetProperty("command").GetString());
        await pair.CallAsync("launch_training", new { template = "sft", parameters = new { } });
        Lists.Same(["cloud plan --json --params-json {} sft"], pair.Lines);
    }

    [Fact]
    public async Task A_state_that_is_forged_or_played_again_approves_nothing()
    {
        await using var pair = await McpPair.StartAsync(Answers, McpPair.New, _ => Typed("6.84"));
        var plan = await PlanAsync(pair);
        Assert.NotEqual(true, (await pair.CallAsync("launch_training", new { plan_id = plan.ToString() })).IsError);

        // A ticket of ours that was made for another process.
        var other = await PlanAsync(pair, "other");
        Assert.Equal("PLAN_MISMATCH", Code(await RawAsync(pair, other, "forged.state")));
        var status = (await new PlanBook(pair.Money, pair.Time).GetAsync(other, CancellationToken.None)).Value;
        var ticket = new ApprovalDesk(pair.Money, new PlanBook(pair.Money, pair.Time), pair.Time, null).Ask(status, "mcp:another").Value;
        Assert.Equal("PLAN_MISMATCH", Code(await RawAsync(pair, other, ticket)));
        Assert.Equal(PlanState.Waiting, await StateAsync(pair, other));
        Assert.Single(pair.Lines);
    }

    [Fact]
    public async Task The_scope_holds_for_the_plans_backend()
    {
        await using var pair = await McpPair.StartAsync(Answers, McpPair.New, _ => Typed("6.84"), new ToolScope(false, [], ["ssh"]));
        var plan = await PlanAsync(pair);
        Assert.Equal("POLICY_FORBIDS", ToolTests.Code(await pair.CallAsync("launch_training", new { plan_id = plan.ToString() })));
        Assert.Empty(pair.Calls);
    }

    private static ElicitResult Typed(string ceiling) =>
        new() { Action = "accept", Content = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["ceiling"] = JsonSerializer.SerializeToElement(ceiling) } };

    private static async Task<CallToolResult> RawAsync(McpPair pair, PlanId plan, string state)
    {
        var request = new CallToolRequestParams
        {
            Name = "launch_training",
            Arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["plan_id"] = JsonSerializer.SerializeToElement(plan.ToString()) },
            RequestState = state,
            InputResponses = new Dictionary<string, InputResponse>(StringComparer.Ordinal) { ["approve"] = InputResponse.FromElicitResult(Typed("6.84")) },
        };
        return await pair.Client.CallToolAsync(request);
    }

    private static string? Code(CallToolResult answer) => ToolTests.Code(answer);

    private static async Task<PlanId> PlanAsync(McpPair pair, string template = "sft")
    {
        pair.WritePolicy("ask");
        var now = pair.Time.GetUtcNow();
        var offer = new Offer("nebius", "eu-north1", "gpu-l40s-a_1gpu-8vcpu-32gb", "L40S", 1, "test") { OnDemand = Usd.Parse("1.5484").Value, AsOf = now };
        var plan = new LaunchPlan(
            "skypilot", template, Sha256Digest.Of(template), offer, false, 1, TimeSpan.FromHours(4), new PlanGuards(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(10), null),
            Usd.Parse("6.84").Value, now, now.AddMinutes(15));
        var kept = await new PlanBook(pair.Money, pair.Time).AddAsync(plan, pair.Policy.Read().Value, null, CancellationToken.None);
        return kept.Value.Plan.Id;
    }

    private static async Task<PlanState> StateAsync(McpPair pair, PlanId plan) => (await new PlanBook(pair.Money, pair.Time).GetAsync(plan, CancellationToken.None)).Value.State;
}
