using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>What can be launched: typed parameters, what it needs, and a fixed entry that reads its parameters from a file. Nothing that a user writes becomes part of a program.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="BestFor">When to take it, in one sentence.</param>
/// <param name="Schema">Its parameters, each with its range and help.</param>
public sealed record LaunchTemplate(string Name, string Summary, string BestFor, ConfigSchema Schema)
{
    /// <summary>The backends that can run it.</summary>
    public ImmutableArray<string> Backends { get; init; } = ["local", "ssh", "skypilot"];

    /// <summary>Whether a run that was ended goes on from its checkpoint when it is started again.</summary>
    public bool Survives { get; init; }

    /// <summary>Parameters that are lists of texts: a JSON array.</summary>
    public ImmutableArray<string> Lists { get; init; } = [];

    /// <summary>Parameters that are tables of texts: a JSON object.</summary>
    public ImmutableArray<string> Tables { get; init; } = [];

    /// <summary>What parameters make, in a working directory.</summary>
    internal Func<RecipeConfig, string, Result<TemplateParts>> Make { get; init; } = static (_, _) => throw new InvalidOperationException("This template makes nothing.");

    /// <summary>What is launched with some parameters.</summary>
    /// <param name="parameters">A JSON object; what it leaves out has its default.</param>
    /// <param name="workingDirectory">What paths are relative to, and must be below: absolute; null for the current directory.</param>
    /// <returns>The work; a failure that names the parameter and what it takes.</returns>
    public Result<TemplateWork> Read(JsonElement parameters, string? workingDirectory = null)
    {
        var folder = workingDirectory ?? Directory.GetCurrentDirectory();
        return TemplateParameters.Layer(this, parameters).Then(layer => Schema.Resolve(layer)).Then(config => Make(config, folder)).Then(parts => Settle(parts, folder));
    }

    // What a template makes of its parameters, such as a path without its detours, is what is written down.
    private Result<TemplateWork> Settle(TemplateParts parts, string folder)
    {
        var json = TemplateParameters.Canonical(this, parts.Parameters);
        return new TemplateWork(this, parts, json, folder);
    }
}
