using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;

namespace Slipway.Cli.Commands.Doctor;

/// <summary><c>doctor</c>: what this machine offers to Slipway, found by trying it.</summary>
internal static class DoctorCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("doctor", "Check this machine: store, file system, locks, disk, clock, interpreters, tools.\n\nExample: slipway doctor --json");
        command.SetAction(async (_, token) =>
        {
            var document = await DiagnoseAsync(services(), token).ConfigureAwait(false);
            if (output.IsJson)
            {
                output.Json(document, DoctorJson.Default.DoctorDocument);
            }
            else
            {
                Print(output.Data, document);
            }

            return document.Checks.All(check => check.Ok) ? 0 : (int)ExitCode.ChecksFailed;
        });
        return command;
    }

    /// <summary>Writes the findings for people; each that asks for something has a hint below it.</summary>
    internal static void Print(TextWriter writer, DoctorDocument document)
    {
        foreach (var check in document.Checks)
        {
            var mark = check.Level is "fail" ? "FAIL" : check.Level.PadRight(4);
            var code = check.Code is null ? string.Empty : $" ({check.Code})";
            writer.WriteLine(Plain.Line($"{mark}  {check.Name,-12}  {check.Finding}{code}"));
            if (check.Hint is not null)
            {
                writer.WriteLine(Plain.Line($"      {string.Empty,-12}  hint: {check.Hint}"));
            }
        }
    }

    // A store that cannot be used is the first thing to know; what does not need it is told all the same.
    private static async Task<DoctorDocument> DiagnoseAsync(Services services, CancellationToken cancellationToken)
    {
        var checks = ImmutableArray.CreateBuilder<DoctorCheck>();
        var program = Environment.ProcessPath ?? "slipway";
        checks.Add(DoctorCheck.Good("slipway", $"{Services.Version} ({program})"));
        if ((await services.OpenHostAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var host, out var failure))
        {
            checks.Add(DoctorCheck.Good("machine", $"{host.Facts.PlatformKey}, {host.Facts.LibcKind} {host.Facts.LibcVersion}, kernel {host.Facts.KernelRelease}"));
            checks.AddRange(await new StoreChecks(host, services.Time).LookAsync(cancellationToken).ConfigureAwait(false));
            checks.AddRange(await PythonsAsync(services, host, cancellationToken).ConfigureAwait(false));
        }
        else
        {
            checks.Add(DoctorCheck.Bad("store", failure));
            checks.Add(DoctorCheck.Note("python", "not looked for, because what is found is remembered in the store"));
        }

        checks.Add(DoctorCheck.Good("backends", string.Join(", ", ProvisionerCatalogue.Default.Kinds)));
        checks.AddRange(await ToolChecks.LookAsync(services.Machine, host, cancellationToken).ConfigureAwait(false));
        return new DoctorDocument("slipway.doctor/1", program, checks.ToImmutable());
    }

    // One without pip or venv still serves as it stands.
    private static DoctorCheck Python(Interpreter interpreter)
    {
        var pip = interpreter.UsablePip();
        var finding = $"{interpreter}, {(pip is null ? $"no pip {Interpreter.OldestPip} or newer" : $"pip {pip.Version}")}{(interpreter.HasVenv ? string.Empty : ", no venv module")}";
        return pip is not null && interpreter.HasVenv
            ? DoctorCheck.Good("python", finding)
            : DoctorCheck.Note(
                "python", $"{finding}: nothing can be built with it, and --backend system works", "Install the package that brings venv and ensurepip for this Python (on Debian and Ubuntu python3-venv).");
    }

    private static async Task<IReadOnlyList<DoctorCheck>> PythonsAsync(Services services, BuildHost host, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        await foreach (var interpreter in services.Interpreters(host).ListAsync(cancellationToken).ConfigureAwait(false))
        {
            checks.Add(Python(interpreter));
        }

        return checks.Count > 0 ? checks : [DoctorCheck.Bad("python", "no usable interpreter on PATH", "Install Python 3.9 or newer.")];
    }
}
