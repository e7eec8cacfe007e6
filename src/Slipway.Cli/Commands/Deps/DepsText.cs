using Slipway.Cli.Terminal;
using Slipway.Core.Contracts;
using Slipway.Environments.Bindings;

namespace Slipway.Cli.Commands.Deps;

/// <summary>An answer for people.</summary>
internal static class DepsText
{
    public static void Write(Output output, DepsAsk.Asked asked, BindingAnswer answer)
    {
        var status = answer.Status;
        WriteTable(output, answer.Resolved, status);
        output.Data.WriteLine($"{Name(status.State)}: {string.Join("\n  | ", (status.Message ?? string.Empty).Split('\n').Select(Plain.Line))}{(status.FailureCode is { } code ? $" ({code})" : string.Empty)}");
        if (answer.Reference is { State: DependencyState.Ready, PythonExecutable: { } python })
        {
            output.Data.WriteLine($"python: {Plain.Line(python)}");
        }

        foreach (var group in status.NeededInput.GroupBy(static needed => (needed.BindingId, needed.Requirement)))
        {
            output.Data.WriteLine($"needed for {Plain.Line(group.Key.Requirement is { } name ? $"{name} of {group.Key.BindingId}" : group.Key.BindingId)}, one of:");
            foreach (var needed in group)
            {
                output.Data.WriteLine($"  {needed.Field}: {Plain.Line(needed.Accepts)}");
                output.Data.WriteLine($"    {Plain.Line(DependencyCommands.Override(asked.File, asked.On, needed))}");
            }
        }

        if (status.State is DependencyState.Missing && asked.Verb is not "install")
        {
            output.Data.WriteLine($"`{DependencyCommands.Install(asked.File, asked.On)}` installs it.");
        }
    }

    /// <summary>Bindings and requirements with what was declared, overridden and follows.</summary>
    public static void WriteTable(Output output, DependencyView view, DependencyEnvironmentStatus? status)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (declared, effective) in view.Base.Bindings.Zip(view.Effective.Bindings))
        {
            var known = status?.Bindings.FirstOrDefault(binding => string.Equals(binding.BindingId, declared.BindingId, StringComparison.Ordinal));
            if (status is not null && known is null)
            {
                continue;
            }

            if (effective.PythonExecutableOverride is { } python)
            {
                rows.Add([declared.BindingId, "(python)", "-", declared.PythonExecutableOverride ?? "-", python == declared.PythonExecutableOverride ? "-" : python, python]);
            }

            for (var index = 0; index < declared.Requirements.Length; index++)
            {
                var (one, other) = (declared.Requirements[index], effective.Requirements[index]);
                var state = known?.Requirements.ElementAtOrDefault(index);
                rows.Add([declared.BindingId, one.Name, state is null ? "-" : $"{Name(state.State)}{(state.Version is { } version ? $" {version}" : string.Empty)}", Words(one), Difference(one, other), Words(other)]);
            }
        }

        if (rows.Count > 0)
        {
            TextTable.Write(output.Data, ["BINDING", "REQUIREMENT", "STATE", "BASE", "OVERRIDE", "EFFECTIVE"], rows);
        }
    }

    private static string Words(DependencyRequirement requirement) => string.Join(' ', Parts(requirement).DefaultIfEmpty("any"));

    private static string Difference(DependencyRequirement one, DependencyRequirement other) =>
        string.Join(' ', Parts(other).Except(Parts(one), StringComparer.Ordinal).DefaultIfEmpty("-"));

    private static IEnumerable<string> Parts(DependencyRequirement requirement) => new[]
    {
        requirement.ExactPin,
        requirement.Source is { } source ? $"@ {source}" : null,
        requirement.WheelSourcePath is { } path ? $"wheels {path}" : null,
        requirement.IndexUrl is { } index ? $"index {index}" : null,
        requirement.ExtraIndexUrls.IsEmpty ? null : $"also {string.Join(' ', requirement.ExtraIndexUrls)}",
    }.OfType<string>().Where(static part => part.Length > 0);

    private static string Name<T>(T state)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
