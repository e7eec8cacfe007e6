using System.Collections.Immutable;

namespace Slipway.Mcp.Tools;

/// <summary>Tools that plan, price and rent.</summary>
internal static class CloudTools
{
    private static readonly ToolHints Local = new(Destructive: false, Idempotent: true, OpenWorld: false);
    private static readonly ToolHints Asking = new(Destructive: false, Idempotent: true, OpenWorld: true);

    public static ImmutableArray<McpTool> All { get; } =
    [
        new(
            "list_available_workflows", "Training templates", "Lists the templates for training on rented or own GPUs, with their parameters, ranges and backends. Begin here.",
            [], ToolSchema.Output("schema:string"), ToolEffect.Reads, Local)
        {
            Words = static _ => ["cloud", "templates", "--json"],
        },
        new(
            "list_offers", "GPU offers", "Lists machines that can be rented, with prices per machine and hour as the source had them, and when.",
            [
                Parameters.Gpu, Parameters.Count, Parameters.Spot, Parameters.Region, Parameters.Cloud, Parameters.Backend,
                Parameters.Flag("refresh", "Whether to ask the source anew instead of taking what it said last."),
            ],
            ToolSchema.Output("schema:string"), ToolEffect.Reads, Asking)
        {
            Words = static arguments => new VerbWords(arguments, "cloud", "offers", "--json").Option("--gpu", "gpu").Option("--count", "count").Flag("--spot", "spot")
                .Option("--region", "region").Option("--cloud", "cloud").Option("--backend", "backend").Flag("--refresh", "refresh").Done(),
        },
        new(
            "estimate_training_cost", "Cost estimate", "Estimates what a training costs: the expected amount, and the ceiling that a limit of money is compared with.",
            [.. Parameters.Request, .. Parameters.Rental], ToolSchema.Output("schema:string"), ToolEffect.Reads, Asking)
        {
            Words = static arguments => Request(arguments, "estimate"),
        },
        new(
            "plan_training", "Plan a training", "Makes a plan: what runs where, its guards and its ceiling. Nothing is rented. Show the plan and its ceiling to the person before launch_training.",
            [.. Parameters.Request, .. Parameters.Rental], ToolSchema.Output("schema:string"), ToolEffect.Reads, Asking)
        {
            Words = static arguments => Request(arguments, "plan"),
        },
        new(
            "launch_training", "Launch a training", "Launches a plan: rents the machine and starts the run, once per plan. A person is asked unless the policy has a standing consent; no argument approves. "
            + "Without plan_id it only plans. Answers at once with the run's id; follow it with get_training_status.",
            [Parameters.PlanId, .. Parameters.Request.Select(static one => one with { IsRequired = false }), .. Parameters.Rental],
            ToolSchema.Output("schema:string"), ToolEffect.Spends, new ToolHints(Destructive: true, Idempotent: false, OpenWorld: true)),
        new(
            "fetch_results", "Fetch results", "Copies what a rented run produced into a directory of this machine.",
            [
                Parameters.RunId,
                Parameters.Text("dest", "The absolute path of a directory of this machine.", "^/", 4096) with { IsRequired = true },
            ],
            ToolSchema.Output("schema:string"), ToolEffect.Changes, Asking)
        {
            Words = static arguments => new VerbWords(arguments, "cloud", "fetch", "--json").Add(arguments.Text("run_id")!).Option("--to", "dest").Done(),
        },
        new(
            "get_budget", "Budget", "Tells the limits of money, what is spent and reserved, and what is left, for the day and the month (UTC).",
            [], ToolSchema.Output("schema:string"), ToolEffect.Reads, Local)
        {
            Words = static _ => ["cloud", "budget", "--json"],
        },
    ];

    /// <summary>The verb that estimates or plans a request.</summary>
    public static ImmutableArray<string> Request(ToolArguments arguments, string verb) =>
        new VerbWords(arguments, "cloud", verb, "--json", "--params-json", arguments.Json("parameters")).Add(arguments.Text("template")!).Rental().Done();
}
