using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Cloud;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud policy</c>: what may be spent. The file is written by a person; what is done here about a PIN is asked at that person's terminal.</summary>
internal static class CloudPolicy
{
    public static Command Define(Output output, Func<Services> services)
    {
        var example = new Option<bool>("--example") { Description = "Print a policy to begin with." };
        var sign = new Option<bool>("--sign") { Description = "Sign the policy as it is now, with the PIN." };
        var pin = new Option<bool>("--set-pin") { Description = "Set a PIN: from then on the policy has to be signed, and every approval needs it." };
        var command = new Command("policy", "Show what may be spent, and where that is written.\n\nExample: slipway cloud policy");
        foreach (var option in (Option[])[example, sign, pin])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, token) =>
        {
            if (parsed.GetValue(example))
            {
                output.Data.WriteLine(PolicyText.Example);
                return 0;
            }

            var created = services();
            var money = CloudMoney.Of(created);
            return parsed.GetValue(pin) ? SetPin(output, created, money)
                : parsed.GetValue(sign) ? await SignAsync(output, created, money, token).ConfigureAwait(false)
                : Show(output, money);
        });
        return command;
    }

    private static int Show(Output output, CloudMoney money)
    {
        if (!money.ReadPolicy().TryGet(out var policy, out var failure))
        {
            return output.Fail(failure);
        }

        var document = PolicyDocument.From(money.Policy.Path, policy);
        if (output.IsJson)
        {
            output.Json(document, PolicyJson.Default.PolicyDocument);
            return 0;
        }

        output.Data.WriteLine(Plain.Line($"policy         {document.File}"));
        output.Data.WriteLine($"a run          at most {document.PerRunMaxUsd} USD{(document.MaxHourlyRateUsdH is { } rate ? $", {rate} USD an hour" : string.Empty)}, {document.MaxRuntime}, {document.MaxNodes} node{(document.MaxNodes == 1 ? string.Empty : "s")}");
        output.Data.WriteLine($"a day          at most {document.DailyMaxUsd} USD");
        output.Data.WriteLine($"a month        at most {document.MonthlyMaxUsd} USD");
        output.Data.WriteLine($"at once        {document.MaxConcurrentRuns} run{(document.MaxConcurrentRuns == 1 ? string.Empty : "s")}");
        output.Data.WriteLine(policy.ApproveAbove.IsZero ? "asks           a person, for every launch" : $"asks           a person above {document.ApproveAboveUsd} USD");
        output.Data.WriteLine(Plain.Line($"only           {Only("backends", policy.Backends)}, {Only("clouds", policy.Clouds)}, {Only("regions", policy.Regions)}, {Only("GPUs", policy.Gpus)}"));
        output.Data.WriteLine($"assistants     may run things: {document.McpRun}");
        return 0;
    }

    private static string Only(string what, IReadOnlyList<string> names) => names.Count == 0 ? $"all {what}" : $"{what} {string.Join(' ', names)}";

    private static Failure? RefuseAssistant(Services services) => services.Variable(CloudMoney.CallerVariable) is "mcp"
        ? new Failure(CloudFailures.ApprovalChannel, "This process was started by an assistant (SLIPWAY_CALLER=mcp), so nobody decides on money here.")
        : null;

    private static int SetPin(Output output, Services services, CloudMoney money)
    {
        if (RefuseAssistant(services) is { } refused)
        {
            return output.Fail(refused);
        }

        if (!PersonTerminal.Open("A PIN").TryGet(out var terminal, out var failure))
        {
            return output.Fail(failure);
        }

        using (terminal)
        {
            if (!terminal.AskHidden("New PIN:").TryGet(out var pin, out failure) || !terminal.AskHidden("Once more:").TryGet(out var again, out failure))
            {
                return output.Fail(failure);
            }

            if (!string.Equals(pin, again, StringComparison.Ordinal))
            {
                return output.Fail(new Failure(CloudFailures.PinRefused, "The two were not the same."));
            }

            return ApprovalKey.Create(money.Folder, pin).TryGet(out _, out failure) ? Done(output, "the PIN is set; sign the policy with `slipway cloud policy --sign`") : output.Fail(failure);
        }
    }

    private static async Task<int> SignAsync(Output output, Services services, CloudMoney money, CancellationToken cancellationToken)
    {
        if (RefuseAssistant(services) is { } refused)
        {
            return output.Fail(refused);
        }

        if (!ApprovalKey.Find(money.Folder).TryGet(out var found, out var failure))
        {
            return output.Fail(failure);
        }

        if (!found.TryGet(out var key))
        {
            return output.Fail(new Failure(CloudFailures.PinRefused, "No PIN is set, so there is nothing to sign with.") { Hint = "Set one with `slipway cloud policy --set-pin`." });
        }

        if (!PersonTerminal.Open("A signature").TryGet(out var terminal, out failure))
        {
            return output.Fail(failure);
        }

        using (terminal)
        {
            if (!terminal.AskHidden("PIN:").TryGet(out var pin, out failure)
                || !(await key.UnlockAsync(money.Folder, pin, services.Time, cancellationToken).ConfigureAwait(false)).TryGet(out var signer, out failure))
            {
                return output.Fail(failure);
            }

            using (signer)
            {
                return money.Policy.Sign(signer).TryGet(out _, out failure) ? Done(output, $"signed {money.Policy.Path} as it is now") : output.Fail(failure);
            }
        }
    }

    private static int Done(Output output, string text)
    {
        output.Say($"slipway: {text}");
        return 0;
    }
}

/// <summary>What <c>cloud policy --json</c> prints.</summary>
internal sealed record PolicyDocument(
    string Schema, string File, string PerRunMaxUsd, string DailyMaxUsd, string MonthlyMaxUsd, int MaxConcurrentRuns, string? MaxHourlyRateUsdH, string ApproveAboveUsd,
    IReadOnlyList<string> Backends, IReadOnlyList<string> Clouds, IReadOnlyList<string> Regions, IReadOnlyList<string> Gpus, int MaxNodes, string MaxRuntime,
    bool AllowUnpriced, bool AllowOnDemandFallback, int PriceDriftPercent, int? GpuIdleMinutes, bool RequirePin, string McpRun)
{
    public static PolicyDocument From(string file, SpendPolicy policy) => new(
        "slipway.cloud-policy/1", file, policy.PerRunMax.ToString(), policy.DailyMax.ToString(), policy.MonthlyMax.ToString(), policy.MaxConcurrentRuns, policy.MaxHourlyRate?.ToString(), policy.ApproveAbove.ToString(),
        policy.Backends, policy.Clouds, policy.Regions, policy.Gpus, policy.MaxNodes, policy.MaxRuntime.ToString(),
        policy.AllowUnpriced, policy.AllowOnDemandFallback, policy.PriceDriftPercent, policy.GpuIdleMinutes, policy.RequirePin, policy.McpRun.ToString().ToLowerInvariant());
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(PolicyDocument))]
internal sealed partial class PolicyJson : JsonSerializerContext;
