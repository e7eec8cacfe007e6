using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.Tests.UseCases;
using Slipway.Projects.UseCases;
using Slipway.Store.Slots;

namespace Slipway.Projects.Tests.Checks;

/// <summary>The tools of a project's backends, asked for their versions.</summary>
public sealed class ToolVersionTests : IDisposable
{
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Slot = "0123456789012345678901234567890123456789-01234567";
    private readonly ProjectWorkshop _workshop = new("here");

    public void Dispose() => _workshop.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Missing_old_and_other_tools_are_told_with_one_remedy_each()
    {
        _workshop.With("slipway.toml", "backend = 'uv'\n").With("pyproject.toml", "[project]\nname = 'x'\n");
        var missing = Assert.Single(await LookAsync());
        Assert.Equal(("tool-missing", CheckLevel.Error, "uv"), (missing.Id, missing.Level, missing.Subject));
        Assert.Equal("Install it with `slipway host bootstrap uv`.", missing.Remedy);

        Tool("uv 0.1.2");
        var old = Assert.Single(await LookAsync());
        Assert.Equal("tool-unfit", old.Id);
        Assert.EndsWith("is uv 0.1.2, and 0.7 or newer is needed.", old.Message, StringComparison.Ordinal);

        Tool("uv 0.12.3 (abc 2026-01-01)");
        Assert.Equal(("tool", CheckLevel.Pass), (Assert.Single(await LookAsync()).Id, Assert.Single(await LookAsync()).Level));

        // The environment that is linked was made by another version.
        await LinkAsync("uv/0.9.0/1");
        var other = Assert.Single(await LookAsync(), static finding => finding.Id is "tool-other");
        Assert.Equal((CheckLevel.Note, "here"), (other.Level, other.Subject));
        Assert.StartsWith("it was made by uv 0.9.0, which is no longer here; uv 0.12.3 builds", other.Message, StringComparison.Ordinal);
        await LinkAsync("uv/0.12.3/1");
        Assert.DoesNotContain(await LookAsync(), static finding => finding.Id is "tool-other");

        // A backend that needs no such tool is not asked about it.
        _workshop.With("slipway.toml", "backend = 'pip'\n");
        Assert.Empty(await LookAsync());
    }

    private async Task<IReadOnlyList<CheckFinding>> LookAsync()
    {
        var project = _workshop.Finder.Find(_workshop.Project, new RequestSettings()).Value;
        var status = new StatusUseCase(_workshop.Host, _workshop.Dependencies, _workshop.Finder);
        var findings = await new CheckUseCase(_workshop.Host, status, _workshop.Locks, _workshop.Finder, static _ => null).LookAsync(project, new RequestSettings(), CancellationToken.None);
        return [.. findings.Where(static finding => finding.Id.StartsWith("tool", StringComparison.Ordinal))];
    }

    private void Tool(string says)
    {
        var path = Path.Combine(_workshop.Home, ".local/bin/uv");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\necho '{says}'\n");
        File.SetUnixFileMode(path, Program);
    }

    private async Task LinkAsync(string provisioner)
    {
        var slot = SlotName.Parse(Slot).Value;
        var meta = new SlotMeta
        {
            Slot = Slot,
            EnvironmentKey = new string('0', 64),
            LockDigest = new string('0', 64),
            Title = "nothing",
            Provisioner = provisioner,
            CreatedAt = DateTimeOffset.UnixEpoch,
            CreatedBy = "test",
            Inputs = [],
            Executable = "bin/python",
            Activation = new SlotActivation(ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty, []),
            Lock = string.Empty,
        };
        Directory.CreateDirectory(_workshop.Store.Root(slot));
        await File.WriteAllBytesAsync(_workshop.Store.Meta(slot), meta.ToBytes());
        var name = _workshop.Finder.Find(_workshop.Project, new RequestSettings()).Value.Environments[0];
        Assert.True(_workshop.Links.Point(name, _workshop.Store.Root(slot)).IsOk);
    }
}
