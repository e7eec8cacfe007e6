using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Runs.Distant;

namespace Slipway.Cloud.Templates;

/// <summary>
/// A folder that runs by itself on any Linux with glibc: <c>slipway</c>, <c>run.sh</c>, <c>words</c> (the command), <c>limits</c>, <c>params.json</c>, <c>job.json</c>, the entry with its modules, and <c>files/</c>. The
/// same folder runs on every backend.
/// </summary>
/// <param name="Folder">Where it is, absolute.</param>
/// <param name="Digest">Of the names and contents of all files but <c>slipway</c>, and of which program that is.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="LeftOut">Links and special files that do not go along.</param>
public sealed record WorkPackage(string Folder, Sha256Digest Digest, long Bytes, ImmutableArray<string> LeftOut)
{
    /// <summary>How long after TERM the work may take to save itself, in seconds.</summary>
    public const int GraceSeconds = 120;

    private const string Files = "files";
    private const UnixFileMode Data = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Program = Data | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What is run in the folder.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>Makes a package.</summary>
    /// <param name="work">What is run.</param>
    /// <param name="folder">The folder that is made, absolute; it must not be there.</param>
    /// <param name="executable">Slipway's own program, a single native file.</param>
    /// <param name="options">What the run is held to.</param>
    /// <param name="cancellationToken">Ends it; what was made is removed.</param>
    public static async Task<Result<WorkPackage>> BuildAsync(TemplateWork work, string folder, string executable, WorkOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(options);
        if (Wrong(work, folder, options) is { } wrong)
        {
            return wrong;
        }

        var isBuilt = false;
        try
        {
            var built = await Task.Run(() => Build(work, folder, executable, options, cancellationToken), cancellationToken).ConfigureAwait(false);
            isBuilt = built.IsOk;
            return built;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(CloudFailures.PackageUnusable, $"The package cannot be made: {exception.Message}");
        }
        finally
        {
            if (!isBuilt)
            {
                _ = LocalFiles.RemoveTree(folder);
            }
        }
    }

    private static Failure? Wrong(TemplateWork work, string folder, WorkOptions options) =>
        LocalFiles.Exists(folder) ? new Failure(CloudFailures.PackageUnusable, $"{Shown.Quote(folder)} is there already.")
        : options.MaxRuntime < TimeSpan.FromSeconds(1) || options.MaxRuntime > TimeSpan.FromDays(30) ? new Failure(CloudFailures.TemplateParameter, $"max_runtime is {options.MaxRuntime}: it goes from a second to 30 days.")
        : options.GpuIdleMinutes is < 1 or > 10_000 ? new Failure(CloudFailures.TemplateParameter, $"gpu_idle_minutes is {options.GpuIdleMinutes}: it goes from 1 to 10000.")
        : options.GpuPoll < TimeSpan.FromSeconds(1) || options.MostResultBytes < 0 ? new Failure(CloudFailures.TemplateParameter, "Cards are looked at once a second at most, and results have no negative size.")
        : work.Words.Any(static word => word.Contains('\0', StringComparison.Ordinal)) ? new Failure(CloudFailures.TemplateParameter, "A parameter has the character 0, which no command can hold.")
        : null;

    private static Result<WorkPackage> Build(TemplateWork work, string folder, string executable, WorkOptions options, CancellationToken cancellationToken)
    {
        if (!new CarriedProgram(executable).Digest().TryGet(out var program, out var failure)
            || !LocalFiles.MakeDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).TryGet(out _, out failure))
        {
            return failure;
        }

        var content = new PackageContent(folder, cancellationToken);
        content.Write("run.sh", EntryScripts.Run, Program);
        content.Write("params.json", work.ParametersJson, Data);
        content.Write("words", [.. work.Words.SelectMany(static word => Encoding.UTF8.GetBytes(word + '\0'))], Data);
        content.Write("limits", Encoding.ASCII.GetBytes(Limits(work, options)), Data);
        content.Write("job.json", Job(work, options), Data);
        foreach (var (name, script) in work.Parts.Scripts)
        {
            content.Write(name, script, Data);
        }

        if (!Carry(work, content).TryGet(out _, out failure))
        {
            return failure;
        }

        // An upload loses who may execute what.
        content.Write("executables", [.. content.Executables.Append("slipway").SelectMany(static name => Encoding.UTF8.GetBytes(name + '\0'))], Data);
        File.Copy(executable, Path.Combine(folder, "slipway"));
        File.SetUnixFileMode(Path.Combine(folder, "slipway"), Program);
        return new WorkPackage(folder, content.Digest(program), content.Bytes + new FileInfo(executable).Length, [.. content.LeftOut])
        {
            Command = ["timeout", "--signal=TERM", $"--kill-after={GraceSeconds}", Whole(options.MaxRuntime.TotalSeconds), "bash", "./run.sh"],
        };
    }

    private static Result<Unit> Carry(TemplateWork work, PackageContent content)
    {
        Directory.CreateDirectory(Path.Combine(content.Folder, Files));
        if (work.ProjectFolder is { } project && !content.CopyFolder(project, Files).TryGet(out _, out var failure))
        {
            return failure;
        }

        var from = work.Parts.CarriedFrom ?? work.WorkingDirectory;
        foreach (var path in work.Parts.Carried)
        {
            var source = Path.Combine(from, path);
            if (Directory.Exists(source))
            {
                if (!content.CopyFolder(source, $"{Files}/{path}").TryGet(out _, out failure))
                {
                    return failure;
                }
            }
            else
            {
                content.CopyFile(source, $"{Files}/{path}");
            }
        }

        return Unit.Value;
    }

    private static string Limits(TemplateWork work, WorkOptions options) => string.Join('\n',
    [
        $"in_files={(work.Parts.RunsInFiles ? 1 : 0)}", $"idle_seconds={Whole((options.GpuIdleMinutes ?? 0) * 60d)}", $"poll_seconds={Whole(options.GpuPoll.TotalSeconds)}",
        $"results_bytes={options.MostResultBytes.ToString(CultureInfo.InvariantCulture)}", string.Empty,
    ]);

    private static string Whole(double seconds) => Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture);

    private static byte[] Job(TemplateWork work, WorkOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "slipway.job-package/1");
            writer.WriteString("run_id", options.RunId);
            writer.WriteString("template", work.Template.Name);
            writer.WriteString("digest", work.Digest.Hex);
            writer.WriteNumber("max_runtime_seconds", options.MaxRuntime.TotalSeconds);
            writer.WriteStartArray("secrets");
            foreach (var name in work.SecretNames)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
