using System.Text;
using Slipway.Cli.Terminal;
using Slipway.Core.Decisions;
using Slipway.Environments;
using Slipway.Projects.Discovery;

namespace Slipway.Cli.Commands.Run;

/// <summary>A plan for people.</summary>
internal static class PlanText
{
    private const int ShownPackages = 20;

    public static string Render(EnvironmentPlan plan, WorkloadDeclaration declaration, string? host = null)
    {
        var text = new StringBuilder();
        if (host is not null)
        {
            Line(text, "host", host);
        }

        var verb = plan.Decision.Kind switch { DecisionKind.Hit => "reuse", DecisionKind.Build => "build", _ => "refuse" };
        Line(text, "decision", $"{verb}: {plan.Decision.Sentence}");
        if (plan.Decision.FirstDifference is { } difference)
        {
            Line(text, "changed", $"{difference} (since the last run)");
        }

        Line(text, "from", declaration.Origin);
        string[] asked = [.. declaration.Request.Conda?.Specs.Select(spec => spec.Text) ?? [], .. declaration.Request.Requirements.Select(package => package.Requirement.ToString())];
        Line(text, "asked", asked.Length == 0 ? "no packages" : string.Join(", ", asked));
        if ((plan.Interpreter?.ToString() ?? plan.Python?.FullVersion) is { } python)
        {
            Line(text, "python", python);
        }

        if (plan.Lock is { } resolved)
        {
            if (resolved.Conda is not null || !resolved.Files.IsEmpty || resolved.Installed.IsEmpty)
            {
                Line(text, "packages", Names([.. resolved.Conda?.Names ?? [], .. resolved.Files.Select(file => $"{file.Name} {file.Version}")]));
            }

            if (!resolved.Installed.IsEmpty)
            {
                Line(text, "as it is", Names([.. resolved.Installed.Select(package => $"{package.Name} {package.Version}")]) + " (of the interpreter)");
            }
        }

        if (declaration.ProjectPath is { } path)
        {
            // Variables of this machine do not reach a host.
            var given = host is null && Environment.GetEnvironmentVariable("PYTHONPATH") is { Length: > 0 } set ? $", before your own PYTHONPATH {set}" : string.Empty;
            Line(text, "project", $"imported from {path}{given}");
        }

        if (plan.Reference.Slot is { } slot)
        {
            Line(text, "slot", slot);
        }

        foreach (var warning in declaration.Warnings.AddRange(plan.Warnings))
        {
            Line(text, "warning", warning);
        }

        return text.ToString();
    }

    private static string Names(string[] all) => all.Length switch
    {
        0 => "none",
        <= ShownPackages => string.Join(", ", all),
        var count => $"{string.Join(", ", all.Take(ShownPackages))} and {count - ShownPackages} more",
    };

    private static void Line(StringBuilder text, string label, string value) =>
        text.Append(label.PadRight(10)).Append(Plain.Line(value.ReplaceLineEndings("; "))).Append('\n');
}
