using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Core.Versions;
using Slipway.Machines.Files;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Editing;
using Slipway.Projects.Managed;

namespace Slipway.Projects.UseCases;

/// <summary>Where the Python of a directory is kept, and would be written.</summary>
/// <param name="Path">The absolute path of the file; it need not be there.</param>
/// <param name="IsAsdf">Whether it is asdf's.</param>
/// <param name="Configuration">All settings that hold.</param>
public sealed record PythonPlace(string Path, bool IsAsdf, EffectiveConfiguration Configuration)
{
    /// <summary>The absolute directory of the project that the file belongs to.</summary>
    public string Directory => Configuration.ProjectDirectory ?? System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>What holds now; null when nothing names a Python.</summary>
    public Setting? Wish => Configuration[SettingKey.Python];

    /// <summary>The range that the project declares (<c>requires-python</c>); any where nothing that can be read does.</summary>
    public VersionSpecifierSet Declared { get; init; } = VersionSpecifierSet.Any;
}

/// <summary>Reads and writes which Python a directory's workloads get.</summary>
/// <param name="variable">Reads an environment variable.</param>
public sealed class PythonPinUseCase(Func<string, string?> variable)
{
    /// <summary>
    /// Finds the place: the project's settings where they name a Python, else the nearest pin, else a new <c>.python-version</c> in the project's directory or
    /// the given one.
    /// </summary>
    /// <param name="directory">The absolute working directory.</param>
    /// <returns>The place; <see cref="ProjectFailures.NotEditable"/> where a table of one environment names it.</returns>
    public Result<PythonPlace> Locate(string directory)
    {
        var read = new WorkloadDiscovery(variable, static () => false).ReadConfiguration(null, directory, new RequestSettings());
        var declared = new WorkloadDiscovery(variable, static () => false).Discover(null, directory, new RequestSettings()).TryGet(out var declaration, out _)
            ? declaration.Request.RequiresPython
            : VersionSpecifierSet.Any;
        return read.Then(configuration => Locate(directory, configuration)).Map(place => place with { Declared = declared });
    }

    private Result<PythonPlace> Locate(string directory, EffectiveConfiguration configuration) =>
        Written(configuration) switch
        {
            { Origin: { Layer: SettingLayer.Project, Location.Source: { } settings } } => new PythonPlace(settings, false, configuration),
            { Origin: { Layer: SettingLayer.Environment } origin } => new Failure(ProjectFailures.NotEditable, $"{origin} names the Python of one environment.") { Location = origin.Location },
            _ => new PinSearch(new FileObserver(), variable("HOME")).Find(directory).Map(found => found.TryGet(out var pin)
                ? new PythonPlace(pin.Pin.Path, Path.GetFileName(pin.Pin.Path) is PinFile.Asdf, configuration)
                : new PythonPlace(Path.Combine(configuration.ProjectDirectory ?? directory, PinFile.Pyenv), false, configuration)),
        };

    // A variable hides for one shell what a file says; the file is the place all the same.
    private static Setting? Written(EffectiveConfiguration configuration)
    {
        var python = configuration.Settings[(int)SettingKey.Python];
        return python.Overridden.Insert(0, python.Chosen!).FirstOrDefault(static setting => setting is { Origin.Layer: not SettingLayer.Variable });
    }

    /// <summary>Reads a version that can be pinned.</summary>
    public static Result<PepVersion> Parse(string text) => PepVersion.Parse(text).TryGet(out var version, out _) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.')
        ? version
        : new Failure(ProjectFailures.MalformedPin, $"'{text}' is no version of Python.") { Hint = "Give a version such as 3.12 or 3.12.1." };

    /// <summary>Writes a version where the place says; the rest of the file stays.</summary>
    public static Result<Unit> Write(PythonPlace place, PepVersion version)
    {
        ArgumentNullException.ThrowIfNull(place);
        return ManagedFile.Read(Path.GetDirectoryName(place.Path)!, Path.GetFileName(place.Path)).Then(file => Result.Ok(Encoding.UTF8.GetString(file.Content ?? []))
            .Then(before => Path.GetFileName(place.Path) switch
            {
                PinFile.Asdf => PinFile.WriteAsdf(before, version.ToString()),
                PinFile.Pyenv => PinFile.WritePyenv(before, version.ToString()),
                _ => new SettingsText(place.Path, Path.GetDirectoryName(place.Path)!).Set(before, SettingKey.Python, version.ToString()),
            })
            .Then(after => LocalFiles.Write(place.Path, Encoding.UTF8.GetBytes(after), file.Mode)));
    }
}
