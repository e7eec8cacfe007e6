using System.Collections.Immutable;

namespace Slipway.Mcp.Tools;

/// <summary>Tools for this machine and the hosts of the user.</summary>
internal static class MachineTools
{
    private static readonly ToolHints Looking = new(Destructive: false, Idempotent: true, OpenWorld: false);
    private static readonly ToolHints Running = new(Destructive: true, Idempotent: false, OpenWorld: true);

    public static ImmutableArray<McpTool> All { get; } =
    [
        new("list_hosts", "Hosts", "Lists the hosts that the user added; none is connected to.", [], ToolSchema.Output("schema:string", "hosts:array"), ToolEffect.Reads, Looking)
        {
            Words = static _ => ["host", "list", "--json"],
        },
        new("list_recipes", "Recipes", "Lists the recipes for training on the user's own machines.", [], ToolSchema.Output("schema:string", "recipes:array"), ToolEffect.Reads, Looking)
        {
            Words = static _ => ["recipe", "list", "--json"],
        },
        new(
            "check_environment", "Check an environment", "Tells which environment a script would get and why: ready, or to be built. Builds, resolves and runs nothing.",
            Parameters.Workload, ToolSchema.Output("schema:string", "decision:string", "reason:string", "sentence:string", "environment_ref:object"), ToolEffect.Reads, Looking)
        {
            Words = static arguments => new VerbWords(arguments, "plan", "--json").Environment().Add(arguments.Text("target")!).Done(),
            Folder = "directory",
        },
        new(
            "prepare_environment", "Prepare an environment", "Builds the environment of a script, so that it starts at once; the script is not started. May download packages and build them, which runs their code.",
            Parameters.Workload, ToolSchema.Output("schema:string", "decision:string", "environment_ref:object"), ToolEffect.Runs, new ToolHints(Destructive: false, Idempotent: true, OpenWorld: true))
        {
            Words = static arguments => new VerbWords(arguments, "plan", "--json", "--build").Environment().Add(arguments.Text("target")!).Done(),
            Folder = "directory",
        },
        new(
            "run_script", "Run a script", "Starts a script in its environment as a job in the background, which goes on without the assistant; answers with its run id.",
            [
                .. Parameters.Workload,
                Parameters.List("arguments", "The script's own arguments.", null) with { MaxLength = 4096, IsRecorded = false },
                Parameters.Text("name", "The job's name.", "^[A-Za-z0-9][A-Za-z0-9._-]*$", 64),
                Parameters.Text("gpus", "GPUs to reserve: a number, or a list such as 0,1.", "^[0-9][0-9,]*$", 64),
                Parameters.RunTime("max_duration", "End the job after this time, such as 45m."),
                Parameters.List("env_vars", "Variables for the script as NAME=VALUE; never a secret.", "^[A-Za-z_][A-Za-z0-9_]*=") with { MaxLength = 4096, IsRecorded = false },
                Parameters.List("secrets", "Names of variables of the server's environment that the script gets.", "^[A-Za-z_][A-Za-z0-9_]*$"),
            ],
            ToolSchema.Output("schema:string", "job:object"), ToolEffect.Runs, Running)
        {
            Words = static arguments => new VerbWords(arguments, "run", "--json", "--detach").Environment().Option("--name", "name").Option("--gpus", "gpus").Option("--max-duration", "max_duration")
                .Each("--env-var", "env_vars").Each("--secret", "secrets").Add(arguments.Text("target")!).Add([.. arguments.List("arguments")]).Done(),
            Folder = "directory",
        },
        new(
            "validate_workflow", "Validate a workflow", "Tells everything that is wrong with a workflow's file, each problem with its place.",
            [Parameters.Text("file", "The workflow's file.", Parameters.NotAnOption, 4096) with { IsRequired = true }, Parameters.Directory],
            ToolSchema.Output("schema:string", "is_valid:boolean", "files:array"), ToolEffect.Reads, Looking)
        {
            Words = static arguments => ["workflow", "validate", "--json", "--", arguments.Text("file")!],
            Folder = "directory",
        },
        new(
            "run_workflow", "Run a workflow", "Runs a workflow as a job in the background, which goes on without the assistant; answers with its run id.",
            [
                Parameters.Text("file", "The workflow's file.", Parameters.NotAnOption, 4096) with { IsRequired = true },
                Parameters.Directory,
                Parameters.List("set", "Inputs as node.port=value.", "^[A-Za-z0-9_][A-Za-z0-9_.-]*=([^@].*)?$") with { MaxLength = 4096, IsRecorded = false },
                Parameters.List("targets", "Nodes whose outputs are wanted.", "^[A-Za-z0-9_][A-Za-z0-9_.-]*$"),
                Parameters.Text("name", "The job's name.", "^[A-Za-z0-9][A-Za-z0-9._-]*$", 64),
            ],
            ToolSchema.Output("schema:string", "job:object"), ToolEffect.Runs, Running)
        {
            Folder = "directory",
        },
    ];

    /// <summary>The verb behind <c>run_workflow</c>: a local job of our own program.</summary>
    public static ImmutableArray<string> RunWorkflow(ToolArguments arguments, string executable) => new VerbWords(arguments, "run", "--json", "--detach").Option("--name", "name").Add("--", executable)
        .Add("workflow", "run").Each("--set", "set").Each("--target", "targets").Add("--", arguments.Text("file")!).Done();
}
