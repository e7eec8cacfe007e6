using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Slipway.Cloud.Cost;
using Slipway.Core.Identity;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>What a template makes of its parameters.</summary>
/// <param name="Parameters">The parameters, paths settled.</param>
/// <param name="Words">The command behind <c>slipway</c>, as it is meant in the package.</param>
internal sealed record TemplateParts(RecipeConfig Parameters, ImmutableArray<string> Words)
{
    /// <summary>Python files of the package by their names there: the entry and its modules.</summary>
    public ImmutableSortedDictionary<string, byte[]> Scripts { get; init; } = ImmutableSortedDictionary<string, byte[]>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Files and folders that go along, relative to the working directory or to <see cref="CarriedFrom"/>.</summary>
    public ImmutableArray<string> Carried { get; init; } = [];

    /// <summary>What they are relative to instead, absolute.</summary>
    public string? CarriedFrom { get; init; }

    /// <summary>The project that goes along, absolute.</summary>
    public string? ProjectFolder { get; init; }

    /// <summary>Whether the command runs among the files that go along.</summary>
    public bool RunsInFiles { get; init; }

    /// <summary>Names of the variables that hold secrets.</summary>
    public ImmutableArray<string> SecretNames { get; init; } = [];

    /// <summary>How a model is trained; null where that is not known.</summary>
    public TrainingMethod? Method { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The dataset.</summary>
    public string? Dataset { get; init; }
}

/// <summary>A template with its parameters, checked: what is planned, approved and launched.</summary>
public sealed class TemplateWork
{
    internal TemplateWork(LaunchTemplate template, TemplateParts parts, byte[] json, string workingDirectory)
    {
        (Template, Parts, ParametersJson, WorkingDirectory) = (template, parts, json, workingDirectory);
        Digest = Measure();
    }

    /// <summary>The template.</summary>
    public LaunchTemplate Template { get; }

    /// <summary>The parameters.</summary>
    public RecipeConfig Parameters => Parts.Parameters;

    /// <summary>What params.json holds: every parameter, sorted by name, in one line.</summary>
    public byte[] ParametersJson { get; }

    /// <summary>Of the template's name, its scripts, its command and its parameters; the files that go along are measured with the package.</summary>
    public Sha256Digest Digest { get; }

    /// <summary>Names of variables that hold secrets; their values are never part of the work.</summary>
    public ImmutableArray<string> SecretNames => Parts.SecretNames;

    /// <summary>The project that goes along, absolute; null when none does.</summary>
    public string? ProjectFolder => Parts.ProjectFolder;

    /// <summary>The model: <c>owner/name</c> of the hub, or <c>./path</c> below the working directory; null when it is not known.</summary>
    public string? Model => Parts.Model;

    /// <summary>The dataset, likewise.</summary>
    public string? Dataset => Parts.Dataset;

    /// <summary>What paths are relative to.</summary>
    public string WorkingDirectory { get; }

    /// <summary>What is run there, behind <c>slipway</c>.</summary>
    public ImmutableArray<string> Words => Parts.Words;

    internal TemplateParts Parts { get; }

    /// <summary>What memory must be reckoned for a model of some size; null where that cannot be told, as for a user's own script.</summary>
    /// <param name="shape">The size.</param>
    public VramRequest? Sizing(ModelShape shape) => Parts.Method is not { } method ? null
        : new VramRequest(shape, method, Parameters.Whole("max_seq_length"), Parameters.Whole("batch_size"))
        {
            LoraRank = Parameters.Schema.Find("lora_r") is null ? 16 : Parameters.Whole("lora_r"),
            Checkpointing = Parameters.Flag("gradient_checkpointing"),
        };

    private Sha256Digest Measure()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }

        Add(Encoding.UTF8.GetBytes(Template.Name));
        Add(ParametersJson);
        foreach (var word in Words)
        {
            Add(Encoding.UTF8.GetBytes(word));
        }

        foreach (var (name, content) in Parts.Scripts)
        {
            Add(Encoding.UTF8.GetBytes(name));
            Add(content);
        }

        return Sha256Digest.Parse(Convert.ToHexStringLower(hash.GetHashAndReset())).Value;
    }
}
