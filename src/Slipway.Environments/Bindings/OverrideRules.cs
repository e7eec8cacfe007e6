using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Bindings;

/// <summary>
/// The one place that judges paths, URLs and executables that requirements or people name. Paths are those of the machine that installs.
/// Nothing here is ever part of a command line that a shell reads.
/// </summary>
/// <param name="host">The machine that installs.</param>
/// <param name="interpreters">Runs an executable to prove that it is a Python.</param>
/// <param name="roots">Directories of that machine in which files may lie, beside its user's home and its store.</param>
public sealed class OverrideRules(BuildHost host, InterpreterFinder interpreters, ImmutableArray<string> roots)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, string?> _real = new(StringComparer.Ordinal);

    /// <summary>The directories in which files may lie.</summary>
    public ImmutableArray<string> Roots { get; } = [host.Facts.Home, host.Layout.Home, .. roots];

    /// <summary>Everything that is wrong with a patch, its shape included; empty when it can be stored.</summary>
    public async Task<IReadOnlyList<ContractProblem>> CheckAsync(DependencyOverridePatch patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var problems = ContractCheck.Of(patch).ToList();
        var fields = patch.Fields;
        await AddAsync(problems, "/fields/python_executable", fields.PythonExecutable, PythonAsync, cancellationToken).ConfigureAwait(false);
        await AddAsync(problems, "/fields/index_url", fields.IndexUrl, IndexAsync, cancellationToken).ConfigureAwait(false);
        for (var index = 0; index < (fields.ExtraIndexUrls?.Length ?? 0); index++)
        {
            await AddAsync(problems, $"/fields/extra_index_urls/{index}", fields.ExtraIndexUrls!.Value[index], IndexAsync, cancellationToken).ConfigureAwait(false);
        }

        await AddAsync(problems, "/fields/wheel_source_path", fields.WheelSourcePath, PathAsync, cancellationToken).ConfigureAwait(false);
        await AddAsync(problems, "/fields/package_source_override", fields.PackageSourceOverride, SourceAsync, cancellationToken).ConfigureAwait(false);
        return problems;
    }

    /// <summary>What is wrong with the address of an index, as a clause; null when nothing is.</summary>
    public async Task<string?> IndexAsync(string url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Scheme(url) switch
        {
            "file" => WhatIsWrongWithUrl(url) ?? await PathAsync(FileUrl.PathOf(url), cancellationToken).ConfigureAwait(false),
            "http" or "https" => PackageSources.ParseIndexUrl(url, "it").TryGet(out _, out var failure) ? null : Clause(failure),
            var other => OtherScheme(other),
        };
    }

    /// <summary>What is wrong with a direct source, as a clause; null when nothing is.</summary>
    public async Task<string?> SourceAsync(string url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Scheme(url) switch
        {
            "file" when !IsHere => "is a file of another machine than the one that installs; name it by wheel_source_path there",
            "file" => WhatIsWrongWithUrl(url) ?? await PathAsync(FileUrl.PathOf(url), cancellationToken).ConfigureAwait(false),
            "http" or "https" => WhatIsWrongWithUrl(url),
            var other => OtherScheme(other),
        };
    }

    /// <summary>What is wrong with a path of a wheel or a directory, as a clause; null when nothing is.</summary>
    public async Task<string?> PathAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Form(path) is { } wrong)
        {
            return wrong;
        }

        if (await RealAsync(path, cancellationToken).ConfigureAwait(false) is not { } real)
        {
            return $"is {Shown.Quote(path)}, which does not exist on {host.Machine.Name}";
        }

        foreach (var root in Roots)
        {
            if (await RealAsync(root, cancellationToken).ConfigureAwait(false) is { } inside && (real == inside || real.StartsWith($"{inside.TrimEnd('/')}/", StringComparison.Ordinal)))
            {
                return null;
            }
        }

        return $"is {Shown.Quote(path)}{(real == path ? string.Empty : $", really {Shown.Quote(real)}")}, outside the allowed roots {string.Join(", ", Roots)}";
    }

    /// <summary>What is wrong with an executable, as a clause; null when it is a Python that works.</summary>
    public async Task<string?> PythonAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Form(path) is { } wrong)
        {
            return wrong;
        }

        var wish = InterpreterRequest.Parse(path, "/", "python_executable");
        if (!wish.TryGet(out var request, out var failure))
        {
            return Clause(failure);
        }

        var found = await interpreters.FindAsync(request, VersionSpecifierSet.Any, cancellationToken).ConfigureAwait(false);
        return found.IsOk ? null : Clause(found.Failure);
    }

    private bool IsHere => string.Equals(host.Machine.Name, host.Here.Name, StringComparison.Ordinal);

    private static async Task AddAsync(
        List<ContractProblem> problems, string pointer, string? value, Func<string, CancellationToken, Task<string?>> check, CancellationToken cancellationToken)
    {
        if (value is not null && await check(value, cancellationToken).ConfigureAwait(false) is { } wrong)
        {
            problems.Add(new ContractProblem(pointer, wrong));
        }
    }

    private static string Scheme(string url) => url.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? url[..end].ToLowerInvariant() : string.Empty;

    private static string OtherScheme(string scheme) => scheme.Length == 0 ? "is no URL: it must begin with https://, http:// or file:///"
        : $"has the scheme {Shown.Quote(scheme)}, and only http, https and file are accepted";

    private static string? WhatIsWrongWithUrl(string url) => Requirement.Parse($"x @ {url}").TryGet(out var parsed, out var failure)
        ? parsed.Url == url ? null : "holds characters that must be percent-encoded"
        : Clause(failure);

    // A path is taken as it stands: what would have to be worked out first is refused.
    private static string? Form(string path) => path.Length == 0 || path[0] != '/' ? $"is {Shown.Quote(path)}, and must be an absolute path"
        : path.Any(char.IsControl) ? "holds a control character"
        : path.Split('/').Any(static part => part is ".." or ".") ? $"is {Shown.Quote(path)}, and must not hold '..' or '.'"
        : null;

    private static string Clause(Failure failure) => $"is refused: {failure.Message.TrimEnd('.')}";

    private async Task<string?> RealAsync(string path, CancellationToken cancellationToken)
    {
        if (_real.TryGetValue(path, out var known))
        {
            return known;
        }

        var command = ProcessCommand.Create("readlink", "-f", path) with { Timeout = Limit };
        var ran = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        var real = ran.TryGet(out var outcome, out _) && outcome.Succeeded ? outcome.OutputText.TrimEnd('\n') : null;
        var status = real is { Length: > 0 } ? await host.Machine.StatAsync(real, cancellationToken).ConfigureAwait(false) : default(Result<Machines.FileStatus>?);
        return _real[path] = status is { } looked && looked.TryGet(out var file, out _) && file.Exists ? real : null;
    }
}
