using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Money;
using Slipway.Cloud.Templates;
using Slipway.Core.Failures;
using Slipway.Core.Identity;

namespace Slipway.Cloud.Launching;

/// <summary>Work of a template.</summary>
/// <param name="reference">What the template was found by: its name, or the path of its file.</param>
/// <param name="work">The template with its parameters.</param>
/// <param name="sizing">How much memory it needs; null when nobody can tell.</param>
/// <param name="executable">Slipway's own program.</param>
public sealed class TemplatedWork(string reference, TemplateWork work, VramRequest? sizing, string executable) : IWork
{
    /// <inheritdoc/>
    public string Name => work.Template.Name;

    /// <inheritdoc/>
    public Sha256Digest ParametersDigest => work.Digest;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Saved => JsonText.Of(writer =>
    {
        writer.WriteString("template", reference);
        writer.WriteString("directory", work.WorkingDirectory);
        writer.WriteString("digest", work.Digest.Hex);
        writer.WritePropertyName("parameters");
        writer.WriteRawValue(work.ParametersJson);
    });

    /// <inheritdoc/>
    public VramRequest? Sizing => sizing;

    /// <inheritdoc/>
    public ImmutableArray<string> SecretNames => work.SecretNames;

    /// <inheritdoc/>
    public string Preview => $"{Encoding.UTF8.GetString(EntryScripts.Run)}\n# params.json\n# {Encoding.UTF8.GetString(work.ParametersJson)}\n";

    /// <inheritdoc/>
    public async Task<Result<string>> BuildAsync(string folder, PackageOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var built = await WorkPackage.BuildAsync(work, folder, executable, new WorkOptions(options.RunId, options.MaxRuntime) { GpuIdleMinutes = options.GpuIdleMinutes }, cancellationToken).ConfigureAwait(false);
        return built.Map(static package => package.Folder);
    }
}

/// <summary>Makes work of templates again that was planned in another process.</summary>
/// <param name="executable">Slipway's own program.</param>
public sealed class TemplatedWorks(string executable) : IWorkSource
{
    /// <inheritdoc/>
    public Result<IWork> Restore(string name, ReadOnlyMemory<byte> saved)
    {
        if (JsonText.Read(saved) is not { } json || json.Text("template") is not { } reference || json.Text("directory") is not { } directory || !json.TryGetProperty("parameters", out var parameters))
        {
            return new Failure(CloudFailures.PlanMismatch, "What the plan was made of cannot be read.");
        }

        return TemplateCatalogue.Find(reference, directory).Then(template => template.Read(parameters, directory)).Then(work => work.Digest.Hex == json.Text("digest") && work.Template.Name == name
            ? Result.Ok<IWork>(new TemplatedWork(reference, work, sizing: null, executable))
            : new Failure(CloudFailures.PlanMismatch, $"The template {reference}, or a file that it names, is not what it was when the plan was made.") { Hint = "Make a new plan." });
    }
}
