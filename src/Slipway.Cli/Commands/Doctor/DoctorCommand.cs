using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Environments;
using Slipway.Environments.Provisioners;

namespace Slipway.Cli.Commands.Doctor;

/// <summary><c>doctor</c>: what this machine offers to Slipway, found by trying it.</summary>
internal static class DoctorCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("doctor", "Check this machine: store, locks, interpreters, tools.\n\nExample: slipway doctor --json");
        command.SetAction(async (_, token) =>
        {
            var created = services();
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            if (!opened.TryGet(out var host, out var failure))
            {
                return output.Fail(failure);
            }

            var document = await DiagnoseAsync(host, created, token).ConfigureAwait(false);
            if (output.IsJson)
            {
                output.Json(document, DoctorJson.Default.DoctorDocument);
            }
            else
            {
                foreach (var check in document.Checks)
                {
                    output.Data.WriteLine($"{(check.Ok ? "ok  " : "FAIL")}  {check.Name,-12}  {Plain.Line(check.Finding)}");
                }
            }

            return document.Checks.All(check => check.Ok) ? 0 : 1;
        });
        return command;
    }

    private static async Task<DoctorDocument> DiagnoseAsync(BuildHost host, Services services, CancellationToken cancellationToken)
    {
        var checks = ImmutableArray.CreateBuilder<DoctorCheck>();
        var program = Environment.ProcessPath ?? "slipway";
        checks.Add(new DoctorCheck("slipway", true, $"{Services.Version} ({program})"));
        checks.Add(new DoctorCheck("machine", true, $"{host.Facts.PlatformKey}, {host.Facts.LibcKind} {host.Facts.LibcVersion}, kernel {host.Facts.KernelRelease}"));
        checks.Add(new DoctorCheck("store", true, host.Layout.Home));
        checks.Add(Disk(host));
        checks.Add(await LocksAsync(host, cancellationToken).ConfigureAwait(false));
        var finder = services.Interpreters(host);
        var found = false;
        await foreach (var interpreter in finder.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            found = true;
            var pip = interpreter.BundledPip ?? interpreter.InstalledPip;
            checks.Add(new DoctorCheck("python", true, $"{interpreter}, {(pip is null ? "no pip" : $"pip {pip.Version}")}{(interpreter.HasVenv ? string.Empty : ", no venv module")}"));
        }

        if (!found)
        {
            checks.Add(new DoctorCheck("python", false, "no usable interpreter on PATH: install Python 3.9 or newer"));
        }

        checks.Add(new DoctorCheck("backends", true, string.Join(", ", ProvisionerCatalogue.Default.Kinds)));
        return new DoctorDocument("slipway.doctor/1", program, checks.ToImmutable());
    }

    private static DoctorCheck Disk(BuildHost host)
    {
        const long Scarce = 1_000_000_000;
        var drive = new DriveInfo(host.Layout.Home);
        return new DoctorCheck("disk", drive.AvailableFreeSpace >= Scarce, $"{Sizes.Text(drive.AvailableFreeSpace)} free on {drive.DriveFormat}");
    }

    private static async Task<DoctorCheck> LocksAsync(BuildHost host, CancellationToken cancellationToken)
    {
        var problem = await LockTrial.RunAsync(host, cancellationToken).ConfigureAwait(false);
        return new DoctorCheck("locks", problem is null, problem?.Message ?? "flock works on the store's file system");
    }
}

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed record DoctorDocument(string Schema, string Executable, ImmutableArray<DoctorCheck> Checks);

/// <summary>One finding.</summary>
internal sealed record DoctorCheck(string Name, bool Ok, string Finding);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class DoctorJson : JsonSerializerContext;
