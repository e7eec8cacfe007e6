using System.Text.Json;
using Slipway.Cloud.Templates;
using Slipway.Core.Failures;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Templates;

/// <summary>Makes works and packages for tests.</summary>
internal static class Works
{
    /// <summary>A program that a package can carry: Slipway itself, or what starts the one that was built beside its .NET; null where none was built.</summary>
    public static string? Program(TempFolder temp)
    {
        if (Environment.GetEnvironmentVariable("SLIPWAY_TEST_PROGRAM") is { Length: > 0 } named)
        {
            return named;
        }

        var built = Path.Combine(Root, "artifacts", "bin", "Slipway.Cli", "debug", "slipway");
        return File.Exists(built) ? Executable(temp, $"exec '{built}' \"$@\"") : null;
    }

    /// <summary>The folder of the sources.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Executable(TempFolder temp, string script, string name = "carried")
    {
        var path = temp.WriteFile(name, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public static Result<TemplateWork> Read(string template, string folder, string json)
    {
        using var document = JsonDocument.Parse(json);
        return TemplateCatalogue.Find(template, folder).Then(found => found.Read(document.RootElement.Clone(), folder));
    }

    public static Failure Refused(string template, string folder, string json) => Read(template, folder, json).Failure;

    /// <summary>A package below <paramref name="temp"/>, of what a program runs.</summary>
    public static async Task<WorkPackage> PackAsync(TempFolder temp, TemplateWork work, string program, WorkOptions? options = null)
    {
        var built = await WorkPackage.BuildAsync(work, temp.Combine("package"), program, options ?? Options, CancellationToken.None);
        Assert.True(built.IsOk, built.ToString());
        return built.Value;
    }

    public static WorkOptions Options => new("20261122t100000-00000001", TimeSpan.FromMinutes(2));

    /// <summary>Starts a package as a backend does, with a home of its own.</summary>
    public static RunningCommand Start(TempFolder temp, WorkPackage package, params ReadOnlySpan<(string Name, string? Value)> variables)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = temp.CreateFolder("home"), ["SLIPWAY_HOME"] = null };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return CommandRunner.Start(package.Command[0], package.Command[1..], new CommandOptions { WorkingFolder = package.Folder, Environment = environment, Timeout = TimeSpan.FromSeconds(150) });
    }

    public static async Task<CommandResult> RunAsync(TempFolder temp, WorkPackage package, params (string Name, string? Value)[] variables)
    {
        await using var running = Start(temp, package, variables);
        return await running.WaitAsync(CancellationToken.None);
    }

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Slipway.slnx")) ? folder : Find(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
