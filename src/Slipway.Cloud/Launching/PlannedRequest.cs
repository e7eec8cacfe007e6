using System.Text;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

/// <summary>What a plan is made of beside its offer and its limits. The plan names the digest of its text, so that nothing of it changes after a person's yes.</summary>
internal sealed record PlannedRequest(string Workflow, string Parameters, byte[] Saved, string? Host, int? DiskGib, string? Bucket, int IdleMinutes, bool IsManaged)
{
    public byte[] Render() => JsonText.Of(writer =>
    {
        writer.WriteString("schema", "slipway.rental/1");
        writer.WriteString("workflow", Workflow);
        writer.WriteString("parameters_sha256", Parameters);
        writer.WriteString("parameters", Encoding.UTF8.GetString(Saved));
        writer.WriteString("host", Host);
        writer.WriteString("disk_gib", DiskGib?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("bucket", Bucket);
        writer.WriteNumber("idle_minutes", IdleMinutes);
        writer.WriteBoolean("managed", IsManaged);
    });

    public static Result<PlannedRequest> Read(byte[] text) =>
        JsonText.Read(text) is { } json && json.Text("workflow") is { } workflow && json.Text("parameters_sha256") is { } digest && json.Text("parameters") is { } saved
            && json.Whole("idle_minutes") is { } idle
            ? new PlannedRequest(
                workflow, digest, Encoding.UTF8.GetBytes(saved), json.Text("host"), int.TryParse(json.Text("disk_gib"), out var disk) ? disk : null, json.Text("bucket"), idle, json.Flag("managed"))
            : new Failure(CloudFailures.PlanMismatch, "What the plan was made of cannot be read.") { Hint = "Make a new plan." };

    /// <summary>The work again.</summary>
    public Result<IWork> Restore(IWorkSource works) => works.Restore(Workflow, Saved).Then(work => work.ParametersDigest.Hex == Parameters
        ? Result.Ok(work)
        : new Failure(CloudFailures.PlanMismatch, $"The parameters of {Workflow} mean something else than when the plan was made.") { Hint = "Make a new plan." });

    public LaunchSpec Spec(RunId run, LaunchPlan plan) => new(run, $"slipway-{run}", plan, IdleMinutes) { DiskGib = DiskGib, Bucket = Bucket, IsManaged = IsManaged };
}
